"""Each district × issue has one state, and a sentence that names its denominators."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.findings import find_overall, find_sentence
from watamachi_analysis.issue_groups import count_groups, members_of
from watamachi_analysis.levels import compare
from watamachi_analysis.overlap import (
    STATES,
    SurveyTables,
    count_exposure,
    judge,
)
from watamachi_analysis.privacy import VOICE_COUNTS

TOKOROZAWA, KAWAGOE, WARABI = TOWNS = "11208", "11201", "11223"
HELD = {"g-1": TOKOROZAWA, "g-2": TOKOROZAWA, "g-3": TOKOROZAWA, "g-4": KAWAGOE}
ISSUES = ("shopping", "places")
LIMITS = wm.Thresholds()


def tables(said=(), *, listed=(), measures=(), held=None, silent=0):
    """Build a survey of three districts.

    `said` holds (statement, gathering, issue, kind), `listed` and `measures` (id, district, issue).
    """
    held = HELD if held is None else held
    spoken = dict.fromkeys((row[0], row[1]) for row in said)
    spoken |= dict.fromkeys((f"silent-{i}", next(iter(held))) for i in range(silent))
    mentions = pd.DataFrame(
        [(statement, issue, kind) for statement, _, issue, kind in said],
        columns=["text_id", "issue", "kind"],
        dtype="str",
    )
    return SurveyTables(
        districts=pd.DataFrame({"district": [KAWAGOE, TOKOROZAWA, WARABI], "name": list("abc")}),
        gatherings=pd.DataFrame(
            {
                "gathering_id": list(held),
                "district": pd.array(list(held.values()), dtype="str"),
                "participants": pd.array([7] * len(held), dtype="Int64"),
            }
        ),
        statements=pd.DataFrame(
            [(*pair, held[pair[1]]) for pair in spoken],
            columns=["statement_id", "gathering_id", "district"],
            dtype="str",
        ),
        mentions=mentions,
        activity_issues=pd.DataFrame(
            list(listed), columns=["activity_id", "district", "issue"], dtype="str"
        ),
        measure_issues=pd.DataFrame(
            list(measures), columns=["measure_id", "district", "issue"], dtype="str"
        ),
        issues=ISSUES,
    )


def row_of(table, district, issue):
    found = table[(table["district"] == district) & (table["issue"] == issue)]
    assert len(found) == 1
    return found.iloc[0]


NEEDED = [
    ("s-1", "g-1", "shopping", "need"),
    ("s-2", "g-1", "shopping", "need"),
    ("s-3", "g-2", "shopping", "need"),
]
ACTED = [("a-1", TOKOROZAWA, "shopping")]


@pytest.mark.parametrize(
    ("said", "listed", "district", "state"),
    [
        (NEEDED, ACTED, TOKOROZAWA, "overlap"),
        ([*NEEDED, ("s-4", "g-1", "shopping", "activity")], [], TOKOROZAWA, "overlap"),
        (NEEDED, [], TOKOROZAWA, "gap"),
        (NEEDED, [("a-1", TOKOROZAWA, "places")], TOKOROZAWA, "gap"),
        (NEEDED, [("a-1", KAWAGOE, "shopping")], TOKOROZAWA, "gap"),
        ([], ACTED, TOKOROZAWA, "resource"),
        ([("s-4", "g-1", "shopping", "activity")], [], TOKOROZAWA, "resource"),
        ([], [], TOKOROZAWA, "no_voice"),
        ([("s-1", "g-1", "places", "need")], [], TOKOROZAWA, "no_voice"),
        ([("s-1", "g-1", "shopping", "wish")], [], TOKOROZAWA, "no_voice"),
        ([("s-1", "g-1", "shopping", "mitigated")], [], TOKOROZAWA, "no_voice"),
        ([], [], KAWAGOE, "too_little"),
        ([("s-1", "g-4", "shopping", "need")], [], KAWAGOE, "too_little"),
        ([], [("a-1", KAWAGOE, "shopping")], KAWAGOE, "too_little"),
        ([], [], WARABI, "no_record"),
        (NEEDED, [("a-1", WARABI, "shopping")], WARABI, "no_record"),
    ],
)
def test_a_district_and_issue_have_their_state(said, listed, district, state):
    counted = wm.count(tables(said, listed=listed))
    assert row_of(counted, district, "shopping")["state"] == state


@pytest.mark.parametrize(
    ("said", "listed", "state"),
    [(NEEDED[:2], [], "hidden"), (NEEDED[1:], ACTED, "hidden"), (NEEDED, ACTED, "overlap")],
)
def test_a_count_too_small_to_show_is_hidden(said, listed, state):
    shown = judge(wm.protect(wm.count(tables(said, listed=listed)), LIMITS, set()), LIMITS)
    assert row_of(shown, TOKOROZAWA, "shopping")["state"] == state


def test_a_survey_that_asks_for_more_gatherings_says_less():
    counted = wm.count(tables(NEEDED), wm.Thresholds(gatherings=4))
    assert row_of(counted, TOKOROZAWA, "shopping")["state"] == "too_little"


def test_need_and_request_count_as_needs_and_no_other_kind_does():
    kinds = ["need", "request", "mitigated", "wish", "activity", "resource", "question", "other"]
    said = [(f"s-{i}", "g-1", "shopping", kind) for i, kind in enumerate(kinds)]
    row = row_of(wm.count(tables(said)), TOKOROZAWA, "shopping")
    assert row[["needs", "wishes", "activities_said"]].tolist() == [2, 1, 1]


def test_a_statement_that_needs_and_requests_counts_once():
    said = [("s-1", "g-1", "shopping", "need"), ("s-1", "g-1", "shopping", "request")]
    assert row_of(wm.count(tables(said)), TOKOROZAWA, "shopping")["needs"] == 1


def test_all_counts_distinct_statements():
    said = [
        ("s-1", "g-1", "shopping", "need"),
        ("s-1", "g-1", "places", "need"),
        ("s-2", "g-2", "places", "request"),
    ]
    counted = wm.count(tables(said))
    needs = [row_of(counted, TOKOROZAWA, issue)["needs"] for issue in ("all", *ISSUES)]
    gatherings = [row_of(counted, TOKOROZAWA, i)["need_gatherings"] for i in ("all", *ISSUES)]
    assert (needs, gatherings) == ([2, 1, 2], [2, 1, 2])


def test_requests_are_the_needs_that_ask():
    said = [
        ("s-1", "g-1", "shopping", "need"),
        ("s-1", "g-1", "shopping", "request"),
        ("s-2", "g-2", "shopping", "request"),
        ("s-3", "g-2", "shopping", "need"),
    ]
    row = row_of(wm.count(tables(said)), TOKOROZAWA, "shopping")
    assert row[["needs", "requests", "request_gatherings"]].tolist() == [3, 2, 2]


def apart():
    """A survey in which 所沢市 and 川越市 speak of shopping at every gathering, 蕨市 at none."""
    held = {f"g-{i}": TOWNS[i % 3] for i in range(24)}
    said = [(f"s-{i}", f"g-{i}", "shopping", "need") for i in range(24) if i % 3 != 2]
    return tables(said, held=held)


def test_a_rate_is_called_high_or_low_only_where_it_is_sure_enough():
    counted = wm.count(apart())
    often, never = (row_of(counted, district, "shopping") for district in (TOKOROZAWA, WARABI))
    assert (never["level"], never["state"]) == ("low", "no_voice")
    assert (often["level"], often["state"]) == ("high", "gap")
    assert min(never["p_low"], often["p_high"]) >= 0.8
    assert never["rate"] < 0.2 < 0.8 < often["rate"]


def test_the_sentence_says_how_sure_it_is():
    counted = wm.count(apart())
    row = row_of(counted, WARABI, "shopping")
    percent = round(row["p_low"] * 100)
    said = f"困りごと: 8回の集まりで、この話は出ていません（県平均より低い見込み {percent}%）。"
    assert row["sentence"].startswith(said)


def test_what_came_up_every_time_is_not_left_to_be_taken_for_high():
    said = [(f"s-{i}", f"g-{i}", "shopping", "need") for i in (1, 2, 3, 4)]
    row = row_of(wm.count(tables(said)), TOKOROZAWA, "shopping")
    assert row["level"] == ""
    assert "3回で出ました（3件）。県平均と比べて高いとも低いとも言えません。" in row["sentence"]


@pytest.mark.parametrize("district", [KAWAGOE, WARABI])
def test_where_too_little_was_heard_there_is_no_rate(district):
    row = row_of(wm.count(tables(NEEDED)), district, "shopping")
    assert row[["rate", "p_high", "p_low"]].isna().all()
    assert row["level"] == ""


def test_a_chance_is_never_certain():
    row = {"level": "high", "p_high": 0.9999, "p_low": 0.0001}
    assert compare(row) == "県平均より高い見込み 99%"


def test_a_need_of_no_issue_is_not_counted():
    counted = wm.count(tables([("s-1", "g-1", None, "need")]))
    assert counted["needs"].sum() == 0


def test_a_gathering_of_an_unknown_district_changes_no_district():
    held = {**HELD, "g-5": None}
    said = [*NEEDED, ("s-9", "g-5", "shopping", "need")]
    pd.testing.assert_frame_equal(wm.count(tables(said, held=held)), wm.count(tables(NEEDED)))


def test_activities_and_measures_are_counted_once_each():
    listed = [
        ("a-1", TOKOROZAWA, "shopping"),
        ("a-1", TOKOROZAWA, "places"),
        ("a-2", TOKOROZAWA, "shopping"),
    ]
    counted = wm.count(tables(listed=listed, measures=[("m-1", TOKOROZAWA, "places")]))
    columns = ["activities_listed", "measures"]
    rows = [row_of(counted, TOKOROZAWA, issue)[columns].tolist() for issue in ("all", *ISSUES)]
    assert rows == [[2, 1], [2, 0], [1, 1]]


def test_every_district_and_issue_has_exactly_one_row():
    counted = wm.count(tables(NEEDED))
    assert counted[["district", "issue"]].values.tolist() == [
        [district, issue]
        for district in (KAWAGOE, TOKOROZAWA, WARABI)
        for issue in ("all", "shopping", "places")
    ]


def test_districts_without_gatherings_have_no_record_and_change_nothing_of_the_others():
    alone = wm.count(tables(NEEDED))
    more = wm.count(tables(NEEDED, listed=[("a-1", WARABI, "shopping")]))
    assert more.loc[more["district"] == WARABI, "state"].tolist() == ["no_record"] * 3
    others = alone["district"] != WARABI
    pd.testing.assert_frame_equal(more[others], alone[others])


def test_exposure_says_what_each_district_could_have_said():
    exposure = count_exposure(tables(NEEDED, silent=2))
    assert exposure.loc[TOKOROZAWA].tolist() == [3, 21, 5]
    assert exposure.loc[KAWAGOE].tolist() == [1, 7, 0]
    assert exposure.loc[WARABI].tolist() == [0, 0, 0]


@st.composite
def surveys(draw):
    statement = st.tuples(
        st.integers(0, 12),
        st.sampled_from(ISSUES),
        st.sampled_from(["need", "request", "wish", "activity", "mitigated"]),
    )
    gathering = sorted(HELD)
    said = [
        (f"s-{number}", gathering[number % 4], issue, kind)
        for number, issue, kind in draw(st.lists(statement, max_size=20))
    ]
    listed = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["a-1", "a-2"]),
                st.sampled_from([KAWAGOE, TOKOROZAWA, WARABI]),
                st.sampled_from(ISSUES),
            ),
            max_size=4,
        )
    )
    return tables(said, listed=listed)


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_every_row_has_one_known_state_and_a_sentence(survey):
    counted = wm.count(survey)
    shown = judge(wm.protect(counted, LIMITS, {"places"}), LIMITS)
    assert {*counted["state"], *shown["state"]} <= set(STATES)
    assert "hidden" not in set(counted["state"])
    assert shown["sentence"].str.endswith("計画: 読み込んだ施策なし。").all()


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_all_is_no_less_than_any_issue_and_no_more_than_their_sum(survey):
    counted = wm.count(survey)
    for name in [*VOICE_COUNTS, "activities_listed"]:
        by_issue = counted[counted["issue"] != "all"].groupby("district")[name]
        total = counted[counted["issue"] == "all"].set_index("district")[name]
        assert (total >= by_issue.max()).all()
        assert (total <= by_issue.sum()).all()


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_chances_sum_to_1_and_are_missing_with_the_rate(survey):
    shown = judge(wm.protect(wm.count(survey), LIMITS, set()), LIMITS)
    silent = shown["rate"].isna()
    assert (shown["p_high"].isna() == silent).all() and (shown["p_low"].isna() == silent).all()
    assert (shown.loc[~silent, "p_high"] + shown.loc[~silent, "p_low"]).eq(1).all()
    assert (silent == shown["state"].isin(["no_record", "too_little", "hidden"])).all()
    called = shown["level"].ne("")
    best = shown[["p_high", "p_low"]].max(axis=1)
    assert (called == best.ge(0.8).fillna(False)).all()


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_no_hidden_number_is_in_the_sentence(survey):
    shown = judge(wm.protect(wm.count(survey), LIMITS, set()), LIMITS)
    hidden = shown[shown["needs"].isna()]
    assert not hidden["sentence"].str.contains("回で出ました").any()


NOTHING = "まだ言えることがありません。集まりの記録が増えると見えてきます。"
SHOPPING = [("m-1", TOKOROZAWA, "shopping")]


@pytest.mark.parametrize(
    ("said", "listed", "district", "sentence"),
    [
        (
            NEEDED,
            ACTED,
            TOKOROZAWA,
            "困りごと: 3回の集まりのうち2回で出ました（3件）。活動: 一覧に1件。計画: 施策1件。",
        ),
        (
            [*NEEDED, ("s-4", "g-1", "shopping", "wish")],
            [],
            TOKOROZAWA,
            "困りごと: 3回の集まりのうち2回で出ました（3件）。やってみたい: 1件。活動: 一覧に0件。計画: 施策1件。",
        ),
        (
            [],
            [],
            TOKOROZAWA,
            "困りごと: 3回の集まりで、この話は出ていません。活動: 一覧に0件。計画: 施策1件。",
        ),
        (
            [],
            [],
            KAWAGOE,
            "集まりが1回だけなので、まだ言えません。活動: 一覧に0件。計画: 読み込んだ施策なし。",
        ),
        (
            [],
            [],
            WARABI,
            "集まりの記録がありません（声がないのではありません）。活動: 一覧に0件。計画: 読み込んだ施策なし。",
        ),
    ],
)
def test_the_sentence_names_its_denominators(said, listed, district, sentence):
    counted = wm.count(tables(said, listed=listed, measures=SHOPPING))
    assert row_of(counted, district, "shopping")["sentence"] == sentence


def test_no_measure_of_an_issue_is_zero_only_where_a_plan_was_read():
    counted = wm.count(tables([], measures=SHOPPING))
    read = row_of(counted, TOKOROZAWA, "places")["sentence"]
    assert read.endswith("計画: 施策0件。")
    assert row_of(counted, KAWAGOE, "places")["sentence"].endswith("計画: 読み込んだ施策なし。")


def test_a_hidden_count_is_named_hidden_and_not_told():
    shown = judge(wm.protect(wm.count(tables(NEEDED[:2])), LIMITS, set()), LIMITS)
    sentence = row_of(shown, TOKOROZAWA, "shopping")["sentence"]
    assert "少ないため数は表示しません" in sentence
    assert "2件" not in sentence


@pytest.mark.parametrize(
    ("states", "finding", "rest"),
    [
        (["gap"], "困りごとの声がある1地区のうち、1地区では活動がまだ見えません。", ""),
        (
            ["gap", "overlap", "no_record"],
            "困りごとの声がある2地区のうち、1地区では活動がまだ見えません。",
            "ほかに記録なし1地区",
        ),
        (["overlap", "overlap"], "困りごとの声がある2地区のすべてに、活動があります。", ""),
        (["overlap", "no_voice"], "困りごとの声がある1地区に、活動があります。", ""),
        (
            ["resource", "no_voice"],
            "集まりを重ねた2地区で、数を示せるほどの困りごとの声は出ていません。",
            "",
        ),
        (["no_record", "no_record"], NOTHING, "ほかに記録なし2地区"),
        (["too_little", "no_record"], NOTHING, "ほかにまだ言えない1地区・記録なし1地区"),
        (
            ["gap", "too_little", "hidden", "no_record"],
            "困りごとの声がある1地区のうち、1地区では活動がまだ見えません。",
            "ほかにまだ言えない1地区・非表示1地区・記録なし1地区",
        ),
        ([], NOTHING, ""),
    ],
)
def test_the_finding_says_what_cannot_be_said(states, finding, rest):
    assert find_sentence(pd.DataFrame({"state": pd.array(states, dtype="str")})) == (finding, rest)


def test_of_a_group_some_issues_are_a_gap_not_all():
    found = find_sentence(pd.DataFrame({"state": ["gap", "overlap"]}), of_several=True)
    assert found == (
        "困りごとの声がある2地区のうち、1地区に、活動がまだ見えない課題があります。",
        "",
    )


def test_a_statement_about_two_issues_of_a_group_counts_once_in_it():
    said = [("s-1", "g-1", "shopping", "need"), ("s-1", "g-1", "places", "need")]
    said += [("s-2", "g-2", "places", "need"), ("s-3", "g-3", "other", "need")]
    table = count_groups(tables(said), {"group:暮らし": ISSUES}, LIMITS).set_index("district")
    row = table.loc[TOKOROZAWA]
    assert (row["issue"], row["needs"], row["need_gatherings"]) == ("group:暮らし", 2, 2)
    assert len(table) == 3


def test_a_group_is_a_gap_where_one_of_its_issues_is():
    said = [(f"s-{n}", f"g-{n % 3 + 1}", issue, "need") for n, issue in enumerate(ISSUES * 3)]
    survey = tables(said, listed=[("a-1", TOKOROZAWA, "places")])
    members = {"group:暮らし": ISSUES}
    rows = pd.concat([wm.count(survey), count_groups(survey, members)], ignore_index=True)
    state = judge(rows, LIMITS, members).set_index(["district", "issue"])["state"]
    assert state[TOKOROZAWA, "places"] == "overlap"
    assert state[TOKOROZAWA, "shopping"] == state[TOKOROZAWA, "group:暮らし"] == "gap"


def test_a_group_of_one_issue_is_no_group():
    assert members_of(pd.DataFrame({"group": ["健康", "暮らし"]}, index=["a", "b"])) == {}


def test_a_hidden_district_is_not_counted_twice_in_the_finding():
    found = find_sentence(pd.DataFrame({"state": ["no_voice", "hidden", "no_record"]}))
    assert sum(int(digit) for digit in "".join(found) if digit.isdigit()) == 3


LABELS = {"shopping": "買い物", "places": "居場所"}


@pytest.mark.parametrize(
    ("states", "finding"),
    [
        (
            [("a", "all", "gap"), ("a", "shopping", "gap"), ("a", "places", "no_voice")],
            "困りごとの声がある1地区のうち1地区に、活動がまだ見えない課題があります。最も多いのは「買い物」（1地区）です。",
        ),
        (
            [
                ("a", "all", "overlap"),
                ("a", "shopping", "overlap"),
                ("a", "places", "gap"),
                ("b", "all", "overlap"),
                ("b", "places", "gap"),
                ("c", "all", "no_record"),
            ],
            "困りごとの声がある2地区のうち2地区に、活動がまだ見えない課題があります。最も多いのは「居場所」（2地区）です。",
        ),
    ],
)
def test_the_finding_over_all_issues_names_the_one_most_often_open(states, finding):
    table = pd.DataFrame(states, columns=["district", "issue", "state"])
    assert find_overall(table, LABELS) == finding
