"""What goes with a group or an issue is told from chance, counted in statements."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from watamachi_analysis.crossings import (
    BY_CHANCE,
    CROSS_COLUMNS,
    PAIR_COLUMNS,
    TOGETHER,
    count_cooccurrence,
    cross_issues,
)
from watamachi_analysis.keywords import (
    KEYWORD_COLUMNS,
    NO_DIFFERENCE,
    _fisher,
    find_characteristic_words,
)
from watamachi_analysis.shares import add_intervals

WORDS = ["バス", "畑", "遠い", "学校", "病院", "電車", "公園", "祭り", "仕事", "道"]


def said(texts: dict[str, list[str]]) -> pd.DataFrame:
    rows = [(district, text) for district, own in texts.items() for text in own]
    table = pd.DataFrame(rows, columns=["district", "text"])
    return table.assign(statement_id=[f"s{number}" for number in range(len(table))])


def named(issues: list[list[str]]) -> pd.DataFrame:
    rows = [(f"s{i}", issue) for i, own in enumerate(issues) for issue in (own or [None])]
    return pd.DataFrame(rows, columns=["text_id", "issue"])


def look_up(found: pd.DataFrame, group: str, word: str) -> pd.Series:
    return found[found["group"].eq(group) & found["word"].eq(word)].iloc[0]


def make_world(seed: int, statements: int = 240) -> pd.DataFrame:
    """Statements of up to four of ten words, some said often and some seldom."""
    random = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(WORDS) + 1)
    texts = [
        "、".join(random.choice(WORDS, random.integers(1, 5), p=weights / weights.sum()))
        for _ in range(statements)
    ]
    groups = random.choice(["11203", "11208", "11225"], statements, p=[0.6, 0.3, 0.1])
    return pd.DataFrame({"district": groups, "text": texts})


def test_a_word_that_one_district_says_more_is_called_and_missing_elsewhere_too():
    found = find_characteristic_words(said({"A": ["バス"] * 30, "B": ["畑"] * 30}))
    assert found.columns.tolist() == KEYWORD_COLUMNS
    verdicts = found[["group", "word", "verdict"]].to_numpy().tolist()
    assert verdicts == [
        ["A", "バス", "この地区に多い"],
        ["A", "畑", "この地区に少ない"],
        ["B", "畑", "この地区に多い"],
        ["B", "バス", "この地区に少ない"],
    ]


def test_who_says_a_word_ten_times_in_one_statement_counts_once():
    found = find_characteristic_words(said({"A": ["バス、" * 10, "道"], "B": ["バス、道"] * 2}))
    row = look_up(found, "A", "バス")
    assert row[["statements", "of", "elsewhere", "of_elsewhere"]].tolist() == [1, 2, 2, 2]
    assert row["verdict"] == NO_DIFFERENCE


def test_words_in_fewer_than_three_statements_are_left_out():
    table = said({"A": ["バス", "バス", "畑"], "B": ["畑", "畑"]})
    assert set(find_characteristic_words(table)["word"]) == {"畑"}
    assert set(find_characteristic_words(table, at_least=2)["word"]) == {"畑", "バス"}


def test_few_statements_are_not_enough_to_call_a_difference():
    found = find_characteristic_words(said({"A": ["バス"] * 3, "B": ["畑"] * 3}))
    assert found["verdict"].eq(NO_DIFFERENCE).all()
    assert look_up(found, "A", "バス")["p"] == pytest.approx(0.1)  # 2 of 20 ways to part six


def test_the_score_is_that_of_the_paper():
    found = find_characteristic_words(said({"A": ["バス"] * 40 + ["道"] * 60, "B": ["道"] * 100}))
    held, other, left, left_other = 40 + 2, 0 + 2, 60 + 8, 100 + 8  # ten more, a fifth hold it
    odds = np.log(held / left) - np.log(other / left_other)
    error = np.sqrt(1 / held + 1 / other + 1 / left + 1 / left_other)
    assert look_up(found, "A", "バス")["z"] == pytest.approx(odds / error)


def test_a_small_cell_is_tested_exactly_and_a_large_one_by_its_score():
    found = find_characteristic_words(
        said({"A": ["バス"] * 3 + ["道"] * 17, "B": ["バス"] + ["道"] * 79})
    )
    assert look_up(found, "A", "バス")["p"] == pytest.approx(fisher_exact([[3, 17], [1, 79]])[1])
    large = find_characteristic_words(
        said({"A": ["バス"] * 30 + ["道"] * 70, "B": ["バス"] * 50 + ["道"] * 50})
    )
    row = look_up(large, "A", "バス")
    assert row["p"] == pytest.approx(math.erfc(abs(row["z"]) / math.sqrt(2)))


@settings(max_examples=200, deadline=None)
@given(*[st.integers(0, 40)] * 4)
def test_the_exact_test_is_that_of_fisher(a, b, c, d):
    assert _fisher(a, a + b, c, c + d) == pytest.approx(fisher_exact([[a, b], [c, d]])[1])


def test_a_word_in_every_statement_and_a_single_group_tell_nothing():
    every = find_characteristic_words(said({"A": ["道"] * 5, "B": ["道"] * 9}))
    assert every["z"].eq(0).all() and every["verdict"].eq(NO_DIFFERENCE).all()
    alone = find_characteristic_words(said({"A": ["道", "畑"] * 9}))
    assert alone["z"].abs().max() < 1e-9 and alone["verdict"].eq(NO_DIFFERENCE).all()
    assert alone["of_elsewhere"].eq(0).all()


def test_statements_without_a_group_are_left_out():
    table = said({"A": ["道"] * 3, "B": ["道"] * 3})
    table.loc[0, "district"] = None
    found = find_characteristic_words(table)
    assert look_up(found, "A", "道")[["statements", "of", "elsewhere"]].tolist() == [2, 2, 3]


def test_groups_may_be_of_any_column_and_are_then_no_districts():
    table = said({"A": ["バス"] * 30, "B": ["畑"] * 30}).rename(columns={"district": "kind"})
    found = find_characteristic_words(table, by="kind")
    assert look_up(found, "A", "バス")["verdict"] == "この区分に多い"


@pytest.mark.parametrize("table", [said({}), said({"A": ["。"]}), said({"A": ["バス"]})])
def test_too_little_text_makes_an_empty_table(table):
    found = find_characteristic_words(table)
    assert found.empty and found.columns.tolist() == KEYWORD_COLUMNS


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    table = said({"A": ["バス"]})
    with pytest.raises(ValueError, match=r"列「age」がありません（ある列: district、text"):
        find_characteristic_words(table, by="age")
    with pytest.raises(ValueError, match="列「age」がありません"):
        cross_issues(named([["food"]]), table, "age")


@pytest.mark.parametrize("seed", range(3))
def test_counts_of_words_add_up_over_groups(seed):
    table = make_world(seed)
    found = find_characteristic_words(table)
    held = {word: int(table["text"].str.contains(word).sum()) for word in WORDS}
    assert found.groupby("word")["statements"].sum().to_dict() == {
        word: number for word, number in held.items() if number >= 3
    }
    assert (found["statements"] + found["elsewhere"] == found["word"].map(held)).all()
    assert found["of"].add(found["of_elsewhere"]).eq(len(table)).all()


def test_where_groups_are_shuffled_hardly_any_difference_is_called():
    table = make_world(0)
    random = np.random.default_rng(1)
    shares = []
    for _ in range(40):
        shuffled = table.assign(district=random.permutation(table["district"].to_numpy()))
        found = find_characteristic_words(shuffled, tokeniser="")
        shares.append(found["verdict"].ne(NO_DIFFERENCE).mean())
    assert np.mean(shares) <= 0.05
    assert np.mean(np.array(shares) > 0) <= 0.15  # without a difference, tables that call one


def test_a_difference_that_is_there_is_found_among_many_words():
    table = make_world(0)
    at = table.index[table["district"].eq("11208")][:30]
    table.loc[at, "text"] += "、温泉"
    found = find_characteristic_words(table)
    called = found[found["verdict"].ne(NO_DIFFERENCE)]
    assert set(called["word"]) == {"温泉"}
    assert look_up(called, "11208", "温泉")["verdict"] == "この地区に多い"
    assert look_up(called, "11203", "温泉")["verdict"] == "この地区に少ない"


def test_words_on_both_sides_of_a_pause_are_two_words():
    found = find_characteristic_words(said({"A": ["バス、学校"] * 3}))
    assert set(found["word"]) == {"バス", "学校"}


def test_issues_are_crossed_with_any_attribute_and_empty_cells_are_zero():
    table = said({"A": ["x", "x"], "B": ["x"]})
    found = cross_issues(named([["food", "food"], ["food", "care"], []]), table, "district")
    assert found.columns.tolist() == CROSS_COLUMNS
    assert found[CROSS_COLUMNS[:5]].to_numpy().tolist() == [
        ["food", "A", 2, 2, 1.0],
        ["food", "B", 0, 1, 0.0],
        ["care", "A", 1, 2, 0.5],
        ["care", "B", 0, 1, 0.0],
    ]


def test_shares_of_statements_have_the_interval_of_the_house():
    found = cross_issues(named([["food"], []]), said({"A": ["x", "x"]}), "district")
    row = pd.DataFrame({"gatherings": [2], "need_gatherings": [1]}, dtype="Int64")
    assert found[["low", "high"]].iloc[0].tolist() == add_intervals(row)[
        ["low", "high"]
    ].iloc[0].tolist()  # fmt: skip


def test_a_missing_attribute_is_a_group_of_its_own_so_that_counts_add_up():
    table = said({"A": ["x"], "B": ["x"]})
    table.loc[0, "district"] = None
    found = cross_issues(named([["food"], ["food"], ["food"]]), table, "district")
    assert found["group"].isna().tolist() == [False, True]  # s2 is no statement of the table
    assert found["statements"].tolist() == [1, 1] and found["of"].tolist() == [1, 1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "B", None]), st.lists(st.sampled_from(["food", "care", "money"]))
        ),
        max_size=12,
    )
)
def test_crossed_counts_add_up(rows):
    ids = [f"s{i}" for i in range(len(rows))]
    districts = pd.Series([group for group, _ in rows], dtype="str")
    table = pd.DataFrame({"statement_id": ids, "district": districts})
    found = cross_issues(named([own for _, own in rows]), table, "district")
    for issue in {issue for _, own in rows for issue in own}:
        part = found[found["issue"].eq(issue)]
        assert part["statements"].sum() == sum(issue in own for _, own in rows)
        assert part["of"].sum() == len(rows)


def test_issues_named_together_more_than_chance_are_called():
    pairs = [["food", "money"]] * 20 + [["care"]] * 20 + [["care", "food"], ["money"]]
    found = count_cooccurrence(named(pairs))
    assert found.columns.tolist() == PAIR_COLUMNS
    first, second = found.to_dict("records")
    assert (first["issue"], first["other"], first["statements"]) == ("food", "money", 20)
    assert first["expected"] == pytest.approx(21 * 21 / 42) and first["verdict"] == TOGETHER
    assert first["lift"] == pytest.approx(20 / 10.5)
    assert (second["issue"], second["other"], second["verdict"]) == ("care", "food", BY_CHANCE)


def test_p_of_a_pair_is_that_of_fisher_one_sided():
    pairs = [["a", "b"]] * 3 + [["a"]] * 2 + [["b"]] + [[]] * 9
    p = count_cooccurrence(named(pairs))["p"].item()
    assert p == pytest.approx(fisher_exact([[3, 2], [1, 9]], alternative="greater")[1])


def test_statements_that_name_no_issue_make_a_meeting_less_likely():
    few, many = [["a", "b"], ["a"]], [["a", "b"], ["a"], [], [], []]
    assert count_cooccurrence(named(few))["expected"].item() == 1
    assert count_cooccurrence(named(many))["expected"].item() == pytest.approx(2 / 5)


@pytest.mark.parametrize("issues", [[], [[]], [["a"]], [["a"], ["b"]]])
def test_without_a_pair_the_table_is_empty(issues):
    found = count_cooccurrence(named(issues))
    assert found.empty and found.columns.tolist() == PAIR_COLUMNS


def test_issues_that_meet_by_chance_are_hardly_ever_called():
    random = np.random.default_rng(0)
    names = np.array(["a", "b", "c", "d", "e", "f"])
    chances = np.linspace(0.05, 0.4, len(names))
    called = [
        count_cooccurrence(named([list(names[random.random(6) < chances]) for _ in range(150)]))
        for _ in range(40)
    ]
    assert np.mean([found["verdict"].eq(TOGETHER).any() for found in called]) <= 0.05


def test_the_tables_given_are_left_alone():
    table, mentions = make_world(2, 40), named([["food", "care"], ["food"], []])
    table["statement_id"] = [f"s{i}" for i in range(len(table))]
    before = table.copy(deep=True), mentions.copy(deep=True)
    find_characteristic_words(table)
    cross_issues(mentions, table, "district")
    count_cooccurrence(mentions)
    pd.testing.assert_frame_equal(table, before[0])
    pd.testing.assert_frame_equal(mentions, before[1])


def test_what_is_surest_comes_first_even_if_nobody_else_said_it():
    texts = {"A": ["畑"] * 4 + ["寮"] * 4 + ["道"] * 22, "B": ["畑"] * 3 + ["道"] * 797}
    found = find_characteristic_words(said(texts))
    own = found[found["group"].eq("A")]
    assert own["word"].tolist() == ["寮", "畑", "道"]
    assert own["z"].iloc[0] < own["z"].iloc[1] and own["p"].iloc[0] < own["p"].iloc[1]


def test_the_order_of_statements_makes_no_difference():
    table = make_world(3)
    turned = find_characteristic_words(table.iloc[::-1])
    pd.testing.assert_frame_equal(find_characteristic_words(table), turned)
