"""Every file is read into rows of text, or refused in one line that says how to mend it."""

import csv
import io
import os
import random
import re
import warnings
import zipfile
from datetime import date, datetime

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watamachi_analysis.errors import InputError
from watamachi_analysis.read import read_source, read_toml

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
HTML = "<html><body><table><tr><td>発言</td></tr></table></body></html>".encode()
RANDOM = random.Random(0).randbytes(2000)
NOTES = "開催日,地区,発言\n2026-05-10,所沢市,坂がきつい\n"
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(path, *rows, title="記入", merged=()):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    book.save(path)
    return path


def word(path, *paragraphs):
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(path)
    return path


def edit_package(path, member, old, new):
    """Change the bytes of one member of a Word or Excel file, as another program would write it."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def refusal(path):
    with pytest.raises(InputError) as caught:
        read_source(path)
    return str(caught.value)


def lines_about(path):
    """Return every line a person is told about a file, whether it was refused or only doubted."""
    try:
        return [str(problem) for problem in read_source(path).problems]
    except InputError as error:
        return [str(error)]


def letters(path):
    """Return all text that is handed on from a file; none from one that was refused."""
    try:
        return "".join("".join(row) for row in cells(read_source(path)))
    except InputError:
        return ""


def cells(source):
    return [list(row.cells) for sheet in source.sheets for row in sheet.rows]


# ---- what is refused, and in which words --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("記録.xls", OLE, ".xls の形式は読めません。.xlsx で保存し直してください。"),
        ("記録.doc", OLE, ".doc の形式は読めません。.docx で保存し直してください。"),
        ("記録.jtd", OLE, ".jtd の形式は読めません。.docx で保存し直してください。"),
        ("記録.ods", b"PK", ".ods の形式は読めません。.xlsx で保存し直してください。"),
        ("記録.odt", b"PK", ".odt の形式は読めません。.docx で保存し直してください。"),
        ("記録.XLS", OLE, ".xls の形式は読めません。.xlsx で保存し直してください。"),
        (
            "計画.pdf",
            b"%PDF-1.7",
            "PDF は、ここでは読めません（plans の計画だけ）。表を Excel か CSV に書き写してください。",
        ),
        (
            "記録.xlsx",
            OLE,
            "パスワードがかかっているか、古い形式です。"
            "パスワードを外して .xlsx で保存し直してください。",
        ),
        (
            "記録.docx",
            OLE,
            "パスワードがかかっているか、古い形式です。"
            "パスワードを外して .docx で保存し直してください。",
        ),
        (
            "記録.xlsx",
            RANDOM,
            "壊れているか、Excel のファイルではありません。Excel で開いて保存し直してください。",
        ),
        (
            "記録.docx",
            RANDOM,
            "壊れているか、Word のファイルではありません。Word で開いて保存し直してください。",
        ),
        (
            "記録.xlsx",
            b"memo",
            "壊れているか、Excel のファイルではありません。Excel で開いて保存し直してください。",
        ),
        (
            "統計.xlsx",
            HTML,
            "中身はウェブページ（HTML）です。公開元からファイルを取り直してください。",
        ),
        (
            "写真.png",
            b"\x89PNG",
            "「.png」のファイルは読めません。"
            ".xlsx・.xlsm・.docx・.csv・.tsv・.txt・.md のどれかで保存し直してください。",
        ),
        (
            "記録",
            b"memo",
            "拡張子がありません。"
            ".xlsx・.xlsm・.docx・.csv・.tsv・.txt・.md のどれかで保存し直してください。",
        ),
        (
            "記録.txt",
            b"\xff\xff\xfd\x80\x81",
            "文字コードが分かりません。UTF-8 で保存し直してください。",
        ),
        (
            "記録.csv",
            b"\xff\xfe" + "発言".encode("utf-16-le") + b"\x00",
            "文字コードが分かりません。UTF-8 で保存し直してください。",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, name, content, line):
    assert refusal(put(tmp_path, name, content)) == f"{name}: {line}"


@pytest.mark.parametrize("suffix", [".xlsx", ".docx", ".csv", ".tsv", ".txt", ".md"])
def test_a_file_of_no_bytes_is_empty(tmp_path, suffix):
    line = "中身が空です。書き込んで保存し直すか、フォルダから外してください。"
    assert refusal(put(tmp_path, f"記録{suffix}", b"")) == f"記録{suffix}: {line}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.txt", "\n \n　\n"),
        ("空.md", "\ufeff"),
        ("空.csv", ",,\n,,\n"),
    ],
)
def test_a_file_of_blanks_has_no_letters(tmp_path, name, content):
    line = "文字がありません。書き込んで保存し直すか、フォルダから外してください。"
    assert refusal(put(tmp_path, name, content)) == f"{name}: {line}"


def test_a_workbook_or_document_of_blanks_has_no_letters(tmp_path):
    assert "文字がありません" in refusal(workbook(tmp_path / "空.xlsx"))
    assert "文字がありません" in refusal(word(tmp_path / "空.docx", "", " "))


def test_a_50_megabyte_text_is_refused_with_its_size(tmp_path):
    path = tmp_path / "記録.txt"
    path.write_bytes("・坂がきつい\n".encode() * 2_632_000)
    assert refusal(path) == "記録.txt: 大きすぎます（50 MB）。20 MB までに分けてください。"


def test_a_workbook_that_would_unpack_to_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = workbook(tmp_path / "記録.xlsx", ["発言"])
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/media/image.bin", "w") as part,
    ):
        part.write(bytes(401_000_000))
    line = "中身が大きすぎます（401 MB）。画像などを除いて小さくしてください。"
    assert refusal(path) == f"記録.xlsx: {line}"


def test_a_file_that_is_not_there_says_so(tmp_path):
    line = "ファイルが見つかりません。場所と名前を確かめてください。"
    assert refusal(tmp_path / "ない.csv") == f"ない.csv: {line}"


@pytest.mark.parametrize("name", ["記録.csv", "記録.txt", "記録.xlsx", "記録.docx"])
def test_a_folder_named_like_a_file_cannot_be_opened(tmp_path, name):
    (tmp_path / name).mkdir()
    assert refusal(tmp_path / name).startswith(f"{name}: ")


@pytest.mark.parametrize("name", ["記録.csv", "記録.txt", "記録.xlsx", "記録.docx"])
def test_a_file_without_the_right_to_read_it_cannot_be_opened(tmp_path, name):
    path = put(tmp_path, name, NOTES)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    line = "開けません。ほかで開いていないか、読む権限があるか確かめてください。"
    assert refusal(path) == f"{name}: {line}"


def test_a_word_document_renamed_to_a_workbook_is_refused(tmp_path):
    path = word(tmp_path / "記録.docx", "日時：2026-05-10").rename(tmp_path / "記録.xlsx")
    assert "Excel で開いて保存し直してください" in refusal(path)


def test_a_workbook_renamed_to_a_word_document_is_refused(tmp_path):
    path = workbook(tmp_path / "記録.xlsx", ["発言"]).rename(tmp_path / "記録.docx")
    assert "Word で開いて保存し直してください" in refusal(path)


@pytest.mark.parametrize("name", ["記録.xlsx", "記録.docx"])
def test_a_zip_of_something_else_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w") as package:
        package.writestr("写真.txt", "x")
    kind = "Excel" if name.endswith("xlsx") else "Word"
    line = f"{kind} ではない zip です。展開して、中の表を入れてください。"
    assert refusal(tmp_path / name) == f"{name}: {line}"


@pytest.mark.parametrize("head", ["", "\ufeff\n", '<?xml version="1.0"?>\n'])
@pytest.mark.parametrize("name", ["記録.csv", "記録.xlsx"])
def test_a_web_page_under_the_name_of_a_table_is_refused(tmp_path, name, head):
    content = head + "<!DOCTYPE html><html><body>見つかりません</body></html>"
    line = "中身はウェブページ（HTML）です。公開元からファイルを取り直してください。"
    assert refusal(put(tmp_path, name, content)) == f"{name}: {line}"


def test_a_workbook_under_the_name_of_a_text_is_refused(tmp_path):
    path = workbook(tmp_path / "記録.xlsx", ["発言"]).rename(tmp_path / "記録.csv")
    line = "中身は zip か Excel・Word です。展開するか、正しい拡張子にしてください。"
    assert refusal(path) == f"記録.csv: {line}"


def test_a_zip_with_its_own_password_is_refused(tmp_path):
    locked = bytearray(workbook(tmp_path / "元.xlsx", ["発言"]).read_bytes())
    starts = [m.start() for m in re.finditer(b"PK\x03\x04", bytes(locked))]
    entries = [m.start() for m in re.finditer(b"PK\x01\x02", bytes(locked))]
    for place in [*(start + 6 for start in starts), *(entry + 8 for entry in entries)]:
        locked[place] |= 1
    assert refusal(put(tmp_path, "記録.xlsx", bytes(locked))).startswith("記録.xlsx: ")


def test_a_workbook_with_broken_xml_is_refused(tmp_path):
    path = workbook(tmp_path / "記録.xlsx", ["発言"])
    edit_package(path, "xl/worksheets/sheet1.xml", b"</sheetData>", b"</sheet")
    assert refusal(path).startswith("記録.xlsx: 壊れていて読めません。")


def test_a_document_with_broken_xml_is_refused(tmp_path):
    path = word(tmp_path / "記録.docx", "日時：2026-05-10")
    edit_package(path, "word/document.xml", b"</w:body>", b"</w:bod")
    assert refusal(path).startswith("記録.docx: 壊れていて読めません。")


@pytest.mark.parametrize("name", ["記録.csv", "記録.txt", "記録.md"])
def test_nul_bytes_are_reported_once_and_never_handed_on(tmp_path, name):
    path = put(tmp_path, name, NOTES.replace("坂が", "坂\0が"))
    assert len(lines_about(path)) == 1
    assert lines_about(path)[0].startswith(name)
    assert "\0" not in letters(path)


def test_a_quote_that_is_never_closed_is_reported_where_it_opens(tmp_path):
    rows = '開催日,地区,発言\n2026-05-10,所沢市,坂\n,,"暗い道\n,,段差\n,,店がない\n'
    path = put(tmp_path, "記録.csv", rows)
    assert len(lines_about(path)) == 1
    assert lines_about(path)[0].startswith("記録.csv")
    assert "3行目" in lines_about(path)[0]


def test_a_cell_too_long_to_be_one_is_refused_with_its_row(tmp_path):
    path = put(tmp_path, "記録.csv", f"発言\n{'坂' * 200_000}\n")
    assert refusal(path).startswith("記録.csv: 2行目で表の区切りが壊れています")


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm", ".docx", ".csv", ".tsv", ".txt", ".md"])
@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(tmp_path_factory, suffix, content):
    path = put(tmp_path_factory.getbasetemp(), f"何か{suffix}", content)
    assert all(line.startswith(f"何か{suffix}") for line in lines_about(path))
    assert all(JAPANESE.search(line) for line in lines_about(path))


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
@settings(max_examples=150, deadline=None)
@given(damage=st.dictionaries(st.floats(0, 0.999), st.integers(0, 255), min_size=1, max_size=12))
def test_a_damaged_package_is_read_or_refused_and_nothing_else(tmp_path_factory, suffix, damage):
    folder = tmp_path_factory.getbasetemp()
    whole = folder / f"元{suffix}"
    if not whole.exists():
        workbook(whole, ["発言"], ["坂"]) if suffix == ".xlsx" else word(whole, "日時：2026-05-10")
    content = bytearray(whole.read_bytes())
    for place, byte in damage.items():
        content[int(place * len(content))] = byte
    path = put(folder, f"傷{suffix}", bytes(content))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert all(line.startswith(f"傷{suffix}") for line in lines_about(path))


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_cut_short_is_refused(tmp_path, part):
    content = workbook(tmp_path / "元.xlsx", ["発言"]).read_bytes()
    path = put(tmp_path, "記録.xlsx", content[: int(len(content) * part)])
    assert refusal(path).startswith("記録.xlsx: 壊れて")


# ---- text files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_text_is_read_in_every_encoding_windows_writes(tmp_path, encoding):
    path = put(tmp_path, "メモ.txt", "日時：2026-05-10\r\n・㈱の前の坂\r\n".encode(encoding))
    assert cells(read_source(path)) == [["日時：2026-05-10"], ["・㈱の前の坂"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_csv_is_read_in_every_encoding_windows_writes(tmp_path, encoding):
    path = put(tmp_path, "記録.csv", NOTES.encode(encoding))
    assert cells(read_source(path)) == [
        ["開催日", "地区", "発言"],
        ["2026-05-10", "所沢市", "坂がきつい"],
    ]


def test_big_endian_utf_16_is_read(tmp_path):
    path = put(tmp_path, "メモ.txt", b"\xfe\xff" + "・坂".encode("utf-16-be"))
    assert cells(read_source(path)) == [["・坂"]]


def test_line_breaks_and_commas_inside_quotes_stay_in_their_cell(tmp_path):
    path = put(tmp_path, "記録.csv", '地区,発言\r\n所沢市,"坂, 段差\n""暗い""道"\r\n')
    assert cells(read_source(path)) == [["地区", "発言"], ["所沢市", '坂, 段差\n"暗い"道']]


def test_a_csv_that_excel_saved_with_tabs_is_read(tmp_path):
    path = put(tmp_path, "記録.csv", "地区\t発言\n所沢市\t坂".encode("utf-16"))
    assert cells(read_source(path)) == [["地区", "発言"], ["所沢市", "坂"]]


def test_a_table_with_tabs_in_utf_16_without_a_mark_is_read(tmp_path):
    path = put(tmp_path, "記録.csv", "地区\t発言\r\n所沢市\t坂\r\n".encode("utf-16-le"))
    assert cells(read_source(path)) == [["地区", "発言"], ["所沢市", "坂"]]


def test_bytes_that_only_hold_such_a_tab_are_no_text(tmp_path):
    path = put(tmp_path, "記録.csv", b"\t\0\n\0\x01\0" + RANDOM)
    assert "文字コードが分かりません" in refusal(path)


def test_a_tsv_is_split_at_tabs_however_many_commas_it_holds(tmp_path):
    path = put(tmp_path, "記録.tsv", "地区\t発言\n所沢市\t坂,段差,暗い道,店\n")
    assert cells(read_source(path)) == [["地区", "発言"], ["所沢市", "坂,段差,暗い道,店"]]


def test_a_table_knows_that_it_is_one(tmp_path):
    assert read_source(put(tmp_path, "記録.csv", NOTES)).sheets[0].is_grid
    assert not read_source(put(tmp_path, "記録.txt", NOTES)).sheets[0].is_grid


def test_rows_say_where_they_stand_and_blank_ones_do_not_count(tmp_path):
    source = read_source(put(tmp_path, "メモ.md", "# 題\n\n・坂\n"))
    assert [row.place for row in source.sheets[0].rows] == ["1行目", "2行目", "3行目"]
    assert source.filled_rows == 2


def test_a_file_is_called_by_the_name_it_was_given(tmp_path):
    path = put(tmp_path, "メモ.txt", "・坂")
    source = read_source(path, name="gatherings/メモ.txt")
    assert (source.file, source.sheets[0].file) == ("gatherings/メモ.txt",) * 2
    with pytest.raises(InputError, match=r"^plans/写真\.png: "):
        read_source(put(tmp_path, "写真.png", b"x"), name="plans/写真.png")


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\t"), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_table_comes_back_from_csv_as_it_was(tmp_path_factory, rows, encoding):
    table = [["開催日", "地区", "発言"], *rows]
    text = io.StringIO()
    csv.writer(text).writerows(table)
    path = put(tmp_path_factory.getbasetemp(), "往復.csv", text.getvalue().encode(encoding))
    assert cells(read_source(path)) == table


# ---- Excel --------------------------------------------------------------------------------------


def test_excel_values_become_the_text_a_person_sees(tmp_path):
    path = workbook(
        tmp_path / "記録.xlsx",
        [date(2026, 5, 10), datetime(2026, 5, 10, 13, 30), 12, 12.0, 0.5, "１２", None, 0],
    )
    assert cells(read_source(path)) == [
        ["2026-05-10", "2026-05-10 13:30:00", "12", "12", "0.5", "１２", "", "0"]
    ]


def test_a_merged_cell_fills_its_area_and_only_its_first_cell_is_its_own(tmp_path):
    path = workbook(
        tmp_path / "記録.xlsx",
        ["地区", "発言"],
        ["所沢市", "坂"],
        [None, "暗い道"],
        merged=["A2:A3"],
    )
    rows = read_source(path).sheets[0].rows
    assert [row.cells for row in rows[1:]] == [("所沢市", "坂"), ("所沢市", "暗い道")]
    assert [row.inherited for row in rows] == [frozenset(), frozenset(), frozenset({0})]


def test_a_row_that_only_repeats_merged_cells_is_blank(tmp_path):
    path = workbook(
        tmp_path / "記録.xlsx", ["発言", "種別"], ["坂", "要望"], [], merged=["A2:A3", "B2:B3"]
    )
    source = read_source(path)
    assert source.filled_rows == 2


def test_sheets_are_named_only_when_there_are_several(tmp_path):
    one = read_source(workbook(tmp_path / "一.xlsx", ["発言"], title="五月"))
    book = openpyxl.Workbook()
    book.active.title = "五月"
    book.active["A1"] = "発言"
    book.create_sheet("六月")["A2"] = "坂"
    book.save(tmp_path / "二.xlsx")
    two = read_source(tmp_path / "二.xlsx")
    assert [sheet.name for sheet in one.sheets] == [""]
    assert [sheet.name for sheet in two.sheets] == ["五月", "六月"]
    assert two.sheets[1].place(two.sheets[1].rows[1]) == "六月 2行目"


def test_a_formula_never_calculated_is_reported_with_its_cell(tmp_path):
    path = workbook(tmp_path / "記録.xlsx", ["人数", "発言"], ["=5+7", "坂"])
    source = read_source(path)
    assert [str(problem) for problem in source.problems] == [
        "記録.xlsx 記入 A2: 計算されていない数式です。Excel で開いて、直して保存してください。"
    ]
    assert cells(source) == [["人数", "発言"], ["", "坂"]]


def test_a_file_of_nothing_but_uncalculated_formulas_is_refused_for_that(tmp_path):
    path = workbook(tmp_path / "記録.xlsx", ["=1+1"])
    line = "記録.xlsx 記入 A1: 計算されていない数式です。Excel で開いて、直して保存してください。"
    assert refusal(path) == line


def test_a_calculated_formula_gives_its_value(tmp_path):
    path = workbook(tmp_path / "記録.xlsx", ["人数", "発言"], ["=5+7", "坂"])
    edit_package(path, "xl/worksheets/sheet1.xml", b"<f>5+7</f><v></v>", b"<f>5+7</f><v>12</v>")
    source = read_source(path)
    assert source.problems == ()
    assert cells(source) == [["人数", "発言"], ["12", "坂"]]


def test_a_drop_down_as_excel_itself_saves_it_is_read_without_a_warning(tmp_path):
    path = workbook(tmp_path / "記録.xlsx", ["地区", "発言"], ["所沢市", "坂"])
    extension = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    edit_package(path, "xl/worksheets/sheet1.xml", b"</worksheet>", extension)
    assert cells(read_source(path)) == [["地区", "発言"], ["所沢市", "坂"]]


# ---- Word ---------------------------------------------------------------------------------------


def test_paragraphs_and_tables_of_a_document_come_in_reading_order(tmp_path):
    document = docx.Document()
    document.add_heading("記録", 1)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "日時", "2026-05-10"
    document.add_paragraph("坂", style="List Bullet")
    document.save(tmp_path / "記録.docx")
    rows = read_source(tmp_path / "記録.docx").sheets[0].rows
    assert [(row.place, row.cells, row.style) for row in rows] == [
        ("1段落目", ("記録",), "Heading 1"),
        ("表1の1行目", ("日時", "2026-05-10"), "table 1"),
        ("2段落目", ("坂",), "List Bullet"),
    ]


def test_a_cell_merged_across_a_word_table_comes_once(tmp_path):
    document = docx.Document()
    table = document.add_table(1, 3)
    table.cell(0, 0).text = "見本"
    table.cell(0, 0).merge(table.cell(0, 2))
    document.save(tmp_path / "記録.docx")
    assert cells(read_source(tmp_path / "記録.docx")) == [["見本"]]


# ---- settings -----------------------------------------------------------------------------------


def test_settings_are_read_with_a_byte_order_mark_too(tmp_path):
    path = put(tmp_path, "watamachi.toml", '\ufeffname = "所沢"\n')
    assert read_toml(path) == {"name": "所沢"}


@pytest.mark.parametrize("text", ["name = ", "name = 所沢", "[thresholds", "a = 1\na = 2"])
def test_broken_settings_are_refused_with_the_way_out(tmp_path, text):
    with pytest.raises(InputError) as caught:
        read_toml(put(tmp_path, "watamachi.toml", text))
    line = str(caught.value)
    assert line.startswith("watamachi.toml: 設定の書き方に誤りがあります")
    assert line.endswith("見本と見比べて直してください。")
