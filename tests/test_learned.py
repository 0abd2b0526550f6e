"""What is learned from examples suggests tags, shows its words, and never beats a survey's own."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.bundled import resource_table
from watamachi_analysis.codebook import KINDS, Associations, Examples
from watamachi_analysis.evidence import certainty, issue_evidence, kind_evidence, load_weights
from watamachi_analysis.learned import learn_from
from watamachi_analysis.own_terms import OwnTerm, add_terms
from watamachi_analysis.review import CORRECTION_COLUMNS, teach

BOOK = wm.load_codebook()
EXAMPLES = BOOK.examples.table
LEARNED = learn_from(BOOK)
STRANGE = "ロバのえさやりの当番をどう回すかという話になった"


def examples(*rows):
    table = pd.DataFrame(rows, columns=["text", "issues", "kinds"])
    none = [frozenset()] * len(table)
    return Examples(table.assign(optional_issues=none, optional_kinds=none, weight=1.0))


def test_every_example_has_known_tags_and_at_most_three_issues():
    assert frozenset().union(*EXAMPLES["issues"], *EXAMPLES["optional_issues"]) <= set(BOOK.labels)
    assert frozenset().union(*EXAMPLES["kinds"], *EXAMPLES["optional_kinds"]) <= set(KINDS)
    assert EXAMPLES["issues"].map(len).max() <= 3
    assert EXAMPLES["kinds"].map(bool).all()
    assert EXAMPLES["text"].is_unique


def test_every_issue_has_a_hundred_examples_and_five_hundred_associations():
    rows = EXAMPLES["issues"].explode().value_counts()
    assert rows.reindex(list(BOOK.labels)).min() >= 100
    words = resource_table("codebook/associations.csv")["issue"].value_counts()
    assert words.reindex(list(BOOK.labels)).min() >= 500


def test_every_association_names_a_known_issue_once_with_a_strength():
    table = resource_table("codebook/associations.csv")
    assert set(table["issue"]) == set(BOOK.labels)
    assert set(table["strength"]) == {"1", "2", "3"}
    assert not table.duplicated(["issue", "word"]).any()
    assert table["word"].map(len).between(2, 12).all()


def test_the_weights_name_exactly_the_evidence_that_is_gathered():
    judged = LEARNED.judge("バスがない")
    issues = issue_evidence("バスがない", [], judged, BOOK)
    kinds = kind_evidence({}, judged, tuple(KINDS))
    assert set(issues["places"]) == set(load_weights("issue"))
    assert set(kinds["need"]) == set(load_weights("kind"))


def test_learning_twice_gives_the_same():
    again = learn_from(replace(BOOK, examples=Examples(EXAMPLES)))
    assert again is not LEARNED
    assert (again.weights == LEARNED.weights).all()
    assert again.bias.tolist() == LEARNED.bias.tolist()


def test_a_codebook_without_examples_is_read_by_its_rules_alone():
    rules_only = replace(BOOK, examples=None)
    assert set(wm.tag(pd.Series([STRANGE]), rules_only)["origin"]) == {"rule"}
    with pytest.raises(ValueError, match="no examples"):
        learn_from(rules_only)


def test_what_is_like_the_examples_is_suggested_with_its_words():
    said = ["ロバのえさやりをした日の話をした"] * 3 + ["川の水が冷たい日の話をした"] * 3
    table = examples(
        *(
            (text, frozenset({"places"} if "ロバ" in text else ()), frozenset({"need"}))
            for text in said
        )
    )
    learned = learn_from(replace(BOOK, examples=table, associations=Associations()))
    judged = learned.judge(STRANGE)
    assert judged["places"] == max(judged[issue] for issue in BOOK.labels)
    start, end = learned.find_evidence(STRANGE, "places", [(0, len(STRANGE))])
    assert "ロバ" in STRANGE[start:end]


def test_a_suggestion_shows_words_that_stand_in_the_text():
    texts = pd.Series(resource_table("codebook/examples.csv")["text"].head(200))
    mentions = wm.tag(texts).dropna(subset=["issue"])
    suggested = mentions[mentions["origin"].eq("suggestion")]
    assert len(suggested) > 0
    for row in suggested.itertuples():
        assert texts[row.text_id][row.start : row.end] == row.term != ""


def test_a_certainty_is_a_share_and_only_where_there_is_an_issue(analysis):
    mentions = analysis.mentions
    assert mentions["certainty"].isna().equals(mentions["issue"].isna())
    assert mentions["certainty"].dropna().between(0, 1).all()


def test_a_strong_word_of_ones_own_always_counts():
    book = add_terms(BOOK, [OwnTerm("multicultural", "えさやり", "strong")])
    found = wm.tag(pd.Series([STRANGE]), book)
    assert "multicultural" in set(found["issue"].dropna())


def test_a_correction_teaches_how_to_read_the_statements_like_it():
    texts = pd.Series({f"s-{n}": f"ロバのえさやりの当番、{n}日の分が空いた" for n in range(1, 9)})
    corrections = pd.DataFrame(
        [(f"s-{n}", ("environment",), ("need",)) for n in range(1, 6)], columns=CORRECTION_COLUMNS
    )
    taught = teach(BOOK, texts, corrections)
    before, after = (learn_from(book).judge(texts["s-8"])["environment"] for book in (BOOK, taught))
    assert after > before + 1
    assert teach(BOOK, texts, corrections.head(0)) is BOOK


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_judged_within_its_length(text):
    judged = LEARNED.judge(text)
    assert set(judged) == {*BOOK.labels, *KINDS}
    if text:
        start, end = LEARNED.find_evidence(text, "places", [(0, len(text))])
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("odds", [-1e9, 0.0, 1e9])
def test_a_certainty_never_overflows(odds):
    assert 0 <= certainty({"learned": odds}, {"learned": 1.0}) <= 1
