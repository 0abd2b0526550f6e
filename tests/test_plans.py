"""Tables of welfare plans become measures with their path and page."""

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.plans import parse_measures
from watamachi_analysis.read import read_source
from watamachi_analysis.rows import Row, Sheet, Source
from watamachi_analysis.tables import check

HEAD = ("市町村", "計画名", "基本目標", "施策", "取組", "内容", "頁")
FIRST = ("所沢市", "第4期計画", "1 支え合い", "1-1 居場所", "サロン", "場をつくる", "32")


def source(*rows, file="計画.xlsx"):
    cells = tuple(
        row if isinstance(row, Row) else Row(f"{number}行目", tuple(row))
        for number, row in enumerate(rows, 1)
    )
    return Source(file, (Sheet(file, "", cells, is_grid=True),))


def paths(parsed):
    return parsed.measures[["goal", "policy", "initiative"]].values.tolist()


def lines_about(parsed):
    return [str(problem) for problem in parsed.problems]


def adds_up(parsed):
    tally = parsed.tally
    return tally.rows == tally.used + tally.read + tally.reported


def test_a_row_is_a_measure_with_its_path_and_page():
    parsed = parse_measures(
        source(
            ("地域福祉計画の施策",),
            (*HEAD, "計画期間", "担当課"),
            (*FIRST, "令和6年度〜令和11年度", "地域福祉課"),
        )
    )
    assert parsed.measures.drop(columns="measure_id").to_dict("records") == [
        {
            "district_name": "所沢市", "plan": "第4期計画", "period": "令和6年度〜令和11年度",
            "start": 2024, "end": 2029, "goal": "1 支え合い", "policy": "1-1 居場所",
            "initiative": "サロン", "role": "", "text": "場をつくる", "office": "地域福祉課",
            "indicators": "", "page": 32, "certainty": "sure", "file": "計画.xlsx", "place": "3行目",
        }
    ]  # fmt: skip
    assert (parsed.tally.rows, parsed.tally.used, parsed.tally.read) == (3, 2, 1)


def test_other_words_for_the_headings_are_known():
    parsed = parse_measures(
        source(
            ("自治体", "柱", "施策の方向", "事業名", "事業内容", "所管"),
            ("所沢市", "A", "B", "C", "D", "E"),
        )
    )
    columns = ["district_name", "goal", "policy", "initiative", "text", "office"]
    assert parsed.measures[columns].values.tolist() == [["所沢市", "A", "B", "C", "D", "E"]]


def test_goal_and_policy_go_down_blank_cells():
    parsed = parse_measures(
        source(
            HEAD,
            FIRST,
            ("", "", "", "", "食堂", "", "33"),
            ("", "", "", "1-2 移動", "バス", "", "34"),
        )
    )
    assert paths(parsed) == [
        ["1 支え合い", "1-1 居場所", "サロン"],
        ["1 支え合い", "1-1 居場所", "食堂"],
        ["1 支え合い", "1-2 移動", "バス"],
    ]
    assert parsed.measures["district_name"].tolist() == ["所沢市"] * 3
    assert parsed.measures["plan"].tolist() == ["第4期計画"] * 3


def test_a_new_goal_ends_the_policy_above_it():
    parsed = parse_measures(source(HEAD, FIRST, ("", "", "2 暮らし", "", "見守り", "", "40")))
    assert paths(parsed)[1] == ["2 暮らし", "", "見守り"]


def test_the_same_goal_written_again_keeps_its_policy():
    parsed = parse_measures(source(HEAD, FIRST, ("", "", "１　支え合い", "", "食堂", "", "")))
    assert [row[1] for row in paths(parsed)] == ["1-1 居場所", "1-1 居場所"]


@pytest.mark.parametrize(
    ("town", "plan"), [("飯能市", "飯能の計画"), ("所沢市", "第5期計画"), ("飯能市", "第4期計画")]
)
def test_another_plan_inherits_no_goal(town, plan):
    parsed = parse_measures(source(HEAD, FIRST, (town, plan, "", "", "見守り", "", "")))
    assert paths(parsed)[1] == ["", "", "見守り"]


def test_goal_and_policy_go_down_merged_cells(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEAD)
    sheet.append(FIRST)
    sheet.append((None, None, None, None, "食堂", None, 33))
    sheet.append((None, None, "2 暮らし", None, "見守り", None, 40))
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("C2:C3")
    sheet.merge_cells("D2:D3")
    book.save(tmp_path / "計画.xlsx")
    parsed = parse_measures(read_source(tmp_path / "計画.xlsx"))
    assert paths(parsed) == [
        ["1 支え合い", "1-1 居場所", "サロン"],
        ["1 支え合い", "1-1 居場所", "食堂"],
        ["2 暮らし", "", "見守り"],
    ]
    assert parsed.measures["district_name"].tolist() == ["所沢市"] * 3
    assert adds_up(parsed)


def test_line_breaks_in_a_goal_become_one_space():
    parsed = parse_measures(source(("基本目標", "取組"), ("目標1\n支え合い", "サロン")))
    assert paths(parsed) == [["目標1 支え合い", "", "サロン"]]


def test_a_plan_without_a_name_is_called_by_its_file():
    parsed = parse_measures(source(("取組",), ("サロン",), file="plans/所沢市の計画.csv"))
    assert parsed.measures["plan"].tolist() == ["所沢市の計画"]


@pytest.mark.parametrize(
    ("written", "page"), [("32", 32), ("p.32", 32), ("３２頁", 32), ("32-33", 32), ("", None)]
)
def test_a_page_is_read_however_it_is_written(written, page):
    parsed = parse_measures(source(("取組", "頁"), ("サロン", written)))
    assert parsed.measures["page"].tolist() == [page]


def test_a_table_of_contents_alone_is_enough():
    parsed = parse_measures(source(("施策", "内容"), ("居場所", "場をつくる")))
    assert parsed.measures[["policy", "initiative", "text"]].values.tolist() == [
        ["居場所", "", "場をつくる"]
    ]


def test_a_row_without_an_initiative_is_reported_not_dropped():
    parsed = parse_measures(source(HEAD, FIRST, ("", "", "2 暮らし", "", "", "", "")))
    assert lines_about(parsed) == [
        "計画.xlsx 3行目: 取組が書かれていません。取組を書くか、行を消してください。"
    ]
    assert (parsed.tally.read, parsed.tally.reported) == (1, 1)


def test_a_goal_on_a_row_of_its_own_still_begins_there():
    parsed = parse_measures(
        source(HEAD, FIRST, ("", "", "2 暮らし", "", "", "", ""), ("",) * 4 + ("見守り", "", ""))
    )
    assert paths(parsed)[1] == ["2 暮らし", "", "見守り"]


def test_a_table_without_measures_is_reported_once():
    parsed = parse_measures(source(("市町村", "天気"), ("所沢市", "晴れ")))
    assert lines_about(parsed) == [
        "計画.xlsx 1行目: 「取組」か「内容」の列の見出しが見つかりません。"
        "計画の表に見出しの行を入れてください。"
    ]
    assert (parsed.tally.rows, parsed.tally.reported) == (2, 2)


def test_the_same_measure_twice_has_two_ids_and_the_first_is_that_of_once():
    once = parse_measures(source(HEAD, FIRST)).measures["measure_id"].tolist()
    twice = parse_measures(source(HEAD, FIRST, FIRST)).measures["measure_id"].tolist()
    assert twice[0] == once[0]
    assert twice[1] != once[0]


def test_the_same_measure_on_two_sheets_is_loaded(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(FIRST)
    book.copy_worksheet(book.active)
    book.save(tmp_path / "計画.xlsx")
    assert wm.load_plan(tmp_path / "計画.xlsx")["measure_id"].is_unique


def test_measure_ids_stay_when_rows_are_reordered():
    other = (*FIRST[:4], "食堂", "食べる", "33")
    one = parse_measures(source(HEAD, FIRST, other)).measures["measure_id"].tolist()
    moved = parse_measures(source(HEAD, other, FIRST)).measures["measure_id"].tolist()
    assert one == moved[::-1]


def test_a_plan_may_be_a_whole_citys(tmp_path):
    path = tmp_path / "計画.csv"
    path.write_text("市町村,取組\nさいたま市,サロン\n所沢,食堂\n", encoding="utf-8")
    assert wm.load_plan(path)["district"].tolist() == ["11100", "11208"]


def test_a_plan_of_an_unknown_town_is_loaded_with_a_warning(tmp_path):
    path = tmp_path / "計画.csv"
    path.write_text("市町村,取組\n北海市,サロン\n", encoding="utf-8")
    with pytest.warns(wm.InputWarning, match=r"^計画\.csv 2行目: 地区「北海市」が見つかりません"):
        measures = wm.load_plan(path)
    assert measures["district"].isna().tolist() == [True]


CELL = st.one_of(
    st.sampled_from(["", "所沢市", "1 支え合い", "サロン", "32", "取組", "内容", "　"]),
    st.text(max_size=6),
)


@settings(max_examples=200, deadline=None)
@given(
    body=st.lists(st.lists(CELL, max_size=7), max_size=12),
    merged=st.frozensets(st.integers(0, 6), max_size=3),
)
def test_every_row_is_used_read_or_reported_and_keeps_the_contract(body, merged):
    rows = [Row(f"{n}行目", tuple(cells), merged) for n, cells in enumerate(body, 2)]
    parsed = parse_measures(source(HEAD, *rows))
    assert adds_up(parsed)
    assert len(check(parsed.measures.assign(district=None), "measures")) == parsed.tally.records


@settings(max_examples=100, deadline=None)
@given(body=st.lists(st.lists(CELL, max_size=7), max_size=8))
def test_every_row_of_a_sheet_without_headings_is_accounted_for(body):
    assert adds_up(parse_measures(source(*body)))
