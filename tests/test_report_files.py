"""The reports: every district gets its sheet, the board its page, and the numbers are the map's."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pypdfium2
import pytest

import watamachi_analysis as wm
from watamachi_analysis.baseline import SECTIONS
from watamachi_analysis.report_files import find_districts, write_template
from watamachi_analysis.word_template import TEMPLATE_FILE, read_template

FULL, BARE, CITY = "11208", "11101", "11102"  # with everything, without a record, of a city


def sheet_of(folder: Path, code: str, ending: str) -> Path:
    return next(folder.glob(f"{code}_*.{ending}"))


def tables_of(path: Path) -> list[list[list[str]]]:
    tables = docx.Document(str(path)).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


def text_of(path: Path) -> str:
    file = docx.Document(str(path))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])


def pages_of(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


# What is written


def test_each_district_has_a_sheet_for_word_and_for_the_web(reports, analysis):
    districts = analysis.survey.districts
    stems = sorted(path.stem for path in reports.glob("11*.docx"))
    assert stems == [
        f"{row.district}_{row.name}_地区基礎調査_2026-11"
        for row in districts.itertuples(index=False)
    ]
    assert stems == sorted(path.stem for path in reports.glob("11*.html"))


def test_what_is_of_all_districts_sorts_first(reports):
    assert sorted(path.name for path in reports.iterdir())[:3] == [
        "00_一覧表_2026-11.xlsx", "00_理事会資料_2026-11.docx", "00_理事会資料_2026-11.pptx",
    ]  # fmt: skip


def test_the_same_survey_gives_the_same_bytes(reports, analysis, tmp_path):
    wm.write_reports(analysis, tmp_path, districts=["所沢市", BARE])
    assert len(list(tmp_path.glob("11*"))) == 4
    for path in tmp_path.glob("11*"):
        assert path.read_bytes() == (reports / path.name).read_bytes()


def test_one_district_alone_leaves_the_others_and_the_board_paper(analysis, tmp_path):
    wm.write_reports(analysis, tmp_path, districts=[FULL])
    wm.write_reports(analysis, tmp_path, districts=["飯能市"])
    assert sorted(path.suffix for path in tmp_path.glob("1*")) == [
        ".docx",
        ".docx",
        ".html",
        ".html",
    ]
    assert not list(tmp_path.glob("00_*"))


def test_an_unknown_district_is_told_with_names_that_are_near(analysis):
    with pytest.raises(wm.InputError, match=r"「所沢」がありません。.*所沢市"):
        find_districts(analysis, ["所沢"])


def test_a_sheet_that_a_person_edited_is_kept(analysis, tmp_path):
    written = wm.write_reports(analysis, tmp_path, districts=[FULL])
    path = sheet_of(tmp_path, FULL, "docx")
    file = docx.Document(str(path))
    file.add_paragraph("手で書き足した一行")
    file.save(str(path))
    again = wm.write_reports(analysis, tmp_path, districts=[FULL])
    assert written.kept == ()
    assert [kept.name for kept in again.kept] == [f"{path.stem}_前の版1.docx"]
    assert "手で書き足した一行" in text_of(again.kept[0])


def test_a_sheet_that_is_open_in_word_is_named_and_kept(analysis, tmp_path):
    wm.write_reports(analysis, tmp_path, districts=[FULL])
    path = sheet_of(tmp_path, FULL, "docx")
    before = path.read_bytes()
    lock = path.with_name(f"~${path.name[2:]}")
    lock.write_bytes(b"")
    with pytest.raises(wm.InputError, match=rf"「{path.name}」が開いています"):
        wm.write_reports(analysis, tmp_path, districts=[FULL], audience="adviser")
    assert path.read_bytes() == before


# The numbers


def overlap_rows(site: Path) -> dict[tuple[str, str], dict[str, str]]:
    """District and issue → the cells of overlap.xlsx, as they are shown."""
    sheet = openpyxl.load_workbook(site / "overlap.xlsx")["地区と課題"]
    head, *rows = sheet.iter_rows(values_only=True)
    cells = [
        dict(zip(head, ("" if value is None else str(value) for value in row), strict=True))
        for row in rows
    ]
    return {(row["コード"], row["課題"]): row for row in cells}


def test_the_numbers_read_back_from_word_are_those_of_the_map(reports, site, analysis):
    rows, seen = overlap_rows(site), 0
    for code in analysis.survey.districts["district"]:
        for table in tables_of(sheet_of(reports, code, "docx")):
            if table[0][:2] != ["課題", "状態"]:
                continue
            for issue, state, heard, needs, wishes, said, compared in table[1:]:
                own = rows[code, issue]
                assert state == own["状態"]
                assert heard.split("／")[0] == own["困りごとが出た集まり（回）"]
                assert [needs, wishes, said] == [
                    own["困りごとの声（件）"], own["やってみたい（件）"], own["声にある活動（件）"]
                ]  # fmt: skip
                sure = own["県平均より高い見込み（%）"]
                assert ("高い見込み" in compared) == (sure.isdecimal() and int(sure) >= 80)
                seen += 1
    assert seen > 60


def test_word_and_web_hold_the_same_words(reports):
    for code in (FULL, BARE):
        page = re.sub(
            r"<[^>]+>|\s", "", sheet_of(reports, code, "html").read_text(encoding="utf-8")
        )
        file = docx.Document(str(sheet_of(reports, code, "docx")))
        own = [
            p.text
            for p in file.paragraphs
            if p.style.name not in ("Watamachi Small", "Watamachi Source")
        ]
        own += [cell.text for table in file.tables for row in table.rows for cell in row.cells]
        missing = [text for text in own if re.sub(r"\s|・", "", text) not in page.replace("・", "")]
        assert missing == []


class Numbers(HTMLParser):
    """The text of a page outside links, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, str]] = []
        self.bare: list[str] = []
        self.targets: set[str] = set()
        self.ids: set[str] = set()

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.ids.add(named.get("id", ""))
        if tag == "a" and named.get("class") == "number":
            self.targets.add(named["href"].removeprefix("#"))
        if tag not in {"img", "meta", "br"}:
            self.stack.append((tag, named.get("class") or ""))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = {tag for tag, _ in self.stack}
        classes = {name for _, name in self.stack}
        if "main" not in tags or "a" in tags or tags & {"h2", "th", "figcaption"}:
            return
        if not classes & {"sources", "under", "title", "quotes"}:
            self.bare.append(data)


def test_every_number_of_a_page_leads_to_its_source(reports):
    dates = re.compile(r"\d{4}年(\d{1,2}月)?(\d{1,2}日)?|\d{4}-\d{2}(-\d{2})?")
    for path in reports.glob("11*.html"):
        page = Numbers()
        page.feed(path.read_text(encoding="utf-8"))
        bare = dates.sub("", "\n".join(page.bare))
        assert re.findall(r".{0,12}\d.{0,12}", bare) == []
        assert page.targets <= page.ids


def test_what_a_member_may_not_read_is_in_no_report(reports, analysis):
    shown = wm.publish(analysis, "member")
    said = analysis.survey.statements
    hidden = said[~said["statement_id"].isin(shown.statements["statement_id"])]
    texts = [
        text
        for text in hidden["text"]
        if len(text) > 8 and text not in set(shown.statements["text"])
    ]
    every = "\n".join(text_of(path) for path in reports.glob("11*.docx"))
    book = openpyxl.load_workbook(reports / "00_一覧表_2026-11.xlsx")
    every += "\n".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    )
    assert len(texts) > 300
    assert [text for text in texts if f"「{text}」" in every or f"\n{text}\n" in every] == []


def test_the_tables_hold_the_statements_that_may_be_quoted(reports, analysis):
    sheet = openpyxl.load_workbook(reports / "00_一覧表_2026-11.xlsx")["発言一覧"]
    head, *rows = sheet.iter_rows(values_only=True)
    assert head == ("コード", "地区", "発言", "課題", "種別", "発言番号")
    assert [row[5] for row in rows] == list(
        wm.publish(analysis, "member").statements["statement_id"]
    )
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:F{len(rows) + 1}"


def test_the_public_gets_no_statement(analysis, tmp_path):
    wm.write_reports(analysis, tmp_path, audience="public")
    assert "発言一覧" not in openpyxl.load_workbook(tmp_path / "00_一覧表_2026-11.xlsx").sheetnames
    said = [text for text in analysis.survey.statements["text"] if len(text) > 8]
    own = text_of(sheet_of(tmp_path, FULL, "docx"))
    assert not [text for text in said if f"「{text}」" in own]


# What a person sees


@pytest.mark.parametrize(("code", "most"), [(FULL, 8), (BARE, 4), (CITY, 6)])
def test_a_sheet_opens_in_libreoffice_within_its_pages(reports, as_pdf, code, most):
    path = sheet_of(reports, code, "docx")
    pdf = as_pdf(path)
    pages = pages_of(pdf)
    assert 2 <= len(pages) <= most
    text = re.sub(r"\s", "", "".join(pages))
    for paragraph in docx.Document(str(path)).paragraphs:
        if paragraph.style.name in ("Title", "Heading 1", "Watamachi Text", "Watamachi Finding"):
            assert re.sub(r"\s", "", paragraph.text) in text
    assert "\ufffd" not in text and "\ufffe" not in text
    assert f"{len(pages)}/{len(pages)}" in text  # page n of N


@pytest.mark.parametrize("code", [FULL, BARE])
def test_nothing_reaches_over_the_edge_of_the_paper(reports, as_pdf, code):
    with pypdfium2.PdfDocument(as_pdf(sheet_of(reports, code, "docx"))) as pdf:
        for page in pdf:
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_rect(number) for number in range(text.count_rects())]
            assert min(left for left, *_ in boxes) >= 50
            assert max(right for _, _, right, _ in boxes) <= width - 50
            assert min(bottom for _, bottom, *_ in boxes) >= 20
            assert max(top for *_, top in boxes) <= height - 20


def test_the_fonts_in_the_pdf_have_every_letter(reports, as_pdf):
    """A letter that a font lacks is drawn as glyph 0, and cannot be read back."""
    path = sheet_of(reports, FULL, "docx")
    text = "".join(pages_of(as_pdf(path)))
    letters = set(re.sub(r"[\s＿]", "", text_of(path)))
    assert {letter for letter in letters if letter not in text} <= {"•"}


def test_the_board_paper_is_one_page(reports, as_pdf):
    pages = pages_of(as_pdf(reports / "00_理事会資料_2026-11.docx"))
    assert len(pages) == 1
    text = re.sub(r"\s", "", pages[0])
    for words in (
        "■協議",
        "令和8年（2026年）11月23日",
        "58回の集まり",
        "のべ764人",
        "次の集まりの日程",
        "1/1",
    ):
        assert words in text


def test_a_sheet_has_real_headings_contents_captions_and_alternative_text(reports):
    file = docx.Document(str(sheet_of(reports, FULL, "docx")))
    heads = [p.text.split("　")[1] for p in file.paragraphs if p.style.name == "Heading 1"]
    assert heads == [title for key, title in SECTIONS.items() if key != "変化"]
    xml = file.element.xml
    assert "TOC \\o" in xml
    assert xml.count("SEQ 図") == 2
    assert xml.count("SEQ 表") == 4
    described = file.element.xpath(".//wp:docPr/@descr")
    assert len(described) == 2
    assert "所沢市" in described[0]
    assert file.sections[0].footer._element.xpath(".//w:fldSimple/@w:instr") == [
        " PAGE ",
        " NUMPAGES ",
    ]
    assert "見本（架空データ）" in file.sections[0].header.paragraphs[0].text


def test_a_district_without_a_record_shrinks_and_says_that_silence_is_no_absence(reports):
    text = text_of(sheet_of(reports, BARE, "docx"))
    assert "まだ集まりの記録がありません。声がないということではありません" in text
    assert "計画はまだ読んでいません" in text
    assert "図で見る" not in text
    assert "1回聞くと" in text


def test_with_a_last_round_the_sheets_and_the_paper_say_what_changed(analysis, tmp_path):
    last = wm.cut_before(analysis, date(2026, 7, 1))
    wm.write_reports(analysis, tmp_path, last=last)
    assert "前回も今回も集まりの記録がなく" in text_of(sheet_of(tmp_path, BARE, "docx"))
    heads = [p.text for p in docx.Document(str(sheet_of(tmp_path, FULL, "docx"))).paragraphs]
    assert "7　前回とくらべて" in heads
    assert "増えた・減った" in text_of(tmp_path / "00_理事会資料_2026-11.docx")


# The template


def test_a_changed_template_gives_its_order_and_looks(analysis, tmp_path):
    path = write_template(tmp_path)
    file = docx.Document(str(path))
    places = {p.text: p for p in file.paragraphs}
    places["{{声}}"]._p.addprevious(file.add_paragraph("ここは手で書いた説明です。")._p)
    places["{{題}}"]._p.addnext(places["{{出典}}"]._p)
    file.styles["Heading 1"].font.size = docx.shared.Pt(20)
    file.save(str(path))
    wm.write_reports(analysis, tmp_path / "out", districts=[FULL], template=path)
    made = docx.Document(str(sheet_of(tmp_path / "out", FULL, "docx")))
    texts = [p.text for p in made.paragraphs]
    assert texts[1] == "1　出典と数え方"
    assert texts[texts.index("ここは手で書いた説明です。") + 1] == "7　集まりの声"
    assert made.styles["Heading 1"].font.size.pt == 20


def test_a_missing_and_an_unknown_placeholder_are_told_and_the_rest_is_written(analysis, tmp_path):
    path = write_template(tmp_path)
    file = docx.Document(str(path))
    for paragraph in list(file.paragraphs):
        if paragraph.text == "{{計画}}":
            paragraph._p.getparent().remove(paragraph._p)
        if paragraph.text == "{{声}}":
            paragraph.runs[0].text = "{{こえ}}"
    file.save(str(path))
    delivery = wm.write_reports(analysis, tmp_path / "out", districts=[FULL], template=path)
    told = "\n".join(map(str, delivery.problems))
    assert "{{計画}} がありません" in told
    assert "{{こえ}} は知らない印です" in told
    text = text_of(sheet_of(tmp_path / "out", FULL, "docx"))
    assert "計画と声のつき合わせ" not in text
    assert "{{こえ}}" in text
    assert "活動と資源" in text


def test_an_untouched_template_gives_nothing_to_look_at(tmp_path):
    assert read_template(write_template(tmp_path), list(SECTIONS), optional=["変化"])[1] == []


def test_a_part_that_does_not_stand_alone_is_told(tmp_path):
    path = write_template(tmp_path)
    file = docx.Document(str(path))
    place = next(p for p in file.paragraphs if p.text == "{{声}}")
    place.add_run("　です")
    file.save(str(path))
    _, notes = read_template(path, list(SECTIONS))
    assert [note.found for note in notes] == ["{{声}} が、ほかの文といっしょか、余白にあります"]


def test_a_template_without_any_placeholder_or_that_is_no_word_file_is_refused(analysis, tmp_path):
    file = docx.Document()
    file.add_paragraph("ひな形")
    file.save(str(tmp_path / "bare.docx"))
    (tmp_path / "broken.docx").write_bytes(b"no zip")
    for name, words in (
        ("bare.docx", "差しこみの印が一つもありません"),
        ("broken.docx", "broken.docx"),
    ):
        with pytest.raises(wm.InputError, match=words):
            wm.write_reports(analysis, tmp_path / "out", districts=[FULL], template=tmp_path / name)
    assert not (tmp_path / "out").exists()


def test_a_template_needs_a_folder_to_stand_in(tmp_path):
    with pytest.raises(wm.InputError, match="nowhere」に書き込めません"):
        write_template(tmp_path / "nowhere")


def test_a_template_is_never_written_over(tmp_path):
    path = write_template(tmp_path)
    before = path.read_bytes()
    assert path.name == TEMPLATE_FILE
    with pytest.raises(wm.InputError, match="ひな形がもうあります"):
        write_template(tmp_path)
    assert path.read_bytes() == before
