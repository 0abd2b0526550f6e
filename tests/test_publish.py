"""Each audience gets only what it may see."""

from dataclasses import fields, replace

import pandas as pd
import pytest

import watamachi_analysis as wm
from watamachi_analysis.privacy import VOICE_COUNTS

COUNT_OF_KIND = {
    "need": "needs",
    "request": "needs",
    "wish": "wishes",
    "activity": "activities_said",
}


@pytest.fixture(scope="module")
def member(analysis):
    return wm.publish(analysis, "member")


@pytest.fixture(scope="module")
def public(analysis):
    return wm.publish(analysis, "public")


@pytest.fixture(scope="module")
def adviser(analysis):
    return wm.publish(analysis, "adviser")


def tables_of(publication):
    values = {field.name: getattr(publication, field.name) for field in fields(publication)}
    return {name: value for name, value in values.items() if isinstance(value, pd.DataFrame)}


def words_of(publication):
    tables = tables_of(publication).values()
    return "\n".join(str(cell) for table in tables for cell in table.to_numpy().ravel())


def with_statements(analysis, **columns):
    survey = analysis.survey
    return replace(analysis, survey=replace(survey, statements=survey.statements.assign(**columns)))


def test_the_member_is_the_audience_unless_another_is_named(analysis, member):
    assert wm.publish(analysis).audience == "member"
    assert member.audience_label == "組合員用"


@pytest.mark.parametrize("audience", ["", "members", "MEMBER", "everyone"])
def test_an_unknown_audience_is_refused(analysis, audience):
    with pytest.raises(ValueError, match=r"見る人.*adviser・member・public"):
        wm.publish(analysis, audience)


def test_the_member_sees_no_statement_that_may_not_be_published(analysis, member):
    said = analysis.survey.statements.set_index("statement_id")["publishable"]
    assert len(member.statements) > 0
    assert said[member.statements["statement_id"]].eq(True).fillna(False).all()


@pytest.mark.parametrize("answer", [False, pd.NA])
def test_without_a_yes_the_member_sees_no_statement(analysis, answer):
    silent = pd.array([answer] * len(analysis.survey.statements), dtype="boolean")
    shown = wm.publish(with_statements(analysis, publishable=silent), "member")
    assert shown.statements.empty
    assert shown.mentions.empty


def test_one_statement_that_says_no_is_the_one_that_goes(analysis, member):
    gone = member.statements["statement_id"].iloc[0]
    said = analysis.survey.statements
    answers = said["publishable"].mask(said["statement_id"] == gone, False)
    shown = wm.publish(with_statements(analysis, publishable=answers), "member")
    assert set(member.statements["statement_id"]) - set(shown.statements["statement_id"]) == {gone}


def test_no_statement_stands_behind_a_count_that_the_member_does_not_see(member):
    counts = member.overlap.set_index(["district", "issue"])
    said = member.mentions.merge(member.statements, left_on="text_id", right_on="statement_id")
    told = said[said["kind"].isin(COUNT_OF_KIND) & said["issue"].notna()]
    behind_hidden = [
        row.text_id
        for row in told.itertuples()
        if pd.isna(counts.at[(row.district, row.issue), COUNT_OF_KIND[row.kind]])
    ]
    assert len(told) > 0
    assert behind_hidden == []


def test_thresholds_that_nothing_reaches_leave_no_quotation(analysis):
    limits = wm.Thresholds(statements=9999, gatherings=999, sensitive=9999, people=9999)
    survey = replace(analysis.survey, settings=replace(analysis.survey.settings, thresholds=limits))
    shown = wm.publish(replace(analysis, survey=survey), "member")
    kinds = shown.mentions.loc[shown.mentions["issue"].notna(), "kind"]
    assert kinds.isin(COUNT_OF_KIND).sum() == 0


def test_the_member_sees_mentions_only_of_statements_it_sees(member):
    assert set(member.mentions["text_id"]) <= set(member.statements["statement_id"])


def test_no_text_kept_from_the_member_is_in_any_of_its_tables(analysis, member):
    said = analysis.survey.statements
    kept_back = said.loc[~said["statement_id"].isin(member.statements["statement_id"]), "text"]
    shown = set(member.statements["text"])
    words = words_of(member)
    leaked = [text for text in kept_back if len(text) > 12 and text not in shown and text in words]
    assert leaked == []


def test_the_public_sees_no_statement_and_no_mention(public):
    assert (len(public.statements), len(public.mentions)) == (0, 0)


def test_no_text_is_in_any_table_of_the_public(analysis, public):
    words = words_of(public)
    texts = analysis.survey.statements["text"]
    assert [text for text in texts if len(text) > 12 and text in words] == []


def test_the_adviser_sees_every_statement_and_every_count(analysis, adviser):
    said = analysis.survey.statements
    assert sorted(adviser.statements["statement_id"]) == sorted(said["statement_id"])
    heard = analysis.overlap["state"] != "no_record"
    pd.testing.assert_frame_equal(adviser.overlap[heard], analysis.overlap[heard])
    pd.testing.assert_frame_equal(adviser.exposure, analysis.exposure)
    assert len(adviser.mentions) == len(analysis.mentions)


@pytest.mark.parametrize("audience", ["adviser", "member", "public"])
def test_a_district_without_a_record_has_no_voices_rather_than_none(analysis, audience):
    table = wm.publish(analysis, audience).overlap
    silent = table["state"] == "no_record"
    voices = [*VOICE_COUNTS, *VOICE_COUNTS.values()]
    assert silent.any() and table.loc[silent, voices].isna().all(axis=None)
    untold = ["activities_listed", "measures", "gatherings"]
    pd.testing.assert_frame_equal(table[untold], analysis.overlap[untold])


def test_the_adviser_sees_a_statement_whose_district_is_unknown(analysis):
    survey = analysis.survey
    nowhere = survey.statements.assign(district=None)
    lost = replace(analysis, survey=replace(survey, statements=nowhere))
    assert len(wm.publish(lost, "adviser").statements) == len(survey.statements)
    assert len(wm.publish(lost, "member").statements) == 0


@pytest.mark.parametrize("audience", ["member", "public"])
def test_no_small_count_is_shown(analysis, audience):
    shown = wm.publish(analysis, audience)
    sensitive = set(shown.issues.index[shown.issues["sensitive"]])
    least = shown.overlap["issue"].isin(sensitive).map({True: 5, False: 3})
    small = [
        (row.district, row.issue, voices)
        for voices in VOICE_COUNTS
        for row in shown.overlap[
            shown.overlap[voices].between(1, least - 1).fillna(False)
        ].itertuples()
    ]
    assert small == []
    assert shown.overlap["needs"].isna().any()


@pytest.mark.parametrize("audience", ["member", "public"])
def test_no_small_count_of_requests_or_of_needs_beside_them_is_shown(analysis, audience):
    table = wm.publish(analysis, audience).overlap.dropna(subset=["requests"])
    assert table["requests"].gt(0).any()
    assert not table["requests"].between(1, 2).any()
    assert not (table["needs"] - table["requests"]).between(1, 2).any()


@pytest.mark.parametrize("audience", ["member", "public"])
def test_where_needs_are_hidden_so_is_what_would_give_them_away(analysis, audience):
    table = wm.publish(analysis, audience).overlap
    hidden = table[table["needs"].isna()]
    parts = ["requests", "request_gatherings", "rate", "p_high", "p_low"]
    assert len(hidden) and hidden[parts].isna().all(axis=None)
    assert hidden["level"].eq("").all()
    told = wm.protect(analysis.overlap, wm.Thresholds(), set())
    assert told.loc[told["needs"].isna(), parts].isna().all(axis=None)


def test_the_rates_of_others_do_not_give_a_hidden_count_away(analysis, member):
    table = analysis.overlap
    hidden = member.overlap["state"].eq("hidden") & table["need_gatherings"].eq(1)
    hidden &= table["needs"].eq(2)
    twice = table.assign(need_gatherings=table["need_gatherings"].mask(hidden, 2))
    assert hidden.any()
    shown = wm.publish(replace(analysis, overlap=twice), "member").overlap
    pd.testing.assert_frame_equal(shown, member.overlap)


@pytest.mark.parametrize("audience", ["member", "public"])
def test_no_small_count_of_people_is_shown(analysis, audience):
    shown = wm.publish(analysis, audience)
    assert shown.exposure["participants"].between(1, 9).fillna(False).sum() == 0
    assert shown.overlap["participants"].between(1, 9).fillna(False).sum() == 0
    assert "participants" not in shown.gatherings


def test_a_district_of_few_people_is_hidden_in_every_table(analysis):
    exposure = analysis.exposure.copy()
    exposure.loc["11208", "participants"] = 4
    shown = wm.publish(replace(analysis, exposure=exposure), "public")
    assert pd.isna(shown.exposure.loc["11208", "participants"])
    rows = shown.overlap[shown.overlap["district"] == "11208"]
    assert rows["participants"].isna().all()


def test_the_public_and_the_member_see_the_same_counts(member, public):
    pd.testing.assert_frame_equal(member.overlap, public.overlap)
    pd.testing.assert_frame_equal(member.exposure, public.exposure)


@pytest.mark.parametrize("audience", ["adviser", "member", "public"])
def test_no_masked_name_phone_or_mail_is_in_any_table(survey, analysis, audience):
    texts = survey.statements.set_index("statement_id")["text"]
    _, spans = wm.mask(texts)
    towns = "".join(survey.districts["name"])
    # A name that is also a town's (小川) is looked for with its honorific.
    masked = {
        row.surface if row.surface not in towns else texts[row.text_id][row.start : row.end + 2]
        for row in spans.itertuples()
    }
    words = words_of(wm.publish(analysis, audience))
    assert len(masked) > 20
    assert sorted(surface for surface in masked if surface in words) == []


@pytest.mark.parametrize("audience", ["adviser", "member", "public"])
def test_publishing_leaves_the_analysis_as_it_is(analysis, audience):
    before = (analysis.overlap.copy(), analysis.exposure.copy(), analysis.mentions.copy())
    wm.publish(analysis, audience)
    pd.testing.assert_frame_equal(analysis.overlap, before[0])
    pd.testing.assert_frame_equal(analysis.exposure, before[1])
    pd.testing.assert_frame_equal(analysis.mentions, before[2])


@pytest.mark.parametrize("audience", ["adviser", "member", "public"])
def test_every_audience_gets_all_districts_and_issues(analysis, audience):
    shown = wm.publish(analysis, audience)
    assert len(shown.districts) == 72
    assert len(shown.overlap) == 72 * 25
    assert len(shown.issues) == 24


def test_statements_come_in_the_order_of_the_districts(member):
    assert member.statements["district"].is_monotonic_increasing


def test_totals_are_of_the_whole_survey(analysis, public):
    survey = analysis.survey
    assert public.totals["statements"] == len(survey.statements)
    assert public.totals["gatherings"] == len(survey.gatherings)
    assert public.totals["districts"] == survey.gatherings["district"].nunique()


def test_gatherings_are_shown_without_name_place_and_participants(member):
    assert member.gatherings.columns.tolist() == ["gathering_id", "kind", "date", "district"]


def test_only_the_adviser_is_told_which_statements_came_from_one_gathering(analysis):
    shown = {
        audience: wm.publish(analysis, audience).statements
        for audience in ("adviser", "member", "public")
    }
    assert [name for name, said in shown.items() if "gathering_id" in said] == ["adviser"]
