"""Make the voices that a plan reports statements of a gathering of their own: the municipality's."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from .gatherings import GATHERING_COLUMNS, STATEMENT_COLUMNS
from .ids import make_id

REPORTED = "計画に載った声"


def state_voices(
    file: str, plan: str, names: Sequence[str], voices: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the gatherings and statements that the voices of a plan are, one gathering a municipality.

    They are the municipality's own report, taken down by others: they stand apart from what was
    said in gatherings of the survey, and are counted with it only where its settings say so.

    Parameters
    ----------
    file, plan
        The plan's file and name.
    names
        The municipalities that it is of.
    voices
        As `take_voices` returns them.

    Returns
    -------
    gatherings, statements : pandas.DataFrame
        As `tables` describes them, before their districts are known.
    """
    held, said = [], []
    for name in names if len(voices) else ():
        key = make_id("g", f"{file}|{name}|{REPORTED}")
        held.append(
            dict.fromkeys(GATHERING_COLUMNS)
            | {
                "gathering_id": key,
                "kind": "survey",
                "name": f"{plan}（{REPORTED}）",
                "district_name": name,
                "venue": "",
                "file": file,
                "place": "",
            }
        )
        seen: Counter[str] = Counter()
        for row in voices.to_dict("records"):
            seen[row["text"]] += 1
            said.append(
                {
                    "statement_id": make_id("s", f"{key}|{row['text']}", seen[row["text"]]),
                    "gathering_id": key,
                    "text": row["text"],
                    "kind_hint": row["kind"] or None,
                    "voices": row["voices"],
                    "publishable": True,
                    "file": file,
                    "place": row["place"],
                }
            )
    return (
        pd.DataFrame(held, columns=GATHERING_COLUMNS),
        pd.DataFrame(said, columns=STATEMENT_COLUMNS),
    )
