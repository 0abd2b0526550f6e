"""Plans are laid beside voices, without telling what is hidden, and beside older plans."""

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.means import MEANS, find_means
from watamachi_analysis.plan_table import PLAN_STATES, judge_plan, say_lack
from watamachi_analysis.privacy import ALL_ISSUES


@pytest.fixture(scope="module")
def shown(analysis):
    return {
        audience: wm.publish(analysis, audience) for audience in ("adviser", "member", "public")
    }


@pytest.fixture(scope="module")
def tables(shown):
    return {audience: wm.compare_plans(one) for audience, one in shown.items()}


def cell(needs=0, wishes=0, measures=0, listed=0, state="silent"):
    return {
        "state": state, "needs": needs, "wishes": wishes, "measures": measures, "activities_listed": listed,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (cell(needs=3, measures=1), "both"),
        (cell(wishes=3), "voices_only"),
        (cell(measures=2), "plan_only"),
        (cell(), "neither"),
        (cell(needs=pd.NA, measures=2), "hidden"),
        (cell(needs=4, wishes=pd.NA), "voices_only"),
        (cell(needs=pd.NA, wishes=pd.NA, state="no_record"), "no_record"),
    ],
)
def test_plan_and_voices_meet_in_one_of_six_ways(row, state):
    assert judge_plan(row) == state


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (cell(needs=3), "困りごとの声が3件ありますが、計画に施策が見つかりません。活動もまだ見えません。"),
        (cell(needs=3, listed=2), "困りごとの声が3件ありますが、計画に施策が見つかりません。活動は一覧に2件。"),
        (cell(needs=3, wishes=4, measures=1), "困りごとの声が3件、やってみたい声が4件あり、計画に施策が1件ありますが、活動がまだ見えません。"),
        (cell(measures=1), "計画に施策が1件ありますが、集まりでは声が出ていません（必要がないという意味ではありません）。"),
        (cell(needs=pd.NA), "声はありますが、人数が少ないため示しません。計画に施策が見つかりません。"),
        (cell(measures=1, state="no_record"), "計画に施策が1件あります。集まりの記録がなく、声はまだ分かりません。"),
    ],
)  # fmt: skip
def test_one_sentence_says_what_is_lacking_with_its_numbers(row, sentence):
    assert say_lack(row) == sentence


@pytest.mark.parametrize("audience", ["adviser", "member", "public"])
def test_there_is_a_row_for_every_issue_of_every_municipality_with_a_plan(tables, shown, audience):
    table = tables[audience]
    issues = len(shown[audience].issues)
    assert table["district"].value_counts().to_dict() == dict.fromkeys(
        ["11201", "11207", "11208", "11222"], issues
    )
    assert set(table["state"]) <= set(PLAN_STATES)


@pytest.mark.parametrize("audience", ["member", "public"])
def test_what_is_hidden_stays_hidden_in_words_and_states(tables, shown, audience):
    table = tables[audience]
    counts = shown[audience].overlap
    counts = counts[counts["issue"].ne(ALL_ISSUES)]
    both = table.merge(counts, on=["district", "issue"], suffixes=("", "_shown"))
    for name in ("needs", "wishes", "activities_said"):
        assert both[name].isna().equals(both[f"{name}_shown"].isna())
    hidden = both[both["needs"].isna() & both["wishes"].fillna(0).eq(0)]
    assert set(hidden["state"]) == {"hidden"}
    assert not hidden["sentence"].str.contains(r"声が\d").any()


def test_measures_stand_with_the_page_that_is_printed_on_it(tables):
    rows = tables["public"].set_index(["district", "issue"])
    assert (
        rows.at[("11201", "child_place_poverty"), "measure_lines"]
        == "基本目標3 ③　子どもの貧困対策の推進（51頁）"
    )


def test_a_survey_without_plans_has_no_table(shown):
    bare = replace(shown["member"], measures=shown["member"].measures.iloc[:0])
    assert wm.compare_plans(bare).empty


def test_what_citizens_are_asked_to_do_is_no_measure_of_the_municipality(analysis):
    asked = analysis.survey.measures.query("role != ''")["measure_id"]
    assert len(asked) == 46
    assert not analysis.tables.measure_issues["measure_id"].isin(asked).any()


# ---- means ---------------------------------------------------------------------------------------


def test_words_point_to_means_and_say_how_many_have_them():
    said = pd.DataFrame(
        {
            "statement_id": ["a", "b", "c"],
            "district": "11208",
            "text": ["毎日の送迎", "送迎がほしい", "条例を"],
        }
    )
    about = pd.DataFrame(
        {
            "text_id": ["a", "b", "c"],
            "issue": "mobility_shopping",
            "kind": ["need", "request", "activity"],
        }
    )
    found = find_means(said, about)
    assert found[["means", "word", "statements"]].values.tolist() == [
        ["business", "毎日", 1],
        ["business", "送迎", 2],
    ]


def test_a_hint_is_a_whole_word_though_its_beginning_is_looked_for():
    said = pd.DataFrame({"statement_id": ["a"], "district": "11208", "text": ["預かってほしい"]})
    about = pd.DataFrame({"text_id": ["a"], "issue": "childcare", "kind": "request"})
    assert find_means(said, about)["word"].tolist() == ["預かり"]


def test_a_word_of_one_person_and_one_of_a_hidden_count_go_to_the_adviser_only(shown):
    assert len(shown["adviser"].means) > len(shown["member"].means) > 0
    assert shown["member"].means["statements"].min() >= 2
    counts = shown["member"].overlap.set_index(["district", "issue"])["needs"]
    keys = shown["member"].means.set_index(["district", "issue"]).index
    assert counts.reindex(keys).gt(0).all()
    assert set(shown["member"].means["means"]) <= set(MEANS)


# ---- voices without a measure --------------------------------------------------------------------


def test_voices_that_no_measure_answers_are_listed_the_rarest_issues_first(shown):
    found = wm.list_unplanned(shown["adviser"])
    asked = shown["adviser"].mentions.query("kind in ['need', 'request', 'wish', 'question']")
    times = asked.drop_duplicates(["text_id", "issue"])["issue"].value_counts()
    assert found["issue"].map(times).is_monotonic_increasing
    assert len(found) > 5


def test_an_audience_reads_only_the_voices_it_may(shown):
    listed = {name: set(wm.list_unplanned(one)["text"]) for name, one in shown.items()}
    assert listed["public"] == set()
    assert listed["member"] <= set(shown["member"].statements["text"])
    assert listed["member"] < listed["adviser"]


@pytest.mark.parametrize("audience", ["adviser", "member"])
def test_the_workbook_has_the_table_and_the_page_says_it(analysis, tables, audience, tmp_path):
    wm.write_maps(analysis, tmp_path, audience=audience)
    rows = list(
        openpyxl.load_workbook(tmp_path / "overlap.xlsx")["計画対照表"].iter_rows(values_only=True)
    )
    heads, body = rows[0], rows[1:]
    assert [row[heads.index("足りないこと・欠けていること")] for row in body] == list(
        tables[audience]["sentence"]
    )
    page = (tmp_path / "overlap.html").read_text(encoding="utf-8")
    assert all(sentence in page for sentence in tables[audience]["sentence"])
    district = next((tmp_path / "districts").glob("11201*")).read_text(encoding="utf-8")
    assert "計画と声のつき合わせ" in district


# ---- two plans of one municipality ---------------------------------------------------------------


def plan(start, *measures, district="11208"):
    rows = [(district, f"{start}年の計画", start, title, text) for title, text in measures]
    return pd.DataFrame(rows, columns=["district", "plan", "start", "initiative", "text"])


OLD = plan(
    2020,
    ("① サロン", "集会所のサロンに補助します。"),
    ("② 旗", "旗を配ります。"),
    ("③ 灯り", "街灯を直します。"),
)
NEW = plan(
    2026,
    ("① 旗", "旗を配ります。"),
    ("② サロン", "集会所と空き家のサロンに補助します。"),
    ("③ 相談室", "夜の相談室を開きます。"),
)


def test_measures_are_new_dropped_reworded_or_kept():
    found = wm.find_plan_changes(OLD, NEW)
    assert found[["change", "earlier_initiative", "initiative"]].values.tolist() == [
        ["kept", "② 旗", "① 旗"],
        ["reworded", "① サロン", "② サロン"],
        ["new", "", "③ 相談室"],
        ["dropped", "③ 灯り", ""],
    ]


def test_a_municipality_without_an_earlier_plan_has_no_row():
    assert wm.find_plan_changes(OLD.iloc[:0], NEW).empty
    assert set(
        wm.find_plan_changes(OLD, pd.concat([NEW, plan(2026, ("ア", "い"), district="11201")]))[
            "district"
        ]
    ) == {"11208"}


TEXTS = st.lists(
    st.tuples(st.text("あいう見守り", max_size=6), st.text("支援たず。", max_size=8)), max_size=6
)


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS)
def test_every_measure_of_either_plan_stands_once(old, new):
    before, after = plan(2020, *old), plan(2026, *new)
    found = wm.find_plan_changes(before, after)
    if before.empty:
        assert found.empty
        return
    assert found["change"].ne("dropped").sum() == len(after)
    assert found["change"].ne("new").sum() == len(before)
    paired = found[found["change"].isin(["kept", "reworded"])]
    assert paired["likeness"].ge(0.55).all()
