"""The next gathering is best held where it tells most."""

import pandas as pd
import pytest

import watamachi_analysis as wm


@pytest.fixture(scope="module")
def ranked(analysis):
    return wm.where_next(analysis.overlap)


def test_every_district_is_ranked_once(analysis, ranked):
    assert ranked.columns.tolist() == [
        "district", "name", "gatherings", "open_issues", "settles", "sentence",
    ]  # fmt: skip
    assert sorted(ranked["district"]) == sorted(analysis.survey.districts["district"])
    assert ranked["settles"].is_monotonic_decreasing


def test_where_nobody_listened_yet_one_gathering_tells_most(ranked):
    silent = ranked["gatherings"].eq(0)
    assert silent.sum() == 42 and silent.iloc[:42].all()
    assert ranked["settles"].between(0, 24).all()


def test_equals_stand_in_the_order_of_the_districts(ranked):
    assert ranked.loc[ranked["gatherings"].eq(0), "district"].is_monotonic_increasing


def test_open_issues_are_those_not_called_high_or_low(analysis, ranked):
    issues = analysis.overlap[analysis.overlap["issue"].ne("all")]
    called = issues[issues["level"].ne("")].groupby("district").size()
    for row in ranked.itertuples():
        assert row.open_issues == 24 - called.get(row.district, 0)


def test_the_sentence_says_what_is_open_and_what_one_more_gathering_tells(ranked):
    first, heard = ranked.iloc[0], ranked[ranked["district"].eq("11208")].iloc[0]
    told = f"課題{first['settles']:.1f}ぶんの見通しが立ちそうです。"
    assert first["sentence"] == f"集まりの記録がありません。1回聞くと、{told}"
    assert f"これまで4回。課題24のうち{heard['open_issues']}は" in heard["sentence"]


def test_a_table_with_hidden_counts_is_ranked_by_what_it_shows(analysis):
    shown = wm.publish(analysis, "member").overlap
    ranked = wm.where_next(shown)
    assert len(ranked) == 72 and ranked["settles"].notna().all()


def test_ranking_leaves_the_table_given_as_it_is(analysis):
    before = analysis.overlap.copy()
    wm.where_next(analysis.overlap)
    pd.testing.assert_frame_equal(analysis.overlap, before)
