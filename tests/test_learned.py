"""What is learned from examples suggests tags, shows its words, and never beats a survey's own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.bundled import resource_arrays, resource_table
from watamachi_analysis.codebook import KINDS, Examples
from watamachi_analysis.evidence import certainty, issue_evidence, kind_evidence, load_weights
from watamachi_analysis.learned import NONE, find_traits, learn_from, teach, unpack
from watamachi_analysis.own_terms import OwnTerm, add_terms
from watamachi_analysis.review import CORRECTION_COLUMNS, add_examples

BOOK = wm.load_codebook()
LEARNED = learn_from(BOOK)
STRANGE = "ロバのえさやりの当番をどう回すかという話になった"
FILES = sorted((Path(__file__).parent / "quality" / "examples").glob("*.csv"))


def examples(*rows):
    return Examples(pd.DataFrame(rows, columns=["text", "issues", "kinds"]).assign(weight=5.0))


@pytest.fixture(scope="module")
def written():
    parts = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in FILES]
    return pd.concat(parts, ignore_index=True)


def test_every_example_has_known_tags_and_at_most_three_issues(written):
    sets = {
        column: written[column].map(lambda ids: set(filter(None, ids.split("|"))))
        for column in ("issues", "optional_issues", "kinds", "optional_kinds")
    }
    assert set().union(*sets["issues"], *sets["optional_issues"]) == set(BOOK.labels)
    assert set().union(*sets["kinds"], *sets["optional_kinds"]) == set(KINDS)
    assert sets["issues"].map(len).max() <= 3
    assert sets["kinds"].map(bool).all()
    assert written["text"].is_unique


def test_every_issue_has_a_thousand_examples_and_five_hundred_associations(written):
    rows = written["issues"].str.split("|").explode().value_counts()
    assert rows.reindex(list(BOOK.labels)).min() >= 1000
    words = resource_table("codebook/associations.csv")["issue"].value_counts()
    assert words.reindex(list(BOOK.labels)).min() >= 500


def test_what_ships_names_every_tag_and_stays_small():
    arrays = resource_arrays("codebook/learned.npz")
    assert LEARNED.tags == (*BOOK.labels, *KINDS, NONE)
    assert len(LEARNED.columns) == len(arrays["steps"]) == len(arrays["sizes"])
    assert arrays["steps"].dtype == np.int8
    assert arrays["steps"].size < 24_000_000  # two nets side by side


def test_the_odds_are_those_of_the_net_written_out_by_hand():
    text, judged = "バスがない", LEARNED.judge("バスがない")
    rows = [LEARNED.columns[trait] for trait in find_traits(text) if trait in LEARNED.columns]
    traits = LEARNED.steps.astype(float) * LEARNED.sizes[:, None]
    leaning = np.array([min(BOOK.associations.add_up(text).get(i, 0), 9) / 10 for i in BOOK.labels])
    hidden = traits[rows].sum(0) / len(rows) ** 0.5 + leaning @ LEARNED.leaning + LEARNED.hidden
    odds = np.maximum(hidden, 0) @ LEARNED.weights + LEARNED.bias
    assert list(judged.values()) == pytest.approx(odds.tolist(), abs=1e-3)


def test_packed_arrays_that_hold_objects_are_refused(tmp_path, monkeypatch):
    np.savez(tmp_path / "bad.npz", steps=np.array([{}], dtype=object))
    monkeypatch.setattr("watamachi_analysis.bundled.resources.files", lambda _: tmp_path)
    (tmp_path / "resources").mkdir()
    (tmp_path / "bad.npz").rename(tmp_path / "resources" / "bad.npz")
    with pytest.raises(ValueError, match="pickle"):
        resource_arrays("bad.npz")


def test_every_association_names_a_known_issue_once_with_a_strength():
    table = resource_table("codebook/associations.csv")
    assert set(table["issue"]) == set(BOOK.labels)
    assert set(table["strength"]) == {"1", "2", "3"}
    assert not table.duplicated(["issue", "word"]).any()
    assert table["word"].map(len).between(2, 12).all()


def test_the_weights_name_exactly_the_evidence_that_is_gathered():
    judged = LEARNED.judge("バスがない")
    issues = issue_evidence([], judged, tuple(BOOK.labels))
    kinds = kind_evidence({}, judged, tuple(KINDS))
    assert set(issues["places"]) == set(load_weights("issue"))
    assert set(kinds["need"]) == set(load_weights("kind"))


def test_unpacking_twice_gives_the_same():
    again = unpack(resource_arrays("codebook/learned.npz"), BOOK.associations)
    assert again is not LEARNED
    assert again.judge(STRANGE) == LEARNED.judge(STRANGE)


def test_a_codebook_without_examples_is_read_by_its_rules_alone():
    rules_only = replace(BOOK, examples=None)
    assert set(wm.tag(pd.Series([STRANGE]), rules_only)["origin"]) == {"rule"}
    with pytest.raises(ValueError, match="rules alone"):
        learn_from(rules_only)


def test_what_is_taught_shows_its_words_and_leaves_the_rest_as_it_was():
    table = examples(*((f"ロバのえさやりをした{n}日の話", {"places"}, {"need"}) for n in range(3)))
    taught = teach(LEARNED, table, BOOK.spellings)
    assert taught.judge(STRANGE)["places"] > LEARNED.judge(STRANGE)["places"] + 1
    start, end = taught.find_evidence(STRANGE, "places", [(0, len(STRANGE))])
    assert "ロバ" in STRANGE[start:end]
    assert taught.judge("xyz") == pytest.approx(LEARNED.judge("xyz"), abs=0.5)


def test_teaching_what_is_known_already_changes_next_to_nothing():
    text = "バスの本数が減って病院に行けないので困っています"
    before = LEARNED.judge(text)
    known = {tag for tag, odds in before.items() if odds > 0}
    taught = teach(
        LEARNED, examples((text, known - set(KINDS), known & set(KINDS))), BOOK.spellings
    )
    assert {tag for tag, odds in taught.judge(text).items() if odds > 0} == known
    others = "畑の野菜を直売所に出したい"
    assert taught.judge(others) == pytest.approx(LEARNED.judge(others), abs=0.5)


def test_a_suggestion_shows_words_that_stand_in_the_text(written):
    texts = written["text"].head(200)
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
    taught = add_examples(BOOK, texts, corrections)
    before, after = (learn_from(book).judge(texts["s-8"])["environment"] for book in (BOOK, taught))
    assert after > before + 1
    assert add_examples(BOOK, texts, corrections.head(0)) is BOOK


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_judged_within_its_length(text):
    judged = LEARNED.judge(text)
    assert set(judged) == {*BOOK.labels, *KINDS, NONE}
    if text:
        start, end = LEARNED.find_evidence(text, "places", [(0, len(text))])
        assert 0 <= start < end <= len(text)
        shown = text[start:end]
        assert shown[0].isalnum() == shown[-1].isalnum() == any(map(str.isalnum, shown))


@pytest.mark.parametrize("odds", [-1e9, 0.0, 1e9])
def test_a_certainty_never_overflows(odds):
    assert 0 <= certainty({"learned": odds}, {"learned": 1.0}) <= 1
