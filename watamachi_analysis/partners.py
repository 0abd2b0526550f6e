"""Find who works on an issue here and next door, and what the same groups do elsewhere."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from .examples import join_parts, say_age
from .issue_groups import join_issues
from .neighbours import BASES, locate_districts, measure_km, neighbours_of
from .networks import ACTIVITY_NOTE, ORGANISATION, PERSON, name_organisations
from .precedents import check_district, check_issue
from .publish import Publication

PLACES = {"here": "ここ", "next": "となり・近く", "elsewhere": "ほか"}
_TYPES = {
    **dict.fromkeys(
        ["activity_id", "name", "operator", "district", "district_name", "where"], "str"
    ),
    "distance_km": "Float64",
    **dict.fromkeys(["issues", "schedule"], "str"),
    "last_checked": "datetime64[ns]",
    "why": "str",
}


def find_partners(shown: Publication, issue: str, district: str, *, top: int = 10) -> pd.DataFrame:
    """Find who could be worked with on an issue (連携候補).

    First who works on it in the district, then next door; then what else these groups do
    there, and what they do about it elsewhere. Who is not listed is not known here, and may
    well be at work.

    Parameters
    ----------
    shown
        The tables of one audience; only its lists of activities are read.
    issue
        The id or the label of an issue.
    district
        The code of the district that asks.
    top
        How many to list at most.

    Returns
    -------
    pandas.DataFrame
        One row per activity: `activity_id`, `name`, `operator` (a person is 個人),
        `district`, `district_name`, `where` (a key of `PLACES`; next door as `neighbours_of`
        says it), `distance_km` (as the crow flies from the district's office to the activity,
        or to the office of its district; missing where either is unknown, and in the district
        itself where the activity's place is), `issues` (labels), `schedule`, `last_checked`,
        and `why` (Japanese). Nearest first within each place.

    Raises
    ------
    ValueError
        If the issue or the district is unknown.
    """
    check_district(shown, district)
    listed = _list_activities(shown, district, check_issue(shown, issue))
    near = listed["where"].ne("elsewhere")
    # Persons are all listed under one name: that tells nothing of who else is the same.
    is_group = listed["operator"].ne(PERSON)
    partners = set(listed.loc[near & listed["about"] & is_group, ORGANISATION])
    is_theirs = listed[ORGANISATION].isin(partners)
    found = listed[(near & (listed["about"] | is_theirs)) | (is_theirs & listed["about"])]
    found = found.assign(
        rank=found["where"].map(list(PLACES).index).astype(int)
        + 2 * (~found["about"] | ~near[found.index]).astype(int),
        why=[_say_why(row) for row in found.to_dict("records")],
    )
    found = found.sort_values(["rank", "distance_km", "activity_id"], na_position="first")
    return found[list(_TYPES)].astype(_TYPES).head(top).reset_index(drop=True)


def _list_activities(shown: Publication, district: str, issue: str) -> pd.DataFrame:
    """Return all activities, where each is, how far, and whether it is about the issue."""
    facts = ["activity_id", "schedule", "last_checked", "lat", "lng"]
    own = name_organisations(shown).dropna(subset=["district"])
    listed = own.merge(shown.activities[facts], on="activity_id", validate="1:1")
    pairs = neighbours_of(shown.districts)
    near = pairs[pairs["district"].eq(district)].set_index("neighbour")["basis"]
    place = pd.Series("elsewhere", index=listed.index)
    place = place.mask(listed["district"].isin(near.index), "next")
    place = place.mask(listed["district"].eq(district), "here")
    names = shown.districts.set_index("district")["name"]
    labels = join_issues(shown.activity_issues, "activity_id", shown.issues)
    about = shown.activity_issues.loc[shown.activity_issues["issue"].eq(issue), "activity_id"]
    return listed.assign(
        operator=listed["label"].mask(listed["note"].eq(ACTIVITY_NOTE), ""),
        district_name=listed["district"].map(names),
        where=place,
        distance_km=_measure(listed, shown.districts, district),
        issues=listed["activity_id"].map(labels).fillna(""),
        schedule=listed["schedule"].fillna("").astype("str"),
        about=listed["activity_id"].isin(about),
        basis=listed["district"].map(near).fillna(""),
        doubt=[say_age(day, shown.built) for day in listed["last_checked"]],
    )


def _measure(listed: pd.DataFrame, districts: pd.DataFrame, district: str) -> pd.Series:
    offices = locate_districts(districts)
    own = pd.DataFrame([offices.loc[district]] * len(listed), columns=offices.columns)
    spots = listed[["lat", "lng"]].astype("float64")
    elsewhere = listed["district"].ne(district)
    homes = offices.reindex(listed["district"]).set_axis(listed.index)
    spots = spots.fillna(homes.where(elsewhere))
    return measure_km(own, spots).set_axis(listed.index)


def _say_why(row: Mapping[Hashable, Any]) -> str:
    """Return in Japanese why a group is listed: what it does, where, and how old that is."""
    subject = "同じ課題の活動" if row["about"] else "別の課題の活動ですが、担い手が同じです"
    if row["where"] == "elsewhere":
        subject = "同じ担い手が、ほかの地区で同じ課題に取り組んでいます"
    near = BASES[row["basis"]] if row["where"] == "next" else ""
    far = "" if pd.isna(row["distance_km"]) else f"（約{row['distance_km']}km）"
    where = "この地区" if row["where"] == "here" else f"{near}{row['district_name']}{far}"
    place = join_parts((f"{where}で", row["schedule"]), "")
    return join_parts((subject, place if row["schedule"] else where, row["doubt"]), "。")
