"""An attack: read every file of a published folder, and work out what it hides.

`read_folder` gathers every number that leaves, from all files, hidden sheets included: a number
shown in one file only is known. `Model` writes down what must hold between the true numbers;
`recover` finds by integer programming the least and the most that each hidden one can be.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import openpyxl
from pptx import Presentation
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from watamachi_analysis.page import CELL_COLUMNS
from watamachi_analysis.privacy import VOICE_COUNTS

ALL, TOTAL = "all", "total"
SHEETS = {
    "地区別集計", "課題別集計", "地区と課題", "発言一覧", "資源一覧", "施策一覧", "計画対照表", "計画に見あたらない声",
    "計画の変わったところ", "計画に載った声", "出典・注記",
}  # fmt: skip
EXPOSURE_LABELS = {
    "集まり（回）": "gatherings",
    "参加者（人）": "participants",
    "発言（件）": "statements",
}
COLUMN_LABELS = {label: name for name, label in CELL_COLUMNS.items()} | EXPOSURE_LABELS
KINDS = {"need": "needs", "request": "needs", "wish": "wishes", "activity": "activities_said"}
VOICES = [*VOICE_COUNTS, *VOICE_COUNTS.values()]
HOSTILE = 1000  # what a hidden number is surely below
Key = tuple[str, ...]  # (district, issue, column), (district, column) or ("total", column)


@dataclass
class Known:
    """What a reader of one folder knows."""

    shown: dict[Key, int] = field(default_factory=dict)
    hidden: set[Key] = field(default_factory=set)
    states: dict[tuple[str, str], str] = field(default_factory=dict)
    quotes: dict[str, dict[str, set[tuple[str, str]]]] = field(default_factory=dict)
    issues: list[str] = field(default_factory=list)  # groups included
    members: dict[str, list[str]] = field(default_factory=dict)  # group → its issues
    districts: dict[str, str] = field(default_factory=dict)
    oddities: list[str] = field(default_factory=list)

    def tell(self, key: Key, value: object, where: str) -> None:
        """Take one cell as a file shows it: a number, or that it is hidden."""
        if value in ("–", "", "記録なし"):
            return
        if value is None or value == "X":
            self.hidden.add(key)
        elif self.shown.setdefault(key, int(value)) != int(value):
            self.oddities.append(f"{where}: {key} is {value}, elsewhere {self.shown[key]}")

    def quote(self, district: str, statement: str, told: set[tuple[str, str]]) -> None:
        """Take a quoted statement with the issues and kinds that stand beside it."""
        columns = {(issue, KINDS[kind]) for issue, kind in told if issue and kind in KINDS}
        for union, parts in self.unions.items():
            columns |= {(union, column) for issue, column in columns if issue in parts}
        self.quotes.setdefault(district, {}).setdefault(statement, set()).update(columns)

    @property
    def unions(self) -> dict[str, list[str]]:
        """What counts several issues at once, and these."""
        return self.members | {ALL: [i for i in self.issues if i not in {ALL, *self.members}]}

    @property
    def unknown(self) -> set[Key]:
        """What no file shows."""
        return self.hidden - self.shown.keys()


# ---- reading -------------------------------------------------------------------------------------


def read_folder(folder: Path) -> Known:
    """Return all that the files of a folder tell."""
    known = Known()
    data = embedded((folder / "overlap.html").read_text(encoding="utf-8"))
    read_page(data, known)
    labels = {issue["label"]: issue["id"] for issue in data["issues"]}
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in sorted(paths, key=lambda path: path.suffix != ".csv"):  # pages quote what it holds
        read_file(path, labels, known)
        for text in texts_of(path):
            read_captions(text, path.name, known)
    return known


def read_file(path: Path, labels: dict[str, str], known: Known) -> None:
    if path.suffix == ".xlsx":
        read_workbook(path, labels, known)
    elif path.suffix == ".geojson":
        read_geojson(path, known)
    elif path.suffix == ".pptx":
        read_slides(path, labels, known)
    elif path.suffix == ".csv":
        read_mentions(path, known)
    elif path.parent.name == "districts":
        read_district(path, labels, known)
    elif path.name == "index.html":
        read_facts(path.read_text(encoding="utf-8"), TOTAL, known)


def embedded(page: str) -> dict:
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page)[1]
    )


def read_page(data: dict, known: Known) -> None:
    """Read the data in the page: cells, sentences, exposure, and the finding of each issue."""
    known.issues = [issue["id"] for issue in data["issues"]]
    known.members = {i["id"]: i["members"] for i in data["issues"] if "members" in i}
    order = [district["id"] for district in data["districts"]]
    known.districts = {district["id"]: district["name"] for district in data["districts"]}
    states = [state["id"] for state in data["states"]]
    for issue, rows in data["cells"].items():
        for district, row in zip(order, rows, strict=True):
            cell = dict(zip(data["columns"], row, strict=True))
            state = known.states[district, issue] = states[cell.pop("state")]
            read_sentence(data["sentences"][cell.pop("sentence")], district, issue, known)
            for column, value in cell.items():
                missing = "–" if state == "no_record" and value is None else value
                known.tell((district, issue, column), missing, "overlap.html")
    read_compared(data["told"], known)
    for district in data["districts"]:
        for column in EXPOSURE_LABELS.values():
            known.tell((district["id"], column), district[column], "overlap.html")
    for column in ("gatherings", "participants", "statements"):
        known.tell((TOTAL, column), data["survey"][column], "overlap.html")
    for issue in data["issues"]:
        read_finding(issue, states, known)


def read_compared(told: dict, known: Known) -> None:
    """Read the sentences of voices laid beside the plan."""
    for issue, places in told.items():
        for district, lines in places.items():
            for sentence in lines.get("計画とのつき合わせ", ()):
                read_sentence(sentence, district, issue, known)


def read_finding(issue: dict, order: list[str], known: Known) -> None:
    """The numbers of districts in a finding are those of the states that are shown."""
    states = [state for (_, about), state in known.states.items() if about == issue["id"]]
    if issue["counts"] != [states.count(state) for state in order]:
        known.oddities.append(f"overlap.html: {issue['id']} counts other states than it shows")
    said = [int(n) for n in re.findall(r"(\d+)地区", issue["finding"] + issue["rest"])]
    told = {states.count(state) for state in set(states)}
    voiced = states.count("overlap") + states.count("gap")
    told |= {voiced, voiced + states.count("resource") + states.count("no_voice")}
    if issue["id"] != ALL and not set(said) <= told:
        known.oddities.append(f"overlap.html: {issue['id']} finds {said}, its states say {told}")


def read_sentence(text: str, district: str, issue: str, known: Known) -> None:
    patterns = {
        r"うち(\d+)回で出ました（(\d+)件）": ("need_gatherings", "needs"),
        r"やってみたい: (\d+)件": ("wishes",),
        r"声に(\d+)件": ("activities_said",),
        r"困りごとの声が(\d+)件": ("needs",),
        r"やってみたい声が(\d+)件": ("wishes",),
    }
    for pattern, columns in patterns.items():
        if match := re.search(pattern, text):
            for column, number in zip(columns, match.groups(), strict=True):
                known.tell((district, issue, column), number, "sentence")
    if "この話は出ていません" in text:
        known.tell((district, issue, "needs"), 0, "sentence")
    if "のどこかで出ました" in text:
        known.hidden.add((district, issue, "needs"))


def read_workbook(path: Path, labels: dict[str, str], known: Known) -> None:
    """Read every sheet, shown or not, by its headings; what is no known sheet is odd."""
    book = openpyxl.load_workbook(path)
    odd = {sheet.title for sheet in book if sheet.sheet_state != "visible"}
    odd |= {sheet.title for sheet in book} - SHEETS
    odd |= {f"name {name}" for name in book.defined_names}
    odd |= {cell.coordinate for sheet in book for row in sheet for cell in row if cell.comment}
    with zipfile.ZipFile(path) as parts:
        odd |= {n for n in parts.namelist() if "custom" in n.lower() or "external" in n.lower()}
    known.oddities += [f"{path.name}: {name}" for name in sorted(odd)]
    for sheet in book:
        head, *rows = sheet.iter_rows(values_only=True)
        for row in rows:
            cells = dict(zip(head, row, strict=True))
            if "発言番号" in cells:
                known.quote(str(cells["コード"]), cells["発言番号"], set())
            elif "コード" in cells:
                issue = labels.get(cells["課題"], "?") if "課題" in cells else ALL
                read_row(cells, str(cells["コード"]), issue, known)


def read_row(cells: dict, district: str, issue: str, known: Known) -> None:
    for label, value in cells.items():
        column = COLUMN_LABELS.get(str(label).replace("\n", ""))
        if column in EXPOSURE_LABELS.values():
            known.tell((district, column), value, "row")
        elif column:
            known.tell((district, issue, column), value, "row")
    for label in ("ひとこと", "足りないこと・欠けていること"):
        if cells.get(label):
            read_sentence(cells[label], district, issue, known)


def read_slides(path: Path, labels: dict[str, str], known: Known) -> None:
    """Read what each district's shape is said to be, and the notes below the slide."""
    codes = {name: code for code, name in known.districts.items()}
    spoken = {label.split("（")[0]: name for label, name in COLUMN_LABELS.items()}
    for slide in Presentation(str(path)).slides:
        notes = slide.notes_slide.notes_text_frame.text.split("\n")
        issue = labels.get(notes[0])
        for name, sentence in (line.split(": ", 1) for line in notes if ": " in line):
            if issue and name in codes:
                read_sentence(sentence, codes[name], issue, known)
        for words in slide.element.xpath("//p:cNvPr/@descr"):
            name, *told = words.split("、")
            for said, value in (part.split(" ") for part in told[1:] if issue and name in codes):
                column = spoken[said]
                value = {"記録なし": "–", "非表示": None}.get(value, value.rstrip("件回人"))
                known.tell((codes[name], issue, column), value, path.name)


def read_geojson(path: Path, known: Known) -> None:
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        told = feature["properties"]
        for column in EXPOSURE_LABELS.values():
            known.tell((told["district"], column), told[column], "geojson")
        for issue in known.issues:
            for column in VOICES:
                if f"{issue}_{column}" in told and told[f"{issue}_state"] != "no_record":
                    value = told[f"{issue}_{column}"]
                    known.tell((told["district"], issue, column), value, "geojson")


def read_mentions(path: Path, known: Known) -> None:
    """Each quoted statement is one voice of the issues and kinds that stand beside it."""
    text = path.read_text(encoding="utf-8-sig")
    for row in csv.DictReader(io.StringIO(text)):
        known.quote(row["district"], row["statement_id"], {(row["issue"], row["kind"])})


def read_district(path: Path, labels: dict[str, str], known: Known) -> None:
    page, district = path.read_text(encoding="utf-8"), path.name.split("_")[0]
    read_facts(page, district, known)
    if finding := re.search(r'<p class="finding">(.*?)</p>', page):
        read_sentence(unescape(finding[1]), district, ALL, known)
    for kind, table in re.findall(
        r'<table(?: class="(\w+)")?>(.*?)</table>', page, flags=re.DOTALL
    ):
        for row in re.findall(r"<tr><td>(.*?)</tr>", table):
            cells = [unescape(re.sub("<[^>]+>", "", cell)) for cell in row.split("</td><td")]
            issue, values = labels.get(cells[0]), [cell.split(">", 1)[-1] for cell in cells[2:]]
            if issue and kind == "plan":
                read_sentence(values[0], district, issue, known)
            elif issue:
                for column, value in zip(CELL_COLUMNS, values, strict=True):
                    known.tell((district, issue, column), value, path.name)
    voices = re.findall(r'<ul class="voices">(.*?)</ul>', page, flags=re.DOTALL)
    quoted = sum(part.count("<li>") for part in voices)
    if quoted != len(known.quotes.get(district, {})):
        known.oddities.append(f"{path.name}: quotes {quoted}, mentions.csv other ones")


def read_facts(page: str, district: str, known: Known) -> None:
    patterns = {
        "回の集まり": "gatherings",
        "人の参加": "participants",
        "件の発言": "statements",
    }
    for label, column in patterns.items():
        for value in re.findall(rf"<b>([0-9X]+)</b>{label}", page):
            known.tell((district, column), value, "facts")


def texts_of(path: Path) -> Iterator[str]:
    """Yield the text of a file; of Office files that of each part, properties included."""
    if path.suffix in {".xlsx", ".docx", ".pptx"}:
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                if name.endswith((".xml", ".rels")):
                    yield re.sub(r"<[^>]+>", "", parts.read(name).decode("utf-8"))
    elif path.suffix in {".html", ".csv", ".geojson", ".svg", ".txt"}:
        yield path.read_text(encoding="utf-8")


def read_captions(text: str, name: str, known: Known) -> None:
    """The whole survey's participants stand in the caution on every output."""
    for value in re.findall(r"参加者(\d+)人・\d+回の声", text):
        known.tell((TOTAL, "participants"), value, name)


# ---- what must hold ------------------------------------------------------------------------------


class Model:
    """Linear constraints over whole numbers that are 0 or more; what is shown is put in."""

    def __init__(self) -> None:
        self.fixed: dict[Key, int] = {}
        self.low: dict[Key, int] = {}
        self.rows: list[tuple[dict[Key, int], float, float]] = []

    def at_least(self, key: Key, least: int) -> None:
        self.low[key] = max(self.low.get(key, 0), least)

    def add(self, terms: dict[Key, int], low: float = -np.inf, high: float = np.inf) -> None:
        """Let low ≤ Σ factor · number ≤ high."""
        self.rows.append((terms, low, high))

    def substituted(self) -> list[tuple[dict[Key, int], float, float]]:
        found = []
        for terms, low, high in self.rows:
            free = {key: factor for key, factor in terms.items() if key not in self.fixed}
            known = sum(f * self.fixed[key] for key, f in terms.items() if key in self.fixed)
            if free:
                found.append((free, low - known, high - known))
        return found


def components(rows: list[tuple[dict[Key, int], float, float]]) -> dict[Key, list[int]]:
    """Return for each unknown the constraints that it hangs together with."""
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for terms, _, _ in rows:
        for a, b in pairwise(terms):
            parent[root(a)] = root(b)
        root(next(iter(terms)))
    groups: dict[Key, list[int]] = {}
    for number, (terms, _, _) in enumerate(rows):
        groups.setdefault(root(next(iter(terms))), []).append(number)
    return {key: groups[root(key)] for key in parent}


def span(
    model: Model, rows: list[tuple[dict[Key, int], float, float]], target: dict[Key, int]
) -> tuple[int, int]:
    """Return the least and the most that a sum of unknowns can be."""
    keys = list(dict.fromkeys([*target, *(key for terms, _, _ in rows for key in terms)]))
    place = {key: number for number, key in enumerate(keys)}
    entries = [(n, place[k], f) for n, (terms, _, _) in enumerate(rows) for k, f in terms.items()]
    costs = np.zeros(len(keys))
    for key, factor in target.items():
        costs[place[key]] = factor
    limits = Bounds([model.low.get(key, 0) for key in keys], np.full(len(keys), HOSTILE))
    constraints = ()
    if rows:
        line, column, factor = zip(*entries, strict=True)
        matrix = coo_array((factor, (line, column)), shape=(len(rows), len(keys))).tocsr()
        constraints = LinearConstraint(matrix, [r[1] for r in rows], [r[2] for r in rows])
    ends = []
    for sign in (1, -1):
        whole = np.ones(len(keys))
        found = milp(sign * costs, integrality=whole, bounds=limits, constraints=constraints)
        if found.status == 2:  # what is true is never infeasible: the solver's presolve errs
            options = {"presolve": False}
            found = milp(
                sign * costs,
                integrality=whole,
                bounds=limits,
                constraints=constraints,
                options=options,
            )
        assert found.status == 0, f"{target}: {found.message}"
        ends.append(sign * round(found.fun))
    return ends[0], ends[1]


def model_of(known: Known, *, tag: str = "", outside: dict[str, int] | None = None) -> Model:
    """Write down what must hold between the numbers behind one folder.

    `outside` is what an attacker knows of voices that are of no district.
    """
    model = Model()
    model.fixed = {(tag, *key): value for key, value in known.shown.items()}
    for key in known.unknown:
        model.at_least((tag, *key), 0 if key[0] == TOTAL else 1)
    for district in known.districts:
        add_district(model, known, district, tag)
    for column in ("participants", "statements"):
        total = {(tag, district, column): 1 for district in known.districts}
        if (TOTAL, column) in known.shown or (TOTAL, column) in known.hidden:
            slack = (tag, TOTAL, f"{column} outside")
            if outside and column in outside:
                model.fixed[slack] = outside[column]
            model.add(total | {slack: 1, (tag, TOTAL, column): -1}, 0, 0)
    return model


def covers_of(known: Known, issues: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield what counts several issues at once, and parts that hold all of it."""
    groups = [group for group in known.members if group in issues]
    yield from ((group, known.members[group]) for group in groups)
    single = [issue for issue in issues if issue not in {ALL, *groups}]
    if single:
        yield ALL, single
        yield ALL, groups + [i for i in single if not any(i in known.members[g] for g in groups)]


def add_district(model: Model, known: Known, district: str, tag: str) -> None:
    said, held = (tag, district, "statements"), (tag, district, "gatherings")
    quotes = known.quotes.get(district, {})
    issues = [
        i for i in known.issues if (district, i, "needs") in known.shown.keys() | known.hidden
    ]
    covers = list(covers_of(known, issues))
    if said in model.low:
        model.at_least(said, len(quotes))
    for voices, gatherings in VOICE_COUNTS.items():
        behind = {
            issue: sum((issue, voices) in told for told in quotes.values()) for issue in issues
        }
        for issue in issues:
            x, g = (tag, district, issue, voices), (tag, district, issue, gatherings)
            model.add({g: 1, x: -1}, high=0)
            model.add({g: 1, held: -1}, high=0)
            for union in {ALL: 0} | {u: 0 for u, parts in covers if issue in parts}:
                whole, its = (tag, district, union, voices), (tag, district, union, gatherings)
                if (issue != union and x not in model.fixed) or whole not in model.fixed:
                    # Who is not quoted here is not quoted anywhere.
                    model.add({x: 1, whole: -1}, high=behind[issue] - behind[union])
                    model.add({g: 1, its: -1}, high=0)
            model.add({x: 1, said: -1}, high=behind[issue] - len(quotes))
            if x in model.low:
                model.at_least(x, behind[issue])
        for (union, parts), column in product(covers, (voices, gatherings)):
            row = {(tag, district, part, column): -1 for part in parts}
            model.add(row | {(tag, district, union, column): 1}, high=0)


# ---- the attack ----------------------------------------------------------------------------------


def least_of(issue: str, sensitive: set[str]) -> int:
    return 5 if issue in sensitive else 3


def lone_under_totals(known: Known, district: str, voices: str) -> Iterator[str]:
    """Yield what is hidden alone: an issue under its group or all, a group beside the others."""
    unknown = {issue for issue in known.issues if (district, issue, voices) in known.unknown}
    shown = {
        i: v for i in known.issues if (v := known.shown.get((district, i, voices))) is not None
    }
    for union, parts in known.unions.items():
        lone = unknown.intersection(parts)
        if len(lone) == 1 and union in shown:
            yield from lone
    lone = {group for group, own in known.members.items() if group in unknown and unknown & {*own}}
    if len(lone) == 1 and ALL in shown and any(shown.get(group) for group in known.members):
        yield from lone


def subtract(known: Known, sensitive: set[str]) -> list[str]:
    """Return what totals − shown gives: one hidden cell under a shown total."""
    found = [
        f"{district} {lone} {voices}: alone under its total"
        for district, voices in product(known.districts, VOICE_COUNTS)
        for lone in lone_under_totals(known, district, voices)
    ]
    for column, least in (("participants", 10), ("statements", 3)):
        lone = [d for d in known.districts if (d, column) in known.unknown]
        total = known.shown.get((TOTAL, column))
        if total is not None:
            rest = total - sum(known.shown.get((d, column), 0) for d in known.districts)
            if len(lone) == 1 or (lone and rest == len(lone)) or 0 < rest < least:
                found.append(f"{column}: {rest} left for {lone}")
    small = [
        f"{key}: {value} is shown"
        for key, value in known.shown.items()
        if (key[-1] in VOICE_COUNTS and 0 < value < least_of(key[1], sensitive))
        or (key[-1] == "participants" and 0 < value < 10)
    ]
    return found + small


def recover(
    known: Known,
    sensitive: set[str],
    *,
    outside: dict[str, int] | None = None,
    extra: Model | None = None,
) -> list[str]:
    """Return every hidden number of 1…k−1 that the files pin down."""
    model = model_of(known, outside=outside)
    if extra:
        model.rows += extra.rows
        model.fixed |= extra.fixed
    rows = model.substituted()
    groups = components(rows)
    found = []
    for key in sorted(known.unknown):
        column = key[-1]
        if column not in {*VOICE_COUNTS, "participants", "statements"}:
            continue
        least = {"participants": 10, "statements": 3}.get(column, least_of(key[1], sensitive))
        low, high = span(model, [rows[n] for n in groups.get(("", *key), [])], {("", *key): 1})
        if low == high and 1 <= low < least:
            found.append(f"{key} is {low}")
    return found


def compare(
    then: Known, now: Known, sensitive: set[str], links: list[tuple[list, list]]
) -> list[str]:
    """Return every small number that two folders give away together: in either, or between them.

    In `links` stand districts of the first and districts of the second that are one place. Voices
    are only added from the first to the second.
    """
    model, later = model_of(then, tag="then"), model_of(now, tag="now")
    model.fixed |= later.fixed
    model.low |= later.low
    model.rows += later.rows
    grown: dict[Key, dict[Key, int]] = {}
    for old, new in links:
        said = {("now", d, "statements"): 1 for d in new} | {
            ("then", d, "statements"): -1 for d in old
        }
        grown[str(new), "statements"] = said
        model.add(said, low=0)
        for issue in now.issues:
            for voices in VOICE_COUNTS:
                cells = {("now", d, issue, voices): 1 for d in new}
                cells |= {("then", d, issue, voices): -1 for d in old}
                silent = [k for k in cells if k not in model.fixed and k not in model.low]
                model.fixed |= dict.fromkeys(silent, 0)  # no gathering was recorded
                model.add(cells, low=0)
                model.add(said | {k: -f for k, f in cells.items()}, low=0)
                grown[str(new), issue, voices] = cells
    rows = model.substituted()
    groups = components(rows)
    targets = {("then", *k): {("then", *k): 1} for k in then.unknown if k[-1] in VOICE_COUNTS}
    targets |= {("now", *k): {("now", *k): 1} for k in now.unknown if k[-1] in VOICE_COUNTS}
    targets |= {k: v for k, v in grown.items() if k[-1] in VOICE_COUNTS}
    return list(_pinned(model, rows, groups, targets, sensitive))


def _pinned(model: Model, rows, groups, targets, sensitive) -> Iterator[str]:
    for key, terms in targets.items():
        known = sum(f * model.fixed[k] for k, f in terms.items() if k in model.fixed)
        free = {k: f for k, f in terms.items() if k not in model.fixed}
        low = high = 0
        if free:
            lines = sorted({n for k in free for n in groups.get(k, [])})
            low, high = span(model, [rows[n] for n in lines], free)
        if low == high and 1 <= low + known < least_of(key[-2], sensitive):
            yield f"{key} is {low + known}"


def audit(folder: Path, sensitive: set[str], *, outside: dict[str, int] | None = None) -> list[str]:
    """Return all that is wrong with a folder: what it gives away, and what is odd in it."""
    known = read_folder(folder)
    return [
        *known.oddities,
        *subtract(known, sensitive),
        *recover(known, sensitive, outside=outside),
    ]
