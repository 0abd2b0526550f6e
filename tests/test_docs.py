"""The pages in docs say what the program does: links, commands, tables, code, pictures.

What can be told by the program stands between markers and is written by the tests themselves:
`WRITE_DOCS=1 pytest tests/test_docs.py` writes it, and the pictures, anew.
"""

import functools
import html
import io
import os
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import openpyxl
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

import watamachi_analysis as wm
from watamachi_analysis import templates
from watamachi_analysis.areas import AREAS_FILE
from watamachi_analysis.bundled import resource_table, resource_text
from watamachi_analysis.captions import FILES, PICTURE_FILES
from watamachi_analysis.chart_page import PLOTLY_FILE
from watamachi_analysis.cli import app
from watamachi_analysis.codebook import KINDS
from watamachi_analysis.looks import state_looks
from watamachi_analysis.overlap import STATES
from watamachi_analysis.own_terms import CODEBOOK_FILE
from watamachi_analysis.plan_review import PLAN_REVIEW_FILE
from watamachi_analysis.privacy import Thresholds
from watamachi_analysis.review import REVIEW_FILE
from watamachi_analysis.settings import SETTINGS_FILE

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
IMAGES = DOCS / "images"
START = ROOT / "docs" / "はじめての10分.md"
READMES = [ROOT / "README.md", ROOT / "README.en.md"]
CHAPTERS = sorted(path for path in DOCS.glob("*.md") if path.name != "README.md")
PAGES = [*READMES, ROOT / "data" / "README.md", DOCS / "README.md", *CHAPTERS]
WRITE = os.environ.get("WRITE_DOCS") == "1"

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN = re.compile(r"^(?:\S*/watamachi|watamachi|py -m watamachi_analysis)(?:\s+(.*))?$")
_MADE = re.compile(r"(<!-- 自動: (.+?) -->\n)(.*?)(<!-- 自動ここまで -->)", re.DOTALL)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def in_order(pages: list[Path]) -> Callable:
    return pytest.mark.parametrize(
        "page", pages, ids=lambda page: page.relative_to(ROOT).as_posix()
    )


# ---- links and length ---------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """What a heading is called in the address of a page, as GitHub does it."""
    heads = re.findall(r"^#+ (.+)$", _FENCE.sub("", text_of(page)), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@in_order(PAGES)
def test_every_link_leads_somewhere(page):
    for link in _LINK.findall(text_of(page)):
        if link.startswith(("https://", "http://")):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@in_order(CHAPTERS)
def test_every_page_is_in_the_contents_and_leads_back(page):
    assert page.name in _LINK.findall(text_of(DOCS / "README.md"))
    assert "README.md" in _LINK.findall(text_of(page))


def test_the_readmes_lead_to_every_page():
    told = _LINK.findall(text_of(READMES[0]))
    assert {f"docs/{page.name}" for page in [*CHAPTERS, DOCS / "README.md"]} <= set(told)
    assert "docs/README.md" in _LINK.findall(text_of(READMES[1]))


def test_every_page_is_short():
    lengths = {page.name: text_of(page).count("\n") for page in [*READMES, *CHAPTERS]}
    assert {name for name, length in lengths.items() if length > 160} == set()
    assert max(lengths[page.name] for page in READMES) <= 120


def test_no_picture_lies_about_unused():
    shown = {unquote(link) for page in PAGES for link in _LINK.findall(text_of(page))}
    assert {f"images/{path.name}" for path in IMAGES.iterdir()} <= shown


# ---- commands -----------------------------------------------------------------------------------


def idle_app() -> typer.Typer:
    """The command line, whose commands take their arguments and do nothing."""
    idle = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    idle.callback()(app.registered_callback.callback)
    for command in app.registered_commands:

        @functools.wraps(command.callback)
        def nothing(*_: object, **__: object) -> None:
            pass

        idle.command(command.name)(nothing)
    return idle


IDLE = idle_app()


def commands() -> dict[str, object]:
    return dict(typer.main.get_command(app).commands)


def options_of(name: str) -> set[str]:
    params = [param for param in commands()[name].params if not getattr(param, "hidden", False)]
    return {option for param in params for option in param.opts if option.startswith("--")}


def told_lines(page: Path) -> list[str]:
    """The arguments of every line or piece of code on a page that calls the command line."""
    text = text_of(page)
    lines = [line for _, block in _FENCE.findall(text) for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))
    plain = [re.sub(r"\s+#.*$", "", line.strip()) for line in lines]
    return [found[1] for line in plain if (found := _RUN.match(line)) and found[1]]


LINES = [
    pytest.param(line, id=f"{page.name}: {line}") for page in PAGES for line in told_lines(page)
]


@pytest.mark.parametrize("line", LINES)
def test_every_command_that_is_told_is_understood(line):
    arguments = shlex.split(line.replace("\\", "/"))
    if len(arguments) == 1 and arguments[0] in commands():
        return  # the bare name of a command in a sentence
    result = CliRunner().invoke(IDLE, arguments)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("line", ["build my-survey --nowhere", "bild my-survey", "build a b"])
def test_a_command_that_does_not_exist_is_noticed(line):
    assert CliRunner().invoke(IDLE, shlex.split(line)).exit_code != 0


def test_the_page_of_commands_names_only_what_exists():
    text = text_of(DOCS / "コマンド.md")
    known = {"--help", "--version"}.union(*(options_of(name) for name in commands()))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) <= known
    assert set(re.findall(r"watamachi ([a-z][a-z-]*)\b", text)) <= set(commands())


# ---- what the program writes into the pages -----------------------------------------------------


def table(heads: list[str], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '／') for cell in row)} |\n" for row in lines)


def default_of(param: object) -> str:
    default = getattr(param.default, "value", param.default)
    if param.required:
        return "必ず書きます"
    if default in (None, "", (), []) or isinstance(default, bool):
        return "なし"
    return f"`{default}`"


def make_command(name: str) -> str:
    command = commands()[name]
    params = [param for param in command.params if not getattr(param, "hidden", False)]
    rows = [
        (
            "・".join(f"`{option}`" for option in param.opts if option.startswith("--"))
            or "（名前だけ書く）",
            " ".join((param.help or "").split()),
            default_of(param),
        )
        for param in params
    ]
    given = " ".join(f"〔{p.help}〕" for p in params if not p.opts[0].startswith("--"))
    head = f"`watamachi {name}`　{given}\n\n{' '.join(command.help.split())}\n\n"
    return head + table(["書くもの", "意味", "書かないとき"], rows)


def make_issues() -> str:
    issues = wm.load_codebook().issues
    rows = [
        (row.group, row.label, row.definition, "○" if row.sensitive else "")
        for row in issues.itertuples()
    ]
    return table(["分野", "課題", "どんな話か", "気をつける"], rows)


def make_kinds() -> str:
    hints = resource_table("text/headings.csv")
    rows = [
        (label, "・".join(hints.loc[hints["kind"].eq(kind), "heading"].head(4)))
        for kind, label in KINDS.items()
    ]
    return table(["種別", "この種別と読む見出し（例）"], rows)


def make_states() -> str:
    return table(["状態", "意味"], [tuple(state) for state in STATES.values()])


def make_thresholds() -> str:
    least = Thresholds()
    rows = [
        ("声の数", f"{least.statements}件以上、{least.gatherings}回以上の集まりから", "`statements` `gatherings`"),
        ("気をつける課題の声の数", f"{least.sensitive}件以上", "`sensitive`"),
        ("人の数（参加者など）", f"{least.people}人以上", "`people`"),
    ]  # fmt: skip
    return table(["数", "ここから示します", "設定の名前"], rows)


def make_columns() -> str:
    known = resource_table("headings_of_tables.csv").query("table == 'gathering'")
    field_of = dict(zip(known["heading"], known["field"], strict=True))
    rows = []
    for name in templates.NOTE_COLUMNS:
        same = known[known["field"].eq(field_of[name]) & known["kind"].eq("")]["heading"]
        others = [other for other in same if other != name and not other.isascii()]
        is_ignored = field_of[name] == "ignored"
        rows.append((name, "（読みません）" if is_ignored else "・".join(others[:4])))
    return table(["列", "こう書いてあっても分かります（例）"], rows)


def make_rules() -> str:
    lines = resource_text("templates/rules.txt").splitlines()
    return "".join(f"- **{line[1:]}**\n" for line in lines if line.startswith("・"))


def make_settings() -> str:
    return f"```toml\n{resource_text(f'templates/{SETTINGS_FILE}')}```\n"


def make_files() -> str:
    every = FILES | {"districts/*.html": "地区ごとのページ"} | PICTURE_FILES
    every |= {PLOTLY_FILE: "地区のページの図の部品（`--charts` のときだけ）"}
    return table(["ファイル", "中身"], [(f"`{name}`", label) for name, label in every.items()])


MAKERS: dict[str, Callable[[], str]] = {
    "課題": make_issues,
    "種別": make_kinds,
    "状態": make_states,
    "下限": make_thresholds,
    "列": make_columns,
    "約束": make_rules,
    "設定": make_settings,
    "ファイル": make_files,
}


def make(name: str) -> str:
    if name.startswith("watamachi "):
        return make_command(name.removeprefix("watamachi "))
    return MAKERS[name]()


def blocks(page: Path) -> dict[str, str]:
    return {found[2]: found[3] for found in _MADE.finditer(text_of(page))}


def rewrite(page: Path, wanted: list[str]) -> None:
    """Write every block of a page anew; a wanted one that is missing goes to the end."""
    text = text_of(page)
    text = _MADE.sub(lambda found: found[1] + make(found[2]) + found[4], text)
    for name in wanted:
        if name not in blocks(page):
            text += f"\n## {name}\n\n<!-- 自動: {name} -->\n{make(name)}<!-- 自動ここまで -->\n"
    page.write_text(text, encoding="utf-8", newline="\n")


@in_order([DOCS / "README.md", *CHAPTERS])
def test_what_the_program_tells_of_itself_stands_in_the_pages(page):
    told_here = [f"watamachi {name}" for name in commands()] if page.stem == "コマンド" else []
    if WRITE:
        rewrite(page, told_here)
    found = blocks(page)
    assert set(told_here) <= set(found)
    assert text_of(page).count("<!-- 自動: ") == len(found)
    assert {name: make(name) for name in found} == found


@pytest.mark.parametrize("name", ["課題", "種別", "状態", "下限", "列", "ファイル"])
def test_a_table_that_is_made_says_something_in_every_column(name):
    rows = [line.strip("|\n").split("|") for line in make(name).splitlines()[2:]]
    assert all(any(cell.strip() for cell in column) for column in zip(*rows, strict=True))


def test_every_table_that_can_be_made_stands_in_some_page():
    assert set(MAKERS) <= set().union(*(blocks(page) for page in CHAPTERS))


def test_every_kind_of_file_is_told_of(site):
    told = "\n".join(map(text_of, CHAPTERS))
    own = {REVIEW_FILE, PLAN_REVIEW_FILE, CODEBOOK_FILE, AREAS_FILE, SETTINGS_FILE, PLOTLY_FILE}
    written = {path.relative_to(site) for path in site.rglob("*") if path.is_file()}
    tops = {f"{path.parts[0]}/" if len(path.parts) > 1 else path.name for path in written}
    names = {*FILES, *PICTURE_FILES, *own, *tops} - {"watamachi-files.txt"}
    suffixes = {f".{name.rpartition('.')[2]}" for name in PICTURE_FILES}
    assert {
        name for name in names if name not in told and Path(name).suffix not in suffixes
    } == set()
    assert {suffix for suffix in suffixes if f"--{suffix[1:]}" not in told} == set()


# ---- the first ten minutes, as they are written --------------------------------------------------


def three_lines() -> list[dict[str, str]]:
    """The lines that the page gives to write into the template."""
    text = text_of(START).split("<!-- 三行 -->")[1].split("<!-- 三行ここまで -->")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.split("\n") if line
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def fill_template(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["記入"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    for number, row in enumerate(three_lines(), 3):
        for heading, value in row.items():
            sheet.cell(number, columns[heading], value or None)
    book.save(path)


@pytest.fixture(scope="module")
def first_folder(tmp_path_factory) -> Path:
    """A new survey with the three lines in its template."""
    folder = tmp_path_factory.mktemp("first") / "my-survey"
    templates.new_survey(folder)
    fill_template(folder / "gatherings" / "カフェの記録.xlsx")
    return folder


@pytest.fixture(scope="module")
def first(first_folder) -> wm.Analysis:
    from conftest import BUILT_ON

    return wm.analyse(wm.load_survey(first_folder), built=BUILT_ON)


@pytest.fixture(scope="module")
def first_check(first_folder) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(first_folder.parent)
        patch.setenv("COLUMNS", "88")
        result = CliRunner().invoke(app, ["check", "my-survey"])
    assert result.exit_code == 0
    return result.stdout


def test_the_first_map_needs_three_commands():
    lines = [block for language, block in _FENCE.findall(text_of(START)) if language == "sh"]
    run = [line.split()[1] for block in lines for line in block.splitlines() if _RUN.match(line)]
    assert run[:3] == ["new", "check", "build"]


def test_the_three_lines_make_a_map_that_members_may_see(first):
    shown = wm.publish(first, "member").overlap
    voices = shown[shown["needs"].gt(0).fillna(False) & shown["issue"].ne("all")]
    assert voices[["district", "issue", "state", "needs", "need_gatherings"]].values.tolist() == [
        ["11208", "mobility_shopping", "gap", 3, 2]
    ]


def test_what_check_says_of_the_three_lines_is_what_the_page_says(first_check):
    closing = [line for line in first_check.splitlines() if line.startswith(("読んだ", "わから"))]
    text = text_of(START)
    assert len(closing) == 3 and closing[0].startswith("読んだファイル")
    assert all(line in text for line in closing[1:])


# ---- code ---------------------------------------------------------------------------------------


def python_of(page: Path) -> list[str]:
    return [block for language, block in _FENCE.findall(text_of(page)) if language == "python"]


WITH_CODE = [page for page in PAGES if python_of(page)]


def test_the_first_map_needs_four_cells():
    assert START in WITH_CODE
    assert len(python_of(START)) <= 4


@in_order([page for page in WITH_CODE if page.name != "README.en.md"])
def test_the_code_of_a_page_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for number, block in enumerate(python_of(page), 1):
        exec(compile(block, f"{page.name}, block {number}", "exec"), names)
        for notes in tmp_path.glob("*/gatherings/カフェの記録.xlsx"):
            if openpyxl.load_workbook(notes)["記入"]["G3"].value is None:
                fill_template(notes)


def test_both_readmes_hold_the_same_code():
    assert python_of(READMES[0]) == python_of(READMES[1])


# ---- pictures, taken by the test run -------------------------------------------------------------

_CSS = """
body { margin: 0; padding: 16px; background: #fff; color: #23211D;
       font: 14px/1.5 "Noto Sans CJK JP", "Noto Sans JP", sans-serif; }
pre { font: 14px/1.35 "Noto Sans Mono CJK JP", monospace; margin: 0; white-space: pre; }
pre i { display: inline-block; width: 0.5em; overflow: hidden; font-style: normal; vertical-align: bottom; }
pre b { display: inline-block; width: 1em; margin-left: -0.25em; font-weight: 400; text-align: center; }
table { border-collapse: collapse; }
th, td { border: 1px solid #CFC7B8; padding: 2px 8px; text-align: left; vertical-align: top; }
th { background: #E9E2D3; } .edge { background: #F1EFEA; color: #5E584E; text-align: center; font-weight: 400; }
"""


def as_page(body: str) -> str:
    return f'<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><style>{_CSS}</style>{body}'


def narrow_rules(text: str) -> str:
    """Draw the lines of a table half as wide as kana: Japanese fonts make them as wide."""
    return re.sub("([─-╿])", r"<i><b>\1</b></i>", html.escape(text))


def as_sheet(path: Path, name: str, rows: int, columns: int) -> str:
    """Draw the top left of a sheet as a spreadsheet shows it."""
    sheet = openpyxl.load_workbook(path)[name]
    letters = "".join(f'<th class="edge">{chr(65 + number)}</th>' for number in range(columns))
    lines = [f'<tr><th class="edge"></th>{letters}</tr>']
    for number, row in enumerate(sheet.iter_rows(max_row=rows, max_col=columns), 1):
        tag = [("th" if cell.font.b and cell.row > 0 else "td", cell.value) for cell in row]
        cells = "".join(f"<{t}>{html.escape(str(value or ''))}</{t}>" for t, value in tag)
        lines.append(f'<tr><th class="edge">{number}</th>{cells}</tr>')
    return as_page(f"<table>{''.join(lines)}</table>")


@pytest.fixture(scope="module")
def scenes(tmp_path_factory, site, analysis, first, first_folder, first_check) -> dict[str, tuple]:
    """Picture → page with its fragment, and width and height in pixels."""
    folder = tmp_path_factory.mktemp("scenes")
    wm.write_maps(first, folder / "first")
    wm.write_review_book(analysis, folder)
    drawn = {
        "check": as_page(f"<pre>$ watamachi check my-survey\n{narrow_rules(first_check)}</pre>"),
        "template": as_sheet(first_folder / "gatherings" / "カフェの記録.xlsx", "記入", 6, 10),
        "review": as_sheet(folder / REVIEW_FILE, "発言", 7, 8),
    }
    for name, page in drawn.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    issue = "#issue=mobility_shopping&view=tile"
    (district,) = (site / "districts").glob("11208_*.html")
    return {
        "template": (folder / "template.html", "", 1280, 210),
        "check": (folder / "check.html", "", 840, 350),
        "first_map": (folder / "first" / "overlap.html", f"{issue}&district=11208", 1280, 800),
        "map": (site / "overlap.html", f"{issue}&district=11208", 1280, 800),
        "district": (district, "", 1000, 900),
        "review": (folder / "review.html", "", 1280, 420),
    }


NAMES = ["template", "check", "first_map", "map", "district", "review"]


def take(browser, scene: tuple) -> bytes:
    """Take a picture, in few colours to keep the repository small."""
    path, fragment, width, height = scene
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri() + fragment)
    if path.name == "overlap.html":
        page.wait_for_function("document.documentElement.dataset.ready === '1'")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    # The default method takes its colours from what is large, and greys the states of districts.
    taken = shot.quantize(128, method=Image.Quantize.FASTOCTREE, dither=0)
    kept = io.BytesIO()
    taken.save(kept, format="PNG", optimize=True)
    return kept.getvalue()


def coarse(picture: bytes) -> np.ndarray:
    """A picture's grey in blocks of 20 pixels, so that another font is still like it."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("L")) / 255
    high, wide = (size // 20 for size in pixels.shape)
    return pixels[: high * 20, : wide * 20].reshape(high, 20, wide, 20).mean(axis=(1, 3))


def is_alike(one: bytes, other: bytes) -> bool:
    """Tell whether two pictures have one size and shape, give or take the font."""
    first, second = coarse(one), coarse(other)
    if first.shape != second.shape:
        return False
    apart = np.abs(first - second)  # letters 4 pixels further: 0.015, and no block by a fifth
    return float(apart.mean()) < 0.03 and float((apart > 0.2).mean()) < 0.01


@pytest.fixture(scope="module")
def taken(browser, scenes) -> dict[str, bytes]:
    return {name: take(browser, scenes[name]) for name in NAMES}


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_what_the_program_shows(name, taken):
    path = IMAGES / f"{name}.png"
    if WRITE:
        path.write_bytes(taken[name])
    kept = path.read_bytes()
    assert coarse(kept).std() > 0.02, "blank"
    assert len(kept) < 150_000
    assert is_alike(kept, taken[name])


@pytest.mark.browser
def test_the_first_map_and_the_map_of_the_sample_are_told_apart(taken):
    assert not is_alike(taken["first_map"], taken["map"])
    assert not is_alike(taken["check"], taken["template"])


@pytest.mark.browser
def test_the_states_keep_their_colours(taken):
    shown = Image.open(io.BytesIO(taken["map"])).convert("RGB")
    colours = np.array([colour for _, colour in shown.getcolors(maxcolors=256)])
    for state in ("overlap", "gap", "resource", "no_voice"):
        fill = state_looks()[state].fill
        wanted = [int(fill[start : start + 2], 16) for start in (1, 3, 5)]
        assert np.abs(colours - wanted).max(axis=1).min() <= 2, state


def test_there_is_no_picture_that_no_test_takes():
    assert {path.stem for path in IMAGES.iterdir()} == set(NAMES)
