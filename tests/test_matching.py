"""Why a term counts, or does not: each reason once; odd texts break nothing."""

import pandas as pd
import pytest

import watamachi_analysis as wm
from watamachi_analysis.explanation import SUGGESTED


def verdicts(text):
    table = wm.explain(text)
    return set(zip(table["tag"], table["term"], table["verdict"], strict=True))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("バスが一日三本しかない", ("mobility_shopping", "バス", "数えた")),
        (
            "避難行動要支援者の名簿",
            ("caregiving_dementia", "要支援", "より長いことばの中にあるので数えない"),
        ),
        ("バスタオル", ("", "バスタオル", "どの課題でもないことば")),
    ],
)
def test_every_term_found_says_what_became_of_it(text, verdict):
    assert verdict in verdicts(text)


def test_what_counted_is_what_the_tagger_says(survey):
    for text in survey.statements["text"].head(60):
        explained = wm.explain(text)
        counted = set(explained.loc[explained["verdict"].isin({"数えた", SUGGESTED}), "tag"])
        assert counted == set(wm.tag(pd.Series([text]))["issue"].dropna())


def test_a_statement_of_100_000_characters_is_tagged_to_its_end():
    line = "バスが減って病院に行けない。"
    mentions = wm.tag(pd.Series([line * (100_000 // len(line))]))
    assert mentions["clause"].max() == 100_000 // len(line) - 1
    assert set(mentions["issue"].dropna()) >= {"mobility_shopping"}


@pytest.mark.parametrize("text", ["", "！？…", "😀😀", "\ud800", "a" * 5000, "\u200b\u202e"])
def test_odd_statements_break_nothing(text):
    assert len(wm.tag(pd.Series([text]))) >= 1
    wm.explain(text)
