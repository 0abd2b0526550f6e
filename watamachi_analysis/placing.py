"""Give each statement the district that it was said in, or else the one it surely speaks of."""

from collections.abc import Mapping

import pandas as pd

from .errors import Problem
from .places import SMALL_AREA, locate
from .schemes import Scheme, match_units

SETTLED_COLUMNS = ["statement_id", "surface", "district"]
AREA = "area"


def find_places(
    statements: pd.DataFrame,
    gatherings: pd.DataFrame,
    scheme: Scheme,
    municipalities: pd.DataFrame,
    small_areas: pd.DataFrame,
) -> pd.DataFrame:
    """Find the places that statements speak of, with the area of the scheme that each lies in.

    Parameters
    ----------
    statements
        `statement_id`, `gathering_id` and the masked `text`.
    gatherings
        `gathering_id` and `district_name`: where it was held breaks ties.
    scheme
        The areas.
    municipalities, small_areas
        As `Survey` has them.

    Returns
    -------
    pandas.DataFrame
        As `locate` returns it, `text_id` being the `statement_id`, and `area`: the one area of
        the scheme that the place lies in; missing where it lies in several or none.
    """
    written = gatherings["district_name"].fillna("").astype(str)
    known = match_units(written.unique(), scheme, municipalities)
    of_gathering = {
        key: known[name][0] if len(known[name]) == 1 else None
        for key, name in zip(gatherings["gathering_id"], written, strict=True)
    }
    texts = statements.set_index("statement_id")["text"]
    here = statements.set_index("statement_id")["gathering_id"].map(of_gathering).astype(object)
    found = locate(
        texts, municipalities, context=here, small_areas=small_areas if len(small_areas) else None
    )
    return found.assign(area=_areas(found, scheme))


def _areas(places: pd.DataFrame, scheme: Scheme) -> pd.Series:
    """Return for each place the one area of the scheme that holds it."""
    areas = scheme.areas
    small = places[SMALL_AREA] if SMALL_AREA in places.columns else pd.Series(None, places.index)
    result: list[str | None] = []
    for district, codes in zip(places["district"], small, strict=True):
        units = codes.split("|") if isinstance(codes, str) else [district]
        own = {area for unit in units for area in areas.get(unit) or areas.get(district, ())}
        result.append(own.pop() if len(own) == 1 else None)
    return pd.Series(result, index=places.index, dtype=object)


def settle(places: pd.DataFrame, settled: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Return the places with what an adviser said of doubtful names.

    Parameters
    ----------
    places
        As `find_places` returns them.
    settled
        `statement_id`, `surface` and `district`; a blank district says that the name is no
        place, or none of ours.
    scheme
        The areas.

    Returns
    -------
    pandas.DataFrame
        As `places`: a settled name has one row, `sure`, or none.
    """
    told = {
        (key, surface): district
        for key, surface, district in settled[SETTLED_COLUMNS].to_numpy().tolist()
    }
    keys = list(zip(places["text_id"], places["surface"], strict=True))
    is_told = pd.Series([key in told for key in keys], index=places.index, dtype=bool)
    asked = places[is_told].drop_duplicates(["text_id", "start"])
    answers = [told[key] for key in zip(asked["text_id"], asked["surface"], strict=True)]
    answered = asked.assign(district=answers, certainty="sure")[
        pd.Series(answers, asked.index).ne("")
    ]
    if SMALL_AREA in answered.columns:
        answered = answered.assign(**{SMALL_AREA: None})
    answered = answered.assign(area=_areas(answered, scheme))
    parts = [part for part in (places[~is_told], answered) if len(part)]
    if not parts:
        return places.iloc[:0]
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def place_statements(
    statements: pd.DataFrame, gatherings: pd.DataFrame, places: pd.DataFrame
) -> pd.Series:
    """Return the district of each statement: its gathering's, or else the one it surely names.

    Parameters
    ----------
    statements
        `statement_id`, `gathering_id`.
    gatherings
        `gathering_id`, `district`.
    places
        As `find_places` returns them; only sure ones count, and only where they all lie in one
        area.

    Returns
    -------
    pandas.Series
        On the index of the statements; missing where nothing tells.
    """
    held = statements["gathering_id"].map(gatherings.set_index("gathering_id")["district"])
    sure = places[places["certainty"].eq("sure")]
    named = {key: _only(areas) for key, areas in sure.groupby("text_id")[AREA]}
    return held.where(held.notna(), statements["statement_id"].map(named)).astype(object)


def _only(areas: pd.Series) -> str | None:
    known = set(areas.dropna())
    return str(known.pop()) if len(known) == 1 and areas.notna().all() else None


def list_doubtful(places: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per doubtful name of a statement, with what it may mean.

    Parameters
    ----------
    places
        As `find_places` returns them.
    names
        Municipality → name.

    Returns
    -------
    pandas.DataFrame
        `statement_id`, `surface`, `candidates` (names joined by `・`), in the order found.
    """
    doubtful = places[places["certainty"].eq("ambiguous")].assign(
        candidates=places["district"].map(names)
    )
    grouped = doubtful.groupby(["text_id", "surface"], sort=False)["candidates"]
    table = grouped.agg(lambda found: "・".join(dict.fromkeys(found))).reset_index()
    return table.rename(columns={"text_id": "statement_id"})


def doubt_places(doubtful: pd.DataFrame, statements: pd.DataFrame) -> list[Problem]:
    """Return a note for each doubtful name, at the place where it was written down.

    Parameters
    ----------
    doubtful
        As `list_doubtful` returns it.
    statements
        `statement_id`, `file`, `place`.
    """
    told = doubtful.merge(statements[["statement_id", "file", "place"]], on="statement_id")
    return [
        Problem(
            str(row.file),
            str(row.place),
            f"地名「{row.surface}」は一つに決まりません（{row.candidates}か、地区の名前でないか）",
            "review.xlsx の「地名」で選べます",
            "info",
        )
        for row in told.itertuples()
    ]
