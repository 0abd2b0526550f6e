"""Why a term counts, or does not: each reason once; odd texts break nothing."""

import re

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


def test_where_two_issues_are_taken_for_each_other_the_rule_is_shown():
    rules = wm.explain("一人暮らしなので、避難所まで行けるか不安。安否確認を頼みたい")
    shown = [verdict for verdict in rules["verdict"] if verdict.startswith("迷いやすい組")]
    assert any("災害" in verdict and "「" in verdict for verdict in shown)
    assert not any(re.search("[a-z_]{5,}", verdict) for verdict in shown)


def test_a_worry_and_hearsay_are_named_as_such():
    rows = wm.explain("買い物に行けなくなったら困る。移動販売が来ているらしい")
    assert {"種別（先の心配）", "種別（人づて）"} <= set(rows["verdict"])


def test_a_statement_of_100_000_characters_is_tagged_to_its_end():
    line = "バスが減って病院に行けない。"
    mentions = wm.tag(pd.Series([line * (100_000 // len(line))]))
    assert mentions["clause"].max() == 100_000 // len(line) - 1
    assert set(mentions["issue"].dropna()) >= {"mobility_shopping"}


@pytest.mark.parametrize("text", ["", "！？…", "😀😀", "\ud800", "a" * 5000, "\u200b\u202e"])
def test_odd_statements_break_nothing(text):
    assert len(wm.tag(pd.Series([text]))) >= 1
    wm.explain(text)
