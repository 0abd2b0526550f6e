"""One book of the word tools: each number leads to its statements, and to no other ones."""

import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

import watamachi_analysis as wm
from watamachi_analysis.book_sheets import add_sheet, new_book, pack_book
from watamachi_analysis.captions import caution
from watamachi_analysis.review_book import LINE
from watamachi_analysis.word_book import save_word_book
from watamachi_analysis.word_guide import (
    BY_DISTRICT,
    BY_KIND,
    CONTEXT,
    GUIDE,
    HEADS,
    ID,
    MOST_IDS,
    NO_KIND,
    NO_TEXTS,
    TELLING,
    TEXTS,
    TOGETHER_SHEET,
)
from watamachi_analysis.word_tables import _list_ids, word_tables

SHEETS = [CONTEXT, TELLING, TOGETHER_SHEET, BY_DISTRICT, BY_KIND, TEXTS, GUIDE]
AUDIENCES = ["adviser", "member", "public"]
ID_IN_TEXT = re.compile(r"[a-z]+-?[0-9a-f]*\d[0-9a-f]*")


@pytest.fixture(scope="module")
def published(analysis):
    return {audience: wm.publish(analysis, audience) for audience in AUDIENCES}


@pytest.fixture(scope="module")
def books(tmp_path_factory, published):
    """What each audience gets, opened again."""
    folder = tmp_path_factory.mktemp("words")
    opened = {}
    for audience, shown in published.items():
        save_word_book(shown, folder / f"{audience}.xlsx", ["買い物", "自治会", "ほげほげ"])
        opened[audience] = openpyxl.load_workbook(folder / f"{audience}.xlsx")
    return opened


@pytest.fixture
def tiny(published):
    """Three statements: two of 所沢市 about food and care, one of 越谷市 about nothing."""
    said = [
        ("s-1", "11208", "バスがないので畑の食堂へ行けない"),
        ("s-2", "11208", "=1+1 畑の食堂と介護のバス"),
        ("s-3", "11222", "ありがとう"),
    ]
    named = [
        ("s-1", "food_agriculture", "need"),
        ("s-2", "food_agriculture", "wish"),
        ("s-2", "caregiving_dementia", "need"),
        ("s-3", None, "other"),
    ]
    return replace(
        published["member"],
        statements=pd.DataFrame(said, columns=["statement_id", "district", "text"], dtype="str"),
        mentions=pd.DataFrame(named, columns=["text_id", "issue", "kind"], dtype="str"),
    )


def cells(book) -> list:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]


def table_of(sheet) -> pd.DataFrame:
    head, *rows = sheet.iter_rows(values_only=True)
    return pd.DataFrame(rows, columns=head)


def ids_of(cell: str) -> list[str]:
    return [part for part in re.split(r"[、\n]+", cell) if part and not part.startswith("ほか")]


def counted(cell: str) -> int:
    more = re.search(r"ほか(\d+)件", cell)
    return len(ids_of(cell)) + (int(more[1]) if more else 0)


# ---- tables --------------------------------------------------------------------------------------


def test_a_word_stands_in_its_context_with_the_number_of_its_statement(tiny):
    found = word_tables(tiny, ["バス", "ﾊﾞｽ"])[CONTEXT]
    assert found.iloc[:2].to_numpy().tolist() == [
        ["バス", "", "バス", "がないので畑の食堂へ行けない", "所沢市", "s-1"],
        ["バス", "=1+1 畑の食堂と介護の", "バス", "", "所沢市", "s-2"],
    ]
    assert found["探したことば"].tolist() == ["バス", "バス", "ﾊﾞｽ", "ﾊﾞｽ"]


def test_issues_of_districts_are_counted_in_statements_that_are_named(tiny):
    found = word_tables(tiny, ["バス"])[BY_DISTRICT]
    food, care = tiny.issues.loc[["food_agriculture", "caregiving_dementia"], "label"]
    assert found[
        ["課題", "地区", "発言（件）", "地区の発言（件）", "割合（%）", ID]
    ].to_numpy().tolist() == [
        [food, "所沢市", 2, 2, 100, "s-1、s-2"],
        [care, "所沢市", 1, 2, 50, "s-2"],
    ]


def test_issues_said_together_name_the_statements_that_do_so(tiny):
    found = word_tables(tiny, ["バス"])[TOGETHER_SHEET]
    assert found[["発言（件）", ID]].to_numpy().tolist() == [[1, "s-2"]]


def test_kinds_of_gathering_are_counted_where_the_tables_tell_them(tiny):
    gatherings = pd.DataFrame(
        {"gathering_id": ["g1", "g2"], "kind": ["cafe", "survey"], "date": ["2026-05-01", None]}
    ).assign(date=lambda table: pd.to_datetime(table["date"]))
    told = replace(
        tiny,
        statements=tiny.statements.assign(gathering_id=["g1", "g2", "g1"]),
        gatherings=gatherings,
    )
    found = word_tables(told, ["バス"])
    assert len(found[BY_KIND]) == 3
    assert found[BY_KIND].set_index(ID).loc["s-1", "その種類の発言（件）"] == 2
    assert found[TEXTS]["日付"].tolist() == ["2026-05-01", "日付の記録なし", "2026-05-01"]
    assert NO_KIND not in found[GUIDE]["説明"].tolist()


def test_where_no_gathering_is_told_the_book_says_so(tiny):
    found = word_tables(tiny, ["バス"])
    assert NO_KIND in found[BY_KIND].to_numpy().ravel().tolist()
    assert not {"集まりの種類", "日付"} & set(found[TEXTS])


def test_a_cell_names_no_more_statements_than_a_person_can_follow():
    every = [f"s-{number}" for number in range(MOST_IDS + 3)]
    assert ids_of(_list_ids(every)) == every[:MOST_IDS]
    assert _list_ids(every).endswith("ほか3件")
    assert "ほか" not in _list_ids(every[:MOST_IDS])


def test_words_that_stand_in_too_few_statements_are_not_said_to_differ(tiny):
    guide = word_tables(tiny, ["バス"])[GUIDE]
    assert "くらべられることばがありません" in "".join(guide["説明"])


def test_a_sure_word_is_not_hidden_among_the_unsure(published):
    said = [(f"a{i}", "11208", "坂がつらい") for i in range(30)]
    said += [(f"b{i}", "11222", "川がきれい") for i in range(30)]
    shown = replace(
        published["member"],
        statements=pd.DataFrame(said, columns=["statement_id", "district", "text"], dtype="str"),
        mentions=published["member"].mentions.iloc[:0],
    )
    found = word_tables(shown, ["坂"])
    own = found[TELLING].set_index(["地区", "ことば"])
    assert own.loc[("所沢市", "坂"), "判定"] == "この地区に多い"
    assert counted(own.loc[("所沢市", "坂"), ID]) == 30
    assert re.search(r"差があると言えることばは\d+行です", "".join(found[GUIDE]["説明"]))


# ---- the book ------------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_book_is_made_to_be_filtered_and_printed(books, audience):
    book = books[audience]
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:") and sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
        assert sheet.print_area.split("!")[1].replace("$", "") == sheet.auto_filter.ref
        assert not sheet.merged_cells.ranges
        assert "見本（架空データ）" in sheet.oddHeader.center.text
        assert sheet.max_row >= 2


def test_no_heading_is_broken_in_two():
    for widths in HEADS.values():
        assert all(
            len(re.sub("[!-~]{2}", "あ", name)) * 2 <= width for name, width in widths.items()
        )


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_row_leads_to_statements_that_the_audience_may_read(books, published, audience):
    may_read = set(published[audience].statements["statement_id"])
    for sheet in books[audience]:
        table = table_of(sheet)
        if ID in table:
            named = [key for cell in table[ID].dropna() for key in ids_of(cell)]
            assert set(named) <= may_read
            assert table[ID].notna().all() or len(table) == 1
    listed = table_of(books[audience][TEXTS])[ID].dropna()
    assert sorted(listed) == sorted(may_read)


@pytest.mark.parametrize("sheet", [TELLING, TOGETHER_SHEET, BY_DISTRICT])
def test_each_number_is_that_of_the_statements_beside_it(books, sheet):
    table = table_of(books["adviser"][sheet])
    number = next(name for name in table if name.endswith("（件）"))
    assert len(table) > 50
    assert table[number].tolist() == table[ID].map(counted).tolist()


def test_the_counts_of_the_adviser_are_those_counted_by_hand(books, published):
    shown = published["adviser"]
    named = shown.mentions.merge(shown.statements, left_on="text_id", right_on="statement_id")
    named = named.dropna(subset=["issue"]).drop_duplicates(["text_id", "issue"])
    names = shown.districts.set_index("district")["name"]
    by_hand = named.groupby(
        [named["issue"].map(shown.issues["label"]), named["district"].map(names)]
    ).size()
    table = table_of(books["adviser"][BY_DISTRICT]).set_index(["課題", "地区"])["発言（件）"]
    known = table[table.index.get_level_values(1) != "地区の記録なし"]
    assert known.to_dict() == by_hand.to_dict()
    assert table.sum() == len(named)


def test_each_context_is_read_out_of_its_statement(books, published):
    texts = published["adviser"].statements.set_index("statement_id")["text"]
    table = table_of(books["adviser"][CONTEXT]).fillna("")
    assert len(table) > 10
    for row in table.to_dict("records"):
        assert row["前のことば"] + row["ことば"] + row["後のことば"] in texts[row[ID]]


def test_the_number_of_a_statement_leads_to_its_text(books):
    book = books["adviser"]
    links = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert len(links) > 100
    for cell in links:
        sheet, _, place = cell.hyperlink.location.partition("!")
        assert book[sheet.strip("'")][place].value == cell.value
        assert cell.font.name == book[TEXTS]["A2"].font.name


def test_no_text_that_is_kept_from_the_members_is_in_their_book(analysis, books, published):
    said = analysis.survey.statements
    kept = said[~said["statement_id"].isin(published["member"].statements["statement_id"])]
    shown = "\n".join(str(cell.value) for cell in cells(books["member"]))
    quoted = "\n".join(published["member"].statements["text"])
    assert [
        text for text in kept["text"] if len(text) > 12 and text in shown and text not in quoted
    ] == []
    assert [key for key in kept["statement_id"] if key in shown] == []


def test_the_public_reads_on_each_sheet_that_there_is_nothing_to_quote(books, published):
    for sheet in books["public"]:
        assert NO_TEXTS in "".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    shown = "\n".join(str(cell.value) for cell in cells(books["public"]))
    every = published["adviser"].statements
    assert [key for key in every["statement_id"] if key in shown] == []
    assert [text for text in every["text"] if len(text) > 12 and text in shown] == []


@pytest.mark.parametrize(
    ("audience", "whose"),
    [("adviser", "すべての発言を、"), ("member", "載せてよい発言だけを、")],
)
def test_the_guide_says_whose_words_are_counted_and_what_is_sure(books, published, audience, whose):
    guide = table_of(books[audience][GUIDE])
    told = dict(zip(guide["項目"], guide["説明"], strict=True))
    assert told["数え方"].startswith(whose)
    assert caution(published[audience]) == told["注意"]
    assert "見本（架空データ）" in told
    assert "「ほげほげ」: 「原文」の発言のなかにありません。" in guide["説明"].tolist()
    assert ("載せてよい" in "".join(guide["説明"])) == (audience == "member")
    unsure = table_of(books[audience][TELLING])["判定"].eq("差があるとは言えない").all()
    assert unsure == ("どの地区のどのことばも「差があるとは言えない」です" in told[TELLING])


def test_thresholds_are_those_of_the_survey(published):
    limits = wm.Thresholds(statements=7, gatherings=4, sensitive=9)
    shown = published["member"]
    raised = replace(shown, settings=replace(shown.settings, thresholds=limits))
    guide = "".join(word_tables(raised, ["バス"])[GUIDE]["説明"])
    assert "4回以上の集まりで7件以上、気をつける課題は9件以上" in guide


def test_what_a_person_wrote_is_never_a_formula_nor_breaks_the_book(tiny, tmp_path):
    texts = ['=HYPERLINK("http://x")', "+1\x0b\x00バス", "@SUM(A1)\ud800"]
    save_word_book(
        replace(tiny, statements=tiny.statements.assign(text=texts)), tmp_path / "a.xlsx", ["=H"]
    )
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert {cell.data_type for cell in cells(book)} <= {"s", "n"}
    assert table_of(book[TEXTS])["発言"].tolist() == [texts[0], "+1バス", "@SUM(A1)"]
    assert table_of(book[CONTEXT])["探したことば"].tolist() == ["=H"]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_rows_are_tall_enough_for_what_they_say(books, audience):
    for sheet in books[audience]:
        for row in sheet.iter_rows(min_row=2):
            height = sheet.row_dimensions[row[0].row].height or LINE
            needed = max(lines_of(cell, sheet) for cell in row)
            assert height >= min(LINE * needed, 400), (sheet.title, row[0].row)


def lines_of(cell, sheet) -> int:
    """How many lines a cell takes; a kana is two letters wide."""
    width = sheet.column_dimensions[cell.column_letter].width
    letters = [
        sum(1 if sign.isascii() else 2 for sign in line)
        for line in str(cell.value or "").split("\n")
    ]
    return sum(max(-(-number // int(width)), 1) for number in letters)


def test_no_number_of_a_statement_is_broken_over_two_lines(books):
    for sheet in books["adviser"]:
        table = table_of(sheet)
        for cell in table[ID].dropna() if ID in table else ():
            assert max(map(len, cell.split("\n"))) + 2 <= HEADS[sheet.title][ID]


def test_the_same_tables_give_the_same_bytes(tiny, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        save_word_book(tiny, tmp_path / name, ["バス"])
    one, other = (tmp_path / name for name in ("a.xlsx", "b.xlsx"))
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as package:
        assert {info.date_time[0] for info in package.infolist()} == {1980}
        said = package.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+", said)) == {f"{tiny.built}T00:00:00"}


def test_the_same_word_is_looked_for_once(tiny, tmp_path):
    save_word_book(tiny, tmp_path / "a.xlsx", ["バス", " バス "])
    found = table_of(openpyxl.load_workbook(tmp_path / "a.xlsx")[CONTEXT])
    assert found["探したことば"].tolist() == ["バス", "バス"]  # in two statements


def test_progress_goes_forward_to_the_end(tiny, tmp_path):
    told = []
    save_word_book(
        tiny, tmp_path / "a.xlsx", ["バス"], progress=lambda _, share: told.append(share)
    )
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("words", [[], ["  "], ["バス", ""]])
def test_nothing_to_look_for_is_refused_kindly(tiny, tmp_path, words):
    with pytest.raises(wm.InputError, match="探すことばがありません"):
        save_word_book(tiny, tmp_path / "a.xlsx", words)


def test_what_is_no_excel_file_is_refused(tiny, tmp_path):
    with pytest.raises(wm.InputError, match=r"\.xlsx にしてください"):
        save_word_book(tiny, tmp_path / "a.csv", ["バス"])


def test_a_place_that_cannot_be_written_is_told_in_words(tiny, tmp_path):
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(wm.InputError, match="書き込めません"):
        save_word_book(tiny, tmp_path / "a.xlsx", ["バス"])


# ---- sheets of any book --------------------------------------------------------------------------


def test_marks_stand_where_a_number_would():
    table = pd.DataFrame(
        {"数": pd.array([3, "X", "–", None], dtype=object), "文": ["X線", "", "", ""]}
    )
    add_sheet(book := new_book(), table, names=("表", "表 & 紙"), widths={})
    sheet = openpyxl.load_workbook(io.BytesIO(pack_book(book, pd.Timestamp("2026-01-01"))))["表"]
    assert [sheet.cell(row, 1).alignment.horizontal for row in (2, 3, 4)] == ["right"] * 3
    assert sheet["A5"].value is None
    assert sheet["B2"].alignment.horizontal is None
    assert sheet.oddHeader.center.text == "表 ＆ 紙"


def test_a_heading_of_numbers_stands_over_them_and_is_not_broken_in_its_brackets():
    table = pd.DataFrame(
        {"計画の施策（件）": [3], "困りごとが出た集まり（回）": ["X"], "ひとこと": ["声"]}
    )
    sheet = add_sheet(new_book(), table, names=("表", "表"), widths={})
    for column, name in zip("AB", table, strict=False):
        lines = 1 if len(name) <= 10 else 2
        assert sheet.column_dimensions[column].width * lines > 2 * len(name)
        assert sheet[f"{column}1"].alignment.horizontal == "right"
    assert sheet["C1"].alignment.horizontal is None
