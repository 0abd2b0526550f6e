"""What people write is shown as they wrote it and never run: in pages, tables, slides and pictures."""

import zipfile
from datetime import date

import openpyxl
import pytest
from pptx import Presentation
from test_page import opened

import watamachi_analysis as wm

HOSTILE = [
    "<script>window.ran=1</script>",
    "</script><script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    "<iframe src=javascript:window.ran=1></iframe>",
    "<a href='javascript:window.ran=1'>押す</a>",
    '" onmouseover="window.ran=1',
    "' onfocus='window.ran=1' autofocus='",
    "`${window.ran=1}`",
    "${7*7}",
    "{{7*7}}",
    "{% raw %}",
    "<!-- 見えない",
    "--> 見える",
    "]]>",
    "&lt;b&gt;&amp;#39;",
    "\\u003cscript\\u003e",
    "\\1 \\0 \\x3c",
    "%3Cscript%3E",
    "=cmd|'/c calc'!A1",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "行\u2028区切り\u2029段落",
    "右\u202eから左",
    "幅\u200bの\u200dない\ufeff字",
    "ｶﾞ半角と①㍻",
    "𠮷野家と👩‍👧と🈁",
    "長" * 40,
    "a" * 60,
    "</a:t></a:r>",
    "javascript:window.ran=1",
    "url(#x);}body{display:none",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A survey whose areas, venues, groups and statements are all such strings."""
    root = tmp_path_factory.mktemp("hostile")
    for name in ("gatherings", "activities"):
        (root / name).mkdir()
    towns = wm.load_districts()["name"].tolist()
    areas = openpyxl.Workbook()
    areas.active.append(["種類", "地区", "市区町村"])
    notes = openpyxl.Workbook()
    notes.active.append(["日付", "地区", "会場", "発言", "公開可否"])
    listed = openpyxl.Workbook()
    listed.active.append(["名称", "地区", "場所", "運営主体", "備考"])
    for number, text in enumerate(HOSTILE):
        for row, book in (
            (["支部", text, towns[number]], areas),
            ([text, towns[number], text, text, text], listed),
            *(
                (
                    [
                        f"2026-05-{day:02d}",
                        towns[number],
                        text,
                        f"バスが減って困る。{text}{day}",
                        "可",
                    ],
                    notes,
                )
                for day in (1, 2, 3)
            ),
        ):
            sheet = book.active
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s"
    areas.save(root / "districts.xlsx")
    notes.save(root / "gatherings" / "記録.xlsx")
    listed.save(root / "activities" / "一覧.xlsx")
    (root / "watamachi.toml").write_text('scheme = "支部"\nname = "<b>調査</b>"', encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def built(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("built")
    analysis = wm.analyse(wm.load_survey(folder), built=date(2026, 11, 26))
    wm.write_maps(analysis, out, audience="adviser", extras=["charts", "pptx"])
    return analysis, out


def test_every_string_is_read_as_area_statement_venue_and_group(built):
    analysis, _ = built
    assert analysis.survey.districts["name"].tolist() == [text.strip() for text in HOSTILE]
    assert len(analysis.survey.statements) == 3 * len(HOSTILE) >= 90
    assert analysis.exposure["gatherings"].eq(3).all()


@pytest.mark.browser
@pytest.mark.parametrize("view", ["tile", "scatter", "table"])
def test_the_page_draws_and_shows_them_literally(browser, built, view):
    with opened(browser, built[1] / "overlap.html", fragment=f"#issue=all&view={view}") as page:
        for number, text in enumerate(HOSTILE):
            page.evaluate(
                f"document.querySelectorAll('#tiles .tile')[{number}].dispatchEvent(new Event('click'))"
            )
            assert page.locator("#panel h2").text_content() == text.strip()
        assert page.evaluate("window.ran") is None
        assert page.locator("img, iframe").count() == 0
        assert page.noise == []


@pytest.mark.browser
def test_no_page_of_a_district_runs_them(browser, built):
    pages = sorted((built[1] / "districts").glob("*.html"))
    assert len(pages) == len(HOSTILE)
    for path in pages[::3]:
        with opened(browser, path, ready=False) as page:
            assert page.evaluate("window.ran") is None
            assert page.locator("img, iframe").count() == 0


def test_no_cell_of_the_workbooks_is_a_formula(folder, built):
    wm.write_review_book(built[0], folder)
    for path in (built[1] / "overlap.xlsx", folder / "review.xlsx"):
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        assert any("HYPERLINK" in str(cell.value) for cell in cells)


def test_the_slides_hold_them_as_text(built):
    deck = Presentation(built[1] / "overlap.pptx")
    said = "\n".join(shape.name for slide in deck.slides for shape in slide.shapes)
    for text in ("<img src=x onerror=window.ran=1>", "</a:t></a:r>", "=cmd|'/c calc'!A1", "${7*7}"):
        assert text in said
    with zipfile.ZipFile(built[1] / "overlap.pptx") as package:
        assert package.testzip() is None


def test_a_spreadsheet_runs_no_line_of_the_mentions(built):
    lines = (built[1] / "mentions.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 90
    assert not [line for line in lines if line.startswith(("=", "+", "-", "@"))]


@pytest.mark.browser
def test_a_notebook_shows_the_page_in_a_frame_and_runs_nothing(browser, built, tmp_path):
    page_html = wm.draw_overlap(built[0], audience="adviser")._repr_html_()
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8>{page_html}", encoding="utf-8")
    with opened(browser, path, ready=False) as page:
        frame = page.frames[1]
        frame.wait_for_selector("html[data-ready]")
        assert frame.locator("#tiles .tile").count() == len(HOSTILE)
        assert frame.evaluate("window.ran") is None
        assert page.evaluate("window.ran") is None
