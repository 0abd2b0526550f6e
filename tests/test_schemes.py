"""A survey is read by areas of its own: lists of municipalities and small areas, or shapes."""

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

import watamachi_analysis as wm
from watamachi_analysis.area_figures import move_figures
from watamachi_analysis.area_shapes import Ground, scheme_of_shapes
from watamachi_analysis.areas import parse_areas
from watamachi_analysis.read import read_source
from watamachi_analysis.schemes import by_municipality, doubt_weights, match_areas, move
from watamachi_analysis.shapes import read_features
from watamachi_analysis.small_areas import SMALL_AREA_COLUMNS

TOWNS = wm.load_districts()
HEADS = ["種類", "地区", "市区町村", "町丁字", "割合"]


def small_areas(*rows) -> pd.DataFrame:
    """Small areas of some towns: code, town, name, people; each a square of its own."""
    full = [
        (code, town, name, people, people // 2, 1.0, 35.5 + i / 32, 139.5)
        for i, (code, town, name, people) in enumerate(rows)
    ]
    return pd.DataFrame(full, columns=SMALL_AREA_COLUMNS)


NONE = small_areas()
TOKOROZAWA = small_areas(
    ("11208001", "11208", "緑町一丁目", 300),
    ("11208002", "11208", "緑町二丁目", 100),
    ("11208003", "11208", "大字上安松", 500),
    ("11208004", "11208", "くすのき台", 100),
)


def ground(small=NONE) -> Ground:
    return Ground(TOWNS, small)


def book(tmp_path, rows, heads=HEADS, sheet="地区"):
    made = openpyxl.Workbook()
    made.active.title = sheet
    for row in [heads, *rows]:
        made.active.append(row)
    made.save(tmp_path / "districts.xlsx")
    return tmp_path / "districts.xlsx"


def parse(tmp_path, rows, name="支部", small=NONE, **options):
    return parse_areas(read_source(book(tmp_path, rows, **options)), name, ground(small))


def weights(scheme, unit):
    parts = scheme.parts[scheme.parts["unit"].eq(unit)]
    return {
        area if isinstance(area, str) else None: weight
        for area, weight in zip(parts["district"], parts["weight"], strict=True)
    }


# ---- lists of municipalities ---------------------------------------------------------------------


def test_areas_are_lists_of_municipalities_with_the_people_who_live_there(tmp_path):
    rows = [
        ["支部", "西支部", "所沢市、狭山市"],
        ["支部", "東支部", "越谷市・草加市"],
        ["支部", "東支部", "八潮市"],
    ]
    parsed = parse(tmp_path, rows)
    areas = parsed.scheme.districts.set_index("district")
    people = TOWNS.set_index("name")["population"]
    assert areas["name"].to_dict() == {"A01": "西支部", "A02": "東支部"}
    assert areas.loc["A02", "population"] == people[["越谷市", "草加市", "八潮市"]].sum()
    assert parsed.scheme.areas_of("11208") == ("A01",)
    assert parsed.tally.rows == parsed.tally.used + parsed.tally.read + parsed.tally.reported
    assert [problem.level for problem in parsed.problems] == ["info"]  # towns in no area


def test_the_city_of_wards_may_be_named_whole_or_ward_by_ward(tmp_path):
    whole = parse(tmp_path, [["支部", "中央", "さいたま市"]]).scheme
    assert weights(whole, "11100") == {"A01": 1.0} and whole.areas_of("11107") == ("A01",)
    some = parse(tmp_path, [["支部", "浦和", "浦和区、南区"], ["支部", "大宮", "大宮区"]]).scheme
    shares = weights(some, "11100")
    people = TOWNS.set_index("name")["population"]
    city = people[TOWNS.loc[TOWNS["parent"] == "11100", "name"]].sum()
    assert shares["A02"] == pytest.approx(people["さいたま市大宮区"] / city)
    assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("sheet", ["支部", "地区"])
def test_the_name_of_the_scheme_is_a_column_a_sheet_or_nowhere(tmp_path, sheet):
    heads = ["地区", "市区町村"]
    assert parse(tmp_path, [["西", "所沢市"]], heads=heads, sheet=sheet).scheme.name == "支部"


def test_an_unknown_scheme_is_refused_and_the_known_ones_are_named(tmp_path):
    rows = [["支部", "西", "所沢市"], ["ブロック", "一", "所沢市"]]
    with pytest.raises(wm.InputError, match=r"「学区」がありません.*支部・ブロック のどれか"):
        parse(tmp_path, rows, name="学区")


def test_a_row_with_an_unknown_town_is_reported_and_the_others_are_read(tmp_path):
    parsed = parse(
        tmp_path, [["支部", "西", "所沢市、横浜市"], ["支部", "東", "緑市"], ["支部", "東", ""]]
    )
    assert weights(parsed.scheme, "11208") == {"A01": 1.0}
    errors = [str(problem) for problem in parsed.problems if problem.level == "error"]
    assert errors == [
        "districts.xlsx 2行目: 市区町村「横浜市」が見つかりません。正式な名前に直してください。",
        "districts.xlsx 3行目: 市区町村「緑市」が見つかりません。正式な名前に直してください。",
        "districts.xlsx 4行目: 市区町村が書かれていません。市区町村の名前を書くか、行を消してください。",
    ]
    assert (parsed.tally.read, parsed.tally.reported) == (1, 2)


# ---- municipalities that are split ---------------------------------------------------------------


def test_a_town_is_split_by_the_people_of_its_small_areas(tmp_path):
    rows = [["圏域", "北", "所沢市", "緑町"], ["圏域", "南", "所沢市", "上安松、くすのき台"]]
    scheme = parse(tmp_path, rows, "圏域", TOKOROZAWA).scheme
    assert weights(scheme, "11208") == {"A01": 0.4, "A02": 0.6}
    assert weights(scheme, "11208003") == {"A02": 1.0}
    assert scheme.parts.loc[scheme.parts["unit"].eq("11208"), "basis"].unique().tolist() == [
        "population"
    ]


@pytest.mark.parametrize("name", ["大字上安松", "上安松", "11208003"])
def test_a_small_area_is_meant_by_its_name_or_code(tmp_path, name):
    small = TOKOROZAWA.assign(small_area=TOKOROZAWA["small_area"] + "0")  # nine digits
    rows = [["圏域", "南", "所沢市", f"{name}0" if name.isdigit() else name]]
    assert weights(parse(tmp_path, rows, "圏域", small).scheme, "11208") == {None: 0.5, "A01": 0.5}


def test_one_chome_is_not_the_others(tmp_path):
    rows = [["圏域", "北", "所沢市", "緑町１丁目"], ["圏域", "南", "所沢市", ""]]
    scheme = parse(tmp_path, rows, "圏域", TOKOROZAWA).scheme
    assert weights(scheme, "11208") == {"A01": 0.3, "A02": 0.7}  # the south is the rest


def test_without_people_the_small_areas_count_by_their_land(tmp_path):
    empty = TOKOROZAWA.assign(population=0)
    scheme = parse(tmp_path, [["圏域", "北", "所沢市", "緑町"]], "圏域", empty).scheme
    assert weights(scheme, "11208") == {"A01": 0.5, None: 0.5}
    assert "area" in set(scheme.parts["basis"])


def test_stated_weights_are_used_as_they_are(tmp_path):
    rows = [["支部", "西", "所沢市", "", 0.25], ["支部", "東", "所沢市", "", "0.75"]]
    assert weights(parse(tmp_path, rows).scheme, "11208") == {"A01": 0.25, "A02": 0.75}


def test_weights_that_do_not_sum_to_one_are_refused(tmp_path):
    rows = [["支部", "西", "所沢市", "", 0.5], ["支部", "東", "所沢市", "", 0.4]]
    with pytest.raises(
        wm.InputError, match=r"所沢市の割合の合計が 0\.900 です（1 になるはずです）"
    ):
        parse(tmp_path, rows)


def test_a_town_in_two_areas_without_a_way_to_split_it_says_so(tmp_path):
    parsed = parse(tmp_path, [["支部", "西", "所沢市"], ["支部", "東", "所沢市、狭山市"]])
    assert [p.found for p in parsed.problems if p.level == "error"] == [
        "所沢市は2つの地区にあり、分け方が書かれていません"
    ]
    assert parsed.scheme.areas_of("11208") == ("A01", "A02")  # who names one may still mean it
    moved = move(pd.DataFrame({"district": ["11208"], "voices": [5]}), parsed.scheme, ["voices"])
    assert moved.loc[moved["district"].isna(), "voices"].tolist() == [5]


def test_a_small_area_in_two_areas_is_refused(tmp_path):
    rows = [["圏域", "北", "所沢市", "緑町"], ["圏域", "南", "所沢市", "緑町二丁目"]]
    with pytest.raises(
        wm.InputError, match="町丁字「緑町二丁目」（11208002）が二つの地区にあります"
    ):
        parse(tmp_path, rows, "圏域", TOKOROZAWA)


def test_small_areas_without_their_table_say_what_to_add(tmp_path):
    rows = [["圏域", "北", "所沢市", "緑町"], ["圏域", "南", "狭山市", ""]]
    parsed = parse(tmp_path, rows, "圏域")
    assert "国勢調査の小地域（r2ka11）を boundaries のフォルダに入れると使えます" in {
        problem.mend for problem in parsed.problems
    }
    assert parsed.scheme.areas_of("11226") == () and weights(parsed.scheme, "11208") == {None: 1.0}


# ---- moving numbers ------------------------------------------------------------------------------


def test_whole_towns_move_as_whole_numbers(tmp_path):
    scheme = parse(tmp_path, [["支部", "西", "所沢市、狭山市"], ["支部", "東", "越谷市"]]).scheme
    counts = pd.DataFrame({"district": ["11208", "11215", "11222", "11202"], "n": [1, 2, 3, 4]})
    moved = move(counts, scheme, ["n"])
    assert moved["n"].tolist() == [3, 3, 4] and str(moved["n"].dtype) == "Int64"
    assert moved["district"].fillna("").tolist() == ["A01", "A02", ""]
    assert not moved["is_estimate"].any()


@given(st.lists(st.integers(0, 500), min_size=72, max_size=72), st.integers(0, 100))
def test_sums_before_and_after_agree(tmp_path_factory, numbers, share):
    rows = [
        ["支部", "西", "所沢市", "", share / 100],
        ["支部", "東", "所沢市、川口市", "", 1 - share / 100],
    ]
    rows = [
        rows[0],
        ["支部", "東", "所沢市", "", 1 - share / 100],
        ["支部", "東", "川口市、さいたま市"],
    ]
    scheme = parse(tmp_path_factory.mktemp("areas"), rows).scheme
    counts = pd.DataFrame({"district": TOWNS["district"], "n": numbers})
    assert move(counts, scheme, ["n"])["n"].sum() == pytest.approx(sum(numbers))
    assert doubt_weights(scheme.parts).empty


def test_a_split_town_makes_an_estimate_of_the_areas_it_lies_in_only(tmp_path):
    rows = [
        ["支部", "西", "所沢市", "", 0.5], ["支部", "東", "所沢市", "", 0.5], ["支部", "南", "川口市"],
    ]  # fmt: skip
    scheme = parse(tmp_path, rows).scheme
    counts = pd.DataFrame({"district": ["11208", "11203"], "n": [3, 4]})
    moved = move(counts, scheme, ["n"]).set_index("district")
    assert moved["n"].to_dict() == {"A01": 1.5, "A02": 1.5, "A03": 4}
    assert moved["is_estimate"].to_dict() == {"A01": True, "A02": True, "A03": False}


def test_a_missing_number_makes_the_sum_missing(tmp_path):
    scheme = parse(tmp_path, [["支部", "西", "所沢市、狭山市"]]).scheme
    counts = pd.DataFrame({"district": ["11208", "11215"], "n": [None, 2]})
    assert move(counts, scheme, ["n"])["n"].isna().tolist() == [True]


def indicator(district, name, value, unit="人", status="value"):
    row = {
        "district": district,
        "indicator": name,
        "as_of": pd.Timestamp("2020-10-01"),
        "value": value,
    }
    return row | {
        "status": status,
        "district_name": district,
        "unit": unit,
        "source": "s",
        "file": "f",
        "place": "1",
    }


def figures(scheme, *rows):
    moved = move_figures(pd.DataFrame(rows), scheme, TOWNS)
    return moved[["district", "indicator", "value", "status"]].astype(object).to_numpy().tolist()


def test_counts_of_people_are_added_up_and_shares_stay_with_their_town(tmp_path):
    scheme = parse(tmp_path, [["支部", "西", "所沢市、狭山市"]]).scheme
    rows = [
        indicator("11208", "総人口", 10.0), indicator("11215", "総人口", 5.0),
        indicator("11208", "高齢化率", 27.5, "%"), indicator("11215", "高齢化率", 30.0, "%"),
    ]  # fmt: skip
    assert figures(scheme, *rows) == [
        ["A01", "総人口", 15.0, "value"],
        ["A01", "高齢化率（所沢市）", 27.5, "value"],
        ["A01", "高齢化率（狭山市）", 30.0, "value"],
    ]


def test_a_figure_of_a_split_town_is_an_estimate_and_one_missing_is_unknown(tmp_path):
    rows = [
        ["支部", "西", "所沢市", "", 0.5],
        ["支部", "東", "所沢市", "", 0.5],
        ["支部", "南", "川口市、蕨市"],
    ]
    scheme = parse(tmp_path, rows).scheme
    found = figures(scheme, indicator("11208", "総人口", 10.0), indicator("11203", "総人口", 7.0))
    assert found[:2] == [["A01", "総人口", 5.0, "estimate"], ["A02", "総人口", 5.0, "estimate"]]
    assert found[2][0] == "A03" and pd.isna(found[2][2]) and found[2][3] == "unknown"


def test_what_an_area_says_of_itself_goes_before_the_sum(tmp_path):
    scheme = parse(tmp_path, [["支部", "西", "所沢市"]]).scheme
    rows = indicator("A01", "総人口", 9.0), indicator("11208", "総人口", 10.0)
    assert figures(scheme, *rows) == [["A01", "総人口", 9.0, "value"]]


def test_the_figure_of_a_whole_city_stands_for_its_wards():
    cities = by_municipality(TOWNS, "city")
    rows = indicator("11100", "高齢者", 300.0), indicator("11101", "総人口", 1.0)
    found = figures(cities, *rows)
    assert found[0] == ["11100", "高齢者", 300.0, "value"]
    assert (
        found[1][:2] == ["11100", "総人口"] and found[1][3] == "unknown"
    )  # nine wards are missing


# ---- さいたま市 as one ---------------------------------------------------------------------------


def test_the_city_is_one_district_with_the_people_of_its_wards():
    districts = wm.load_districts(scheme="city").set_index("district")
    assert len(districts) == 63 and districts["population"].sum() == TOWNS["population"].sum()
    assert districts.loc["11100", ["name", "kana", "short"]].tolist() == [
        "さいたま市",
        "サイタマシ",
        "さいたま",
    ]
    assert not districts[["row", "col"]].dropna().duplicated().any()
    names = match_areas(
        ["浦和区", "大宮市", "さいたま市", "所沢"], by_municipality(TOWNS, "city"), TOWNS
    )
    assert names == {
        "浦和区": ("11100",), "大宮市": ("11100",), "さいたま市": ("11100",), "所沢": ("11208",),
    }  # fmt: skip


def test_the_city_as_one_keeps_the_borders_whole(n03):
    import shapely

    districts = wm.load_districts(n03, "city")
    assert shapely.coverage_is_valid(districts.geometry.to_numpy())
    wards = wm.load_districts(n03)
    assert districts["area_km2"].sum() == pytest.approx(wards["area_km2"].sum())


# ---- shapes --------------------------------------------------------------------------------------


def squares() -> pd.DataFrame:
    """Two towns with shapes, each two units wide."""
    own = TOWNS[TOWNS["district"].isin(["11208", "11215"])]
    shapes = [box(139, 35, 141, 36), box(141, 35, 143, 36)]
    return gpd.GeoDataFrame(own, geometry=shapes, crs="EPSG:6668")


def school_areas(tmp_path, *shapes, **columns):
    columns = columns or {"名称": [f"第{i}学区" for i in range(1, len(shapes) + 1)]}
    path = tmp_path / "学区.geojson"
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:6668").to_file(path)
    return read_features([path])


def test_shapes_share_a_town_out_by_its_land(tmp_path):
    features = school_areas(tmp_path, box(139, 35, 139.5, 36), box(139.5, 35, 143, 36))
    scheme = scheme_of_shapes(features, "学区", Ground(squares(), NONE))
    assert scheme.districts["name"].tolist() == ["第1学区", "第2学区"]
    assert weights(scheme, "11208") == pytest.approx({"A01": 0.25, "A02": 0.75}, abs=0.001)
    assert weights(scheme, "11215") == {"A02": 1.0}
    assert set(scheme.parts["basis"]) == {"area", "whole"}


def test_a_town_that_shapes_cover_in_part_keeps_a_rest_in_no_area(tmp_path):
    scheme = scheme_of_shapes(
        school_areas(tmp_path, box(139, 35, 140, 36)), "学区", Ground(squares(), NONE)
    )
    assert weights(scheme, "11208") == pytest.approx({"A01": 0.5, None: 0.5}, abs=0.001)
    assert weights(scheme, "11215") == {None: 1.0}
    assert doubt_weights(scheme.parts).empty


def test_shapes_share_a_town_out_by_its_people_where_small_areas_are_known(tmp_path):
    small = TOKOROZAWA.assign(lng=[139.1, 139.2, 139.9, 139.95], lat=35.5)
    features = school_areas(tmp_path, box(139, 35, 139.5, 36), box(139.5, 35, 143, 36))
    scheme = scheme_of_shapes(features, "学区", Ground(squares(), small))
    assert weights(scheme, "11208") == {"A01": 0.4, "A02": 0.6}
    assert weights(scheme, "11208003") == {"A02": 1.0}


def test_shapes_without_names_are_refused(tmp_path):
    features = school_areas(tmp_path, box(139, 35, 140, 36), number=[1])
    with pytest.raises(wm.InputError, match="名前のない地区"):
        scheme_of_shapes(features, "学区", Ground(squares(), NONE))


def test_shapes_over_nothing_say_what_else_is_needed(tmp_path):
    with pytest.raises(wm.InputError, match=r"境界データ（N03）か国勢調査の小地域"):
        scheme_of_shapes(school_areas(tmp_path, box(139, 35, 140, 36)), "学区", ground())


# ---- a whole survey ------------------------------------------------------------------------------

NOTES = """日時：2026年5月1日
地区：所沢市
・バスが減って病院に行けない
・一人暮らしで誰とも話さない

日時：2026年5月2日
地区：東支部
・ゴミ出しがつらい

日時：2026年5月3日
地区：川口市
・公園で子どもが遊べない
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "gatherings").mkdir()
    (tmp_path / "gatherings" / "cafe.txt").write_text(NOTES, encoding="utf-8")
    (tmp_path / "watamachi.toml").write_text('scheme = "支部"', encoding="utf-8")
    return tmp_path


def test_a_survey_is_counted_by_its_own_areas(folder):
    book(folder, [["支部", "西支部", "所沢市、狭山市"], ["支部", "東支部", "越谷市"]])
    survey = wm.load_survey(folder)
    analysis = wm.analyse(survey)
    assert survey.gatherings["district"].fillna("").tolist() == ["A01", "A02", ""]
    assert analysis.exposure["statements"].to_dict() == {"A01": 2, "A02": 1}
    assert any("「川口市」は、どの支部にも入っていません" in p.found for p in survey.problems)
    assert survey.files.set_index("table").loc["districts", "file"] == "districts.xlsx"


def test_the_page_of_own_areas_shows_them_without_a_map(folder, tmp_path):
    book(folder, [["支部", "西支部", "所沢市、狭山市"], ["支部", "東支部", "越谷市"]])
    out = tmp_path / "maps"
    wm.write_maps(wm.analyse(wm.load_survey(folder)), out, audience="adviser")
    page = (out / "overlap.html").read_text(encoding="utf-8")
    assert "西支部" in page and "東支部" in page
    assert sorted(path.name for path in (out / "districts").iterdir()) == [
        "A01_西支部.html",
        "A02_東支部.html",
    ]


def test_own_areas_with_boundaries_are_drawn_together(folder, n03):
    book(folder, [["支部", "西支部", "所沢市、入間市"], ["支部", "東支部", "越谷市、吉川市"]])
    (folder / "boundaries").mkdir()
    (folder / "boundaries" / n03.name).write_bytes(n03.read_bytes())
    survey = wm.load_survey(folder)
    areas = survey.districts.set_index("district")
    towns = wm.load_districts(n03).set_index("name")["area_km2"]
    assert areas.loc["A01", "area_km2"] == pytest.approx(
        towns[["所沢市", "入間市"]].sum(), rel=0.05
    )
    assert areas.geometry.geom_type.tolist() == ["Polygon", "Polygon"]


def test_a_gathering_in_a_split_town_is_in_doubt_and_says_between_what(folder):
    rows = [["支部", "西支部", "所沢市", "", 0.5], ["支部", "東支部", "所沢市", "", 0.5]]
    book(folder, rows)
    survey = wm.load_survey(folder)
    assert survey.gatherings["district"].fillna("").tolist() == ["", "A02", ""]
    assert any(
        p.found == "地区「所沢市」は一つに決まりません" and "西支部・東支部" in p.mend
        for p in survey.problems
    )


def test_a_plan_of_a_split_town_stands_for_both_areas(folder):
    rows = [["支部", "西支部", "所沢市", "", 0.5], ["支部", "東支部", "所沢市", "", 0.5]]
    book(folder, rows)
    (folder / "plans").mkdir()
    (folder / "plans" / "plan.csv").write_text(
        "計画名,市町村,取組,内容\n所沢市計画,所沢市,移動支援,買い物バスを走らせます\n",
        encoding="utf-8",
    )
    issues = wm.analyse(wm.load_survey(folder)).tables.measure_issues
    assert set(issues.loc[issues["issue"] == "mobility_shopping", "district"]) == {"A01", "A02"}
