"""What changed since the last round is told where it can be told, and never from a hidden number."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from test_suppression import invent, voice

import watamachi_analysis as wm
from watamachi_analysis.levels import CONFIDENT
from watamachi_analysis.overlap import count_exposure
from watamachi_analysis.privacy import VOICE_COUNTS
from watamachi_analysis.publish import publish_in_turn
from watamachi_analysis.round_changes import Heard, infer_changes, infer_moves
from watamachi_analysis.round_words import (
    ALL_DISTRICTS,
    SURE_OF_ONE,
    list_changes,
    list_district_changes,
)
from watamachi_analysis.rounds import ROUND_COLUMNS, compare_rounds, cut_before, note_undated

NEW_ROUND = date(2026, 9, 1)
TOWNS = ("11201", "11208", "11214")
DISTRICTS, ISSUES = 72, 24


def say(text):
    """Show a figure with `pytest -s`."""
    print(text)  # noqa: T201


# ---- simulated rounds ----------------------------------------------------------------------------


def draw_rates(rng, spread):
    size, means = 1 / spread - 1, np.resize([0.1, 0.2, 0.35, 0.6], ISSUES)
    return np.stack([rng.beta(mean * size, (1 - mean) * size, DISTRICTS) for mean in means])


def change(rng, rates, share):
    """Let a share of rates rise or fall by 30 points and more."""
    far = rng.uniform(0.3, 0.5, rates.shape)
    other = np.where(rates < 0.5, rates + far, rates - far)
    return np.where(rng.random(rates.shape) < share, other, rates)


def simulate(share, *, is_hidden, runs=1):
    """Return calls, right calls and cells of two rounds of 0 to 8 gatherings a district."""
    rng, tally = np.random.default_rng(20261126), np.zeros(3)
    for spread in (0.15, 0.3):
        for _ in range(runs):
            held = [rng.permutation(np.arange(DISTRICTS) % 9) for _ in range(2)]
            rates = draw_rates(rng, spread)
            both = [rates, change(rng, rates, share)]
            heard = [hear(rng, *pair, is_hidden) for pair in zip(both, held, strict=True)]
            found = infer_changes(Heard(heard[0], held[0], heard[1], held[1], few=is_hidden))
            told = np.all([number >= 2 for number in held], axis=0)
            told = told & ~np.isnan(heard).any(axis=0)
            rise, fall = (told & (chance >= SURE_OF_ONE) for chance in (found.rise, found.fall))
            right = (rise & (both[1] > both[0])) | (fall & (both[1] < both[0]))
            tally += ((rise | fall).sum(), right.sum(), rates.size)
    return tally


def hear(rng, rates, held, is_hidden):
    """Draw gatherings; a number from few gatherings or statements is hidden."""
    heard = rng.binomial(held, rates)
    small = (heard > 0) & ((heard < 2) | (heard + rng.poisson(0.5 * heard) < 3))
    return np.where(small & is_hidden, np.nan, heard)


@pytest.mark.parametrize("is_hidden", [False, True])
def test_where_nothing_changed_hardly_a_cell_is_called(is_hidden):
    calls, _, cells = simulate(0, is_hidden=is_hidden)
    say(f"\nnothing changed, hidden {is_hidden}: {calls:.0f} calls of {cells:.0f} cells")
    assert calls / cells <= 0.001


@pytest.mark.parametrize("is_hidden", [False, True])
def test_where_half_the_cells_changed_nine_calls_in_ten_are_right(is_hidden):
    calls, right, cells = simulate(0.5, is_hidden=is_hidden)
    say(f"\nhalf changed, hidden {is_hidden}: {right / calls:.3f} of {calls:.0f} calls right")
    assert right / calls >= 0.9
    assert calls / cells >= 0.01


def test_where_few_cells_changed_calls_are_few():
    for is_hidden in (False, True):
        calls, right, cells = simulate(0.05, is_hidden=is_hidden)
        say(f"\none in twenty, hidden {is_hidden}: {right:.0f} of {calls:.0f} calls right")
        assert calls - right <= 2
        assert calls / cells <= 0.002


def move(rng, share):
    """Return two rounds of which a share of issues moved in all districts alike, and how."""
    rates, held = draw_rates(rng, 0.2), np.arange(DISTRICTS) % 9
    size = rng.choice([-1, 1], (ISSUES, 1)) * rng.uniform(0.7, 1.5, (ISSUES, 1))
    step = np.where(rng.random((ISSUES, 1)) < share, size, 0)
    after = 1 / (1 + (1 / np.clip(rates, 1e-9, 1) - 1) * np.exp(-step))
    later = rng.permutation(held)
    return Heard(rng.binomial(held, rates), held, rng.binomial(later, after), later), step[:, 0]


@pytest.mark.parametrize(("share", "least"), [(0, 0), (0.5, 0.3)])
def test_what_is_called_over_all_districts_moved(share, least):
    rng, called, right = np.random.default_rng(9), 0, 0
    for _ in range(5):
        heard, step = move(rng, share)
        found = infer_moves(heard)
        rise, fall = found.rise >= CONFIDENT, found.fall >= CONFIDENT
        called += (rise | fall).sum()
        right += ((rise & (step > 0)) | (fall & (step < 0))).sum()
    say(f"\nmoved {share}: {right} of {called} calls right, {5 * ISSUES} issues")
    assert called - right <= 0.02 * 5 * ISSUES + 0.2 * right
    assert right >= least * 5 * ISSUES


def test_the_order_of_rounds_turns_rises_into_falls():
    rng = np.random.default_rng(4)
    heard, _ = move(rng, 0.5)
    turned = Heard(heard.now, heard.now_held, heard.then, heard.then_held)
    there, back = infer_changes(heard), infer_changes(turned)
    np.testing.assert_allclose(there.rise, back.fall, atol=0.02)
    assert there.rise.max() > 0.5


def test_a_small_hidden_number_lies_nearer_to_one_than_any():
    others = [1] * 20
    held = [6] * 21

    def rise(first, few):
        heard = Heard([[first, *others]], [held], [[5, *others]], [held], few=few)
        return infer_changes(heard).rise[0, 0]

    assert rise(5, False) < rise(np.nan, False) < rise(np.nan, True) < rise(0, False)


@pytest.mark.parametrize(("said", "held"), [(3, 2), (np.nan, 0)])
@pytest.mark.parametrize("few", [False, True])
def test_more_gatherings_with_the_issue_than_held_are_refused(said, held, few):
    with pytest.raises(ValueError, match="more gatherings than were held"):
        infer_changes(Heard([[1]], [[2]], [[said]], [[held]], few))


# ---- cutting the last round out ------------------------------------------------------------------


def test_what_is_cut_is_counted_as_if_nothing_else_had_been_held(analysis):
    then = cut_before(analysis, NEW_ROUND)
    held = analysis.survey.gatherings
    early = set(held.loc[held["date"] < pd.Timestamp(NEW_ROUND), "gathering_id"])
    assert 0 < len(early) < len(held)
    assert set(then.survey.gatherings["gathering_id"]) == early
    said = analysis.survey.statements
    left = set(said.loc[said["gathering_id"].isin(early), "statement_id"])
    for table, key in (
        (then.survey.statements, "statement_id"), (then.mentions, "text_id"),
        (then.masked, "text_id"), (then.rules, "text_id"), (then.places, "text_id"),
        (then.themes, "text_id"), (then.matches, "statement_id"),
    ):  # fmt: skip
        assert set(table[key]) <= left
    assert set(then.survey.statements["statement_id"]) == left
    pd.testing.assert_frame_equal(then.overlap, wm.count(then.tables))
    pd.testing.assert_frame_equal(then.exposure, count_exposure(then.tables))
    assert then.exposure["gatherings"].sum() < analysis.exposure["gatherings"].sum()


def test_cutting_after_the_last_gathering_cuts_nothing(analysis):
    then = cut_before(analysis, date(2100, 1, 1))
    pd.testing.assert_frame_equal(then.overlap, analysis.overlap)
    pd.testing.assert_frame_equal(then.means, analysis.means)
    assert then.built == analysis.built


def test_a_gathering_without_a_date_belongs_to_the_last_round_and_is_told(analysis):
    held = analysis.survey.gatherings
    undated = held.assign(date=held["date"].mask(held.index == len(held) - 1))
    told = replace(analysis, survey=replace(analysis.survey, gatherings=undated))
    last = held["gathering_id"].iloc[-1]
    assert last in set(cut_before(told, date(1990, 1, 1)).survey.gatherings["gathering_id"])
    assert "集まり1回は、前回のもの" in note_undated(wm.publish(told, "adviser"))
    assert note_undated(wm.publish(analysis, "adviser")) == ""


# ---- two publications ----------------------------------------------------------------------------


def rounds_of(analysis, older, newer, audience="adviser"):
    """Publish a little survey twice: with the older voices only, and with both."""
    both = [invent(analysis, said, towns=TOWNS) for said in (older, [*older, *newer])]
    return publish_in_turn(both, audience)


def row_of(compared, district, issue, voices="needs"):
    rows = compared.set_index(["district", "issue", "voices"])
    return rows.loc[(district, issue, voices)]


def rounds_with(town, issue, numbers, first=1, **more):
    """Hold gatherings; the issue comes up where the number of its voices is not 0."""
    said = []
    for place, times in enumerate(numbers):
        said += voice(
            town, first + place, issue if times else "childcare", times=times or 1, **more
        )
    return said


BUSY = rounds_with(TOWNS[0], "places", [3, 3, 0, 0, 0])
LATER = rounds_with(TOWNS[0], "places", [3, 3, 3, 3, 3, 0], first=11)


def test_a_new_round_is_what_has_come_since(analysis):
    row = row_of(compare_rounds(*rounds_of(analysis, BUSY, LATER)), TOWNS[0], "places")
    assert [row["then_gatherings"], row["then_held"]] == [2, 5]
    assert [row["now_gatherings"], row["now_held"]] == [5, 6]
    assert row["sentence"].startswith(
        "前回は5回のうち2回、今回は6回のうち5回で困りごとが話に出ました。"
    )
    assert 0 < row["p_fall"] < row["p_rise"] < 1


def test_two_folders_stand_each_for_itself_and_say_the_same(analysis):
    together = compare_rounds(*rounds_of(analysis, BUSY, LATER))
    apart = [wm.publish(invent(analysis, said, towns=TOWNS), "adviser") for said in (BUSY, LATER)]
    pd.testing.assert_frame_equal(compare_rounds(*apart), together)


def test_a_district_without_record_is_not_compared(analysis):
    older = BUSY + rounds_with(TOWNS[1], "places", [1, 1])
    compared = compare_rounds(*rounds_of(analysis, older, LATER))
    for town, sentence in (
        (TOWNS[1], "今回は集まりの記録がなく、くらべられません。"),
        (TOWNS[2], "前回も今回も集まりの記録がなく、くらべられません。"),
    ):
        row = row_of(compared, town, "places")
        assert (row["change"], row["sentence"]) == ("no_record", sentence)
        assert pd.isna(row["p_rise"]) and pd.isna(row["p_fall"])


def test_one_gathering_is_too_few_to_compare(analysis):
    compared = compare_rounds(
        *rounds_of(analysis, BUSY, rounds_with(TOWNS[0], "places", [4], first=11))
    )
    row = row_of(compared, TOWNS[0], "places")
    assert row["change"] == "" and pd.isna(row["p_rise"])
    assert row["sentence"] == "集まりが前回は5回、今回は1回だけなので、くらべるには足りません。"


def test_a_hidden_number_is_not_compared(analysis):
    older = rounds_with(TOWNS[0], "places", [1, 0, 0, 0])
    row = row_of(compare_rounds(*rounds_of(analysis, older, LATER, "member")), TOWNS[0], "places")
    assert row["change"] == "hidden" and pd.isna(row["then_gatherings"])
    assert row["sentence"] == "人数が少ないため数を表示しない回があり、くらべられません。"


def test_what_is_new_from_one_gathering_alone_is_hidden_but_from_the_adviser(analysis):
    newer = [
        *voice(TOWNS[0], 11, "places", times=4),
        *voice(TOWNS[0], 12, "childcare", times=3),
        *voice(TOWNS[0], 13, "childcare", times=3),
    ]
    own = {}
    for audience in ("adviser", "member"):
        then, now = rounds_of(analysis, BUSY, newer, audience)
        counts = now.overlap.set_index(["district", "issue"])
        assert counts.at[(TOWNS[0], "places"), "need_gatherings"] == 3
        own[audience] = row_of(compare_rounds(then, now), TOWNS[0], "places")
    assert own["adviser"]["now_gatherings"] == 1 and own["adviser"]["change"] == ""
    assert pd.isna(own["member"]["now_gatherings"]) and own["member"]["change"] == "hidden"


def test_wishes_are_compared_beside_needs(analysis):
    older = rounds_with(TOWNS[0], "places", [0] * 8)
    newer = rounds_with(TOWNS[0], "places", [2] * 8, first=11, kind="wish")
    compared = compare_rounds(*rounds_of(analysis, older, newer))
    row = row_of(compared, TOWNS[0], "places", "wishes")
    assert [row["then_gatherings"], row["now_gatherings"]] == [0, 8]
    assert "「やってみたい」という声が出ました" in row["sentence"]
    assert row_of(compared, TOWNS[0], "places")["now_gatherings"] == 0


def test_all_districts_together_are_those_with_a_record_in_both_rounds(analysis):
    older = BUSY + rounds_with(TOWNS[1], "places", [1, 1])
    row = row_of(compare_rounds(*rounds_of(analysis, older, LATER)), ALL_DISTRICTS, "places")
    assert [row["districts"], row["then_held"], row["now_held"]] == [1, 5, 6]
    assert row["sentence"].startswith("両方の回に記録のある1地区で、前回は5回のうち2回")


def lack(shown, issue):
    """Publish with a codebook that has not the issue."""
    return replace(
        shown,
        overlap=shown.overlap[shown.overlap["issue"] != issue],
        codebook=replace(shown.codebook, issues=shown.issues.drop(index=issue)),
    )


@pytest.mark.parametrize(("side", "name"), [(0, "前回"), (1, "今回")])
def test_an_issue_of_one_codebook_is_listed_as_not_to_be_compared(analysis, side, name):
    shown = rounds_of(analysis, BUSY, LATER)
    labels = shown[1].issues["label"].to_dict()
    shown[side] = lack(shown[side], "places")
    compared = compare_rounds(*shown)
    rows = compared[compared["issue"] == "places"]
    assert len(rows) == 2 * (len(TOWNS) + 1)
    assert set(rows["change"]) == {"incomparable"}
    assert set(rows["sentence"]) == {f"{name}の用語にない課題なので、くらべられません。"}
    assert f"「{labels['places']}」は{name}の用語にない" in list_changes(compared, labels)[-1]


def test_a_record_that_was_read_anew_is_not_compared(analysis):
    then, _ = rounds_of(analysis, BUSY, [])
    fewer = rounds_with(TOWNS[0], "places", [3, 0, 0, 0, 0])
    now = wm.publish(invent(analysis, [*fewer, *LATER], towns=TOWNS), "adviser", before=[then])
    less = now.overlap.copy()
    here = less["district"].eq(TOWNS[0]) & less["issue"].eq("places")
    less.loc[here, ["needs", "need_gatherings"]] = 1
    row = row_of(compare_rounds(then, replace(now, overlap=less)), TOWNS[0], "places")
    assert row["change"] == "incomparable" and pd.isna(row["now_gatherings"])
    assert row["sentence"] == "前回の記録の読み方が変わったため、くらべられません。"


def test_rounds_that_overlap_in_part_are_refused(analysis):
    then, now = rounds_of(analysis, BUSY, LATER)
    with pytest.raises(ValueError, match="前回の集まり11回のうち6回が、今回のなかにありません"):
        compare_rounds(now, then)


def test_other_areas_are_refused(analysis):
    then, now = rounds_of(analysis, BUSY, LATER)
    fewer = replace(now, districts=now.districts.iloc[:2])
    with pytest.raises(ValueError, match="地区の分け方が違う"):
        compare_rounds(then, fewer)


def test_other_audiences_are_refused(analysis):
    then, now = rounds_of(analysis, BUSY, LATER)
    with pytest.raises(ValueError, match="同じ見る人のために作ったもの"):
        compare_rounds(then, replace(now, audience="public"))


@pytest.mark.parametrize("audience", ["adviser", "public"])
def test_the_sample_is_compared_whole(analysis, audience):
    then, now = publish_in_turn([cut_before(analysis, NEW_ROUND), analysis], audience)
    compared = compare_rounds(then, now)
    assert list(compared) == ROUND_COLUMNS
    assert len(compared) == 2 * ISSUES * (DISTRICTS + 1)
    assert not compared.duplicated(["district", "issue", "voices"]).any()
    assert compared["sentence"].str.endswith(("。", "。）")).all()
    assert (compared["p_rise"] + compared["p_fall"]).dropna().le(1 + 1e-9).all()
    assert 3 <= len(list_changes(compared, now.issues["label"].to_dict())) <= 5
    pd.testing.assert_frame_equal(compare_rounds(then, now), compared)


# ---- what a board hears --------------------------------------------------------------------------


def found(voices, change, chance, district=ALL_DISTRICTS, issue="places"):
    row = dict.fromkeys(ROUND_COLUMNS, pd.NA)
    told = {"district": district, "issue": issue, "voices": voices, "change": change}
    chances = {"p_rise": 0.05, "p_fall": 0.05} | ({f"p_{change}": chance} if change else {})
    return row | told | chances | {"sentence": f"{voices} {change} {chance}。"}


def test_a_board_hears_of_wishes_and_of_what_eased_before_the_others():
    rows = [
        found("needs", "rise", 0.99), found("wishes", "rise", 0.85), found("needs", "fall", 0.82),
        found("wishes", "fall", 0.98), found("wishes", "", 0), found("needs", "rise", 0.9, "11201"),
    ]  # fmt: skip
    said = list_changes(pd.DataFrame(rows), {"places": "居場所"})
    assert said[:3] == [
        "「居場所」: wishes rise 0.85。", "「居場所」: needs fall 0.82。",
        "「居場所」: needs rise 0.99。",
    ]  # fmt: skip
    assert (
        "くらべられる1の地区と課題の組のうち、困りごとが話に出る集まりが増えたと言えるのは1"
        in said[3]
    )
    assert said[4].startswith("地区をあわせて増えた・減ったと言えるものは、ほかに1件あります。差")
    assert len(said) == 5 and not any("11201" in line for line in said)


def test_where_nothing_can_be_told_a_board_hears_just_that():
    said = list_changes(pd.DataFrame([found("needs", "", 0)]), {})
    assert said[0] == "地区をあわせて見ると、増えた・減ったと言える課題はまだありません。"
    assert said[1].startswith("地区ごとにくらべられる課題は、まだありません")
    assert said[2].startswith(
        "差があるとは言えないもの1件は、変わっていないという意味ではありません。"
    )


# ---- nothing hidden is told ----------------------------------------------------------------------

SPOKEN = st.lists(
    st.tuples(
        st.sampled_from(TOWNS), st.integers(1, 3),
        st.frozensets(
            st.tuples(st.sampled_from(["places", "childcare", "rights_abuse"]),
                      st.sampled_from(["need", "wish"])),
            min_size=1, max_size=2,
        ),
        st.just(False),
    ),
    min_size=4, max_size=30,
)  # fmt: skip


def hidden_cells(shown):
    """Return the issues of each district of which a count is hidden."""
    rows = shown.overlap[shown.overlap["issue"].ne("all") & shown.overlap["gatherings"].gt(0)]
    return {
        (district, issue, voices)
        for voices in ("needs", "wishes")
        for district, issue in rows.loc[
            rows[voices].isna() | rows[VOICE_COUNTS[voices]].isna(), ["district", "issue"]
        ].itertuples(index=False)
    }


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SPOKEN, SPOKEN)
def test_nothing_but_the_shown_counts_reaches_what_is_told(analysis, older, newer):
    later = [(town, held + 3, about, may) for town, held, about, may in newer]
    then, now = rounds_of(analysis, older, later, "public")
    assume(hidden_cells(then) | hidden_cells(now))
    compared = compare_rounds(then, now)
    pd.testing.assert_frame_equal(compare_rounds(bare(then), bare(now)), compared)
    rows = compared.set_index(["district", "issue", "voices"])
    for cell in hidden_cells(then):
        assert rows.loc[[cell], ["then_gatherings"]].isna().all(axis=None)
        assert rows.loc[[cell], ["p_rise", "p_fall"]].isna().all(axis=None)
    for cell in hidden_cells(now):
        assert rows.loc[[cell], ["now_gatherings", "p_rise", "p_fall"]].isna().all(axis=None)


def bare(shown):
    """Leave of a publication the counts of voices alone: no rate, no sentence, no statement."""
    counts = [*VOICE_COUNTS, *VOICE_COUNTS.values()]
    return replace(
        shown,
        overlap=shown.overlap[["district", "name", "issue", "gatherings", *counts]],
        groups=shown.groups.iloc[:0],
        statements=shown.statements.iloc[:0],
        mentions=shown.mentions.iloc[:0],
        means=shown.means.iloc[:0],
    )


def test_surveys_that_differ_only_in_what_is_hidden_are_told_alike(analysis):
    base = [*BUSY, *rounds_with(TOWNS[1], "places", [3, 3, 0])]
    newer = [*LATER, *rounds_with(TOWNS[1], "places", [3, 3, 3], first=11)]
    told = []
    for times in (1, 2):
        hidden = rounds_with(TOWNS[1], "community_ties", [times], first=2)
        beside = rounds_with(TOWNS[1], "childcare", [2 if times == 1 else 1], first=2)
        told.append(
            compare_rounds(*rounds_of(analysis, [*base, *hidden, *beside], newer, "public"))
        )
    assert row_of(told[0], TOWNS[1], "community_ties")["change"] == "hidden"
    pd.testing.assert_frame_equal(*told)


def test_of_a_district_wishes_that_rose_come_first_and_what_cannot_be_told_is_said():
    table = pd.DataFrame(
        [
            ("11208", "a", "needs", "rise", "困りごとが増えた。"),
            ("11208", "b", "wishes", "rise", "やってみたいが増えた。"),
            ("11208", "c", "needs", "", "差があるとは言えません。"),
            ("11201", "a", "needs", "", "差があるとは言えません。"),
            ("11101", "a", "needs", "no_record", "前回は集まりの記録がなく、くらべられません。"),
            (ALL_DISTRICTS, "a", "needs", "rise", "全体"),
        ],
        columns=["district", "issue", "voices", "change", "sentence"],
    )
    said = list_district_changes(table, {"a": "移動", "b": "居場所", "c": "食"})
    assert said["11208"][:2] == ["「居場所」やってみたいが増えた。", "「移動」困りごとが増えた。"]
    assert said["11208"][2].startswith("ほかの課題は")
    assert said["11201"][0].startswith("どの課題も")
    assert said["11101"] == ["前回は集まりの記録がなく、くらべられません。"]
    assert ALL_DISTRICTS not in said
