"""Official open data is recognised by its headings; no row, figure or reason gets lost on the way."""

import csv
import io
from datetime import date, time
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT, SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.bundled import resource_table
from watamachi_analysis.cells import find_table
from watamachi_analysis.codes import check_digit, parse_code
from watamachi_analysis.positions import municipality_in, parse_point
from watamachi_analysis.read import read_source
from watamachi_analysis.records import parse_activities, parse_indicators
from watamachi_analysis.rows import Row, Sheet, Source
from watamachi_analysis.tables import check

OPEN_DATA = SHARED / "opendata"


def source(*rows, file="公開.csv"):
    cells = tuple(Row(f"{number}行目", tuple(row)) for number, row in enumerate(rows, 1))
    return Source(file, (Sheet(file, "", cells, is_grid=True),))


def csv_source(text, file="公開.csv"):
    return source(*csv.reader(io.StringIO(text)), file=file)


def lines_about(parsed):
    return [str(problem) for problem in parsed.problems]


def tallied(parsed):
    tally = parsed.tally
    assert tally.rows == tally.used + tally.read + tally.reported
    return tally.used, tally.read, tally.reported, tally.records


def only(parsed, *fields):
    assert len(parsed.records) == 1
    row = parsed.records.iloc[0]
    return tuple(row[name] for name in fields)


# ---- codes, addresses, coordinates --------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("11208", "11208"),
        ("112089", "11208"),
        ("R11208", "11208"),
        ("１１２０８", "11208"),
        ("11208.0", "11208"),
        ("'112089", "11208"),
        ("1100", "01100"),
        ("12025", "01202"),  # 012025 without its leading zero
        ("110001", ""),  # the prefecture
        ("11", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_in_every_form_it_is_published_in(written, code):
    assert parse_code(written) == code


@pytest.mark.parametrize("written", ["112080", "99999", "112", "1120890", "所沢市", "011"])
def test_what_is_no_code_or_has_a_wrong_check_digit_is_refused(written):
    with pytest.raises(ValueError, match=written):
        parse_code(written)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 47), st.integers(100, 799))
def test_every_form_of_a_code_means_the_same(prefecture, number):
    code = f"{prefecture:02}{number}"
    forms = [code, code + check_digit(code), f"R{code}", f" {code} ", code.lstrip("0")]
    assert {parse_code(form) for form in forms} == {code}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=8))
def test_any_text_is_a_code_of_five_digits_or_nothing_or_refused(text):
    try:
        code = parse_code(text)
    except ValueError:
        return
    assert code == "" or (len(code) == 5 and code.isdigit())


NORTH = st.floats(20, 46).map(lambda number: round(number, 10))
EAST = st.floats(122, 154).map(lambda number: round(number, 10))


@settings(max_examples=200, deadline=None)
@given(NORTH, EAST)
def test_coordinates_are_the_same_in_one_cell_in_two_and_the_wrong_way_round(north, east):
    lat, lng = f"{north:.10f}", f"{east:.10f}"
    for point in (parse_point(lat, lng), parse_point(f"{lat},{lng}", ""), parse_point(lng, lat)):
        assert (point.lat, point.lng) == (north, east)
    assert parse_point(lng, lat).swapped and not parse_point(lat, lng).swapped


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12), st.text(max_size=12))
def test_coordinates_are_in_japan_or_blank_whatever_is_written(lat, lng):
    point = parse_point(lat, lng)
    assert (point.lat is None) == (point.lng is None)
    assert point.lat is None or (20 <= point.lat <= 46 and 122 <= point.lng <= 154)


@pytest.mark.parametrize(
    ("lat", "lng", "fault"),
    [
        ("", "", ""),
        ("0", "0", "日本の外です"),
        ("51.5", "-0.12", "日本の外です"),
        ("35.8", "", "が分かりません"),
        ("北緯35度", "東経139度", "が分かりません"),
        ("139.4,35.8", "", "逆です"),
    ],
)
def test_coordinates_that_cannot_be_are_told(lat, lng, fault):
    said = parse_point(lat, lng).fault
    assert said.endswith(fault) and bool(said) == bool(fault)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("埼玉県所沢市並木1-1-1", "埼玉県所沢市"),
        ("〒359-8501　所沢市並木1-1-1", "所沢市"),
        ("330-0846 さいたま市大宮区大門町3-1", "さいたま市大宮区"),
        ("さいたま市高砂3-15-1", "さいたま市"),
        ("埼玉県比企郡ときがわ町玉川2490", "埼玉県比企郡ときがわ町"),
        ("ときがわ町玉川2490", "ときがわ町"),
        ("埼玉県三芳町藤久保1100-1", "埼玉県三芳町"),
        ("三重県四日市市諏訪町1-5", "三重県四日市市"),
        ("東京都東村山市本町1-2-3", "東京都東村山市"),
        ("東京都新宿区西新宿2-8-1", "東京都新宿区"),
        ("高松市番町一丁目8-15", "高松市"),
        ("並木1-1-1", ""),
        ("本町2丁目1", ""),
        ("大字市場100", ""),
        ("", ""),
    ],
)
def test_an_address_begins_with_its_municipality(address, name):
    assert municipality_in(address) == name


# ---- lists --------------------------------------------------------------------------------------

CARE = (
    "都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "介護サービス事業所名称",
    "実施サービス", "住所", "方書", "緯度", "経度", "電話番号", "法人の名称", "利用可能曜日",
    "利用可能曜日特記事項", "定員", "URL", "備考",
)  # fmt: skip
FACILITY = (
    "全国地方公共団体コード", "ID", "地方公共団体名", "名称", "名称_カナ", "POIコード",
    "所在地_全国地方公共団体コード", "所在地_連結表記", "所在地_都道府県", "所在地_市区町村",
    "所在地_町字", "所在地_番地以下", "建物名等（方書）", "緯度", "経度", "電話番号", "団体名",
    "利用可能曜日", "開始時間", "終了時間", "利用可能時間特記事項", "説明", "備考",
)  # fmt: skip


def listed(heads, **cells):
    return tuple(cells.get(head, "") for head in heads)


def test_the_old_standard_list_of_care_services_becomes_activities():
    row = (
        "112089", "1", "埼玉県", "所沢市", "デイサービス　なみき　", "通所介護",
        "所沢市並木1-1-1", "3階", "35.7996", "139.4686", "04-2998-0000", "社会福祉法人並木会",
        "月火水木金", "祝日は休み", "３０", "https://example.jp", "送迎あり",
    )  # fmt: skip
    parsed = parse_activities(source(CARE, row))
    found = parsed.records.drop(columns="activity_id").to_dict("records")[0]
    assert found == {
        "name": "デイサービス なみき", "category": "通所介護", "issue_labels": "",
        "operator": "社会福祉法人並木会", "sector": "", "district_name": "所沢市",
        "venue": "所沢市並木1-1-1 3階", "schedule": "月火水木金／祝日は休み", "audience": "",
        "fee": "", "last_checked": None, "source": "埼玉県所沢市", "note": "定員: ３０。送迎あり",
        "lat": 35.7996, "lng": 139.4686, "file": "公開.csv", "place": "2行目",
    }  # fmt: skip
    assert tallied(parsed) == (1, 1, 0, 1)
    assert "利用条件（ライセンス）がファイルに書かれていません" in lines_about(parsed)[0]
    assert "2998" not in parsed.records.to_csv()


def test_in_the_newer_standard_a_thing_is_where_it_stands_not_where_its_publisher_is():
    row = listed(
        FACILITY,
        全国地方公共団体コード="111007",
        地方公共団体名="埼玉県さいたま市",
        名称="少年自然の家",
        所在地_全国地方公共団体コード="112038",
        所在地_都道府県="埼玉県",
        所在地_市区町村="川口市",
        所在地_町字="青木二丁目",
        所在地_番地以下="1-1",
        開始時間="09:00",
        終了時間="17:00",
    )
    parsed = parse_activities(source(FACILITY, row))
    assert only(parsed, "district_name", "venue", "schedule", "category", "source") == (
        "11203", "埼玉県川口市青木二丁目1-1", "09:00～17:00", "公共施設", "埼玉県さいたま市",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "district"),
    [
        ({"所在地_連結表記": "埼玉県川口市青木2-1-1"}, "埼玉県川口市"),
        ({"所在地_都道府県": "埼玉県", "所在地_市区町村": "川口市青木2-1-1"}, "埼玉県川口市"),
        ({"所在地_全国地方公共団体コード": "111007", "所在地_連結表記": "さいたま市北区宮原町"}, "さいたま市北区"),
        ({"所在地_全国地方公共団体コード": "112030", "所在地_連結表記": "川口市青木"}, "川口市"),
        ({}, "11208"),
    ],
    ids=["address", "address in the column of the city", "ward", "wrong check digit", "publisher"],
)  # fmt: skip
def test_the_place_is_the_best_that_a_row_says(cells, district):
    row = listed(FACILITY, 全国地方公共団体コード="112089", 名称="会館", **cells)
    assert only(parse_activities(source(FACILITY, row)), "district_name") == (district,)


def test_a_code_with_a_wrong_check_digit_is_a_notice_and_many_are_one():
    row = listed(FACILITY, 全国地方公共団体コード="112080", 地方公共団体名="所沢市", 名称="会館")
    other = listed(FACILITY, 全国地方公共団体コード="112080", 地方公共団体名="所沢市", 名称="別館")
    parsed = parse_activities(source(FACILITY, row, other))
    assert parsed.records["district_name"].tolist() == ["所沢市", "所沢市"]
    assert [line for line in lines_about(parsed) if "112080" in line] == [
        "公開.csv 2行目: コード「112080」は全国地方公共団体コードではありません（ほか1行も）。"
        "住所か市区町村名から地区を読みます。コードを確かめてください。"
    ]
    assert all(problem.level == "notice" for problem in parsed.problems)


CARE_OFFICE = (
    "都道府県コード又は市町村コード,No,都道府県名,市区町村名,事業所名,事業所名カナ,サービスの種類,住所,"
    "方書（ビル名等）,緯度,経度,電話番号,FAX番号,法人番号,法人の名称,事業所番号,利用可能曜日,"
    "利用可能曜日特記事項,定員,URL,備考\n"
)


def test_one_office_that_gives_two_services_is_two_activities_in_its_ward(tmp_path):
    row = (
        "111031,{},埼玉県,さいたま市,ケアおおみや,ケアオオミヤ,{},埼玉県さいたま市大宮区大門町3-1,,"
        "35.9064,139.6287,048-000-0000,,,株式会社おおみや,1170000000,平日,,,,\n"
    )
    services = ["訪問介護", "居宅介護支援"]
    for service in services:
        path = tmp_path / f"{service}.csv"
        path.write_text(CARE_OFFICE + row.format(1, service), encoding="cp932")
    parsed = [parse_activities(read_source(tmp_path / f"{name}.csv")) for name in services]
    assert {only(one, "district_name", "source") for one in parsed} == {
        ("11103", "介護サービス情報公表システム（厚生労働省）")
    }
    assert len({only(one, "activity_id") for one in parsed}) == 2
    assert [lines_about(one) for one in parsed] == [[], []]


PREAMBLE = (
    "#LINK,,,\n#lang,ja,,\n#attribution_name,見本市,,\n#license,CC BY 4.0,,\n#file_name,0001,,\n"
    "#download_from,https://example.jp/list,,\n"
)


def test_of_a_list_of_the_whole_country_the_prefecture_is_taken():
    rows = [
        listed(CARE, 都道府県コード又は市区町村コード="112089", 介護サービス事業所名称="なみき"),
        listed(CARE, 都道府県コード又は市区町村コード="132071", 介護サービス事業所名称="あきしま"),
        listed(CARE, 介護サービス事業所名称="みなと", 住所="神奈川県横浜市中区"),
        listed(CARE, 介護サービス事業所名称="どこか"),
    ]
    parsed = parse_activities(source(CARE, *rows))
    assert parsed.records["name"].tolist() == ["なみき", "どこか"]
    assert tallied(parsed) == (3, 2, 0, 2)
    assert "公開.csv: ほかの都道府県の行 2 行は使いません。このままで構いません。" in lines_about(
        parsed
    )
    assert tallied(parse_activities(source(CARE, *rows), prefecture="13")) == (3, 2, 0, 2)


def test_hours_from_excel_lose_their_seconds(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(
        ["全国地方公共団体コード", "名称", "所在地_連結表記", "開始時間", "終了時間"]
    )
    book.active.append([112089, "会館", "所沢市並木", time(9, 0), time(17, 30)])
    book.save(tmp_path / "施設.xlsx")
    parsed = parse_activities(read_source(tmp_path / "施設.xlsx"))
    assert only(parsed, "schedule", "district_name") == ("09:00～17:30", "所沢市")


def test_a_json_ld_list_tells_its_source_and_licence():
    text = PREAMBLE + (
        "#property,name,address,telephoneNumber,location,startTimeWeekDays,startTimeSundays,"
        "Establisher,targetAge,serviceContents,capacity\n"
        "#object_type_xsd,string,string,string,string,string,string,string,string,string,string\n"
        "#property_context,Assertion,Assertion,Assertion,Assertion,Assertion,Assertion,,,,\n"
        ",,,,,,,,,,\n"
        '4,みどり　保育室,359-0042 所沢市並木1-1,04-0000-0000,"35.79,139.46",7：30～18：30,'
        '"祝：9：00～25：00\n日：休",山田花子,0～2歳児,一時預かり,ー\n'
    )
    parsed = parse_activities(csv_source(text))
    assert only(parsed, "name", "category", "district_name", "schedule", "audience", "note") == (
        "みどり 保育室", "子育て施設", "所沢市", "平日 7：30～18：30／日曜・祝日 祝：9：00～25：00、日：休",
        "0～2歳児", "サービス: 一時預かり",
    )  # fmt: skip
    assert only(parsed, "source", "lat", "lng") == (
        "見本市（ライセンス: CC BY 4.0） https://example.jp/list", 35.79, 139.46,
    )  # fmt: skip
    assert tallied(parsed) == (9, 1, 0, 1)
    assert lines_about(parsed) == []
    assert "山田" not in parsed.records.to_csv() and "04-0000" not in parsed.records.to_csv()


def test_the_newer_json_ld_layout_begins_with_its_headings():
    text = (
        '"#property","latitude","longitude","name","address","service","note"\n'
        '"1","139.46","35.79","寿園","所沢市並木1-1","特別養護老人ホーム",""\n'
        '"7","0","0","福園","所沢市並木1-2","特別養護老人ホーム",""\n'
    )
    parsed = parse_activities(csv_source(text))
    assert parsed.records["lat"].isna().tolist() == [False, True]
    assert parsed.records["lat"][0] == 35.79
    assert lines_about(parsed)[1:] == [
        "公開.csv 2行目: 緯度・経度「139.46, 35.79」は緯度と経度が逆です。入れ替えて読みました。",
        "公開.csv 3行目: 緯度・経度「0, 0」は日本の外です。地図には使いません。公開元に確かめてください。",
    ]
    assert tallied(parsed) == (1, 2, 0, 2)


def test_events_have_their_days_and_hours_in_one_line():
    heads = (
        "都道府県コード又は市区町村コード", "市区町村名", "イベント名", "開始日", "終了日", "開始時間",
        "終了時間", "説明", "料金(基本)", "料金(詳細)", "主催者", "場所名称", "住所",
    )  # fmt: skip
    rows = [
        ("112089", "所沢市", "おはなし会", "3/25/2026", "3/25/2026", "14:00", "14:30", "絵本の\n会" + "　" * 100,
         "0", "無料", "図書館", "本館", "所沢市並木1-13"),
        ("112089", "所沢市", "まつり", "11/1/2026", "11/3/2026", "", "", "", "", "", "", "", ""),
    ]  # fmt: skip
    parsed = parse_activities(source(heads, *rows))
    assert parsed.records["schedule"].tolist() == [
        "2026-03-25 14:00～14:30",
        "2026-11-01～2026-11-03",
    ]
    assert parsed.records["note"].tolist() == ["絵本の 会", ""]
    assert parsed.records["fee"].tolist() == ["0、無料", ""]
    assert parsed.records["venue"].tolist() == ["本館 所沢市並木1-13", ""]
    assert parsed.records["category"].tolist() == ["イベント", "イベント"]
    assert not [line for line in lines_about(parsed) if "日付" in line]


def test_a_date_that_could_begin_with_the_day_is_told_once():
    heads = ("都道府県コード又は市区町村コード", "市区町村名", "イベント名", "開始日")
    rows = [("112089", "所沢市", name, "4/5/2026") for name in ("祭り", "市")]
    parsed = parse_activities(source(heads, *rows))
    assert parsed.records["schedule"].tolist() == ["2026-04-05", "2026-04-05"]
    assert [line for line in lines_about(parsed) if "日付" in line] == [
        "公開.csv 1行目: 日付「4/5/2026」は 2026-04-05 と読みました（月/日/年の順）。"
        "違うなら年を先に書いてください。"
    ]


@pytest.mark.parametrize(
    ("head", "cell", "category", "note"),
    [
        ("診療科目", "内科", "医療機関", "診療科目: 内科"),
        ("一時預かりの有無", "有", "子育て施設", "一時預かり: 有"),
        ("POIコード", "1105", "公共施設", ""),
    ],
)
def test_a_list_without_kinds_is_told_by_its_headings(head, cell, category, note):
    heads = ("都道府県コード又は市区町村コード", "名称", "住所", "更新日", head)
    parsed = parse_activities(source(heads, ("11208", "並木", "所沢市並木", "令和3年度", cell)))
    assert only(parsed, "category", "note", "last_checked") == (category, note, date(2021, 4, 1))


def test_support_schemes_become_activities():
    heads = (
        "全国地方公共団体コード",
        "ID",
        "地方公共団体名",
        "制度名",
        "対象者",
        "支援内容",
        "所管組織",
    )
    row = (
        "112089",
        "1",
        "埼玉県所沢市",
        "配食サービス",
        "75歳以上",
        "昼食を届ける",
        "高齢者支援課",
    )
    assert only(
        parse_activities(source(heads, row)),
        "name", "category", "audience", "note", "operator", "district_name",
    ) == ("配食サービス", "支援制度", "75歳以上", "昼食を届ける", "高齢者支援課", "11208")  # fmt: skip


def test_telephone_numbers_in_a_note_are_masked():
    row = listed(CARE, 介護サービス事業所名称="なみき", 備考="申込は山田さん 04-2998-0000")
    assert only(parse_activities(source(CARE, row)), "note") == ("申込は○○さん （電話番号）",)


def test_an_official_row_without_a_name_is_reported():
    parsed = parse_activities(source(CARE, listed(CARE, NO="3", 住所="所沢市並木1")))
    assert tallied(parsed) == (1, 0, 1, 0)
    assert "名称が書かれていません" in lines_about(parsed)[-1]


def test_our_own_list_stays_our_own_with_coordinates_where_it_has_them():
    heads = ("名称", "種別", "課題", "運営主体", "区分", "地区", "場所", "緯度", "経度", "備考")
    row = (
        "サロン",
        "居場所",
        "孤立",
        "自治会",
        "民",
        "所沢市",
        "集会所",
        "139.46",
        "35.79",
        "毎週",
    )
    parsed = parse_activities(source(heads, row))
    assert only(parsed, "issue_labels", "sector", "lat", "lng") == ("孤立", "民", 35.79, 139.46)
    assert len(parsed.problems) == 1


# ---- population ---------------------------------------------------------------------------------

SPANS = [f"{low}-{low + 4}歳" for low in range(0, 85, 5)] + ["85歳以上"]
AGES = [f"{span}の{sex}" for span in SPANS for sex in ("男性", "女性")]
PEOPLE = (
    "都道府県コード又は市区町村コード", "地域コード", "都道府県名", "市区町村名", "調査年月日", "地域名",
    "総人口", "男性", "女性", *AGES, "世帯数", "備考",
)  # fmt: skip


def people(area="", day="2025/1/1", total="36", each="1", **cells):
    cells = {"総人口": total} | cells
    ages = dict.fromkeys(AGES, each)
    return listed(PEOPLE, **({
        "都道府県コード又は市区町村コード": "112089", "都道府県名": "埼玉県", "市区町村名": "所沢市",
        "調査年月日": day, "地域名": area, "総人口": total, "男性": "18", "女性": "18", "世帯数": "1,200",
    } | ages | cells))  # fmt: skip


def figures(parsed):
    rows = parsed.records
    return dict(zip(rows["indicator"], rows["value"].where(rows["status"] == "value", rows["status"]), strict=True))  # fmt: skip


def test_a_wide_table_of_ages_becomes_long_in_the_groups_of_the_field():
    parsed = parse_indicators(source(PEOPLE, people()))
    assert figures(parsed) == {
        "総人口": 36.0, "総人口（男）": 18.0, "総人口（女）": 18.0, "世帯数": 1200.0,
        "0–14歳人口": 6.0, "15–64歳人口": 20.0, "65歳以上人口": 10.0, "75歳以上人口": 6.0,
    }  # fmt: skip
    assert set(parsed.records["as_of"]) == {date(2025, 1, 1)}
    assert set(parsed.records["district_name"]) == {"埼玉県所沢市"}
    assert set(parsed.records["unit"]) == {"人", "世帯"}
    assert tallied(parsed) == (1, 1, 0, 8)


@pytest.mark.parametrize(("mark", "status"), [("X", "suppressed"), ("…", "unknown"), ("", "blank")])
def test_a_sum_over_a_missing_figure_is_missing_for_the_same_reason(mark, status):
    parsed = parse_indicators(source(PEOPLE, people(**{"70-74歳の女性": mark})))
    assert figures(parsed)["65歳以上人口"] == status
    assert figures(parsed)["75歳以上人口"] == 6.0


def test_a_dash_in_an_age_adds_nothing_to_the_sum():
    parsed = parse_indicators(
        source(PEOPLE, people(total="35", 女性="17", **{"70-74歳の女性": "-"}))
    )
    assert figures(parsed)["65歳以上人口"] == 9.0
    assert not [line for line in lines_about(parsed) if "合いません" in line]


def test_totals_that_do_not_add_up_are_told_and_never_mended():
    parsed = parse_indicators(source(PEOPLE, people(total="40")))
    assert figures(parsed)["総人口"] == 40.0
    wrong = [line for line in lines_about(parsed) if "合いません" in line]
    assert wrong == [
        "公開.csv 2行目: 総数（計）40 と年齢別の合計 36 が合いません（ほか1行も）。"
        "数字は直していません。公開元に確かめてください。"
    ]


def test_areas_smaller_than_a_municipality_are_set_aside_with_one_notice():
    rows = [people(), people("並木一丁目"), people("並木二丁目", each="X")]
    parsed = parse_indicators(source(PEOPLE, *rows))
    assert tallied(parsed) == (1, 1, 2, 8)
    assert "町丁字など、市区町村の全体でない 2 行は使いません" in lines_about(parsed)[-1]


def test_a_ward_is_no_smaller_area():
    cells = {"都道府県コード又は市区町村コード": "111007", "市区町村名": "さいたま市"}
    parsed = parse_indicators(source(PEOPLE, people("大宮区", **cells)))
    assert set(parsed.records["district_name"]) == {"埼玉県さいたま市大宮区"}


def test_a_table_of_a_prefecture_names_the_municipality_as_the_area():
    cells = {"都道府県コード又は市区町村コード": "110001", "市区町村名": ""}
    parsed = parse_indicators(source(PEOPLE, people("入間市", **cells), people("元町", **cells)))
    assert set(parsed.records["district_name"]) == {"入間市"}
    assert tallied(parsed) == (1, 1, 1, 8)


def test_a_whole_row_of_no_known_municipality_is_reported_once():
    cells = {"都道府県コード又は市区町村コード": "", "都道府県名": "", "市区町村名": ""}
    parsed = parse_indicators(source(PEOPLE, people(**cells)))
    assert tallied(parsed) == (1, 0, 1, 0)
    assert sum("地区か指標が書かれていません" in line for line in lines_about(parsed)) == 1


def test_a_dated_row_whose_figures_are_all_blank_stays_blank():
    blank = {"総人口": "", "男性": "", "女性": "", "世帯数": ""}
    parsed = parse_indicators(source(PEOPLE, people(each="", **blank)))
    assert set(parsed.records["status"]) == {"blank"}
    assert tallied(parsed) == (1, 1, 0, 8)


def test_counts_of_a_json_ld_table_become_indicators():
    text = PREAMBLE + (
        "#property,address,date,numberOfPrimaryInsured,numberOfPeopleCertifiedForLongTermCare\n"
        "#object_type_xsd,string,string,string,string\n"
        '1,所沢市,10/31/2025,"95,000",17000\n2,所沢市,10/31/2024,X,-\n'
    )
    parsed = parse_indicators(csv_source(text))
    assert parsed.records["status"].tolist() == ["value", "value", "suppressed", "not_applicable"]
    assert parsed.records["as_of"].tolist() == [date(2025, 10, 31)] * 2 + [date(2024, 10, 31)] * 2
    assert set(parsed.records["source"]) == {
        "見本市（ライセンス: CC BY 4.0） https://example.jp/list"
    }
    assert tallied(parsed) == (8, 2, 0, 4)


TOWN_AGES = ["0～4", "5～9", "10～14", "15～64", "65～74", "75～84", "85歳以上"]


def town_rows():
    return [
        ["第1表　町（丁）字別、年齢別人口", *[""] * 10],
        ["令和７年１月１日現在", *[""] * 10],
        ["市町村名", "町（丁）字名", "男女別", "総数", *TOWN_AGES],
        ["", "", "", "（人）", *[""] * 7],
        ["所沢市", "総数", "総数", "70", *["10"] * 7],
        ["", "", "男", "35", *["5"] * 7],
        ["", "", "女", "35", *["5"] * 7],
        ["", "並木一丁目", "総数", "X", *["X"] * 7],
        ["", "", "男", "X", *["X"] * 7],
        ["", "並木二丁目", "総数", "-", *["-"] * 7],
        ["入間市", "", "総数", "1,400", *["２００"] * 7],
        ["（注）X は秘匿した数字", *[""] * 10],
    ]


def check_towns(parsed):
    rows = parsed.records.set_index(["district_name", "indicator"])["value"]
    assert rows["所沢市"].to_dict() == {
        "総人口": 70.0, "0–14歳人口": 30.0, "15–64歳人口": 10.0, "65歳以上人口": 30.0,
        "75歳以上人口": 20.0, "総人口（男）": 35.0, "0–14歳人口（男）": 15.0,
        "15–64歳人口（男）": 5.0, "65歳以上人口（男）": 15.0, "75歳以上人口（男）": 10.0,
        "総人口（女）": 35.0, "0–14歳人口（女）": 15.0, "15–64歳人口（女）": 5.0,
        "65歳以上人口（女）": 15.0, "75歳以上人口（女）": 10.0,
    }  # fmt: skip
    assert rows["入間市", "総人口"] == 1400.0
    assert set(parsed.records["as_of"]) == {date(2025, 1, 1)}
    assert set(parsed.records["source"]) == {"第1表 町（丁）字別、年齢別人口"}
    assert tallied(parsed) == (5, 4, 3, 20)
    assert [line for line in lines_about(parsed) if "町丁字など" in line] == [
        f"{parsed.tally.file} 8行目: 町丁字など、市区町村の全体でない 3 行は使いません。"
        "町丁字の区分けがないためです。市区町村の合計の行だけを使います。"
    ]


def test_of_a_table_by_town_the_rows_of_the_whole_municipality_are_read():
    check_towns(parse_indicators(source(*town_rows())))


def test_a_table_by_town_in_excel_with_merged_names_is_read_alike(tmp_path):
    book = openpyxl.Workbook()
    for row in town_rows():
        book.active.append([int(cell) if cell.isascii() and cell.isdigit() else cell or None for cell in row])  # fmt: skip
    for area in ("A1:K1", "A5:A10", "B5:B7", "B8:B9"):
        book.active.merge_cells(area)
    book.save(tmp_path / "町丁字.xlsx")
    check_towns(parse_indicators(read_source(tmp_path / "町丁字.xlsx")))


def test_a_table_with_the_sexes_beside_one_another_is_read():
    heads = ["総数", *SPANS]
    rows = [
        ["所沢市　令和7年1月1日", *[""] * 57],
        ["", "総数", *[""] * 18, "男", *[""] * 18, "女", *[""] * 18],
        ["町字名", *heads, *heads, *heads],
        ["合計", "36", *["2"] * 18, "18", *["1"] * 18, "18", *["1"] * 18],
        ["並木", "X", *["X"] * 56],
    ]
    parsed = parse_indicators(source(*rows))
    assert figures(parsed) == {
        "総人口": 36.0, "総人口（男）": 18.0, "総人口（女）": 18.0,
        "0–14歳人口": 6.0, "15–64歳人口": 20.0, "65歳以上人口": 10.0, "75歳以上人口": 6.0,
    }  # fmt: skip
    assert set(parsed.records["district_name"]) == {"所沢市"}
    assert not [line for line in lines_about(parsed) if "合いません" in line]
    assert tallied(parsed) == (3, 1, 1, 7)


def test_a_town_that_is_called_like_a_city_is_a_part_and_a_ward_is_a_whole():
    heads = town_rows()[2]
    names = [("さいたま市", "総数"), ("さいたま市", "大宮区"), ("さいたま市", "六日市")]
    rows = [[*name, "総数", "70", *["10"] * 7] for name in names]
    parsed = parse_indicators(source(["令和7年1月1日"], heads, *rows))
    assert set(parsed.records["district_name"]) == {"さいたま市", "さいたま市大宮区"}
    assert tallied(parsed) == (2, 2, 1, 10)


def test_a_table_by_town_without_a_date_says_so():
    rows = [row for row in town_rows() if not row[0].startswith("令和")]
    parsed = parse_indicators(source(*rows))
    assert parsed.records["as_of"].isna().all()
    assert "いつの数字か分かりません" in " ".join(lines_about(parsed))


# ---- SSDSE --------------------------------------------------------------------------------------

SSDSE = (
    "SSDSE-A-2025,Prefecture,Municipality,A1101,A1301,D2211,Z9999\n"
    ",,年度,2020,2020,2021,2022\n"
    "地域コード,都道府県,市区町村,総人口,15歳未満人口,実質公債費比率（市町村財政）,新しい項目\n"
    "R01100,北海道,札幌市,1973395,215366,2.7,1\n"
    "R11208,埼玉県,所沢市,342464,39868,-0.1,X\n"
)


def test_ssdse_gives_the_items_of_the_prefecture_and_counts_the_other_rows(tmp_path):
    path = tmp_path / "SSDSE.csv"
    path.write_bytes(SSDSE.replace("\n", "\r\n").encode("cp932"))
    parsed = parse_indicators(read_source(path))
    columns = ["district_name", "indicator", "as_of", "value", "unit", "status"]
    assert parsed.records[columns].astype(object).where(parsed.records[columns].notna(), None).to_numpy().tolist() == [
        ["11208", "総人口", date(2020, 10, 1), 342464.0, "人", "value"],
        ["11208", "0–14歳人口", date(2020, 10, 1), 39868.0, "人", "value"],
        ["11208", "実質公債費比率（市町村財政）", date(2021, 4, 1), -0.1, "%", "value"],
        ["11208", "新しい項目", date(2022, 4, 1), None, "", "suppressed"],
    ]  # fmt: skip
    assert set(parsed.records["source"]) == {"SSDSE-A-2025（独立行政法人統計センター）"}
    assert tallied(parsed) == (4, 1, 0, 4)
    assert lines_about(parsed) == [
        "SSDSE.csv: ほかの都道府県の行 1 行は使いません。このままで構いません。"
    ]
    assert wm.Problems.of(parsed.problems).errors == ()


def test_ssdse_of_another_prefecture_can_be_asked_for():
    parsed = parse_indicators(csv_source(SSDSE), prefecture="01")
    assert set(parsed.records["district_name"]) == {"01100"}


def test_a_row_of_ssdse_without_a_code_is_reported():
    parsed = parse_indicators(csv_source(SSDSE + "R11999X,埼玉県,不明,1,1,1,1\n"))
    assert tallied(parsed) == (4, 1, 1, 4)


# ---- encodings, contracts, real files -----------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"])
def test_an_official_list_is_read_in_every_encoding(tmp_path, encoding):
    row = listed(CARE, 介護サービス事業所名称="なみき", 実施サービス="通所介護", 住所="所沢市並木1")
    text = "\r\n".join("\t".join(cells) for cells in (CARE, row)) + "\r\n"
    path = tmp_path / "介護.csv"
    path.write_bytes(text.encode(encoding))
    with pytest.warns(wm.errors.InputWarning, match="利用条件"):
        activities = wm.load_activities(path)
    assert activities["district"].tolist() == ["11208"]
    assert activities["lat"].isna().all()


def test_a_survey_takes_official_files_beside_its_own(tmp_path):
    for name, text in [
        ("activities/介護.csv", CARE_OFFICE.replace("\n", "\r\n") + "111031,1,埼玉県,さいたま市,ケア,,訪問介護,埼玉県さいたま市大宮区大門町,,0,0,,,,,,,,,,\r\n"),
        ("indicators/SSDSE-A-2025.csv", SSDSE),
        ("indicators/own.csv", "地区,指標,値,時点\n所沢市,総人口,342464,2020-10-01\n"),
    ]:  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("cp932"))
    survey = wm.load_survey(tmp_path)
    assert survey.activities["district"].tolist() == ["11103"]
    assert survey.indicators["indicator"].value_counts()["総人口"] == 1
    assert "同じ数字が別のファイルにもあります" in " ".join(map(str, survey.problems))
    files = survey.files
    assert (files["rows"] == files["used"] + files["read"] + files["reported"]).all()


HEADS = st.sampled_from([CARE, FACILITY, PEOPLE, tuple(SSDSE.split("\n")[0].split(","))])
CELL = st.one_of(
    st.sampled_from(["", "#", "112089", "所沢市", "総数", "男", "女", "X", "-", "3/4/2025", "１２", "35.7,139.4", "　"]),
    st.text(max_size=5),
)  # fmt: skip


@pytest.mark.parametrize(
    ("parse", "table"), [(parse_activities, "activities"), (parse_indicators, "indicators")]
)
@settings(max_examples=100, deadline=None)
@given(heads=HEADS, body=st.lists(st.lists(CELL, max_size=50), max_size=6))
def test_any_rows_under_official_headings_are_accounted_for(parse, table, heads, body):
    parsed = parse(source(heads, *body))
    tallied(parsed)
    assert len(check(parsed.records.assign(district=None), table)) == parsed.tally.records


FILES = sorted(OPEN_DATA.rglob("*.csv")) + sorted(OPEN_DATA.rglob("*.xlsx"))


@pytest.fixture(params=FILES or [None], ids=lambda path: path.name if path else "none")
def published(request) -> Path:
    """A published file of real open data."""
    if request.param is None:
        pytest.skip(f"no open data at {OPEN_DATA.relative_to(ROOT.parent)}")
    return request.param


def raw_rows(path):
    """The filled rows of a file as the csv library or openpyxl gives them."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        rows = [
            [str(cell or "") for cell in row] for row in book.active.iter_rows(values_only=True)
        ]
    else:
        encoding = "cp932" if path.name.startswith("SSDSE") else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as file:
            rows = list(csv.reader(file))
    return [row for row in rows if any(cell.strip() for cell in row)]


def test_nothing_of_a_published_file_is_lost(published):
    rows = raw_rows(published)
    header = next((row for row in rows if row[0] == "#property"), rows[0])
    data = [row for row in rows[rows.index(header) + 1 :] if not row[0].startswith("#")]
    where = {"takamatsu": "37", "akishima": "13"}.get(published.parent.name, "11")
    for parse in (parse_activities, parse_indicators):
        parsed = parse(read_source(published), prefecture=where)
        tallied(parsed)
        assert parsed.tally.rows == len(rows)
    if "name" in header:
        named = [row for row in data if row[header.index("name")].strip()]
        assert parse_activities(read_source(published), prefecture=where).tally.records == len(
            named
        )
    elif "eventName" in header:
        assert parse_activities(read_source(published), prefecture=where).tally.records == len(data)
    elif "numberOfPrimaryInsured" in header:
        assert parsed.tally.records == 2 * len(data)
        column = header.index("numberOfPrimaryInsured")
        written = sum(float(row[column]) for row in data)
        rows_of = parsed.records["indicator"] == "介護保険の第1号被保険者数"
        assert parsed.records.loc[rows_of, "value"].sum() == written
    elif "regionName" in header:
        assert (parsed.tally.records, parsed.tally.reported) == (0, len(data))
    elif "総人口" in header:
        assert parsed.tally.records == 8 * len(data)
        totals = parsed.records.loc[parsed.records["indicator"] == "総人口", "value"]
        assert totals.tolist() == [float(row[header.index("総人口")]) for row in data]
        assert not [line for line in lines_about(parsed) if "合いません" in line]


def test_ssdse_agrees_with_the_populations_that_the_districts_have():
    path = OPEN_DATA / "ssdse" / "SSDSE-A-2025.csv"
    if not path.exists():
        pytest.skip(f"SSDSE is not at {path.relative_to(ROOT.parent)}")
    parsed = parse_indicators(read_source(path))
    known = resource_table("districts/municipalities.csv")
    known = known[known["type"] != "ward"].set_index("district")["population"].astype(float)
    rows = parsed.records[parsed.records["indicator"] == "総人口"].set_index("district_name")
    assert len(known) == 63
    assert rows["value"].to_dict() == known.to_dict()
    assert tallied(parsed) == (3 + 1741 - 63, 63, 0, 63 * 125)


def test_the_resources_of_the_official_layouts_name_each_heading_once():
    for name in ("headings", "lists", "figures", "population", "ssdse_items"):
        table = resource_table(f"official/{name}.csv")
        key = "item" if name == "ssdse_items" else "heading"
        assert table[key].is_unique
        assert (table[key] == table[key].str.strip()).all()
    assert find_table(source(CARE).sheets[0], "activity", ["name"]) is None
