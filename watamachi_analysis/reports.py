"""Write what an audience may see: pages, Excel, GeoJSON, CSV, pictures, slides."""

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import geopandas as gpd

from .analysis import Analysis
from .boundaries import round_shapes
from .bundled import plotly_text
from .captions import FILES, PICTURE_FILES, caution, list_told, page_words, sources
from .chart_page import PLOTLY_FILE
from .delivery import deliver
from .district_pages import district_charts, district_view, render_district, render_index
from .errors import InputError, Problem
from .maps import draw_map
from .names import names_of
from .own_terms import CODEBOOK_FILE, read_taken
from .page import Page, PageTables, render_overlap
from .pictures import FORMATS, draw_pictures
from .place_review import places_table
from .plan_table import compare_plans
from .progress import Progress, no_progress
from .proposals import propose_terms
from .publish import SAMPLE_MARK, Publication, publish
from .review import REVIEW_FILE, review_table
from .review_book import ReviewTables, add_to_codebook, write_review
from .slides import draw_slides
from .typesetting import file_name
from .workbook import save_workbook

CHARTS, SLIDES, ONLINE = "charts", "pptx", "online"
EXTRAS: tuple[str, ...] = (CHARTS, *FORMATS, SLIDES, ONLINE)
MANIFEST = "watamachi-files.txt"
_PAGES_SHARE = 0.1


def draw_overlap(analysis: Analysis, *, audience: str = "member") -> Page:
    """Return the overlap page of an analysis, to look at in a notebook or to write to a file.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    audience
        See `publish`.
    """
    return _overlap_page(publish(analysis, audience), pages={})


def _overlap_page(shown: Publication, pages: dict[str, str], *, online: bool = False) -> Page:
    told = list_told(shown)
    counts = (shown.exposure, shown.overlap, shown.groups)
    tables = PageTables(shown.districts, *counts, shown.issues, pages, told)
    return render_overlap(tables, page_words(shown), draw_map(shown.districts, online=online))


def write_maps(
    analysis: Analysis,
    folder: Path | str,
    *,
    audience: str = "member",
    before: Sequence[Publication] = (),
    extras: Collection[str] = (),
    progress: Progress = no_progress,
) -> list[Path]:
    """Write everything that an audience may see into a folder.

    All is written beside the folder first and moved in at the end, so that a run which fails
    leaves the last good output as it was. Files of an earlier run that no longer belong there
    are removed; files of yours stay.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    folder
        Where to write; made if need be.
    audience, before
        See `publish`.
    extras
        What to add: `online` (a base map that the page asks the network for), `charts` (figures in the pages of districts, with plotly.js of 4.8 MB beside
        them), still pictures `png`, `svg` (A4, one per issue, in `pictures/`), and `pptx` (one
        file of slides whose shapes can be edited).
    progress
        Called with the file being written and how far it is, 0 to 1.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If the folder cannot be written, such as when a file in it is open in Excel.
    ValueError
        If a kind of picture or the audience is unknown.
    """
    if unknown := set(extras) - set(EXTRAS):
        found = "・".join(sorted(unknown))
        raise ValueError(f"「{found}」は作れません（{'・'.join(EXTRAS)} のどれか）")
    target = Path(folder)
    shown = publish(analysis, audience, before=before)
    delivery = deliver(
        target,
        lambda beside: _write_all(shown, beside, extras, progress),
        manifest=MANIFEST,
        is_whole=True,
    )
    return list(delivery.written)


def write_review_book(analysis: Analysis, folder: Path | str) -> Path | None:
    """Write `review.xlsx` into a survey folder, for an adviser to correct issues and kinds in.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    folder
        The survey folder.

    Returns
    -------
    Path or None
        Where an earlier book was kept; None if there was none.

    Raises
    ------
    InputError
        If the book cannot be written, such as when it is open in Excel.
    """
    survey, book = analysis.survey, analysis.survey.codebook
    said = survey.statements
    names = names_of(survey.districts)
    now, rules = (
        review_table(said, mentions, names, book)
        for mentions in (analysis.mentions, analysis.rules)
    )
    texts = said.set_index("statement_id")["text"]
    proposals = propose_terms(texts, analysis.rules, survey.corrections, book)
    path, own = Path(folder) / REVIEW_FILE, Path(folder) / CODEBOOK_FILE
    try:
        taken, _ = read_taken(path, book) if path.exists() else ([], [])
        if taken:
            add_to_codebook(own, taken, book)
        towns = names_of(survey.municipalities)
        places = places_table(analysis.doubtful, survey.settled, texts, towns)
        tables = ReviewTables(now, rules, proposals, places, list(towns.values()))
        return write_review(path, tables, book)
    except PermissionError as error:
        found, mend = f"「{path.name}」に書き込めません", "Excel などで開いていたら閉じてください"
        raise InputError(Problem(str(folder), "", found, mend)) from error


def _write_all(
    shown: Publication, folder: Path, extras: Collection[str], progress: Progress
) -> Iterator[str]:
    pages = _page_names(shown)
    pictures = [name for name in extras if name not in {CHARTS, ONLINE}]
    share = _PAGES_SHARE if pictures else 1.0  # of the time; the rest goes into pictures
    total = (len(pages) + 5) / share
    yield from _write_pages(shown, folder, CHARTS in extras, lambda n, k: progress(n, k / total))
    progress("overlap.html", len(pages) / total)
    online = ONLINE in extras
    _write_text(folder / "overlap.html", _overlap_page(shown, pages, online=online).html)
    yield "overlap.html"
    save_workbook(shown, folder / "overlap.xlsx", caution=caution(shown), sources=sources(shown))
    yield "overlap.xlsx"
    _write_text(folder / "overlap.geojson", _geojson(shown))
    yield "overlap.geojson"
    if shown.audience != "public":
        _write_text(folder / "mentions.csv", "\ufeff" + _mentions_csv(shown))
        yield "mentions.csv"

    def drawing(name: str, done: float) -> None:
        progress(name, share + (1 - share) * done)

    yield from _write_pictures(shown, folder, pictures, drawing)
    labels = FILES | PICTURE_FILES
    files = {name: label for name, label in labels.items() if (folder / name).exists()}
    _write_text(folder / "index.html", render_index(shown, pages, files, words=page_words(shown)))
    yield "index.html"
    progress("index.html", 1.0)


def _write_pages(
    shown: Publication, folder: Path, charts: bool, step: Callable[[str, int], None]
) -> Iterator[str]:
    """Write the pages of the districts, with what their figures need beside them."""
    pages, compared = _page_names(shown), compare_plans(shown)
    (folder / "districts").mkdir()
    for number, (district, name) in enumerate(pages.items()):
        step(name, number)
        drawn = district_charts(shown, district) if charts else None
        view = district_view(shown, district, compared)
        _write_text(folder / name, render_district(shown, view, drawn))
        yield name
    if charts and pages:
        _write_text(folder / PLOTLY_FILE, plotly_text())
        yield PLOTLY_FILE


def _write_pictures(
    shown: Publication, folder: Path, pictures: Collection[str], progress: Progress
) -> Iterator[str]:
    """Write the pictures asked for, the slides last."""
    formats = [name for name in FORMATS if name in pictures]
    if formats:
        (folder / "pictures").mkdir()
        for label, form, drawn in draw_pictures(shown, formats, progress=progress):
            name = f"pictures/{label}.{form}"
            (folder / name).write_bytes(drawn)
            yield name
    if SLIDES in pictures:
        (folder / "overlap.pptx").write_bytes(draw_slides(shown, progress=progress))
        yield "overlap.pptx"


def _page_names(shown: Publication) -> dict[str, str]:
    """Return each district's page; the public gets no pages with statements."""
    if shown.audience == "public":
        return {}
    rows = shown.districts[["district", "name"]].itertuples(index=False)
    return {
        str(row.district): f"districts/{row.district}_{file_name(str(row.name))}.html"
        for row in rows
    }


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _geojson(shown: Publication) -> str:
    """Return the districts with their counts: areas, or the offices where no boundary is known."""
    wide = shown.overlap.pivot_table(
        index="district",
        columns="issue",
        values=["state", "needs", "activities_listed"],
        aggfunc="first",
        dropna=False,
        sort=False,
    )
    wide.columns = ["_".join(reversed(column)) for column in wide.columns.to_list()]
    table = shown.districts[["district", "name", "area"]].join(shown.exposure, on="district")
    table = table.join(wide, on="district").astype(object).where(lambda t: t.notna(), None)
    if isinstance(shown.districts, gpd.GeoDataFrame):
        rounded = round_shapes(shown.districts)
        shapes = gpd.GeoSeries(rounded.geometry.values, crs=rounded.crs)
    else:
        shapes = gpd.GeoSeries.from_xy(
            shown.districts["lng"], shown.districts["lat"], crs="EPSG:6668"
        )
    collection = gpd.GeoDataFrame(table, geometry=shapes.values, crs=shapes.crs)
    return f"{collection.to_json(drop_id=True)}\n"


def _mentions_csv(shown: Publication) -> str:
    said = shown.statements.rename(columns={"statement_id": "text_id"})
    table = shown.mentions.merge(said, on="text_id")
    names = shown.districts.set_index("district")["name"]
    table.insert(1, "district_name", table["district"].map(names))
    table.insert(2, "issue_label", table["issue"].map(shown.issues["label"]))
    table = table.rename(columns={"text_id": "statement_id"})
    if shown.settings.sample:
        table["note"] = SAMPLE_MARK
    return table.map(_no_formula).to_csv(index=False, lineterminator="\n")


def _no_formula(value: object) -> object:
    """Keep a spreadsheet from running a cell that somebody wrote as a formula."""
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        else value
    )
