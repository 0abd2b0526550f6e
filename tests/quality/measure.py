"""Measure how well the tagger reads statements that two other people tagged by hand.

    python tests/quality/measure.py            the part never looked at while writing terms
    python tests/quality/measure.py tuning     the part thresholds are chosen on, with its worst rows
    python tests/quality/measure.py places     where statements speak of, on `places_held_out.csv`
    python tests/quality/measure.py learn      the part to learn from, with its worst rows

A tag in `optional_issues` or `optional_kinds` is neither asked for nor counted as false.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import watamachi_analysis as wm

FOLDER = Path(__file__).parent
BARS = {"issues micro-F1": 0.85, "issues macro-F1": 0.80, "kinds micro-F1": 0.88}
MOST_FALSE = 0.10
PLACES_RIGHT, PLACES_WRONG = 0.95, 0.01  # at least, and at most sure but wrong
WORST = 60


@dataclass(frozen=True)
class Counts:
    """How many tags were found, made up, and missed."""

    found: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        return self.found / max(self.found + self.false, 1)

    @property
    def recall(self) -> float:
        return self.found / max(self.found + self.missed, 1)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(2 * self.found + self.false + self.missed, 1)


def read_part(name: str) -> pd.DataFrame:
    """Return one part of the gold set, tags as sets."""
    table = pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)
    for column in ("issues", "optional_issues", "kinds", "optional_kinds"):
        table[column] = [set(filter(None, written.split("|"))) for written in table[column]]
    return table


def read_tags(texts: pd.Series) -> pd.DataFrame:
    """Return what the tagger finds in each text, as sets."""
    mentions = wm.tag(texts)
    by_text = mentions.groupby("text_id")
    issues = by_text["issue"].agg(lambda found: set(found.dropna()))
    kinds = by_text["kind"].agg(set)
    # A clause that says nothing does not speak for the statement.
    kinds = kinds.map(lambda found: found - {"other"} or found)
    return pd.DataFrame({"issues": issues, "kinds": kinds}).reindex(texts.index)


def count(gold: pd.DataFrame, found: pd.DataFrame, what: str) -> pd.DataFrame:
    """Return found, false and missed tags per issue or kind."""
    counts: Counter[tuple[str, str]] = Counter()
    for asked, optional, given in zip(
        gold[what], gold[f"optional_{what}"], found[what], strict=True
    ):
        counts.update((tag, "found") for tag in asked & given)
        counts.update((tag, "false") for tag in given - asked - optional)
        counts.update((tag, "missed") for tag in asked - given)
    rows = [(tag, how, number) for (tag, how), number in counts.items()]
    table = pd.DataFrame(rows, columns=["tag", "how", "number"])
    wide = table.pivot(index="tag", columns="how", values="number").fillna(0).astype(int)
    return wide.reindex(columns=["found", "false", "missed"], fill_value=0)


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """Add precision, recall and F1 to a table of counts."""
    rows = [Counts(*map(int, row)) for row in table[["found", "false", "missed"]].to_numpy()]
    return table.assign(
        precision=[row.precision for row in rows],
        recall=[row.recall for row in rows],
        f1=[row.f1 for row in rows],
    )


def measure(name: str) -> tuple[dict[str, float], pd.DataFrame, pd.DataFrame]:
    """Return the figures of one part, and the scores per issue and per kind."""
    gold = read_part(name)
    found = read_tags(gold.set_index("id")["text"]).reset_index(drop=True)
    issues, kinds = (scores(count(gold, found, what)) for what in ("issues", "kinds"))
    without = ~gold["issues"].map(bool) & ~gold["optional_issues"].map(bool)
    plain = gold["keyword"].eq("no") & gold["issues"].map(bool)
    hidden = count(gold[plain], found[plain], "issues").sum()
    figures = {
        "issues micro-F1": Counts(*map(int, issues[["found", "false", "missed"]].sum())).f1,
        "issues macro-F1": float(issues["f1"].mean()),
        "kinds micro-F1": Counts(*map(int, kinds[["found", "false", "missed"]].sum())).f1,
        "false tags where there is no issue": float(found.loc[without, "issues"].map(bool).mean()),
        **({"recall without the keyword": Counts(*map(int, hidden)).recall} if plain.any() else {}),
    }
    return figures, issues, kinds


def confusions(name: str) -> pd.DataFrame:
    """Return which issue was found in place of which, most often first."""
    gold = read_part(name)
    found = read_tags(gold.set_index("id")["text"]).reset_index(drop=True)
    pairs = Counter(
        (missed, false)
        for asked, optional, given in zip(
            gold["issues"], gold["optional_issues"], found["issues"], strict=True
        )
        for missed in asked - given
        for false in given - asked - optional
    )
    rows = [(missed, false, number) for (missed, false), number in pairs.most_common(12)]
    return pd.DataFrame(rows, columns=["missed", "found instead", "times"])


def worst(name: str) -> pd.DataFrame:
    """Return the rows read most wrongly."""
    gold = read_part(name)
    found = read_tags(gold.set_index("id")["text"]).reset_index(drop=True)
    rows = pd.DataFrame(
        {
            "missed": [a - g for a, g in zip(gold["issues"], found["issues"], strict=True)],
            "false": [
                g - a - o
                for a, o, g in zip(
                    gold["issues"], gold["optional_issues"], found["issues"], strict=True
                )
            ],
            "kinds": [
                f"{'|'.join(sorted(a))} ≠ {'|'.join(sorted(g))}" if a - g or g - a - o else ""
                for a, o, g in zip(
                    gold["kinds"], gold["optional_kinds"], found["kinds"], strict=True
                )
            ],
            "text": gold["text"],
        }
    )
    wrong = rows["missed"].map(len) + rows["false"].map(len) + rows["kinds"].ne("")
    return rows[wrong > 0].loc[wrong.sort_values(ascending=False, kind="stable").index[:WORST]]


def read_places(name: str) -> pd.DataFrame:
    """Return one part of the statements with the districts they speak of."""
    gold = pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)
    return gold.assign(context=gold["context"].where(gold["context"].ne(""), None).astype(object))


def measure_places(name: str) -> tuple[float, float]:
    """Return which share of statements is placed as asked, and which is sure but wrong."""
    gold = read_places(name)
    found = wm.locate(gold["text"], context=gold["context"])
    right = wrong = 0
    for number, row in gold.iterrows():
        own = found[found["text_id"] == number]
        sure = set(own.loc[own["certainty"].eq("sure"), "district"])
        asked, doubtful = (set(filter(None, row[c].split("|"))) for c in ("sure", "ambiguous"))
        right += (sure, set(own["district"]) - sure) == (asked, doubtful)
        wrong += bool(sure - asked)
    return right / len(gold), wrong / len(gold)


def main_places() -> int:
    right, wrong = measure_places("places_held_out")
    print(f"{'right':38}{right:6.3f}   (at least {PLACES_RIGHT})")
    print(f"{'sure but wrong':38}{wrong:6.3f}   (at most {PLACES_WRONG})")
    return int(right < PLACES_RIGHT) + int(wrong > PLACES_WRONG)


def main(name: str = "held_out") -> int:
    if name == "places":
        return main_places()
    figures, issues, kinds = measure(name)
    with pd.option_context("display.width", 200, "display.float_format", "{:.2f}".format):
        print(issues.sort_values("f1").to_string(), kinds.to_string(), sep="\n\n")
        print("\n", confusions(name).to_string(index=False))
        if name != "held_out":  # nobody reads the rows of that part
            print("\n", worst(name).to_string(index=False))
    failed = []
    print(f"\n{name}: {len(read_part(name))} statements")
    for figure, value in figures.items():
        bar = BARS.get(figure)
        print(f"{figure:38}{value:6.3f}" + (f"   (at least {bar})" if bar else ""))
        failed += [figure] if bar and value < bar else []
    if figures["false tags where there is no issue"] > MOST_FALSE:
        failed.append("false tags where there is no issue")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
