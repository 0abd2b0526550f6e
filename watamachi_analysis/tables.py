"""Hold the contract of each table: its columns, its key, and what a value may be."""

import numpy as np
import pandas as pd
import pandera.pandas as pa

_STRING = pd.StringDtype(na_value=np.nan)
_TEXT = pa.Column(_STRING, nullable=True, coerce=True)
_CODE = pa.Check.str_matches(r"^[0-9A-Za-z-]{1,20}$")  # 5 digits, or an area's own code
_DISTRICT = pa.Column(_STRING, _CODE, nullable=True, coerce=True)
_COUNT = pa.Column("Int64", pa.Check.ge(0), nullable=True, coerce=True)
_DATE = pa.Column("datetime64[us]", nullable=True, coerce=True)
_STATUSES = ["value", "estimate", "suppressed", "not_applicable", "unknown", "blank"]
_KIND_HINTS = ["need", "request", "activity", "wish", "resource", "question", "mitigated", "other"]


def _string(check: pa.Check, *, nullable: bool = False, unique: bool = False) -> pa.Column:
    return pa.Column(_STRING, check, nullable=nullable, unique=unique, coerce=True)


def _key(prefix: str) -> pa.Column:
    return _string(pa.Check.str_matches(rf"^{prefix}-[0-9a-f]{{12}}$"), unique=True)


def _texts(*names: str) -> dict[str, pa.Column]:
    return dict.fromkeys(names, _TEXT)


def _degrees(low: float, high: float) -> pa.Column:
    return pa.Column("float64", pa.Check.in_range(low, high), nullable=True, coerce=True)


SCHEMAS = {
    # One row per district; the key is `district`, the 5-digit code.
    "districts": pa.DataFrameSchema(
        {
            "district": _string(_CODE, unique=True),
            "name": _string(pa.Check.str_length(min_value=1)),
            "population": _COUNT,
            "row": _COUNT,
            "col": _COUNT,
        }
    ),
    # One row per 説明会, カフェ, ミーティング or アンケート; participants in people.
    "gatherings": pa.DataFrameSchema(
        {
            "gathering_id": _key("g"),
            "kind": _string( pa.Check.isin(["briefing", "cafe", "meeting", "survey"])),
            "date": _DATE,
            "district": _DISTRICT,
            "participants": _COUNT,
            **_texts("name", "district_name", "venue", "file", "place"),
        },
        strict=True,
    ),
    # One row per utterance written down; voices is how many people said so.
    "statements": pa.DataFrameSchema(
        {
            "statement_id": _key("s"),
            "gathering_id": _string( pa.Check.str_matches(r"^g-[0-9a-f]{12}$")),
            "text": _string( pa.Check.str_length(min_value=1)),
            "kind_hint": _string( pa.Check.isin(_KIND_HINTS), nullable=True),
            "voices": pa.Column("Int64", pa.Check.ge(1), coerce=True),
            "publishable": pa.Column("boolean", nullable=True, coerce=True),
            **_texts("file", "place"),
        },
        strict=True,
    ),
    # One row per item of a municipal plan, with its path goal > policy > initiative and page;
    # start and end are the fiscal years of the plan.
    "measures": pa.DataFrameSchema(
        {
            "measure_id": _key("m"),
            "district": _DISTRICT,
            "page": _COUNT,
            "start": _COUNT,
            "end": _COUNT,
            "certainty": _string(pa.Check.isin(["sure", "doubtful"])),
            **_texts(
                "district_name", "plan", "period", "goal", "policy", "initiative", "role", "text", "office",
                "indicators", "file", "place",
            ),
        },
        strict=True,
    ),
    # One row per listed service, group or place; `lat`, `lng` in degrees where they are known.
    "activities": pa.DataFrameSchema(
        {
            "activity_id": _key("a"),
            "name": _string( pa.Check.str_length(min_value=1)),
            "district": _DISTRICT,
            "last_checked": _DATE,
            "lat": _degrees(-90, 90),
            "lng": _degrees(-180, 180),
            **_texts(
                "category", "issue_labels", "operator", "sector", "district_name", "venue", "schedule", "audience",
                "fee", "source", "note", "file", "place",
            ),
        },
        strict=True,
    ),
    # One row per district, indicator and as-of date.
    "indicators": pa.DataFrameSchema(
        {
            "district": _DISTRICT,
            "indicator": _string( pa.Check.str_length(min_value=1)),
            "as_of": _DATE,
            "value": pa.Column("float64", nullable=True, coerce=True),
            "status": _string( pa.Check.isin(_STATUSES)),
            **_texts("district_name", "unit", "source", "file", "place"),
        },
        unique=["district", "district_name", "indicator", "as_of"],
        strict=True,
    ),
}  # fmt: skip


def check(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the table in the types of its contract.

    Parameters
    ----------
    table
        Any frame.
    name
        Which contract: a key of `SCHEMAS`.

    Raises
    ------
    pandera.errors.SchemaError
        If a column is missing or a value breaks the contract: a fault of this program, not
        of the user's file, since readers report what they cannot use.
    """
    return SCHEMAS[name].validate(table)
