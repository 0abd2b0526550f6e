"""Plans as PDF are read in the order a person reads, and hostile ones stop nothing."""

import html
import re
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis import pdf
from watamachi_analysis.mending import mend_line
from watamachi_analysis.outline import read_outline
from watamachi_analysis.page_layout import read_lines
from watamachi_analysis.page_tables import find_grids
from watamachi_analysis.pdf import Leaf, Letter, Rule, read_leaves
from watamachi_analysis.plan_reading import parse_plan
from watamachi_analysis.plan_text import is_odd, name_pages, read_plan_text

TESTS = Path(__file__).parent
PLANS = TESTS / "quality" / "plans"
DAMAGED = PLANS / "damaged"
SAMPLE = TESTS.parent / "data" / "sample" / "plans"
SAMPLES = {name: SAMPLE / f"{name}_地域福祉計画_見本.pdf" for name in ("川越市", "所沢市")}
PATH = ["goal", "policy", "initiative", "role"]


@pytest.fixture(autouse=True)
def _fresh_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("watamachi_analysis.cache.user_cache_path", lambda _: tmp_path / "cache")


def bare(text):
    return re.sub(r"\s", "", mend_line(str(text))).rstrip("。").replace("。>", ">")


def rows_of(table, names):
    return Counter(tuple(map(bare, row)) for row in table[names].itertuples(index=False))


# ---- one damage each -----------------------------------------------------------------------------

FILES = sorted(path for path in DAMAGED.iterdir() if path.suffix in {".pdf", ".txt", ".docx"})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_damaged_plan_gives_its_measures_with_path_and_text(path):
    truth = pd.read_csv(path.with_suffix(".measures.csv"), dtype=str, keep_default_na=False)
    parsed = parse_plan(read_plan_text(path), ["何市"])
    found, given_rows = (rows_of(table, [*PATH, "text"]) for table in (parsed.mended, truth))
    assert found == given_rows


def test_pages_without_text_are_named_and_nothing_is_guessed_of_them():
    text = read_plan_text(DAMAGED / "scanned.pdf")
    assert text.pages["state"].tolist() == ["text", "no_text", "no_text", "text", "text"]
    assert [str(problem) for problem in text.problems] == [
        "scanned.pdf 2–3ページ目: 文字のないページ（画像）です。"
        "文字のある PDF を公開元で探すか、表に書き写してください。"
    ]


def test_garbled_pages_are_named_and_give_no_measure():
    parsed = parse_plan(read_plan_text(DAMAGED / "wrong_map.pdf"), ["何市"])
    assert parsed.pages.set_index("page")["state"].loc[[3, 4, 5]].tolist() == ["garbled"] * 3
    assert "3–5ページ目: 文字が化けているページです" in str(parsed.problems[0])
    assert not any(is_odd(letter) for text in parsed.mended["text"] for letter in text)


@pytest.mark.parametrize("name", SAMPLES)
def test_ordinary_plans_have_no_garbled_page(name):
    pages = read_plan_text(SAMPLES[name]).pages
    assert set(pages["state"]) <= {"text", "blank"}
    assert (pages["odd"] <= 0.005 * pages["letters"].clip(lower=1000)).all()


# ---- the whole way -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_a_plan_of_eighty_pages_gives_every_measure_on_its_printed_page(name):
    truth = pd.read_csv(TESTS / "plans" / f"{name}.measures.csv", dtype=str, keep_default_na=False)
    found = wm.load_plan(SAMPLES[name])
    names = [*PATH, "text", "office", "page"]
    assert rows_of(found.astype(object).fillna(""), names) == rows_of(truth, names)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_headings_of_a_plan_of_eighty_pages_are_all_found(name):
    truth = pd.read_csv(TESTS / "plans" / f"{name}.outline.csv", dtype=str, keep_default_na=False)
    outline = read_outline(read_plan_text(SAMPLES[name]).lines)
    heads = outline[outline["level"].gt(0).fillna(False)]
    found = Counter(zip(heads["level"].astype(str), heads["text"].map(bare), strict=True))
    deepest = heads["level"].max()  # below it, titles stand in the cells of tables
    marked = truth[truth["level"].astype(int).le(deepest)]
    assert found == Counter(zip(marked["level"], marked["text"].map(bare), strict=True))


def print_plan(browser, name, path):
    """Print a marked plan with a browser, each line in its size."""
    table = pd.read_csv(PLANS / f"{name}.lines.csv", dtype=str, keep_default_na=False)
    pages = [
        "".join(
            f'<div style="font-size:{size or 10.5}pt">{html.escape(line)}</div>'
            for size, line in zip(rows["size"], rows["line"], strict=True)
        )
        for _, rows in table.groupby(table["page"].astype(int))
    ]
    style = "div{white-space:pre-wrap;line-height:1.5}section{break-after:page}@page{size:A4;margin:15mm}"
    page = browser.new_page()
    body = "".join(f"<section>{content}</section>" for content in pages)
    page.set_content(f'<html lang="ja"><style>{style}</style>{body}')
    page.pdf(path=str(path), prefer_css_page_size=True)
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["kaminoyama", "konan", "chikugo"])
def test_a_plan_that_a_browser_printed_gives_the_same_measures(browser, tmp_path, name):
    print_plan(browser, name, tmp_path / "計画.pdf")
    truth = pd.read_csv(PLANS / f"{name}.measures.csv", dtype=str, keep_default_na=False)
    found = parse_plan(read_plan_text(tmp_path / "計画.pdf"), ["何市"]).mended
    assert rows_of(found, PATH) == rows_of(truth, PATH)


def test_pages_read_and_left_are_all_pages():
    text = read_plan_text(SAMPLES["所沢市"])
    pages = parse_plan(text, ["所沢市"]).pages
    assert pages["page"].tolist() == list(range(1, 81))
    assert pages["state"].value_counts().to_dict() == {"other": 49, "measures": 31}


def test_a_plan_read_once_comes_back_from_the_cache(monkeypatch):
    first = read_plan_text(DAMAGED / "tables.pdf")
    monkeypatch.setattr("watamachi_analysis.plan_text.read_leaves", None)
    again = read_plan_text(DAMAGED / "tables.pdf")
    pd.testing.assert_frame_equal(first.lines, again.lines)
    pd.testing.assert_frame_equal(first.pages, again.pages)


def test_progress_tells_the_page():
    told = []
    read_plan_text(
        DAMAGED / "tables.pdf", progress=lambda stage, share: told.append((stage, share))
    )
    assert told[-1] == ("tables.pdf 5/5ページ", 1.0)
    assert [share for _, share in told] == sorted(share for _, share in told)


# ---- hostile files -------------------------------------------------------------------------------


def blank_pdf(path, pages, *, password=None):
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 200)
    document.save(path)
    if password:
        locked = FPDF()
        locked.set_encryption(owner_password="o", user_password=password)
        locked.add_page()
        locked.output(str(path))
    return path


def test_a_locked_pdf_says_to_take_the_password_off(tmp_path):
    with pytest.raises(wm.InputError, match="PDF にパスワードがかかっています。"):
        read_plan_text(blank_pdf(tmp_path / "計画.pdf", 1, password="x"))


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"\0" * 5000, b"<html></html>", b"PK\x03\x04" * 99],
    ids=["empty", "head only", "zeros", "web page", "zip"],
)
def test_what_is_no_pdf_says_so(tmp_path, content):
    path = tmp_path / "計画.pdf"
    path.write_bytes(content)
    with pytest.raises(wm.InputError, match="PDF が壊れているか、ページがありません"):
        read_plan_text(path)


def test_a_truncated_pdf_is_told_or_read_as_far_as_it_goes(tmp_path):
    whole = (DAMAGED / "tables.pdf").read_bytes()
    path = tmp_path / "計画.pdf"
    for share in (0.2, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            text = read_plan_text(path)
        except wm.InputError as error:
            assert "壊れている" in str(error)
        else:
            assert len(text.pages) <= 5


def test_two_thousand_pages_are_refused(tmp_path):
    with pytest.raises(wm.InputError, match="ページが多すぎます（2000ページ、600ページまで）"):
        read_plan_text(blank_pdf(tmp_path / "計画.pdf", 2000))


def test_blank_pages_are_counted_as_such(tmp_path):
    assert (
        read_plan_text(blank_pdf(tmp_path / "計画.pdf", 3)).pages["state"].tolist() == ["blank"] * 3
    )


def test_a_plan_of_pictures_alone_is_told_in_two_lines_and_stops_nothing(tmp_path):
    picture = pypdfium2.PdfDocument(DAMAGED / "scanned.pdf")
    document = pypdfium2.PdfDocument.new()
    document.import_pages(picture, [1, 2])
    (tmp_path / "plans").mkdir()
    document.save(tmp_path / "plans" / "所沢市_計画.pdf")
    survey = wm.load_survey(tmp_path)
    assert survey.measures.empty
    assert [problem.found for problem in survey.problems] == [
        "文字のないページ（画像）です",
        "計画の期間が見つかりません",
        "施策が見つかりません",
    ]


def nested_pdf(depth):
    """Write a PDF whose page tree, and whose content, is nested so deep."""
    content = b"[" * depth + b"]" * depth + b" TJ"
    arrays = b"[" * depth + b"]" * depth
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1/Junk " + arrays + b">>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    out = b"%PDF-1.7\n"
    for number, body in enumerate(bodies, 1):
        out += b"%d 0 obj%s endobj\n" % (number, body)
    return out + b"trailer<</Root 1 0 R/Size 5>>"


@pytest.mark.parametrize("depth", [100, 20_000, 500_000])
def test_a_deeply_nested_pdf_stops_nothing(tmp_path, depth):
    path = tmp_path / "計画.pdf"
    path.write_bytes(nested_pdf(depth))
    try:
        assert read_plan_text(path).lines["text"].str.strip().eq("").all()
    except wm.InputError as error:
        assert "計画.pdf" in str(error)


def test_a_reader_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    slow = tmp_path / "slow.py"
    slow.write_text("print('{\"pages\": 2}', flush=True)\nimport time\ntime.sleep(60)\n")
    monkeypatch.setattr(pdf, "_READER", slow)
    monkeypatch.setattr(pdf, "MOST_SECONDS", 1.0)
    with pytest.raises(wm.InputError, match="1ページ目を読む途中で、時間か記憶の上限を超えました"):
        list(read_leaves(DAMAGED / "tables.pdf"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows は記憶の上限を決められません")
def test_a_reader_that_takes_too_much_memory_is_stopped(tmp_path, monkeypatch):
    greedy = tmp_path / "greedy.py"
    greedy.write_text(
        f"import sys\nsys.path.insert(0, {str(Path(pdf.__file__).parent)!r})\n"
        "import pdf_letters\nprint('{\"pages\": 2}', flush=True)\n"
        "pdf_letters._limit_memory(int(sys.argv[3]))\nbytearray(3_000_000_000)\n"
        "print('{\"broken\": true}', flush=True)\n"
    )
    monkeypatch.setattr(pdf, "_READER", greedy)
    with pytest.raises(wm.InputError, match="上限を超えました"):
        list(read_leaves(DAMAGED / "tables.pdf"))


def test_one_bad_plan_stops_no_other(tmp_path):
    folder = tmp_path / "survey" / "plans"
    folder.mkdir(parents=True)
    (folder / "壊れた.pdf").write_bytes(b"%PDF-1.7")
    (folder / "所沢市_計画.csv").write_text("市町村,取組\n所沢市,サロン\n", encoding="utf-8")
    survey = wm.load_survey(folder.parent)
    assert survey.measures["initiative"].tolist() == ["サロン"]
    assert len(survey.problems.errors) == 1


# ---- letters to lines ----------------------------------------------------------------------------


def write(text, x=50.0, y=50.0, size=10.0, step=1.0):
    """Set letters one after the other, `step` sizes apart."""
    return [
        Letter(
            letter, x + n * size * step, y, x + n * size * step, x + n * size * step + size, size
        )
        for n, letter in enumerate(text)
    ]


def lines_of(*groups, rules=()):
    letters = tuple(letter for group in groups for letter in group)
    return [line.text for line in read_lines(Leaf(1, 595, 842, letters, tuple(rules), 0.0))]


def test_lines_come_from_the_top_down_whatever_the_order_of_the_file():
    assert lines_of(write("二行目", y=70), write("一行目", y=50)) == ["一行目", "二行目"]


def test_letters_printed_over_themselves_come_once():
    assert lines_of(write("計画"), write("計画", x=50.4), write("計画", y=50.3)) == ["計画"]


def test_two_columns_come_one_after_the_other():
    left = [write("左の段の文がここに続く", y=50.0 + 12 * n) for n in range(6)]
    right = [write("右の段の文がここに続く", x=180, y=53.0 + 12 * n) for n in range(6)]
    found = lines_of(*(line for pair in zip(left, right, strict=True) for line in pair))
    assert found == ["左の段の文がここに続く"] * 6 + ["右の段の文がここに続く"] * 6


def test_upright_text_is_read_down_and_from_the_right():
    column = [write(letter, x=200, y=50 + 11 * n)[0] for n, letter in enumerate("ごあいさつ")]
    second = [write(letter, x=180, y=50 + 11 * n)[0] for n, letter in enumerate("春の日に")]
    assert lines_of(column, second) == ["ごあいさつ", "春の日に"]


GRID = [
    *(Rule(40, y, 300, y) for y in (40, 60, 90)),
    *(Rule(x, 40, x, 90) for x in (40, 100, 300)),
]


def test_a_table_comes_row_by_row_with_its_cells():
    letters = [*write("取組", y=55), *write("内容", x=110, y=55), *write("旗", y=75)]
    letters += [*write("毎朝出し", x=110, y=75), *write("ます。", x=110, y=87)]
    rows = read_lines(Leaf(1, 595, 842, tuple(letters), tuple(GRID), 0.0))
    assert [row.cells for row in rows] == [("取組", "内容"), ("旗", "毎朝出します。")]


def test_a_box_is_no_table():
    box = [Rule(40, y, 300, y) for y in (40, 90)] + [Rule(x, 40, x, 90) for x in (40, 300)]
    assert find_grids(box) == []


def test_fields_that_no_rule_parts_are_one_cell():
    merged = [rule for rule in GRID if rule != Rule(40, 60, 300, 60)] + [Rule(100, 60, 300, 60)]
    (grid,) = find_grids(merged)
    assert grid.find(50, 80) == grid.find(50, 50) == (0, 0)
    assert grid.find(200, 80) == (1, 1)


LETTERS = st.builds(
    lambda text, x, y, size: Letter(text, x, y, x, x + size, size),
    st.sampled_from("計画①A 　。・"),
    st.floats(0, 500),
    st.floats(0, 800),
    st.floats(0.1, 40),
)
RULES = st.builds(
    lambda x, y, w, h: Rule(x, y, x + w, y + h),
    st.floats(0, 500), st.floats(0, 800), st.floats(0, 300), st.floats(0, 300),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(LETTERS, max_size=30), st.lists(RULES, max_size=12))
def test_no_letter_is_lost_but_what_is_printed_over_itself(letters, rules):
    leaf = Leaf(1, 595, 842, tuple(letters), tuple(rules), 0.0)
    found = Counter("".join("".join(line.text.split()) for line in read_lines(leaf)))
    given_letters = Counter(letter.text for letter in letters if letter.text.strip())
    assert not found - given_letters
    assert set(found) == set(given_letters)


def test_page_numbers_are_told_in_runs():
    assert name_pages([14, 12, 13, 3]) == "3、12–14"
