"""Lists become activities and official figures; a missing figure keeps the reason it is missing."""

from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.records import parse_activities, parse_indicators, read_figure
from watamachi_analysis.rows import Row, Sheet, Source
from watamachi_analysis.tables import check

ACTIVITY = ("番号", "名称", "地区", "場所", "運営主体")
FIGURE = ("地区", "指標", "値", "時点")


def source(*rows, name=""):
    cells = tuple(Row(f"{number}行目", tuple(row)) for number, row in enumerate(rows, 1))
    return Source("一覧.xlsx", (Sheet("一覧.xlsx", name, cells, is_grid=True),))


def lines_about(parsed):
    return [str(problem) for problem in parsed.problems]


def adds_up(parsed):
    tally = parsed.tally
    return tally.rows == tally.used + tally.read + tally.reported


def put(folder, text, name="一覧.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# ---- activities ---------------------------------------------------------------------------------


def test_a_list_becomes_activities_whatever_its_headings_are_called():
    parsed = parse_activities(
        source(
            ("社会資源の一覧",),
            (
                "団体名",
                "分野",
                "実施主体",
                "公民区分",
                "市町村",
                "会場",
                "頻度",
                "対象者",
                "参加費",
                "更新日",
            ),
            (
                "縁側サロン",
                "居場所",
                "自治会",
                "民間",
                "所沢",
                "集会所",
                "毎週火曜",
                "どなたでも",
                "100円",
                "R8.5.1",
            ),
        )
    )
    row = parsed.records.drop(columns="activity_id").to_dict("records")[0]
    assert row == {
        "name": "縁側サロン", "category": "", "issue_labels": "居場所", "operator": "自治会",
        "sector": "民", "district_name": "所沢", "venue": "集会所", "schedule": "毎週火曜",
        "audience": "どなたでも", "fee": "100円", "last_checked": date(2026, 5, 1), "source": "",
        "note": "", "lat": None, "lng": None, "file": "一覧.xlsx", "place": "3行目",
    }  # fmt: skip
    assert (parsed.tally.rows, parsed.tally.used, parsed.tally.read) == (3, 2, 1)


@pytest.mark.parametrize(
    ("written", "sector"),
    [
        ("公", "公"),
        ("行政", "公"),
        ("民間", "民"),
        ("生協", "組合"),
        ("半官半民", "半官半民"),
        ("", ""),
    ],
)
def test_the_sector_is_said_in_the_house_word_where_one_is_known(written, sector):
    parsed = parse_activities(source(("名称", "区分"), ("サロン", written)))
    assert parsed.records["sector"].tolist() == [sector]


def test_contact_columns_of_a_list_are_never_read():
    parsed = parse_activities(source(("名称", "連絡先"), ("サロン", "a@example.com")))
    assert "a@example.com" not in parsed.records.to_csv()


def test_an_activity_without_a_name_is_reported_not_dropped():
    parsed = parse_activities(source(ACTIVITY, ("1", "", "所沢市", "", "")))
    assert lines_about(parsed) == [
        "一覧.xlsx 2行目: 名称が書かれていません。名称を書くか、行を消してください。"
    ]
    assert (parsed.tally.read, parsed.tally.reported) == (0, 1)


def test_an_activity_id_given_twice_is_reported():
    parsed = parse_activities(
        source(ACTIVITY, ("1", "サロン", "所沢市", "", ""), ("1", "食堂", "所沢市", "", ""))
    )
    assert lines_about(parsed) == [
        "一覧.xlsx 3行目: 「1」が二度出てきます。同じものなら一行にしてください。"
    ]
    assert [problem.level for problem in parsed.problems] == ["error"]


def test_the_same_activity_twice_is_to_be_looked_at_and_both_keep_an_id_of_their_own():
    parsed = parse_activities(
        source(ACTIVITY, ("", "サロン", "所沢市", "", ""), ("", "サロン", "所沢市", "", ""))
    )
    assert lines_about(parsed) == [
        "一覧.xlsx 3行目: 「サロン」が二度出てきます。同じものなら一行にしてください。"
    ]
    assert [problem.level for problem in parsed.problems] == ["notice"]
    assert parsed.records["activity_id"].is_unique


@pytest.mark.parametrize(
    "other",
    [("食堂", "所沢市", "", ""), ("サロン", "飯能市", "", ""), ("サロン", "所沢市", "公民館", "")],
)
def test_activities_that_differ_are_two_without_a_word(other):
    parsed = parse_activities(source(ACTIVITY, ("", "サロン", "所沢市", "", ""), ("", *other)))
    assert lines_about(parsed) == []
    assert parsed.records["activity_id"].is_unique


def test_two_activities_alike_but_for_their_given_ids_are_loaded(tmp_path):
    path = put(tmp_path, "番号,名称,地区\n1,サロン,所沢市\n2,サロン,所沢市\n")
    assert wm.load_activities(path)["activity_id"].is_unique


def test_activity_ids_stay_when_rows_are_reordered():
    rows = [("", "サロン", "所沢市", "", ""), ("", "食堂", "所沢市", "", "")]
    one = parse_activities(source(ACTIVITY, *rows)).records
    other = parse_activities(source(ACTIVITY, *rows[::-1])).records
    assert one["activity_id"].tolist() == other["activity_id"].tolist()[::-1]


@pytest.mark.parametrize("written", ["2026-02-30", "令和8年13月1日"])
def test_an_impossible_day_of_checking_is_reported_and_the_activity_stays(written):
    parsed = parse_activities(source(("名称", "最終確認日"), ("サロン", written)))
    assert parsed.records["last_checked"].tolist() == [None]
    assert lines_about(parsed) == [
        f"一覧.xlsx 2行目: 日付「{written}」が分かりません。"
        "2026-05-10 や 令和8年5月10日 のように書いてください。"
    ]


@pytest.mark.parametrize(
    ("parse", "needs"), [(parse_activities, "「名称」"), (parse_indicators, "「指標」と「値」")]
)
def test_a_list_without_the_needed_column_is_reported_once(parse, needs):
    parsed = parse(source(("地区", "天気"), ("所沢市", "晴れ")))
    assert lines_about(parsed) == [
        f"一覧.xlsx 1行目: {needs}の列の見出しが見つかりません。"
        "ひな形と同じ見出しの行を入れてください。"
    ]
    assert (parsed.tally.rows, parsed.tally.reported) == (2, 2)


def test_a_sheet_of_choices_beside_the_list_is_no_list(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(("名称", "地区"))
    book.active.append(("サロン", "所沢市"))
    book.create_sheet("地区名").append(("所沢市",))
    book.save(tmp_path / "一覧.xlsx")
    assert wm.load_activities(tmp_path / "一覧.xlsx")["district"].tolist() == ["11208"]


# ---- figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "figure"),
    [
        ("0", (0.0, "value")),
        ("０", (0.0, "value")),
        ("1,234", (1234.0, "value")),
        ("１，２３４人", (1234.0, "value")),
        ("-0.5", (-0.5, "value")),
        ("－３", (-3.0, "value")),
        ("-", (None, "not_applicable")),
        ("－", (None, "not_applicable")),
        ("ー", (None, "not_applicable")),
        ("該当なし", (None, "not_applicable")),
        ("X", (None, "suppressed")),
        ("ｘ", (None, "suppressed")),
        ("秘匿", (None, "suppressed")),
        ("…", (None, "unknown")),
        ("・・・", (None, "unknown")),
        ("不詳", (None, "unknown")),
        ("", (None, "blank")),
        ("調査中", (None, "unknown")),
    ],
)
def test_a_figure_is_its_value_or_the_reason_for_having_none(written, figure):
    assert read_figure(written) == figure


def test_the_five_marks_of_a_figure_are_five_different_things():
    marks = ["0", "-", "X", "…", ""]
    assert len({read_figure(mark) for mark in marks}) == 5


@pytest.mark.parametrize(
    ("written", "value"), [("△0.5", -0.5), ("▲3", -3.0), ("△１，２３４", -1234.0), ("−2", -2.0)]
)
def test_a_triangle_before_a_figure_is_the_minus_of_official_tables(written, value):
    assert read_figure(written) == (value, "value")


@pytest.mark.parametrize(
    ("status", "said"),
    [("秘匿", "suppressed"), ("該当なし", "not_applicable"), ("不明", "unknown"), ("", "blank")],
)
def test_a_blank_figure_has_the_status_written_beside_it(status, said):
    assert read_figure("", status) == (None, said)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12), st.sampled_from(["", "値", "秘匿", "不明", "-"]))
def test_only_a_figure_with_a_digit_has_a_value(text, status):
    value, said = read_figure(text, status)
    assert (value is not None) == (said == "value")
    assert said in {"value", "suppressed", "not_applicable", "unknown", "blank"}
    assert value is None or any(character.isnumeric() for character in text)


def test_figures_keep_unit_source_and_day():
    parsed = parse_indicators(
        source(
            ("地区コード", "地区", "指標", "値", "単位", "時点", "出典", "状態"),
            ("11208", "所沢市", "高齢化率", "27.1", "%", "令和2年10月1日", "国勢調査", "値"),
        )
    )
    assert parsed.records.to_dict("records") == [
        {
            "district_name": "11208", "indicator": "高齢化率", "as_of": date(2020, 10, 1),
            "value": 27.1, "unit": "%", "status": "value", "source": "国勢調査",
            "file": "一覧.xlsx", "place": "2行目",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [("", "人口", "5", "R2.10.1"), ("所沢市", "", "5", "R2.10.1")],
    ids=["district", "indicator"],
)
def test_a_figure_without_district_or_indicator_is_reported_not_dropped(row):
    parsed = parse_indicators(source(FIGURE, row))
    assert lines_about(parsed) == [
        "一覧.xlsx 2行目: 地区か指標が書かれていません。両方を書いてください。"
    ]
    assert (parsed.tally.read, parsed.tally.reported) == (0, 1)


def test_a_figure_given_twice_is_reported_and_counted_once():
    row = ("所沢市", "人口", "5", "R2.10.1")
    parsed = parse_indicators(source(FIGURE, row, ("所沢市", "人口", "6", "2020/10/1")))
    assert parsed.records["value"].tolist() == [5.0]
    assert lines_about(parsed) == [
        "一覧.xlsx 3行目: 所沢市の「人口」（2020-10-01）が二度出てきます。"
        "正しい方だけを残してください。"
    ]


def test_the_same_figure_of_two_days_is_two_figures():
    rows = [("所沢市", "人口", "5", "R2.10.1"), ("所沢市", "人口", "6", "R7.10.1")]
    parsed = parse_indicators(source(FIGURE, *rows))
    assert parsed.records["value"].tolist() == [5.0, 6.0]
    assert lines_about(parsed) == []


def test_a_figure_of_the_whole_city_is_the_citys(tmp_path):
    path = put(tmp_path, "地区,指標,値\nさいたま市,人口,1324025\nさいたま市浦和区,人口,165521\n")
    assert wm.load_indicators(path)["district"].tolist() == ["11100", "11107"]


# ---- properties ---------------------------------------------------------------------------------

CELL = st.one_of(
    st.sampled_from(
        ["", "サロン", "所沢市", "人口", "1", "X", "…", "R2.10.1", "2026-02-30", "名称", "　"]
    ),
    st.text(max_size=6),
)
BODY = st.lists(st.lists(CELL, max_size=6), max_size=12)


@pytest.mark.parametrize(
    ("parse", "head", "table"),
    [(parse_activities, ACTIVITY, "activities"), (parse_indicators, FIGURE, "indicators")],
)
@settings(max_examples=150, deadline=None)
@given(body=BODY)
def test_every_row_is_used_read_or_reported_and_keeps_the_contract(parse, head, table, body):
    parsed = parse(source(head, *body))
    assert adds_up(parsed)
    assert len(check(parsed.records.assign(district=None), table)) == parsed.tally.records


@pytest.mark.parametrize("parse", [parse_activities, parse_indicators])
@settings(max_examples=100, deadline=None)
@given(body=BODY)
def test_every_row_of_a_sheet_without_headings_is_accounted_for(parse, body):
    assert adds_up(parse(source(*body)))
