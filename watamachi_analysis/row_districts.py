"""Give the rows of a table the district that their words, or their venue, mean."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from .areas import AREAS_FILE
from .districts import SCHEMES
from .errors import Problem
from .names import match_names, names_of
from .schemes import Scheme, match_areas, match_units
from .tables import check
from .venues import Atlas, find_venue

# Plans and figures may be a whole city's; a gathering or an activity is in one of its wards.
_WHOLE_CITY = {"measures", "indicators"}


def add_district(
    table: pd.DataFrame, name: str, atlas: Atlas, problems: list[Problem]
) -> pd.DataFrame:
    """Return the table, checked, with the `district` that each `district_name` or venue means.

    Parameters
    ----------
    table
        Rows with `district_name`, `file` and `place`, and some with `venue`.
    name
        Which table it is: a key of `tables.SCHEMAS`. Plans and figures keep the municipality,
        ward or whole city that they are of; others get the area that it lies in.
    atlas
        What tells where places lie.
    problems
        Names that mean no district, or several, and that no venue makes clear, are added here.
    """
    names = table["district_name"].fillna("").astype(str).str.strip()
    match = match_units if name in _WHOLE_CITY else match_areas
    known = match(names.unique(), atlas.scheme, atlas.municipalities)
    codes: list[str | None] = []
    by_venue: dict[str, list[Problem]] = {}
    for row, key in zip(table.to_dict("records"), names, strict=True):
        candidates = known[key]
        if len(candidates) != 1:
            found = _find_by_venue(row, key, candidates, atlas)
            said = by_venue.setdefault(found.problem.file, []) if found.areas else problems
            said.append(found.problem)
            candidates = found.areas
        codes.append(candidates[0] if candidates else None)
    problems += [_one_note(notes) for notes in by_venue.values()]
    return check(table.assign(district=pd.Series(codes, index=table.index, dtype=object)), name)


def _one_note(notes: Sequence[Problem]) -> Problem:
    """Return one note for all rows of a file whose district their venues told."""
    first, more = notes[0], len(notes) - 1
    return (
        replace(first, found=f"{first.found}（ほか{more}行も、会場から読みました）")
        if more
        else first
    )


@dataclass(frozen=True)
class _Told:
    """The one area that a venue tells, or none, and what is to be said of it."""

    areas: tuple[str, ...]
    problem: Problem


def _find_by_venue(
    row: Mapping[Hashable, object], name: str, candidates: tuple[str, ...], atlas: Atlas
) -> _Told:
    """Return the area that a row's venue tells, where its district's name tells none or several."""
    file, place = str(row["file"]), str(row["place"])
    venue = row.get("venue")
    written = venue if isinstance(venue, str) else ""
    told = find_venue(written, atlas, lat=row.get("lat"), lng=row.get("lng"))
    fitting = tuple(area for area in told.areas if not name or area in candidates)
    if len(fitting) == 1 and (candidates or not name):
        area = names_of(atlas.scheme.districts)[fitting[0]]
        found = f"地区を{told.by}から「{area}」と読みました"
        mend = "違うときは地区の列に書いてください"
        return _Told(fitting, Problem(file, place, found, mend, "info"))
    found, mend = _unknown(name, candidates, atlas.scheme, atlas.municipalities)
    return _Told((), Problem(file, place, found, mend))


def _unknown(
    written: str, candidates: tuple[str, ...], scheme: Scheme, municipalities: pd.DataFrame
) -> tuple[str, str]:
    """Return what was found and how to mend it, for a name that means no one district."""
    cities = "・".join(sorted(set(municipalities["area"]) - {""}))
    towns = f"市町村（{cities}は区）" if cities else "市町村"
    what = towns if scheme.name == SCHEMES["municipality"] else f"{scheme.name}か市町村"
    mend = f"{what}の正式な名前に直してください"
    if not written:
        return "地区が書かれていません", mend.replace("に直して", "を書いて")
    if candidates:
        tables = (municipalities, scheme.districts)
        names = pd.concat([table.set_index("district")["name"] for table in tables])
        likely = "・".join(names[~names.index.duplicated()].reindex(list(candidates)).dropna())
        return f"地区「{written}」は一つに決まりません", f"どれかに直してください（{likely}）"
    if match_names([written], municipalities)[written]:
        found = f"地区「{written}」は、どの{scheme.name}にも入っていません"
        return found, f"{AREAS_FILE} に行を足してください"
    return f"地区「{written}」が見つかりません", mend
