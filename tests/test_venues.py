"""A venue tells its district: by coordinates, address, postal code, or because it is known."""

import warnings

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

import watamachi_analysis as wm
from watamachi_analysis.read import read_source
from watamachi_analysis.schemes import by_municipality
from watamachi_analysis.venues import (
    Atlas,
    doubt_positions,
    find_venue,
    learn_venues,
    plain_atlas,
    read_postal_codes,
)

TOWNS = wm.load_districts()
PLAIN = plain_atlas(TOWNS)


@pytest.fixture(scope="module")
def mapped(n03) -> Atlas:
    """With the official borders, every point of them."""
    exact = wm.load_districts(n03, tolerance=0.0)
    return Atlas(by_municipality(TOWNS), TOWNS, pd.DataFrame(), exact)


def told(venue, atlas=PLAIN, **point):
    found = find_venue(venue, atlas, **point)
    return found.areas, found.by


@pytest.mark.parametrize(
    ("venue", "area"),
    [
        ("埼玉県飯能市双柳1-1", "11209"),
        ("飯能市双柳1-1 市民会館２階", "11209"),
        ("〒357-8501 飯能市双柳1-1", "11209"),
        ("さいたま市浦和区高砂3-15-1", "11107"),
        ("三芳町大字藤久保1100-1", "11324"),
        ("比企郡小川町大塚55", "11343"),
    ],
)
def test_an_address_tells_the_district(venue, area):
    assert told(venue) == ((area,), "住所")


@pytest.mark.parametrize(
    "venue", ["", "公民館", "2階の和室", "東京都北区王子1-1", "横浜市緑区十日市場町", "本町1-2"]
)
def test_what_says_no_place_of_ours_tells_nothing(venue):
    assert told(venue) == ((), "")


def test_a_station_in_the_name_of_a_venue_tells_the_district():
    assert told("志木駅前のホール") == (("11230",), "会場名の地名")


def test_coordinates_tell_the_district_they_lie_in(mapped):
    for row in TOWNS.itertuples():  # every office lies in its own district
        assert told("", mapped, lat=row.lat, lng=row.lng) == ((row.district,), "座標")


@pytest.mark.parametrize("venue", ["35.7996,139.4686", "市役所（35.7996、139.4686）"])
def test_coordinates_written_as_the_venue_are_read(mapped, venue):
    assert told(venue, mapped) == (("11208",), "座標")


def test_coordinates_go_before_the_address_and_need_boundaries(mapped):
    assert told("飯能市双柳1-1", mapped, lat=35.7996, lng=139.4686) == (("11208",), "座標")
    assert told("飯能市双柳1-1", PLAIN, lat=35.7996, lng=139.4686) == (("11209",), "住所")


def test_a_point_outside_the_prefecture_tells_nothing(mapped):
    assert told("", mapped, lat=35.6812, lng=139.7671) == ((), "")
    assert told("", mapped, lat=float("nan"), lng=None) == ((), "")


def test_a_venue_known_from_another_row_tells_its_district():
    rows = pd.DataFrame(
        {
            "venue": ["コミセン つばさ", "集会所", "集会所", None, "会館"],
            "district_name": ["所沢市", "川越市", "熊谷市", "川口市", "さいたま市"],
        }
    )
    atlas = learn_venues([rows], PLAIN)
    assert atlas.known == {"コミセンつばさ": ("11208",)}  # 集会所 stands in two, 会館 in ten
    assert told("コミセン　つばさ", atlas) == (("11208",), "同じ会場の別の記録")


def test_many_rows_placed_by_their_venues_are_told_in_one_line(tmp_path):
    lines = [f"カフェ{number},,所沢市並木{number}-1" for number in range(1, 31)]
    survey = survey_of(tmp_path, "飯能市双柳1-1", activities="\n".join(["名称,地区,場所", *lines]))
    assert survey.activities["district"].eq("11208").all()
    (note,) = [problem for problem in survey.problems if "a.csv" in problem.file]
    assert note.found == "地区を住所から「所沢市」と読みました（ほか29行も、会場から読みました）"


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_a_postal_code_tells_the_district_where_the_table_is_there(tmp_path, encoding):
    rows = [
        '11208,"359  ","3590001","ｻｲﾀﾏｹﾝ","ﾄｺﾛｻﾞﾜｼ","ｼﾓﾄﾐ","埼玉県","所沢市","下富",0,0,0,0,0,0',
        '11209,"357  ","3570000","ｻｲﾀﾏｹﾝ","ﾊﾝﾉｳｼ","","埼玉県","飯能市","",0,0,0,0,0,0',
        '11225,"358  ","3570000","ｻｲﾀﾏｹﾝ","ｲﾙﾏｼ","","埼玉県","入間市","",0,0,0,0,0,0',
    ]
    path = tmp_path / "KEN_ALL.CSV"
    path.write_text("\r\n".join(rows), encoding=encoding)
    postal = read_postal_codes(read_source(path))
    atlas = Atlas(PLAIN.scheme, TOWNS, pd.DataFrame(), postal=postal)
    assert told("〒359-0001 下富の集会所", atlas) == (("11208",), "郵便番号")
    assert told("３５９－０００１", atlas) == (("11208",), "郵便番号")
    assert told("〒357-0000", atlas) == ((), "")  # two towns share it


def test_in_a_split_town_the_small_area_of_an_address_tells_the_area():
    from test_schemes import TOKOROZAWA

    parts = pd.DataFrame(
        [
            ("11208001", "11208", "A01", 1.0, "whole"), ("11208003", "11208", "A02", 1.0, "whole"),
            ("11208", "11208", "A01", 0.5, "population"), ("11208", "11208", "A02", 0.5, "population"),
        ],
        columns=["unit", "municipality", "district", "weight", "basis"],
    )  # fmt: skip
    areas = pd.DataFrame({"district": ["A01", "A02"], "name": ["北", "南"], "kana": ""})
    atlas = Atlas(type(PLAIN.scheme)("圏域", areas, parts), TOWNS, TOKOROZAWA)
    for address in ("所沢市大字上安松12", "埼玉県所沢市上安松12-3", "所沢市 字上安松"):
        assert told(address, atlas) == (("A02",), "住所")
    assert told("所沢市緑町1-2-3", atlas) == (("A01",), "住所")
    assert told("所沢市役所", atlas) == (("A01", "A02"), "住所")


def test_an_activity_whose_point_lies_elsewhere_is_doubted():
    towns = gpd.GeoDataFrame(
        {"district": ["11208", "11209"]},
        geometry=[box(139, 35, 140, 36), box(140, 35, 141, 36)],
        crs="EPSG:6668",
    )
    rows = pd.DataFrame(
        {
            "name": ["a", "b", "c"], "district": ["11208", "11208", None], "lat": [35.5, 35.5, 35.5],
            "lng": [139.5, 140.5, 140.5], "file": "x.csv", "place": ["2行目", "3行目", "4行目"],
        }
    )  # fmt: skip
    found = doubt_positions(rows, Atlas(PLAIN.scheme, TOWNS, pd.DataFrame(), towns))
    assert [str(problem) for problem in found] == [
        "x.csv 3行目: 「b」の緯度・経度は飯能市のなかで、書かれた地区と違います。地区か緯度・経度を直してください。"
    ]


# ---- in a survey ---------------------------------------------------------------------------------

NOTE = """日時：令和8年5月10日
会場：{venue}
・バスが減って病院に行けない
"""


def survey_of(tmp_path, venue, extra="", activities=""):
    for name in ("gatherings", "activities"):
        (tmp_path / name).mkdir()
    (tmp_path / "gatherings" / "メモ.txt").write_text(
        NOTE.format(venue=venue) + extra, encoding="utf-8"
    )
    if activities:
        (tmp_path / "activities" / "a.csv").write_text(activities, encoding="utf-8")
    return wm.load_survey(tmp_path)


def test_a_gathering_without_a_district_lies_where_its_venue_does(tmp_path):
    survey = survey_of(tmp_path, "飯能市双柳1-1 市民会館")
    assert survey.gatherings["district"].tolist() == ["11209"]
    assert [str(p) for p in survey.problems] == [
        "gatherings/メモ.txt 3行目: 地区を住所から「飯能市」と読みました。違うときは地区の列に書いてください。"
    ]
    assert [p.level for p in survey.problems] == ["info"]


def test_a_venue_decides_between_the_wards_of_a_city(tmp_path):
    survey = survey_of(tmp_path, "浦和区高砂3-15-1\n地区：さいたま市")
    assert survey.gatherings["district"].tolist() == ["11107"]


def test_a_venue_does_not_overrule_an_unknown_name(tmp_path):
    survey = survey_of(tmp_path, "飯能市双柳1-1\n地区：横浜市")
    assert survey.gatherings["district"].isna().all()
    assert len(survey.problems.errors) == 1


def test_the_venue_of_an_activity_is_known_to_the_gatherings(tmp_path):
    listed = "名称,地区,場所\nカフェ,所沢市,コミセンつばさ\n"
    survey = survey_of(tmp_path, "コミセン つばさ", activities=listed)
    assert survey.gatherings["district"].tolist() == ["11208"]


def test_a_gathering_whose_venue_says_nothing_is_reported_as_before(tmp_path):
    survey = survey_of(tmp_path, "集会所")
    assert [p.found for p in survey.problems.errors] == ["地区が書かれていません"]


def test_loading_one_file_reads_the_address_too(tmp_path):
    (tmp_path / "a.csv").write_text("名称,地区,場所\nカフェ,,所沢市並木1-1\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wm.InputWarning)
        assert wm.load_activities(tmp_path / "a.csv")["district"].tolist() == ["11208"]
