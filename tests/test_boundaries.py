"""Boundary files of every kind and year become one clean shape per district."""

import csv
import json
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

import watamachi_analysis as wm
from watamachi_analysis.boundaries import find_containing, has_code
from watamachi_analysis.codes import check_digit, city_of_ward
from watamachi_analysis.districts import find_districts
from watamachi_analysis.shapes import find_boundary_files, read_features
from watamachi_analysis.small_areas import list_small_areas

CODES = wm.load_districts()["district"].tolist()
NAMES = dict(zip(CODES, wm.load_districts()["name"], strict=True))


@pytest.fixture(scope="module")
def boundaries(n03) -> Path:
    return n03.parent


def grid(codes=CODES) -> list[Polygon]:
    """Squares side by side in Japan, ten a row."""
    step = 1 / 16
    return [
        box(
            139 + i % 10 * step,
            35 + i // 10 * step,
            139 + (i % 10 + 1) * step,
            35 + (i // 10 + 1) * step,
        )
        for i in range(len(codes))
    ]


def frame(codes=CODES, column="N03_007", crs="EPSG:6668", **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({column: codes, **columns}, geometry=grid(codes), crs=crs)


def write(path: Path, table: gpd.GeoDataFrame, **options) -> Path:
    table.to_file(path, **options)
    return path


def geojson(path: Path, features, **members) -> Path:
    text = json.dumps({"type": "FeatureCollection", **members, "features": features})
    path.write_text(text, encoding="utf-8")
    return path


def feature(code, ring, **properties):
    return {
        "type": "Feature",
        "properties": {"N03_007": code, **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def squares(codes=CODES):
    rings = [[list(point) for point in shape.exterior.coords] for shape in grid(codes)]
    return [feature(code, ring) for code, ring in zip(codes, rings, strict=True)]


# ---- every published edition ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "N03-20240101_11.geojson",
        "geolonia_2022_11",
        "smartnews_2021/N03-21_11_210101.geojson",
        "smartnews_2021/N03-21_11_210101.topojson",
    ],
)
def test_every_edition_gives_the_72_districts_without_a_hole_between_them(boundaries, name):
    districts = wm.load_districts(boundaries / name)
    assert districts["district"].tolist() == CODES
    assert shapely.coverage_is_valid(districts.geometry.to_numpy())
    whole = shapely.union_all(districts.geometry.to_numpy())
    assert sum(len(part.interiors) for part in getattr(whole, "geoms", [whole])) == 0


@pytest.mark.parametrize("name", ["N03-20240101_11.geojson", "geolonia_2022_11"])
def test_areas_of_full_editions_are_those_measured_on_the_ellipsoid(boundaries, name):
    official = pd.read_csv(boundaries.parent / "saitama_municipalities.csv", dtype={"code5": str})
    known = official.set_index("code5")["area_km2_n03"]
    measured = wm.load_districts(boundaries / name).set_index("district")["area_km2"]
    assert (measured / known[measured.index] - 1).abs().max() < 0.001


@pytest.mark.parametrize("name", ["N03-20240101_11.geojson", "geolonia_2022_11"])
def test_the_census_points_lie_in_their_own_district(boundaries, name):
    points = pyogrio.read_dataframe(boundaries / "estat_2020" / "r2ka11.dbf", encoding="cp932")
    districts = wm.load_districts(boundaries / name, tolerance=0.0)
    found = find_containing(points["Y_CODE"], points["X_CODE"], districts)
    assert (len(points), (found == points["PREF"] + points["CITY"]).sum()) == (6407, 6382)


def test_the_prefecture_takes_at_most_200_kilobytes_on_a_page(boundaries):
    from watamachi_analysis.maps import draw_map

    districts = wm.load_districts(boundaries / "N03-20240101_11.geojson")
    assert len(draw_map(districts).script.encode()) <= 200_000


def test_the_second_reading_is_the_first_one(boundaries):
    first, second = (
        wm.load_districts(boundaries / "N03-20240101_11.geojson", tolerance=0.002) for _ in "ab"
    )
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))


def test_what_was_kept_is_used_only_for_the_same_content(tmp_path):
    path = write(tmp_path / "n03.gpkg", frame())
    before = wm.load_districts(path)
    write(path, frame().assign(geometry=lambda t: t.translate(0.5, 0)))
    after = wm.load_districts(path)
    assert (after["label_lng"] - before["label_lng"]).round(6).eq(0.5).all()


def test_what_was_kept_but_cannot_be_read_is_computed_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "kept"))
    path = write(tmp_path / "n03.gpkg", frame())
    before = wm.load_districts(path)
    (kept,) = (tmp_path / "kept").rglob("*.json")
    kept.write_text('{"rows": [', encoding="utf-8")
    pd.testing.assert_frame_equal(pd.DataFrame(wm.load_districts(path)), pd.DataFrame(before))


def test_where_nothing_can_be_kept_the_boundaries_are_read_all_the_same(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert len(wm.load_districts(write(tmp_path / "n03.gpkg", frame()))) == 72


# ---- formats, columns, coordinate systems --------------------------------------------------------


@pytest.mark.parametrize("name", ["n03.geojson", "n03.shp", "n03.gpkg"])
@pytest.mark.parametrize("crs", ["EPSG:6668", "EPSG:4612", "EPSG:4326", "EPSG:6677"])
def test_every_format_and_coordinate_system_gives_the_same_place(tmp_path, name, crs):
    path = write(tmp_path / name, frame().to_crs(crs))
    districts = wm.load_districts(path)
    expected = wm.load_districts(write(tmp_path / "plain.gpkg", frame()))
    off = (
        districts["label_lat"] - expected["label_lat"],
        districts["label_lng"] - expected["label_lng"],
    )
    assert max(column.abs().max() for column in off) < 1e-4


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_names_in_a_shapefile_are_read_in_either_encoding(tmp_path, encoding):
    named = frame(N03_004=[NAMES[code] for code in CODES])
    path = write(tmp_path / "n03.shp", named, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    assert read_features([path]).table["N03_004"].tolist() == [NAMES[code] for code in CODES]


@pytest.mark.parametrize("column", ["N03_007", "code", "市区町村コード", "全国地方公共団体コード"])
@pytest.mark.parametrize("form", ["{}", "{}{digit}", "R{}"])
def test_any_column_of_codes_in_any_form_is_a_key(tmp_path, column, form):
    codes = [form.format(code, digit=check_digit(code)) for code in CODES]
    districts = wm.load_districts(
        write(tmp_path / "map.gpkg", frame(column=column).assign(**{column: codes}))
    )
    assert districts["district"].tolist() == CODES


@pytest.mark.parametrize("form", ["{name}", "埼玉県{name}", "{county}{name}"])
def test_shapes_that_have_a_name_only_are_known_by_it(tmp_path, form):
    rows = wm.load_districts()[["name", "county"]].to_dict("records")
    named = frame(column="名称", N03_001="埼玉県").assign(名称=[form.format(**row) for row in rows])
    path = write(tmp_path / "わがまち.gpkg", named.drop(columns="N03_001"))
    assert wm.load_districts(path)["district"].tolist() == CODES


def test_a_survey_with_shapes_of_municipal_names_is_drawn_on_them(tmp_path):
    for name in ("boundaries", "gatherings"):
        (tmp_path / name).mkdir()
    named = frame(column="名称").assign(名称=[NAMES[code] for code in CODES])
    write(tmp_path / "boundaries" / "わがまち.gpkg", named)
    (tmp_path / "gatherings" / "cafe.txt").write_text(
        "日時：2026年5月1日\n地区：所沢市\n・坂\n", "utf-8"
    )
    assert "geometry" in wm.load_survey(tmp_path).districts


def test_a_zip_as_it_is_published_is_read(tmp_path):
    inside = tmp_path / "N03-20250101_11_GML"
    inside.mkdir()
    geojson(inside / "N03-20250101_11.geojson", squares())
    write(inside / "N03-20250101_11.shp", frame())
    (inside / "KS-META-N03-20250101_11.xml").write_text("<a/>", encoding="utf-8")
    (inside / "N03-20250101_11.xml").write_text("<ksj:Dataset/>", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "N03-20250101_11_GML.zip", "w") as package:
        for path in sorted(inside.iterdir()):
            package.write(path, f"N03-20250101_11_GML/{path.name}")
    assert wm.load_districts(tmp_path / "N03-20250101_11_GML.zip")["district"].tolist() == CODES
    assert wm.load_districts(inside)["district"].tolist() == CODES  # one name in two formats is one


def test_a_file_that_names_no_coordinate_system_says_what_was_assumed(tmp_path):
    _, notes = find_districts([geojson(tmp_path / "n03.geojson", squares())])
    assert [(note.level, note.found) for note in notes] == [
        ("info", "座標系が書かれていないので、緯度・経度（JGD2011）として読みました")
    ]


def test_one_note_stands_for_many_files(tmp_path):
    for code, row in zip(CODES, squares(), strict=True):
        geojson(tmp_path / f"{code}.json", [{**row, "properties": {}}])
    table, notes = find_districts(find_boundary_files(tmp_path))
    assert table["district"].tolist() == CODES
    assert [note.file for note in notes] == ["11101.json など72ファイル"]


def test_a_border_that_crosses_itself_is_mended_and_named(tmp_path):
    rows = squares()
    ring = rows[0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    table, notes = find_districts([geojson(tmp_path / "n03.geojson", rows)])
    assert table.geometry.is_valid.all() and len(table) == 72
    assert "境界が自分と交わる形を直しました（11101）" in [note.found for note in notes]


def test_a_name_beside_the_wrong_code_is_reported(tmp_path):
    named = frame(name=[NAMES[code] for code in CODES])
    named.loc[named["N03_007"] == "11208", "name"] = "川越市"
    with pytest.warns(wm.InputWarning, match="コード11208は所沢市のはずですが「川越市」とあります"):
        wm.load_districts(write(tmp_path / "n03.gpkg", named))


def test_names_with_county_and_prefecture_are_the_same_names(tmp_path):
    table = wm.load_districts()
    named = frame(name="埼玉県" + table["county"] + table["name"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wm.load_districts(write(tmp_path / "n03.gpkg", named))


# ---- any prefecture ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def okayama(tmp_path_factory, boundaries) -> Path:
    """The names and codes of the official file of Okayama, with invented shapes."""
    said = read_features([boundaries / "N03-20240101_33.dbf"]).table
    known = pd.DataFrame(said.drop(columns=["geometry", "file"])).drop_duplicates("N03_007")
    shapes = grid(known["N03_007"].tolist())
    folder = tmp_path_factory.mktemp("okayama")
    return write(folder / "N03_33.gpkg", gpd.GeoDataFrame(known, geometry=shapes, crs="EPSG:6668"))


def test_another_prefecture_is_known_by_its_boundary_file(okayama):
    districts = wm.load_districts(okayama, prefecture="33").set_index("district")
    assert len(districts) == 30
    assert districts.loc["33101", ["name", "area", "parent"]].tolist() == [
        "岡山市北区",
        "岡山市",
        "33100",
    ]
    assert districts.loc["33202", "name"] == "倉敷市"
    assert districts.loc["33346", ["name", "county"]].tolist() == ["和気町", "和気郡"]
    assert districts[["row", "col", "population"]].isna().all().all()


def test_the_city_of_another_prefecture_can_be_one_too(okayama):
    cities = wm.load_districts(okayama, "city", prefecture="33")
    assert len(cities) == 27
    assert cities.loc[cities["district"] == "33100", "name"].item() == "岡山市"


def test_a_survey_of_another_prefecture_is_drawn_on_its_map(tmp_path, okayama):
    folder = tmp_path / "survey"
    (folder / "boundaries").mkdir(parents=True)
    (folder / "gatherings").mkdir()
    (folder / "boundaries" / "N03_33.gpkg").write_bytes(okayama.read_bytes())
    (folder / "watamachi.toml").write_text('prefecture = "33"', encoding="utf-8")
    (folder / "gatherings" / "cafe.txt").write_text(
        "日時：2026年5月1日\n地区：岡山県岡山市北区\n・バスが減って病院に行けない\n\n"
        "日時：2026年5月2日\n地区：倉敷市\n・ゴミ出しがつらい\n\n"
        "日時：2026年5月3日\n地区：所沢市\n・公園が遠い\n",
        encoding="utf-8",
    )
    survey = wm.load_survey(folder)
    assert survey.gatherings["district"].fillna("").tolist() == ["33101", "33202", ""]
    written = wm.write_maps(wm.analyse(survey), tmp_path / "maps", audience="adviser")
    page = (tmp_path / "maps" / "overlap.html").read_text(encoding="utf-8")
    assert "倉敷市" in page and "所沢市" not in page
    assert len([path for path in written if path.parent.name == "districts"]) == 30


@pytest.mark.parametrize("prefecture", ["00", "48", "1", "埼玉"])
def test_a_prefecture_that_is_none_is_refused(prefecture):
    with pytest.raises(ValueError, match="都道府県コード"):
        wm.load_districts(prefecture=prefecture)


# ---- small areas of the census -------------------------------------------------------------------


def test_the_small_areas_of_the_census_are_all_accounted_for(boundaries):
    features = read_features([boundaries / "estat_2020" / "r2ka11.dbf"])
    areas, (note,) = list_small_areas(features, "11")
    with (boundaries.parent / "saitama_municipalities.csv").open(encoding="utf-8") as file:
        people = {row["code5"]: int(row["population"]) for row in csv.DictReader(file)}
    assert areas.groupby("municipality")["population"].sum().to_dict() == {
        code: people[code] for code in CODES
    }
    assert areas["small_area"].is_unique and len(areas) == 5978
    assert note.found == (
        "町丁字5978（形6407個のうち、同じ町丁字の飛び地など428個はまとめました）。"
        "使わなかった形: ほかの都道府県の土地1個"
    )
    assert areas["area_km2"].sum() == pytest.approx(3797.98, abs=0.01)


def small_area(key, town, name, shape, people, **other):
    row = {
        "KEY_CODE": key, "PREF": "11", "CITY": town, "S_NAME": name, "KIGO_D": "", "HCODE": 8101,
        "AREA": 1e6, "JINKO": people, "SETAI": people // 2, "X_CODE": shape.centroid.x,
        "Y_CODE": shape.centroid.y, "geometry": shape,
    }  # fmt: skip
    return row | other


def test_small_areas_with_shapes_put_pieces_together_and_leave_water_and_holes_out(tmp_path):
    shapes = grid(CODES[:5])
    rows = [
        small_area("112080010", "208", "緑町一丁目", shapes[0], 120),
        small_area("112080010", "208", "緑町一丁目", shapes[2], 0),
        small_area("112080020", "208", "", shapes[1], 50),
        small_area("112080030", "208", "狭山湖", shapes[3], 0, HCODE=8154),
        small_area("11", "208", "", shapes[4], 0, KIGO_D="D1"),
    ]
    table = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:6668")
    path = write(tmp_path / "r2ka11208.shp", table, encoding="cp932")
    areas, notes = list_small_areas(read_features([path]), "11")
    assert areas[["small_area", "name", "population"]].to_numpy().tolist() == [
        ["112080010", "緑町一丁目", 120],
        ["112080020", "", 50],
    ]
    assert areas.geometry.iloc[0].equals(shapes[0].union(shapes[2]))
    assert "ほかの都道府県の土地1個、水面1個" in notes[-1].found


# ---- what is refused -----------------------------------------------------------------------------


def refused(path, match, **options):
    with pytest.raises(wm.InputError, match=match):
        wm.load_districts(path, **options)


def test_coordinates_that_are_no_numbers_are_refused(tmp_path):
    text = json.dumps({"type": "FeatureCollection", "features": squares()}).replace(
        "139.0625", "NaN"
    )
    (tmp_path / "n03.geojson").write_text(text, encoding="utf-8")
    refused(tmp_path / "n03.geojson", "座標に数でないものがあります")


def test_latitude_and_longitude_the_wrong_way_round_are_refused(tmp_path):
    rows = squares()
    for row in rows:
        row["geometry"]["coordinates"] = [[p[::-1] for p in row["geometry"]["coordinates"][0]]]
    refused(geojson(tmp_path / "n03.geojson", rows), "緯度と経度が入れかわっています")


def test_shapes_outside_japan_are_refused(tmp_path):
    away = frame().assign(geometry=lambda t: t.translate(-100, 10))
    refused(write(tmp_path / "n03.gpkg", away), "日本の緯度・経度ではありません")


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::999999", "わが町座標"])
def test_an_unknown_coordinate_system_is_refused(tmp_path, name):
    crs = {"type": "name", "properties": {"name": name}}
    refused(geojson(tmp_path / "n03.geojson", squares(), crs=crs), "座標系が分かりません")


def test_a_wrong_check_digit_is_refused_and_shown(tmp_path):
    codes = [code + check_digit(code) for code in CODES]
    codes[3] = codes[3][:5] + str((int(codes[3][5]) + 1) % 10)
    refused(
        write(tmp_path / "n03.gpkg", frame(codes)),
        f"市区町村コードではない値があります（{codes[3]}）",
    )


def test_two_files_with_one_district_are_refused_and_both_are_named(tmp_path):
    write(tmp_path / "2024.gpkg", frame())
    write(tmp_path / "2025.gpkg", frame())
    refused(tmp_path, "同じ地区（11101など72地区）が「2024.gpkg」「2025.gpkg」の両方にあります")


def test_a_file_of_several_prefectures_gives_the_one_asked_for_and_says_so(tmp_path):
    path = write(tmp_path / "all.gpkg", frame([*CODES, "13101", "33101"]))
    table, notes = find_districts([path])
    assert table["district"].tolist() == CODES
    assert [note.found for note in notes] == ["ほかの都道府県の2地区は使いませんでした"]


def test_a_page_under_the_name_of_a_map_is_refused_and_nothing_it_points_to_is_opened(tmp_path):
    good = write(tmp_path / "good.geojson", frame())
    text = (
        f'<OGRVRTDataSource><OGRVRTLayer name="good"><SrcDataSource>{good}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    (tmp_path / "n03.geojson").write_text(text, encoding="utf-8")
    refused(tmp_path / "n03.geojson", "説明のページ")
    with zipfile.ZipFile(tmp_path / "n03.zip", "w") as package:
        package.writestr("n03.geojson", text)
    refused(tmp_path / "n03.zip", "説明のページ")


@pytest.mark.parametrize("name", ["../n03.geojson", "/n03.geojson", "a/../../n03.geojson"])
def test_a_zip_that_reaches_out_of_its_folder_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "n03.zip", "w") as package:
        package.writestr(name, json.dumps({"type": "FeatureCollection", "features": squares()}))
    refused(tmp_path / "n03.zip", "フォルダの外に出る")


def test_a_zip_that_would_unpack_to_a_bomb_is_refused_before_it_does(tmp_path):
    with (
        zipfile.ZipFile(tmp_path / "n03.zip", "w", zipfile.ZIP_DEFLATED) as package,
        package.open("n03.geojson", "w", force_zip64=True) as file,
    ):
        for _ in range(450):
            file.write(bytes(1_000_000))
    refused(tmp_path / "n03.zip", "大きすぎます")


def test_a_folder_without_boundary_files_is_refused(tmp_path):
    refused(tmp_path, "境界データのファイルがありません")


# ---- codes ---------------------------------------------------------------------------------------


@given(st.text(max_size=12))
def test_no_name_of_a_file_breaks_the_search_for_codes(text):
    assert has_code(["name"], text) in {True, False}


def test_the_check_digit_holds_for_every_official_code(boundaries):
    with (boundaries.parent / "saitama_municipalities.csv").open(encoding="utf-8") as file:
        pairs = [(row["code5"], row["code6"]) for row in csv.DictReader(file)]
    assert len(pairs) == 73 and all(five + check_digit(five) == six for five, six in pairs)


def test_each_ward_belongs_to_the_city_before_it():
    assert {city_of_ward(code) for code in CODES if code.startswith("111")} == {"11100"}
    assert [city_of_ward(c) for c in ("27128", "27141", "22138", "40137")] == [
        "27100", "27140", "22130", "40130",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "name", "county", "area", "parent"),
    [
        (("岡山市", "北区", None), "岡山市北区", "", "岡山市", "33100"),  # until 2023
        ((None, "岡山市", "北区"), "岡山市北区", "", "岡山市", "33100"),  # from 2024
        ((None, "倉敷市", None), "倉敷市", "", "", ""),
        (("和気郡", "和気町", None), "和気町", "和気郡", "", ""),
        (("石狩振興局", "当別町", None), "当別町", "石狩振興局", "", ""),
    ],
)
def test_names_are_found_in_the_columns_of_every_edition(
    tmp_path, written, name, county, area, parent
):
    columns = {f"N03_00{i}": [text] for i, text in zip((3, 4, 5), written, strict=True)}
    path = write(tmp_path / "n03.gpkg", frame(["33101"], **columns))
    row = wm.load_districts(path, prefecture="33").iloc[0]
    assert row[["name", "county", "area", "parent"]].tolist() == [name, county, area, parent]
