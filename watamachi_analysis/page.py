"""Put one self-contained HTML page together: its data, its scripts, nothing from the network."""

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache

import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined

from .bundled import resource_text
from .findings import find_overall, find_sentence
from .issue_groups import members_of
from .looks import look_records
from .maps import MapParts
from .overlap import EXPOSURE, STATES
from .privacy import ALL_ISSUES, shown_number

CELL_COLUMNS = {
    "needs": "困りごとの声（件）",
    "need_gatherings": "困りごとが出た集まり（回）",
    "wishes": "やってみたい（件）",
    "activities_said": "声にある活動（件）",
    "activities_listed": "一覧にある活動（件）",
    "measures": "計画の施策（件）",
}


@dataclass(frozen=True)
class Page:
    """A whole HTML page; a notebook shows it in a frame, without network.

    Examples
    --------
    >>> Page("<p>a</p>")._repr_html_()
    '<iframe srcdoc="&lt;p&gt;a&lt;/p&gt;" width="100%" height="900" style="border:0"></iframe>'
    """

    html: str

    def _repr_html_(self) -> str:
        frame = html.escape(self.html, quote=True)
        return f'<iframe srcdoc="{frame}" width="100%" height="900" style="border:0"></iframe>'


@dataclass(frozen=True)
class PageTables:
    """What the overlap page shows: tables of one audience, already protected.

    Attributes
    ----------
    districts
        As `load_districts` returns them.
    exposure
        Indexed by district: `gatherings`, `participants`, `statements`.
    overlap, groups
        As `judge` returns them.
    issues
        Indexed by issue: `label`, `group`, `definition`, `sensitive`.
    pages
        District → address of its own page, for those that have one.
    told
        Issue → district → heading → lines: what lists and plans say there by name.
    """

    districts: pd.DataFrame
    exposure: pd.DataFrame
    overlap: pd.DataFrame
    groups: pd.DataFrame
    issues: pd.DataFrame
    pages: Mapping[str, str]
    told: Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]] = field(default_factory=dict)


@dataclass(frozen=True)
class PageWords:
    """What the overlap page says about the survey as a whole."""

    survey: Mapping[str, object]
    caution: str
    notes: Sequence[str]
    sources: Sequence[str]
    credits: Sequence[str]
    files: Sequence[tuple[str, str]]


def render_overlap(tables: PageTables, words: PageWords, parts: MapParts | None) -> Page:
    """Return the overlap page: map or tiles, table, legend, district panel, in one file.

    Parameters
    ----------
    tables
        The numbers of one audience.
    words
        Title, caution, notes, sources.
    parts
        The map, as `draw_map` returns it; None shows the tiles only.
    """
    script = one_line_end(resource_text("page/overlap.js"))
    scripts = [script]
    drawn: dict[str, str] | None = None
    if parts is not None:
        drawn = {name: one_line_end(text) for name, text in asdict(parts).items()}
        scripts += [drawn["js"], drawn["script"]]
    page = render(
        "page/overlap.html.j2",
        title=f"わたまち地図 {words.survey['name']}",
        css=resource_text("page/overlap.css"),
        js=script,
        csp=content_policy(scripts, images=parts.host if parts else ""),
        looks=look_records(),
        data_json=for_script(_data(tables, words, parts)),
        map=drawn,
    )
    return Page(page)


def render(template: str, **values: object) -> str:
    """Fill a template of `resources/`, every value escaped unless the template says it is safe."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(resource_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def content_policy(scripts: Sequence[str], *, beside: bool = False, images: str = "") -> str:
    """Return a Content-Security-Policy that runs these scripts only and asks no network.

    Parameters
    ----------
    scripts
        The scripts in the page.
    beside
        Whether script files beside the page may run too. A browser checks no hash of a file
        that was opened from a disk, so that these cannot be named one by one.
    images
        The one host that pictures may be asked from; '' for none.

    Examples
    --------
    >>> content_policy(["1"]).startswith("default-src 'none';")
    True
    """
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    )
    allowed = f"'self' {allowed}" if beside else allowed
    pictures = f"img-src data: {images}".strip()
    rules = ["default-src 'none'", pictures, "style-src 'unsafe-inline'", "base-uri 'none'"]
    rules += ["form-action 'none'", f"script-src {allowed}" if allowed else "script-src 'none'"]
    return "; ".join(rules)


def for_script(value: object) -> str:
    r"""Return JSON in which no tag, entity or line end can form.

    Examples
    --------
    >>> print(for_script(["</script>"]))
    ["\u003c/script\u003e"]
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def one_line_end(text: str) -> str:
    """Return text as a browser hashes it: it reads CRLF in a page as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _data(tables: PageTables, words: PageWords, parts: MapParts | None) -> dict[str, object]:
    overlap = pd.concat([tables.overlap, tables.groups], ignore_index=True)
    by_issue = {str(issue): rows for issue, rows in overlap.groupby("issue", sort=False)}
    sentences = list(dict.fromkeys(overlap["sentence"]))
    place = {sentence: number for number, sentence in enumerate(sentences)}
    states = {state: number for number, state in enumerate(STATES)}
    looks = look_records()
    order = list(tables.districts["district"])
    cells: dict[str, list[list[int | None]]] = {}
    for issue, rows in by_issue.items():
        cells[issue] = [
            [
                states[row["state"]],
                *(shown_number(row[name]) for name in CELL_COLUMNS),
                place[row["sentence"]],
            ]
            for row in rows.set_index("district").loc[order].to_dict("records")
        ]
    return {
        "survey": dict(words.survey),
        "states": [
            {"id": state, "label": label, "words": said, **looks[state]}
            for state, (label, said) in STATES.items()
        ],
        "issues": list_issues(overlap, tables.issues),
        "columns": ["state", *CELL_COLUMNS, "sentence"],
        "column_labels": ["状態", *CELL_COLUMNS.values(), "ひとこと"],
        "districts": _districts(tables),
        "sentences": sentences,
        "cells": cells,
        "told": tables.told,
        "caution": words.caution,
        "notes": list(words.notes),
        "sources": list(words.sources),
        "credits": list(words.credits),
        "files": [{"href": href, "label": label} for href, label in words.files],
        "map": {"map": parts.map, "layer": parts.layer, "online": bool(parts.host)}
        if parts
        else None,
    }


def list_issues(overlap: pd.DataFrame, issues: pd.DataFrame) -> list[dict[str, object]]:
    """Return what is to be said of each issue, the overview of all first.

    Parameters
    ----------
    overlap
        As `judge` returns it, of one audience; with rows of groups these are listed too, each
        before the first of its issues.
    issues
        Indexed by issue: `label`, `group`, `definition`.

    Returns
    -------
    list of dict
        `id`, `label`, `group`, `definition`, `members` (issues, of a group), `finding`, `rest`,
        and `counts`: the districts of each state, in the order of `STATES`.
    """
    by_issue = {str(issue): rows for issue, rows in overlap.groupby("issue", sort=False)}
    labels = {str(issue): str(label) for issue, label in issues["label"].items()}
    listed = [_issue(ALL_ISSUES, "すべての課題", "", "", ())]
    members = {
        own[0]: (group, own) for group, own in members_of(issues).items() if group in by_issue
    }
    for key, row in issues.iterrows():
        if key in members:  # the first of its group
            group, own = members[str(key)]
            about = f"{'・'.join(labels[issue] for issue in own)}をまとめて見ます。"
            listed.append(_issue(group, f"{row['group']}（まとめて）", row["group"], about, own))
        listed.append(_issue(str(key), row["label"], row["group"], row["definition"], ()))
    for issue in listed:
        rows = by_issue[str(issue["id"])]
        counts = rows["state"].value_counts()
        issue["finding"], issue["rest"] = find_sentence(rows, of_several="members" in issue)
        issue["counts"] = [int(counts.get(state, 0)) for state in STATES]
    listed[0]["finding"] = find_overall(overlap, labels)
    return listed


def _issue(
    key: str, label: str, group: str, definition: str, members: Sequence[str]
) -> dict[str, object]:
    own = {"id": key, "label": label, "group": group, "definition": definition}
    return own | ({"members": list(members)} if members else {})


def _districts(tables: PageTables) -> list[dict[str, object]]:
    return [
        {
            "id": row["district"],
            **{name: row[name] for name in ("name", "kana", "short", "area")},
            **{name: shown_number(row[name]) for name in ("row", "col", *EXPOSURE)},
            "page": tables.pages.get(row["district"]),
        }
        for row in tables.districts.join(tables.exposure, on="district").to_dict("records")
    ]
