"""Turn official lists of facilities, services and events into records of activities."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from .bundled import resource_table
from .cells import Record, plain
from .codes import parse_code
from .errors import Problem
from .official import (
    Layout,
    Part,
    find_layout,
    heading_key,
    iso_dates,
    no_licence,
    one_notice,
    set_aside_elsewhere,
    source_of,
)
from .positions import has_wards, is_elsewhere, is_ward, municipality_in, parse_point
from .privacy import mask
from .rows import Row, Sheet

_NOTHING = {"-", "－", "ー", "―", "なし", "無"}
_DATE_FIELDS = ("start_date", "end_date", "last_checked")


@dataclass
class _Faults:
    """What was found at which rows, by kind."""

    codes: list[tuple[Row, str]] = field(default_factory=list)
    swapped: list[tuple[Row, str]] = field(default_factory=list)
    points: list[tuple[Row, str]] = field(default_factory=list)


def read_list(sheet: Sheet, prefecture: str) -> Part | None:
    """Return the records of an official list, None where the sheet is none.

    A record has the fields of our own list (`name`, `category`, `operator`, `district`, `venue`,
    `schedule`, `audience`, `fee`, `note`, `last_checked`, `source`), `lat` and `lng`, and
    `service`, which tells the services of one office apart. Telephone numbers and names of
    persons in charge are never among them; what the note says of any is masked. Rows that are
    in another prefecture (two digits) are set aside with one notice: some lists are the whole
    country's.
    """
    layout = find_layout(sheet, "activity")
    if layout is None or not layout.has("name"):
        return None
    category, credit, is_listed = _kind_of(layout)
    if not (is_listed or layout.is_json_ld or layout.has("code", "place_code")):
        return None
    source = source_of(layout, credit)
    problems = no_licence(layout, source)
    dates: dict[str, str] = {}
    for name in _DATE_FIELDS:
        known, unsure = iso_dates(layout, name)
        dates |= known
        problems += unsure
    faults = _Faults()
    placed = [(row, district_of(layout, row, faults.codes)) for row in layout.rows]
    here = [(row, place) for row, place in placed if not is_elsewhere(place, prefecture)]
    problems += set_aside_elsewhere(sheet, len(placed) - len(here))
    notes, _ = mask(
        pd.Series([_one_line(layout, row, "note", "。") for row, _ in here], dtype=object)
    )
    whole = {"category": category, "source": source}
    groups = tuple(
        (_record(layout, row, {**whole, "note": note, "district": place}, dates, faults),)
        for (row, place), note in zip(here, notes, strict=True)
    )
    problems += _notices(sheet, faults)
    return Part(groups, tuple(problems), sheet.filled_rows - len(groups))


def _kind_of(layout: Layout) -> tuple[str, str, bool]:
    """Return the category and the credit line of a list, and whether its headings tell them."""
    keys = {heading_key(cell) for cell in layout.header_row.cells}
    for row in resource_table("official/lists.csv").itertuples(index=False):
        if row.heading in keys:
            return str(row.category), str(row.credit), True
    return "", "", False


def _notices(sheet: Sheet, faults: _Faults) -> list[Problem]:
    return [
        *one_notice(
            sheet, faults.codes, "住所か市区町村名から地区を読みます。コードを確かめてください"
        ),
        *one_notice(sheet, faults.swapped, "入れ替えて読みました"),
        *one_notice(sheet, faults.points, "地図には使いません。公開元に確かめてください"),
    ]


def _record(
    layout: Layout, row: Row, said: Mapping[str, str], dates: Mapping[str, str], faults: _Faults
) -> Record:
    """Return one thing of a list; `said` is what is known of it already."""
    point = parse_point(
        layout.get(row, "lat") or layout.get(row, "location"), layout.get(row, "lng")
    )
    if point.fault:
        (faults.swapped if point.swapped else faults.points).append((row, point.fault))
    category = _one_line(layout, row, "category", "、") or said["category"]
    values = {
        "name": _one_line(layout, row, "name", " "),
        "category": category,
        "service": category,
        "operator": _one_line(layout, row, "operator", "、"),
        "district": said["district"],
        "venue": _venue(layout, row),
        "schedule": _schedule(layout, row, dates),
        "audience": _one_line(layout, row, "audience", "、"),
        "fee": _one_line(layout, row, "fee", "、"),
        "note": said["note"],
        "last_checked": dates.get(layout.get(row, "last_checked"), ""),
        "source": said["source"] or publisher_of(layout, row),
        "lat": "" if point.lat is None else str(point.lat),
        "lng": "" if point.lng is None else str(point.lng),
    }
    return Record(row, values, frozenset(name for name, value in values.items() if value))


def _one_line(layout: Layout, row: Row, name: str, between: str) -> str:
    """Return all that a row says in a field on one line, each text after its label."""
    said = [
        f"{label}: {text}" if label else text
        for label, text in layout.texts(row, name)
        if plain(text) not in _NOTHING
    ]
    return between.join(text.replace("\n", " ") for text in dict.fromkeys(said))


def publisher_of(layout: Layout, row: Row) -> str:
    """Return the name of the local government that publishes a row, as far as it is named."""
    return layout.get(row, "publisher") or _named(layout, row, "prefecture", "municipality")


def _named(layout: Layout, row: Row, prefecture: str, municipality: str) -> str:
    """Return prefecture and municipality of two columns as one name, without an address in it."""
    above, name = layout.get(row, prefecture), layout.get(row, municipality)
    whole = f"{above}{name.removeprefix(above)}" if name else ""
    return municipality_in(whole) or whole


def district_of(layout: Layout, row: Row, faults: list[tuple[Row, str]]) -> str:
    """Return the code or name of the district where a thing is, not of who publishes the list.

    Of a city with wards it is the ward, wherever the row names it.
    """
    places = [
        _code(layout, row, "place_code", faults),
        municipality_in(_address(layout, row)),
        _named(layout, row, "place_prefecture", "place_municipality"),
        _named(layout, row, "prefecture", "municipality"),
        _code(layout, row, "code", faults),
        municipality_in(layout.get(row, "publisher")),
    ]
    named = [place for place in places if place]
    if not named:
        return ""
    wards = [place for place in named if is_ward(place)]
    return wards[0] if has_wards(named[0]) and wards else named[0]


def _code(layout: Layout, row: Row, name: str, faults: list[tuple[Row, str]]) -> str:
    text = layout.get(row, name)
    try:
        return parse_code(text)
    except ValueError:
        faults.append((row, f"コード「{text}」は全国地方公共団体コードではありません"))
        return ""


def _address(layout: Layout, row: Row) -> str:
    """Return the address: as one text where it is so written, else put together from its parts."""
    whole, town = layout.get(row, "address"), layout.get(row, "town")
    if (whole and (municipality_in(whole) or town in whole)) or not layout.has("town", "block"):
        return whole.replace("\n", " ")
    prefecture = layout.get(row, "place_prefecture") or layout.get(row, "prefecture")
    name = layout.get(row, "place_municipality") or layout.get(row, "municipality")
    parts = [prefecture, name.removeprefix(prefecture), town, whole, layout.get(row, "block")]
    return "".join(parts).replace("\n", " ")


def _venue(layout: Layout, row: Row) -> str:
    parts = [layout.get(row, "hall"), _address(layout, row), layout.get(row, "building")]
    return " ".join(part.replace("\n", " ") for part in dict.fromkeys(parts) if part)


def _schedule(layout: Layout, row: Row, dates: Mapping[str, str]) -> str:
    """Return days and hours as one readable text, a line for each part that the list has."""
    start, end = (dates.get(layout.get(row, name), "") for name in ("start_date", "end_date"))
    opens, closes = layout.get(row, "start"), layout.get(row, "end")
    begins = f"{start} {opens}".strip()
    ends = f"{end if end != start else ''} {closes}".strip()
    span = "～".join(part for part in (begins, ends) if part)
    hours = [
        f"{label} {text}".strip()
        for label, text in layout.texts(row, "hours")
        if plain(text) not in _NOTHING
    ]
    when = " ".join(part for part in (layout.get(row, "days"), span) if part)
    said = "／".join(part for part in (when, *hours) if part)
    return re.sub(r"(\d:\d\d):00\b", r"\1", said).replace("\n", "、")  # Excel adds the seconds
