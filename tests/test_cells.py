"""Cells say the same thing in many ways: dates, numbers, yes and no, headings."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watamachi_analysis.bundled import resource_table
from watamachi_analysis.cells import (
    date_or_problem,
    find_table,
    match_heading,
    parse_date,
    parse_number,
    parse_yes,
    plain,
)
from watamachi_analysis.rows import Row, Sheet

HEADINGS = resource_table("headings_of_tables.csv")
EXACT = HEADINGS[HEADINGS["match"] == "exact"].to_dict("records")
TO_FULL_WIDTH = str.maketrans("0123456789/-.", "０１２３４５６７８９／－．")

DAY_SHAPES = {
    "western kanji": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "iso": lambda d: d.isoformat(),
    "eight digits": lambda d: f"{d.year}{d.month:02}{d.day:02}",
    "wareki kanji": lambda d: f"令和{d.year - 2018}年{d.month}月{d.day}日",
    "wareki letter": lambda d: f"R{d.year - 2018}.{d.month}.{d.day}",
    "wareki small letter": lambda d: f"r{d.year - 2018}/{d.month:02}/{d.day:02}",
    "wareki spaced": lambda d: f" 令和 {d.year - 2018}年 {d.month}月 {d.day}日 ",
    "full width": lambda d: f"{d.year}/{d.month}/{d.day}".translate(TO_FULL_WIDTH),
    "full width wareki": lambda d: f"令和{d.year - 2018}年{d.month}月{d.day}日".translate(
        TO_FULL_WIDTH
    ),
    "weekday": lambda d: f"{d.year}年{d.month}月{d.day}日（日）",
    "weekday and hour": lambda d: f"令和{d.year - 2018}年{d.month}月{d.day}日（日）10時～12時",
    "excel": lambda d: f"{d.isoformat()} 13:30:00",
    "form": lambda d: f"{d.year}/{d.month:02}/{d.day:02} 7:41:20",
    "slashes and clock": lambda d: f"{d.year}/{d.month}/{d.day} 13:30",
    "letter and clock": lambda d: f"R{d.year - 2018}.{d.month}.{d.day} 10:00",
}


def sheet(*rows, name=""):
    numbered = tuple(
        row if isinstance(row, Row) else Row(f"{number}行目", tuple(row))
        for number, row in enumerate(rows, 1)
    )
    return Sheet("記録.xlsx", name, numbered, is_grid=True)


def fields(table):
    return {column.field: column.position for column in table.columns}


# ---- dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和8年5月10日", date(2026, 5, 10)),
        ("令和８年５月１０日（日）", date(2026, 5, 10)),
        ("R8.5.10", date(2026, 5, 10)),
        ("Ｒ８．５．１０", date(2026, 5, 10)),
        ("２０２６／５／１０", date(2026, 5, 10)),
        ("2026-05-10 00:00:00", date(2026, 5, 10)),
        ("20260510", date(2026, 5, 10)),
        ("H31.4.30", date(2019, 4, 30)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("㋿8年5月10日", date(2026, 5, 10)),
        ("昭和63年12月31日", date(1988, 12, 31)),
        ("2026年5月", date(2026, 5, 1)),
        ("令和8年12月", date(2026, 12, 1)),
        ("2026/5", date(2026, 5, 1)),
        ("令和元年", date(2019, 4, 1)),
        ("令和8年度", date(2026, 4, 1)),
        ("2026年度", date(2026, 4, 1)),
        ("2026年5月3日～4日", date(2026, 5, 3)),
    ],
)
def test_a_date_is_read_in_every_ordinary_shape(written, day):
    assert parse_date(written) == day


@pytest.mark.parametrize("shape", DAY_SHAPES)
@settings(max_examples=40, deadline=None)
@given(day=st.dates(date(2019, 5, 1), date(2099, 12, 31)))
def test_every_day_comes_back_from_every_shape(shape, day):
    assert parse_date(DAY_SHAPES[shape](day)) == day


@pytest.mark.parametrize("written", ["2026/5/3 10:00", "R8.5.3 10:00", "2026.5.3　9時"])
def test_a_clock_behind_a_one_digit_day_does_not_become_part_of_the_day(written):
    assert parse_date(written) == date(2026, 5, 3)


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-30",
        "2026年2月29日",
        "令和8年13月1日",
        "令和8年0月5日",
        "2026年4月31日",
        "2026/5/0",
        "R8.5.32",
        "0000-01-01",
        "20261301",
        "令和0年5月1日",
        "2026/5/100",
    ],
)
def test_a_day_that_does_not_exist_is_refused(written):
    with pytest.raises(ValueError):
        parse_date(written)


@pytest.mark.parametrize("written", ["5月10日", "未定", "2026", "来年の春", "46152", "12026/5/1"])
def test_what_is_no_date_or_has_no_year_is_refused(written):
    with pytest.raises(ValueError):
        parse_date(written)


@pytest.mark.parametrize("written", ["", "  ", "\u3000", "\n"])
def test_a_blank_is_no_date_and_no_fault(written):
    assert parse_date(written) is None


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=20),
        st.text(alphabet="0123456789年月日./-令和平成昭RHS元度 ０９", max_size=14),
    )
)
def test_any_text_is_a_date_a_blank_or_a_refusal(text):
    try:
        day = parse_date(text)
    except ValueError:
        return
    assert isinstance(day, date) if plain(text) else day is None


def test_a_refused_date_names_the_place_and_shows_how_to_write_it():
    notes = sheet(("2026-02-30",), name="五月")
    day, problem = date_or_problem(notes, notes.rows[0], "2026-02-30")
    assert day is None
    assert str(problem) == (
        "記録.xlsx 五月 1行目: 日付「2026-02-30」が分かりません。"
        "2026-05-10 や 令和8年5月10日 のように書いてください。"
    )


def test_a_good_date_has_no_problem():
    notes = sheet(("R8.5.10",))
    assert date_or_problem(notes, notes.rows[0], "R8.5.10") == (date(2026, 5, 10), None)


# ---- numbers, yes and no, width -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12.0),
        ("１２名", 12.0),
        ("約20人", 20.0),
        ("1,234", 1234.0),
        ("１，２３４．５", 1234.5),
        ("12名（うち子ども3名）", 12.0),
        ("-0.1", -0.1),
        ("－３", -3.0),
        ("0", 0.0),
        ("多数", None),
        ("", None),
    ],
)
def test_a_number_is_read_whatever_its_width_and_unit(written, number):
    assert parse_number(written) == number


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**9), 10**9), st.sampled_from(["{}", "{:,}", "約{}人", "{:,}名", " {} "]))
def test_every_whole_number_comes_back(number, shape):
    written = shape.format(number)
    assert parse_number(written) == number
    assert parse_number(written.translate(TO_FULL_WIDTH)) == number


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text):
    assert isinstance(parse_number(text), float | None)


@pytest.mark.parametrize("mark", ["可", "はい", "○", "〇", "◯", "ＯＫ", "Yes", "公開可", " 可 "])
def test_a_mark_means_yes(mark):
    assert parse_yes(mark) is True


@pytest.mark.parametrize("mark", ["不可", "いいえ", "×", "ＮＧ", "No", "公開不可", "否"])
def test_a_mark_means_no(mark):
    assert parse_yes(mark) is False


@pytest.mark.parametrize("mark", ["", "　", "要相談", "匿名なら", "△"])
def test_an_unclear_mark_is_neither_yes_nor_no(mark):
    assert parse_yes(mark) is None


# ---- headings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("known", EXACT, ids=lambda row: f"{row['table']}-{row['heading']}")
def test_every_known_heading_stands_for_its_field(known):
    assert match_heading(known["heading"], known["table"]) == (known["field"], known["kind"])


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("日　時", ("date", "")),
        ("日時（西暦で）", ("date", "")),
        ("発言※", ("text", "")),
        ("＊地区", ("district", "")),
        ("ＮＯ．", ("note_id", "")),
        ("Timestamp", ("date", "")),
        ("1. お住まいの市区町村", ("district", "")),
        ("普段の暮らしで困っていることはありますか", ("text", "need")),
        ("やってみたいことを一つ", ("text", "wish")),
        ("回答を公開してもよいですか", ("publishable", "")),
    ],
)
def test_a_heading_is_known_in_other_dress(heading, found):
    assert match_heading(heading, "gathering") == found


@pytest.mark.parametrize(
    "heading", ["天気", "メールアドレス", "電話番号", "日時計", "", "地区割り"]
)
def test_a_heading_that_nobody_asked_for_is_not_guessed(heading):
    assert match_heading(heading, "gathering") is None


# ---- tables -------------------------------------------------------------------------------------


def test_titles_above_the_headings_are_not_records():
    table = find_table(
        sheet(
            ("カフェの記録", "", ""),
            ("", "", ""),
            ("開催日", "地区", "発言"),
            ("R8.5.10", "所沢市", "坂"),
        ),
        "gathering",
        ["text"],
    )
    assert fields(table) == {"date": 0, "district": 1, "text": 2}
    assert [row.cells[0] for row in table.above] == ["カフェの記録", ""]
    assert [record.texts for record in table.records] == [(("坂", ""),)]


def test_blank_rows_between_blocks_are_not_records():
    table = find_table(
        sheet(("地区", "発言"), ("所沢市", "坂"), ("", ""), ("　", " "), ("", "暗い道")),
        "gathering",
        ["text"],
    )
    assert [record.row.place for record in table.records] == ["2行目", "5行目"]


def test_the_lower_of_two_rows_of_headings_is_used_and_its_blanks_filled_from_above():
    groups = Row("1行目", ("集まりについて", "集まりについて", "公開"), frozenset({1}))
    table = find_table(
        sheet(groups, ("開催日", "地区", ""), ("R8.5.10", "所沢市", "可")), "gathering", ["date"]
    )
    assert fields(table) == {"date": 0, "district": 1, "publishable": 2}
    assert len(table.records) == 1


def test_a_merged_group_heading_does_not_hide_the_headings_below_it():
    groups = Row("1行目", ("集まり", "集まり", "出た意見", "出た意見"), frozenset({1, 3}))
    table = find_table(
        sheet(groups, ("日付", "エリア", "分類", "内容"), ("R8.5.10", "所沢", "要望", "坂")),
        "gathering",
        ["text"],
    )
    assert fields(table) == {"date": 0, "district": 1, "kind_hint": 2, "text": 3}
    assert [record.get("district") for record in table.records] == ["所沢"]


def test_columns_nobody_asked_for_are_named_and_never_read():
    table = find_table(
        sheet(("発言", "メールアドレス", "記録者"), ("坂", "a@example.com", "支部委員")),
        "gathering",
        ["text"],
    )
    assert table.unknown == ("メールアドレス",)
    assert table.records[0].values == {}
    assert table.records[0].texts == (("坂", ""),)


def test_several_columns_may_hold_statements_and_lend_their_kind():
    table = find_table(
        sheet(("地区", "困りごと", "やってみたいこと"), ("所沢市", "坂", "朝市")),
        "gathering",
        ["text"],
    )
    assert table.records[0].texts == (("坂", "need"), ("朝市", "wish"))


def test_a_value_repeated_by_a_merged_cell_is_known_but_not_the_rows_own():
    below = Row("3行目", ("所沢市", "暗い道"), frozenset({0}))
    table = find_table(sheet(("地区", "発言"), ("所沢市", "坂"), below), "gathering", ["text"])
    first, second = table.records
    assert (first.get("district"), "district" in first.own) == ("所沢市", True)
    assert (second.get("district"), "district" in second.own) == ("所沢市", False)


def test_a_statement_repeated_by_a_merged_cell_is_no_statement_of_the_row():
    below = Row("3行目", ("要望", "坂"), frozenset({1}))
    table = find_table(sheet(("種別", "発言"), ("要望", "坂"), below), "gathering", ["text"])
    assert [record.texts for record in table.records] == [(("坂", ""),), ()]


def test_a_row_shorter_than_the_headings_has_blanks():
    table = find_table(sheet(("発言", "種別", "公開可否"), ("坂",)), "gathering", ["text"])
    assert table.records[0].get("publishable") == ""
    assert table.records[0].texts == (("坂", ""),)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("",)],
        [("日付", "天気"), ("R8.5.10", "晴れ")],
        [("あ", "い")],
    ],
)
def test_a_sheet_without_the_needed_heading_is_no_table(rows):
    assert find_table(sheet(*rows), "gathering", ["text"]) is None


def test_a_table_knows_which_fields_it_has():
    table = find_table(sheet(("地区", "発言"), ("所沢市", "坂")), "gathering", ["text"])
    assert table.has("district")
    assert not table.has("date")
