"""The house keeps its own rules: rooms, libraries, files, lists of dependencies, notebooks."""

import ast
import json
import re
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "watamachi_analysis"
ROOMS = sorted(PACKAGE.glob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

FILE_ROOMS = {
    "read",
    "pdf",
    "shapes",
    "cache",
    "office",
    "bundled",
    "reports",
    "report_files",
    "delivery",
    "word",
    "word_template",
    "book_sheets",
    "word_book",
    "workbook",
    "templates",
    "review_book",
    "plan_review_book",
    "slides",
    "survey",
    "parts",
    "transfer",
    "download",
    "cli",
}
FILE_CALLS = {
    "open", "read_text", "write_text", "read_bytes", "write_bytes", "unlink", "mkdir",
    "rmtree", "read_file", "read_csv", "read_excel", "save", "TemporaryDirectory",
}  # fmt: skip
# One library, one room; those that read and write a format may stand in two.
LIBRARY_ROOMS = {
    "janome": {"words"},
    "fugashi": {"words"},
    "ipadic": {"words"},
    "sklearn": {"themes"},
    "scipy": {"themes", "learned", "certainty", "keywords", "crossings"},
    "threadpoolctl": {"themes"},
    "folium": {"maps"},
    "branca": {"maps"},
    "plotly": {"chart_style", "charts", "voice_charts", "network_charts", "chart_page"},
    "jinja2": {"page"},
    "ipywidgets": {"explore"},
    "pandera": {"tables"},
    "typer": {"cli", "terminal", "report_commands"},
    "rich": {"cli", "terminal", "report_commands"},
    "docx": {"office", "word", "word_template"},
    "openpyxl": {
        "office",
        "book_sheets",
        "templates",
        "review_book",
        "plan_review_book",
        "word_book",
    },
    "pypdfium2": {"pdf_letters"},
    "shapely": {"shapes", "boundaries", "districts", "layout", "labels"},
    "matplotlib": {"pictures", "sheet_pictures"},
    "noto_cjk_sans_jp_bold": {"pictures"},
    "noto_cjk_sans_jp_regular": {"pictures"},
    "pptx": {"slides", "slide_shapes", "board_slides"},
    "pyogrio": {"shapes"},
    "pyproj": {"shapes"},
    "platformdirs": {"cache"},
    "tomllib": {"read"},
    "csv": {"read"},
    "urllib": {"transfer"},
    "http": {"transfer"},
    "ssl": {"transfer"},
    "socket": {"transfer"},
    "zipfile": {"archives", "shapes", "office", "packages"},
}


def parse(room: Path) -> ast.Module:
    return ast.parse(room.read_text(encoding="utf-8"))


def own_imports(room: Path) -> set[str]:
    """The rooms that a room imports from."""
    found = set()
    for node in ast.walk(parse(room)):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {name.split(".")[0] for name in names if (PACKAGE / f"{name}.py").exists()}
    return found


def libraries(room: Path) -> set[str]:
    """The libraries that a room imports."""
    found = set()
    for node in ast.walk(parse(room)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_room_imports_itself_through_others():
    graph = {room.stem: own_imports(room) for room in ROOMS}
    assert len(list(TopologicalSorter(graph).static_order())) == len(ROOMS)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_each_library_stays_in_its_room(room):
    strays = {
        name for name in libraries(room) if room.stem not in LIBRARY_ROOMS.get(name, {room.stem})
    }
    assert not strays


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_files_are_touched_at_the_edges_only(room):
    calls = {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for node in ast.walk(parse(room))
        if isinstance(node, ast.Call)
    }
    assert room.stem in FILE_ROOMS or not calls & FILE_CALLS


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_each_room_says_in_one_sentence_what_it_does(room):
    first = (ast.get_docstring(parse(room)) or "").splitlines()[0]
    assert first.endswith(".")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_only_the_command_line_prints(room):
    names = {
        node.func.id
        for node in ast.walk(parse(room))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "print" not in names


def test_the_drawing_rooms_do_not_import_the_counting_of_others():
    computing = {"tagging", "themes", "gatherings", "plans", "records", "read", "survey"}
    drawing = ("chart_style", "charts", "voice_charts", "chart_page", "maps", "page", "layout")
    for room in (*drawing, "labels", "pictures", "slides"):
        assert not own_imports(PACKAGE / f"{room}.py") & computing


def pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements() -> dict[str, str]:
    """Every dependency of the project: name and lower bound.

    All extras are included but `train`, which is for who learns anew what ships.
    """
    project = pyproject()["project"]
    extras = project["optional-dependencies"]
    lines = [line for name, extra in extras.items() if name != "train" for line in extra]
    listed = [*project["dependencies"], *lines]
    parts = [re.match(r"([\w-]+)(?:\[.*\])?>=([\d.]+)$", line) for line in listed]
    return {part[1].lower(): part[2] for part in parts}


def test_the_conda_list_names_the_same_packages():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    found = [re.match(r"\s+- ([\w-]+)>=([\d.]+)$", line) for line in lines]
    listed = {match[1].lower(): match[2] for match in found if match}
    assert listed.pop("python") == pyproject()["project"]["requires-python"].removeprefix(">=")
    assert listed == requirements()


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.findall(r'^    "[\w\[\]-]+>=[\d.]+",(.*)$', text, flags=re.MULTILINE)
    assert len(lines) == len(requirements()) + len(
        pyproject()["project"]["optional-dependencies"]["train"]
    )
    assert all(line.strip().startswith("# ") for line in lines)


def test_every_runtime_dependency_is_imported():
    modules = {
        "scikit-learn": "sklearn",
        "python-docx": "docx",
        "python-pptx": "pptx",
        "xstatic-leaflet": "xstatic",
    }
    used = set().union(*(libraries(room) for room in ROOMS)) | {"xstatic"}
    listed = [
        re.match(r"[\w-]+", line)[0].lower() for line in pyproject()["project"]["dependencies"]
    ]
    assert {modules.get(name, name).replace("-", "_") for name in listed} <= used


def test_the_tested_versions_cover_every_dependency_and_name_no_address():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", text, flags=re.MULTILINE))
    assert set(requirements()) <= {name.lower().replace("_", "-") for name in pinned}
    assert "://" not in text and "@" not in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    modules = {
        name.split(".")[0]
        for source in code
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "".join(cells[0]["source"]).startswith("# ")
    assert modules <= {"watamachi_analysis", "pandas", "pathlib"}
    assert not any("def " in source for source in code)
    assert max(source.count("\n") + 1 for source in code) <= 12


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_the_output_of_its_last_cell_only(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kept = [i for i, cell in enumerate(cells) if cell.get("outputs")]
    assert kept == [len(cells) - 1]
    assert "nbval-check-output" in cells[-1]["metadata"]["tags"]


def test_there_are_six_notebooks_in_order():
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


def test_every_sample_file_is_small():
    sizes = {p: p.stat().st_size for p in (ROOT / "data").rglob("*") if p.is_file()}
    assert max(size for path, size in sizes.items() if path.suffix != ".pdf") < 50_000
    assert max(sizes.values()) < 600_000  # a PDF carries its Japanese type


def test_the_script_of_the_page_is_short():
    script = (PACKAGE / "resources" / "page" / "overlap.js").read_text(encoding="utf-8")
    assert script.count("\n") <= 400
