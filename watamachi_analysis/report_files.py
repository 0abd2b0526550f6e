"""Write the baseline surveys, the paper for the board and the tables of an audience as files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .analysis import Analysis
from .baseline import SECTIONS, TITLE, Basis, describe_district, gather_basis
from .board import ASKS, describe_board
from .board import SECTIONS as BOARD_SECTIONS
from .board import TITLE as BOARD_TITLE
from .board_slides import draw_board_slides
from .captions import caution, sources
from .delivery import Delivery, deliver
from .errors import InputError, Problem
from .progress import Progress, no_progress
from .publish import Publication, publish
from .round_words import list_changes, list_district_changes
from .rounds import compare_rounds
from .sheet_page import render_document
from .typesetting import file_name
from .word import write_word
from .word_template import TEMPLATE_FILE, make_template, read_template
from .workbook import save_workbook

MANIFEST = "watamachi-reports.txt"
TABLES = "一覧表"
_BASIS_SHARE = 0.15  # of the time


@dataclass(frozen=True)
class _Order:
    """What is to be written: for which districts, what for, on which template."""

    basis: Basis
    districts: Sequence[str]
    is_whole: bool
    ask: str
    changes: Sequence[str]
    template: bytes


def write_reports(  # noqa: PLR0913 - each is one choice of a person, given by name
    analysis: Analysis,
    folder: Path | str,
    *,
    districts: Sequence[str] | None = None,
    audience: str = "member",
    before: Sequence[Publication] = (),
    last: Analysis | None = None,
    ask: str = "報告",
    template: Path | str | None = None,
    progress: Progress = no_progress,
) -> Delivery:
    """Write a baseline survey of each district, the paper for the board and one book of tables.

    Each district gets `11208_所沢市_地区基礎調査_2026-11.docx` and `.html` with the same content.
    With all districts come `00_理事会資料_2026-11.docx` and `.pptx`, and `00_一覧表_2026-11.xlsx`.
    All is written beside the folder first; a file that a person changed is kept.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    folder
        Where to write; made if need be.
    districts
        Codes or names; all districts if none are given.
    audience, before
        See `publish`.
    last
        The analysis of the last round, to say what rose or fell since; see `compare_rounds`.
    ask
        What is asked of the board: `報告`, `協議` or `審議`.
    template
        A Word file with placeholders, as `write_template` makes it.
    progress
        Called with the file being written and how far it is, 0 to 1.

    Returns
    -------
    Delivery
        The files written, where changed ones were kept, and what to look at in the template.

    Raises
    ------
    InputError
        If the folder cannot be written, such as when a file in it is open in Word, the template
        cannot be read, or a district is unknown.
    ValueError
        If the audience or what is asked is unknown, or the two rounds cannot be compared.
    """
    if ask not in ASKS:
        raise ValueError(f"「{ask}」は知りません（{'・'.join(ASKS)} のどれか）")
    codes = find_districts(analysis, districts)
    form, notes = _open_template(template)
    progress("地区をくらべています", 0.0)
    shown, by_district, overall = _publish_round(analysis, audience, before, last)
    order = _Order(gather_basis(shown, by_district), codes, districts is None, ask, overall, form)
    delivery = deliver(
        Path(folder),
        lambda beside: _write_all(order, beside, progress),
        manifest=MANIFEST,
        is_whole=False,
    )
    return replace(delivery, problems=tuple(notes))


def write_template(folder: Path | str) -> Path:
    """Write the Word template of the baseline surveys into a survey folder, to be changed there.

    Parameters
    ----------
    folder
        The survey folder.

    Raises
    ------
    InputError
        If there is one already: it may hold a person's work; or if it cannot be written.
    """
    path = Path(folder) / TEMPLATE_FILE
    if path.exists():
        mend = "作り直すときは、名前を変えるか別の場所に移してから、もう一度実行してください"
        raise InputError(Problem(path.name, "", "ひな形がもうあります", mend))
    try:
        path.write_bytes(make_template(list(SECTIONS)))
    except OSError as error:
        mend = "調査フォルダの場所と、書き込めるフォルダかどうかを確かめてください"
        raise InputError(Problem(path.name, "", f"「{folder}」に書き込めません", mend)) from error
    return path


def find_districts(analysis: Analysis, asked: Sequence[str] | None) -> list[str]:
    """Return the codes of districts that are asked for by code or name; all if none are.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    asked
        Codes or names.

    Raises
    ------
    InputError
        If one is unknown, or two districts have the name.
    """
    table = analysis.survey.districts
    if asked is None:
        return [str(code) for code in table["district"]]
    found = []
    for given in asked:
        is_it = table["district"].eq(given) | table["name"].eq(given)
        if is_it.sum() != 1:
            near = table.loc[table["name"].str.contains(given, regex=False), "name"].head(5)
            hint = "・".join(near) or "・".join(table["name"].head(3)) + " など"
            count = "がありません" if not is_it.any() else "が二つ以上あります"
            mend = f"コードか名前で指定してください（{hint}）"
            raise InputError(Problem("地区", "", f"「{given}」{count}", mend))
        found.append(str(table.loc[is_it, "district"].iloc[0]))
    return list(dict.fromkeys(found))


def _open_template(template: Path | str | None) -> tuple[bytes, list[Problem]]:
    if template is None:
        return make_template(list(SECTIONS)), []
    return read_template(Path(template), list(SECTIONS), optional=["変化"])


def _publish_round(
    analysis: Analysis, audience: str, before: Sequence[Publication], last: Analysis | None
) -> tuple[Publication, Mapping[str, Sequence[str]], list[str]]:
    """Return what is shown, and in words what changed: by district, and over all."""
    if last is None:
        return publish(analysis, audience, before=before), {}, []
    then = publish(last, audience, before=before)
    shown = publish(analysis, audience, before=[*before, then])
    compared = compare_rounds(then, shown)
    labels = {str(issue): str(label) for issue, label in shown.issues["label"].items()}
    return shown, list_district_changes(compared, labels), list_changes(compared, labels)


def _write_all(order: _Order, folder: Path, progress: Progress) -> Iterator[str]:
    names = order.basis.shown.districts.set_index("district")["name"]
    day = f"{order.basis.shown.built:%Y-%m}"
    for number, code in enumerate(order.districts):
        stem = f"{code}_{file_name(str(names[code]))}_{TITLE}_{day}"
        progress(stem, _BASIS_SHARE + (1 - _BASIS_SHARE) * number / len(order.districts))
        document = describe_district(order.basis, code)
        (folder / f"{stem}.docx").write_bytes(write_word(document, order.template, SECTIONS))
        yield f"{stem}.docx"
        page = render_document(document)
        (folder / f"{stem}.html").write_text(page, encoding="utf-8", newline="\n")
        yield f"{stem}.html"
    if order.is_whole:
        yield from _write_board(order, folder, day)
    progress("できました", 1.0)


def _write_board(order: _Order, folder: Path, day: str) -> Iterator[str]:
    shown, stem = order.basis.shown, f"00_{BOARD_TITLE}_{day}"
    paper = describe_board(order.basis, ask=order.ask, changes=order.changes)
    form = make_template(list(BOARD_SECTIONS), contents=False)
    (folder / f"{stem}.docx").write_bytes(write_word(paper, form, BOARD_SECTIONS))
    yield f"{stem}.docx"
    slides = draw_board_slides(order.basis, ask=order.ask, changes=order.changes)
    (folder / f"{stem}.pptx").write_bytes(slides)
    yield f"{stem}.pptx"
    tables = f"00_{TABLES}_{day}.xlsx"
    save_workbook(shown, folder / tables, caution=caution(shown), sources=sources(shown))
    yield tables
