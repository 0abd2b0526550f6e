"""Fit how much each piece of evidence counts, and write it to the codebook's `evidence.csv`.

    pip install '.[train]'
    python tests/quality/fit.py

The examples are read in three parts, each judged by what was learned from the other two, so
that what was learned is believed only as far as it holds for statements it has not seen.
Examples whose words went into the rules are learned from but not fitted to.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import LogisticRegression
from train import read_examples, train

import watamachi_analysis as wm
from watamachi_analysis.codebook import KINDS
from watamachi_analysis.evidence import Evidence, issue_evidence, kind_evidence
from watamachi_analysis.kinds import roles_by_kind
from watamachi_analysis.learned import Learned, unpack
from watamachi_analysis.matching import blank_neutral, find_terms, weigh_terms
from watamachi_analysis.text import split_clauses

PARTS = 3
FILE = Path(wm.__file__).parent / "resources" / "codebook" / "evidence.csv"
SEEN = {"learn", "examples/sample"}  # their words went into the rules


def collect() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the evidence for each issue and each kind of each example, and whether it is so."""
    book = wm.load_codebook()
    table = read_examples()
    unseen = np.flatnonzero(~table["file"].isin(SEEN))
    part = np.full(len(table), -1)
    part[unseen] = np.random.default_rng(0).permutation(len(unseen)) % PARTS
    issues: list[Evidence] = []
    kinds: list[Evidence] = []
    for number in range(PARTS):
        learned = unpack(train(table[part != number], book), book.associations)
        for row in table[part == number].itertuples():
            of_issues, of_kinds = read_evidence(book.spellings.fold(row.text).text, learned, book)
            issues += label(of_issues, row.issues, row.optional_issues)
            kinds += label(of_kinds, row.kinds, row.optional_kinds)
    return pd.DataFrame(issues), pd.DataFrame(kinds)


def read_evidence(
    text: str, learned: Learned, book: wm.Codebook
) -> tuple[dict[str, Evidence], dict[str, Evidence]]:
    """Return the evidence for each issue and for each kind, as the tagger sees it."""
    clauses = split_clauses(text)
    weighed = weigh_terms(text, find_terms(text, book), clauses)
    seen = blank_neutral(text, weighed)
    cued = roles_by_kind(text, clauses, book)
    issues = issue_evidence(weighed, learned.judge(seen), tuple(book.labels))
    return issues, kind_evidence(cued, learned.judge(text), tuple(KINDS))


def label(found: dict[str, Evidence], asked: set[str], optional: set[str]) -> list[Evidence]:
    """Return the evidence with whether the tag is asked for; what is optional is left out."""
    return [
        own | {"true": float(tag in asked)}
        for tag, own in found.items()
        if tag in asked or tag not in optional
    ]


def fit(evidence: pd.DataFrame) -> pd.Series:
    """Return the weight of each piece of evidence."""
    names = [name for name in evidence.columns if name not in {"bias", "true"}]
    model = LogisticRegression(max_iter=5000).fit(evidence[names], evidence["true"].astype(bool))
    return pd.Series({"bias": model.intercept_[0], **dict(zip(names, model.coef_[0], strict=True))})


def main() -> None:
    torch.set_num_threads(1)
    before = pd.read_csv(FILE, keep_default_na=False).set_index(["about", "evidence"])
    fitted = {about: fit(rows) for about, rows in zip(("issue", "kind"), collect(), strict=True)}
    weights = pd.concat(fitted).rename("weight").rename_axis(["about", "evidence"]).round(2)
    table = weights.to_frame().join(before["note"]).fillna("").reset_index()
    table.to_csv(FILE, index=False, lineterminator="\n")
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
