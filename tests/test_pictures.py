"""Still pictures show what the page shows, in letters that every machine can draw."""

import json
import re
from dataclasses import replace
from itertools import islice
from xml.etree import ElementTree

import pytest

import watamachi_analysis as wm
from watamachi_analysis.layout import lay_out
from watamachi_analysis.looks import state_looks
from watamachi_analysis.overlap import STATES
from watamachi_analysis.page import list_issues
from watamachi_analysis.pictures import draw_pictures, has_letter, inked
from watamachi_analysis.sheets import PAPER_FORM, SLIDE_FORM, lay_sheets
from watamachi_analysis.spots import Box
from watamachi_analysis.typesetting import drawable, wrap

HOSTILE = [
    "</text><script>alert(1)</script>",
    "\x00所\x1b沢\x7f",
    "\u202e市川\u2066",
    "川\u200b口\ufeff",
    "=1+1",
    "長い名前" * 10,
    "🗾地図",
    "$x^2$",
    "行\nと\u2028行",
    "\ufffe\ufffd",
]
SVG = "{http://www.w3.org/2000/svg}"


def few_issues(shown, count=1):
    kept = shown.issues.iloc[:count]
    rows = shown.overlap["issue"].isin(["all", *kept.index])
    book = replace(shown.codebook, issues=kept)
    return replace(shown, codebook=book, overlap=shown.overlap[rows])


def with_names(shown, names):
    table = shown.districts.copy()
    for column in ("name", "short"):
        table[column] = [*names, *table[column].iloc[len(names) :]]
    return replace(shown, districts=table)


@pytest.fixture(scope="module")
def shown(analysis):
    return wm.publish(analysis, "member")


@pytest.fixture(scope="module")
def mapped(analysis_with_boundaries):
    return wm.publish(analysis_with_boundaries, "member")


@pytest.fixture(scope="module")
def page(analysis):
    html = wm.draw_overlap(analysis).html
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])


def svg_of(shown):
    return next(drawn for _, _, drawn in draw_pictures(shown, ["svg"])).decode("utf-8")


def test_there_is_one_sheet_for_the_overview_and_one_for_each_issue(shown):
    sheets = lay_sheets(shown, PAPER_FORM)
    assert [sheet.issue for sheet in sheets] == ["all", *shown.issues.index]
    assert all(len(sheet.layout.spots) == len(shown.districts) == 72 for sheet in sheets)


def test_a_sheet_says_what_the_page_says(shown, page):
    single = [issue for issue in page["issues"] if "members" not in issue]
    for sheet, issue in zip(lay_sheets(shown, PAPER_FORM), single, strict=True):
        assert (sheet.label, sheet.finding, sheet.rest) == (
            issue["label"],
            issue["finding"],
            issue["rest"],
        )
        assert list(sheet.counts.values()) == issue["counts"]


def test_states_and_numbers_are_those_of_the_overlap(shown):
    rows = shown.overlap.set_index(["issue", "district"])
    for sheet in lay_sheets(shown, PAPER_FORM):
        for district, cell in sheet.cells.items():
            row = rows.loc[(sheet.issue, district)]
            assert cell.state == row["state"]
            assert cell.spoken.startswith(f"{cell.name}、{STATES[cell.state][0]}、")
            said = re.search(r"困りごとの声 (\S+?)、", cell.spoken)[1]
            hidden = "記録なし" if cell.state == "no_record" else "非表示"
            assert said == (hidden if row.isna()["needs"] else f"{row['needs']}件")


def test_the_page_looks_as_the_pictures_do(page):
    told = {state["id"]: (state["fill"], state["ink"], state["plain"]) for state in page["states"]}
    assert told == {
        state: (look.fill, look.ink, look.plain) for state, look in state_looks().items()
    }
    assert list(told) == list(STATES)


def test_the_fill_of_each_district_is_that_of_its_state(shown):
    one = few_issues(shown)
    root = ElementTree.fromstring(svg_of(one))
    cells = lay_sheets(one, PAPER_FORM)[0].cells
    fills = {
        group.get("id").removeprefix("district-"): group.find(f"{SVG}path").get("style")
        for group in root.iter(f"{SVG}g")
        if group.get("id", "").startswith("district-")
    }
    assert set(fills) == set(shown.districts["district"])
    for district, style in fills.items():
        look = state_looks()[cells[district].state]
        drawn = re.search(r"fill: ?(#\w+|url)", style)[1]
        assert drawn == ("url" if look.pattern else look.fill.lower())


def test_the_font_has_every_letter_of_every_name_label_and_sentence(shown):
    texts = {*shown.districts["name"], *shown.districts["short"], *shown.issues["label"]}
    texts |= {*shown.overlap["sentence"], shown.settings.name}
    for sheet in lay_sheets(shown, PAPER_FORM):
        lines = [
            *sheet.head,
            *sheet.title,
            *sheet.foot,
            *(x for k in sheet.legend for x in k.lines),
        ]
        texts |= {line.text for line in lines}
    missing = {letter for text in texts for letter in text if not has_letter(letter)}
    assert missing == set()


def test_what_the_font_lacks_is_set_as_printers_do():
    assert inked("🗾葛\U000e0100城") == "〓葛城"


def test_the_svg_needs_no_font_and_no_network(shown):
    text = svg_of(few_issues(shown))
    assert "<text" not in text and "font-family" not in text
    addresses = set(re.findall(r'(?:href|src)="(?!#)[^"]*"', text))
    assert addresses == set()


def test_the_same_tables_give_the_same_bytes(shown):
    one = few_issues(shown)
    assert list(draw_pictures(one)) == list(draw_pictures(one))


def test_no_picture_tells_when_or_by_what_it_was_made(shown):
    png, svg = (drawn for _, _, drawn in islice(draw_pictures(few_issues(shown)), 2))
    assert b"tEXt" not in png and b"iTXt" not in png and b"tIME" not in png
    assert b"dc:date" not in svg and b"matplotlib" not in svg.lower()


def test_hostile_names_are_drawn_as_they_are_written(shown):
    hostile = with_names(few_issues(shown), HOSTILE)
    hostile = replace(hostile, settings=replace(shown.settings, name="<b>&\x01\u202e調査</b>"))
    for _, form, drawn in draw_pictures(hostile):
        if form == "svg":
            root = ElementTree.fromstring(drawn)
            assert not list(root.iter(f"{SVG}script"))
    cells = lay_sheets(hostile, PAPER_FORM)[0].cells.values()
    names = [cell.name for cell in cells][: len(HOSTILE)]
    assert names[:4] == ["</text><script>alert(1)</script>", "所沢", "市川", "川口"]
    assert names[8:] == ["行 と 行", "\ufffd"]


@pytest.mark.parametrize("form", [PAPER_FORM, SLIDE_FORM], ids=["paper", "slide"])
def test_everything_stays_on_the_sheet(shown, form):
    for sheet in lay_sheets(shown, form):
        for spot in sheet.layout.spots:
            assert spot.box.left > 0 and spot.box.right < form.width - form.legend
            assert sheet.title[-1].y < spot.box.top and spot.box.bottom < sheet.foot[0].y
        for line in (*sheet.title, *sheet.foot, *sheet.head):
            assert 0 < line.y < form.height


@pytest.mark.parametrize("form", [PAPER_FORM, SLIDE_FORM], ids=["paper", "slide"])
def test_names_on_the_map_do_not_touch(mapped, form):
    layout = lay_sheets(few_issues(mapped), form)[0].layout
    boxes = []
    for spot in layout.spots:
        x, y = spot.name_middle
        width = len(spot.label) * spot.size
        boxes.append((x - width / 2, y - spot.size / 2, x + width / 2, y + spot.size / 2))
        assert spot.size >= 6.5
        assert spot.rings
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
    touching = [
        (a, b) for a, b in pairs if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert touching == []


def test_a_district_without_a_shape_gets_a_tile_below_the_map(mapped):
    table = mapped.districts.copy()
    table.loc[table.index[5], "geometry"] = None
    spots = lay_out(table, Box(0, 0, 500, 400)).spots
    assert [spot.district for spot in spots] == list(table["district"])
    assert [not spot.rings for spot in spots].index(True) == 5
    assert spots[5].box.top > max(spot.box.bottom for spot in spots if spot.rings)


def test_lines_break_at_pauses_and_never_before_a_stop():
    text = "困りごとの声がある21地区のうち18地区に、活動がまだ見えない課題があります。"
    for width in range(3, 40):
        lines = wrap(text, width)
        assert "".join(lines) == text
        assert not any(line.startswith(("、", "。")) for line in lines)


def test_an_empty_text_is_one_empty_line():
    assert wrap("", 10) == [""]
    assert drawable("") == ""


def test_findings_are_those_of_the_audience(analysis):
    public = wm.publish(analysis, "public")
    told = [sheet.finding for sheet in lay_sheets(public, PAPER_FORM)]
    assert told == [issue["finding"] for issue in list_issues(public.overlap, public.issues)]
