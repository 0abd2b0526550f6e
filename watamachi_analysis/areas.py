"""Read the areas of a survey's own scheme from a list of municipalities and small areas."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from .area_shapes import Ground, add_people, add_shapes
from .cells import Record, find_table, parse_number
from .errors import InputError, Problem
from .names import match_names, simplify_name, simplify_small_area
from .rows import Sheet, Source, Tally
from .schemes import PART_COLUMNS, Scheme, add_cities, doubt_weights

AREAS_FILE = "districts.xlsx"
Part = tuple[str, str, str | None, float, str]  # as PART_COLUMNS
_BETWEEN = re.compile(r"[、，,・;；／/\n\s]+")


@dataclass(frozen=True)
class ParsedAreas:
    """The scheme that a list of areas describes, with problems and the count of rows."""

    scheme: Scheme
    problems: tuple[Problem, ...]
    tally: Tally


@dataclass
class _Reading:
    """What was read of a list so far: area × unit, the first record of each area, problems."""

    pairs: list[dict[str, object]] = field(default_factory=list)
    areas: dict[str, Record] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    others: dict[str, None] = field(default_factory=dict)
    used: int = 0
    read: int = 0
    reported: int = 0


def parse_areas(source: Source, name: str, ground: Ground) -> ParsedAreas:
    """Return the scheme of one name from a list of areas.

    Parameters
    ----------
    source
        `districts.xlsx`: a row an area and the municipalities, or the small areas of one, that
        lie in it. The scheme's name is a column, or else the sheet's; a list that names none
        is the one wanted.
    name
        Of the scheme wanted, such as 支部.
    ground
        What areas are put together from. Where some areas list small areas of a municipality,
        an area that names the municipality alone gets the rest of it.

    Raises
    ------
    InputError
        If the list has no such scheme, or its weights do not sum to one.
    """
    reading = _Reading(problems=list(source.problems))
    for sheet in source.sheets:
        _read_sheet(sheet, name, ground, reading)
    if not reading.pairs:
        raise InputError(_no_scheme(source.file, name, reading))
    parts, doubts = _weigh(pd.DataFrame(reading.pairs), ground, source.file)
    parts = add_cities(parts, ground.municipalities)
    tally = Tally(
        source.file, source.filled_rows, reading.used, reading.read, reading.reported, len(reading.areas)
    )  # fmt: skip
    scheme = Scheme(name, _describe(reading.areas, parts, ground), parts)
    return ParsedAreas(scheme, (*reading.problems, *doubts), tally)


def _no_scheme(file: str, name: str, reading: _Reading) -> Problem:
    found = f"地区の分け方「{name}」がありません"
    if reading.others:
        mend = f"watamachi.toml の scheme を {'・'.join(reading.others)} のどれかにしてください"
    else:
        mend = "「地区」と「市区町村」の列に書いてください"
    return Problem(file, "", found, mend)


def _read_sheet(sheet: Sheet, name: str, ground: Ground, reading: _Reading) -> None:
    table = find_table(sheet, "area", ["name", "municipality"])
    if table is None or sheet.is_help:
        reading.used += sheet.filled_rows
        return
    reading.used += sheet.filled_rows - len(table.records)
    for record in table.records:
        own = record.get("scheme") or sheet.name or name
        if simplify_name(own) != simplify_name(name):
            reading.others[own] = None
            reading.used += 1
            continue
        faults = len(reading.problems)
        units = list(_units(sheet, record, ground, reading.problems))
        if units:
            area = record.get("name")
            reading.areas.setdefault(area, record)
            code = _code_of(area, reading.areas)
            reading.pairs += [{**unit, "district": code} for unit in units]
        reading.read += bool(units)
        reading.reported += not units
        if not units and len(reading.problems) == faults:
            mend = "市区町村の名前を書くか、行を消してください"
            reading.problems.append(sheet.problem(record.row, "市区町村が書かれていません", mend))


def _code_of(area: str, areas: dict[str, Record]) -> str:
    """Return the id of an area: its own code, or its place in the list."""
    return areas[area].get("code") or f"A{list(areas).index(area) + 1:02d}"


def _units(
    sheet: Sheet, record: Record, ground: Ground, problems: list[Problem]
) -> Iterator[dict[str, str | float | None]]:
    """Yield the municipalities, or the small areas of one, that a row puts into its area."""
    if not record.get("name"):
        return
    weight = parse_number(record.get("weight")) if record.get("weight") else None
    written = [part for part in _BETWEEN.split(record.get("municipality")) if part]
    towns: list[str] = []
    for name, codes in match_names(written, ground.municipalities).items():
        table = ground.municipalities.set_index("district")
        one_city = len({table.loc[code, "parent"] for code in codes}) == 1 and len(codes) > 1
        if len(codes) == 1 or (one_city and table.loc[codes[0], "area"] == name):
            towns += codes
            continue
        found = f"市区町村「{name}」が{'一つに決まりません' if codes else '見つかりません'}"
        problems.append(sheet.problem(record.row, found, "正式な名前に直してください"))
    inside = [part for part in _BETWEEN.split(record.get("small_area")) if part]
    if not inside:
        yield from (
            {"unit": town, "municipality": town, "stated": weight, "place": sheet.place(record.row)}
            for town in towns
        )
        return
    for part in inside:
        found_areas = _small_areas(part, towns, ground.small_areas)
        if found_areas.empty:
            problems.append(sheet.problem(record.row, *_no_small_area(part, ground)))
        for code, town in found_areas[["small_area", "municipality"]].to_numpy().tolist():
            yield {
                "unit": code,
                "municipality": town,
                "stated": None,
                "place": sheet.place(record.row),
            }


def _no_small_area(part: str, ground: Ground) -> tuple[str, str]:
    if ground.small_areas.empty:
        mend = "国勢調査の小地域（r2ka11）を boundaries のフォルダに入れると使えます"
        return f"町丁字「{part}」を引く表がありません", mend
    return f"町丁字「{part}」が見つかりません", "国勢調査の町丁字の名前か KEY_CODE にしてください"


def _small_areas(name: str, towns: list[str], small_areas: pd.DataFrame) -> pd.DataFrame:
    """Return the small areas of some municipalities that a name or code means, all 丁目 of one."""
    known = small_areas[small_areas["municipality"].isin(towns)]
    if name.isdigit() and len(name) in (9, 11):
        return known[known["small_area"].eq(name)]
    wanted = simplify_small_area(name)
    names = known["name"].map(simplify_small_area)
    of_it = names.str.fullmatch(f"{re.escape(wanted)}([〇一二三四五六七八九十]+丁目)?")
    return known[of_it.astype(bool)]


def _weigh(pairs: pd.DataFrame, ground: Ground, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the parts of municipalities and small areas, and what cannot be split.

    Raises
    ------
    InputError
        If stated weights do not sum to one, or a small area lies in two areas.
    """
    pairs = pairs.drop_duplicates(["unit", "district"])
    small = pairs["unit"].str.len() > 5
    _refuse_twice(pairs[small], ground, file)
    parts: list[Part] = []
    problems: list[Problem] = []
    names = ground.municipalities.set_index("district")["name"]
    for town, rows in pairs.groupby("municipality", sort=True):
        own, doubt = _parts_of(str(town), rows, ground)
        parts += own
        if doubt:
            mend = "「町丁字」で分けるか、「割合」を書いてください"
            problems.append(
                Problem(file, str(rows["place"].iloc[0]), f"{names[town]}{doubt}", mend)
            )
    left = names[~names.index.isin(pairs["municipality"])]
    parts += [(code, code, None, 1.0, "whole") for code in left.index]
    table = pd.DataFrame(parts, columns=PART_COLUMNS)
    wrong = doubt_weights(table)
    if len(wrong):
        unit = str(wrong.index[0])
        found = (
            f"{names.get(unit, unit)}の割合の合計が {wrong.iloc[0]:.3f} です（1 になるはずです）"
        )
        raise InputError(Problem(file, "", found, "割合を直してください"))
    if len(left):
        some = "・".join(left[:5]) + ("など" if len(left) > 5 else "")
        found = f"どの地区にも入っていない市区町村が{len(left)}あります（{some}）"
        problems.append(Problem(file, "", found, "入れるなら行を足してください", "info"))
    return table, problems


def _refuse_twice(small: pd.DataFrame, ground: Ground, file: str) -> None:
    twice = small[small.duplicated("unit", keep=False)]
    if len(twice):
        unit = twice["unit"].iloc[0]
        names = ground.small_areas.set_index("small_area")["name"]
        found = f"町丁字「{names[unit]}」（{unit}）が二つの地区にあります"
        raise InputError(
            Problem(file, str(twice["place"].iloc[-1]), found, "どちらかを消してください")
        )


def _parts_of(town: str, rows: pd.DataFrame, ground: Ground) -> tuple[list[Part], str]:
    """Return the parts of one municipality, and what to say if it cannot be split."""
    whole = rows.loc[rows["unit"].eq(town), ["district", "stated"]].to_numpy().tolist()
    if len(whole) < len(rows):
        return list(_split_by_small_areas(town, rows, ground.small_areas)), ""
    if len(whole) == 1 and pd.isna(whole[0][1]):
        return [(town, town, whole[0][0], 1.0, "whole")], ""
    if not any(pd.isna(weight) for _, weight in whole):
        return [(town, town, area, weight, "stated") for area, weight in whole], ""
    # All of them stay possible for who names one; nothing is shared out between them.
    possible = [(town, town, area, 0.0, "whole") for area, _ in whole]
    doubt = f"は{len(whole)}つの地区にあり、分け方が書かれていません"
    return [*possible, (town, town, None, 1.0, "whole")], doubt


def _split_by_small_areas(
    town: str, rows: pd.DataFrame, small_areas: pd.DataFrame
) -> Iterator[Part]:
    """Yield the parts of a municipality and of its small areas; what is listed nowhere is rest."""
    own = small_areas[small_areas["municipality"].eq(town)]
    rest = rows.loc[rows["unit"].eq(town), "district"].tolist()
    listed = dict(zip(rows["unit"], rows["district"], strict=True))
    areas = [listed.get(unit, rest[0] if rest else None) for unit in own["small_area"]]
    for unit, area in zip(own["small_area"], areas, strict=True):
        yield str(unit), town, area, 1.0, "whole"
    size, basis = own["population"].astype(float), "population"
    if not size.sum():
        size, basis = own["area_km2"].astype(float), "area"
    shares: defaultdict[str | None, float] = defaultdict(float)
    for area, share in zip(areas, size / size.sum(), strict=True):
        shares[area] += share
    for area, weight in shares.items():
        yield town, town, area, weight, basis if len(shares) > 1 else "whole"


def _describe(areas: dict[str, Record], parts: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Return the areas as `load_districts` returns municipalities: names, people, tiles, shapes."""
    rows = [
        {
            "district": _code_of(area, areas),
            "name": area,
            "kana": record.get("kana"),
            "short": record.get("short") or area[:4],
            "county": "",
            "area": "",
            "parent": "",
            "row": parse_number(record.get("row")),
            "col": parse_number(record.get("col")),
        }
        for area, record in areas.items()
    ]
    table = pd.DataFrame(rows).astype({"row": "Int64", "col": "Int64"})
    return add_shapes(add_people(table, parts, ground.municipalities), parts, ground)
