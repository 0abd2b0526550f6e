"""Themes are suggestions: the same every time, and none where there is too little text."""

import itertools

import numpy as np
import pandas as pd
import pytest

import watamachi_analysis as wm
from watamachi_analysis import themes as grouping

SUBJECTS = ["バスの便", "近くの病院", "子ども食堂", "公園の草", "地震の備え", "空き家の庭"]
SAYINGS = [
    "が少なくて困る", "を増やしてほしい", "の話を聞きたい", "が気になっている", "を手伝いたい", "が遠い",
    "について知らない", "がもっとあればいい", "はみんなで考えたい", "を続けている",
]  # fmt: skip
TEXTS = pd.Series(
    [f"{subject}{saying}" for subject, saying in itertools.product(SUBJECTS, SAYINGS)],
    index=[f"s-{i}" for i in range(60)],
)
STOPS = ["駅前", "病院前", "団地前", "公民館前", "役場前"]
TIMES = ["朝", "昼", "夕方", "夜", "休日", "平日"]
FOODS = ["カレー", "おにぎり", "豚汁", "うどん", "いなり"]
HELPERS = ["大学生", "農家", "保護者", "高校生", "祖父母", "八百屋"]
APART = pd.Series(
    [f"{stop}のバスの本数が{time}に少ない" for stop, time in itertools.product(STOPS, TIMES)]
    + [f"{who}と子ども食堂で{food}を作って配る" for food, who in itertools.product(FOODS, HELPERS)]
)


@pytest.fixture(scope="module")
def themes():
    return wm.group(TEXTS)


def test_the_same_seed_gives_the_same_themes(themes):
    pd.testing.assert_frame_equal(wm.group(TEXTS, seed=0), themes)


def test_every_text_has_one_theme(themes):
    assert themes["text_id"].tolist() == TEXTS.index.tolist()
    assert themes["theme"].notna().all()


def test_themes_are_numbered_by_size_from_the_largest(themes):
    sizes = themes["theme"].value_counts().sort_index()
    assert sizes.index.tolist() == list(range(len(sizes)))
    assert sizes.is_monotonic_decreasing


def test_every_theme_has_three_central_texts(themes):
    sizes = themes.groupby("theme").size()
    central = themes.groupby("theme")["central"].sum()
    assert sizes.min() >= 3
    assert central.tolist() == [3] * len(sizes)


def test_no_theme_of_the_sample_has_more_than_three_central_texts(analysis):
    by_theme = analysis.themes.groupby("theme")
    central = by_theme["central"].sum()
    assert central.tolist() == by_theme.size().clip(upper=3).tolist()
    assert len(central) == 10


def test_a_theme_has_one_list_of_words_and_stability_is_a_share(themes):
    assert themes.groupby("theme")["words"].nunique().eq(1).all()
    assert themes["words"].str.len().gt(0).all()
    assert themes["stability"].between(0, 1).all()
    assert themes.groupby("theme")["stability"].nunique().eq(1).all()


def test_the_badge_says_how_far_the_theme_comes_back(themes):
    for stability, badge in set(zip(themes["stability"], themes["badge"], strict=True)):
        expected = "安定" if stability >= 0.75 else "やや不安定" if stability >= 0.6 else "不安定"
        assert badge == expected


def test_subjects_that_share_no_word_are_stable_themes():
    found = wm.group(APART)
    assert set(found["badge"]) == {"安定"}


def test_the_sample_in_which_hardly_two_say_the_same_is_not_called_stable(analysis):
    assert "安定" not in set(analysis.themes["badge"])


def test_a_theme_of_nearly_all_texts_is_not_stable_for_its_size_alone():
    labels = np.array([0] * 95 + [1] * 5)
    dealt = np.random.default_rng(0).permutation(labels)
    assert grouping._best_match(labels, dealt, 2)[0] > 0.85
    assert grouping._best_match(labels, labels, 2).tolist() == [1, 1]


def test_a_theme_of_more_than_three_texts_has_one_at_the_edge(themes):
    by_theme = themes.groupby("theme")
    assert by_theme["edge"].sum().eq(by_theme.size().gt(3)).all()
    assert not (themes["edge"] & themes["central"]).any()


def test_there_are_at_most_two_and_a_twelfth_of_the_texts_as_many_themes(themes):
    assert 2 <= themes["theme"].nunique() <= 2 + len(TEXTS) // 12


def test_the_nearest_text_is_another_that_shares_a_word():
    found = wm.group(APART).set_index("text_id")["nearest"]
    assert (found != found.index).all()
    assert all(("バス" in APART[key]) == ("バス" in APART[other]) for key, other in found.items())


def test_few_texts_get_their_common_words_and_nearest_neighbours():
    with pytest.warns(wm.TooLittleText):
        found = wm.group(pd.Series(["バスが少ない", "雪が降る", "バスが遅い"]))
    assert set(found["words"]) == {"バス"}
    assert found["nearest"].tolist() == [2, None, 0] or found["nearest"].tolist()[::2] == [2, 0]


def test_more_texts_than_are_compared_are_all_grouped(monkeypatch):
    monkeypatch.setattr(grouping, "MOST_COMPARED", 55)
    found = wm.group(TEXTS)
    assert found["theme"].notna().all()
    assert found["nearest"].notna().all()


def test_texts_of_one_subject_and_of_another_never_share_a_theme():
    found = wm.group(APART)
    buses, meals = set(found["theme"].iloc[:30]), set(found["theme"].iloc[30:])
    assert buses & meals == set()


def test_answers_that_repeat_each_other_are_grouped_without_a_warning():
    found = wm.group(pd.Series(["特にありません", "バスが少ない"] * 30))
    assert found["theme"].nunique() == 2


@pytest.mark.parametrize("number", [0, 1, 49])
def test_too_little_text_gives_a_warning_and_no_theme(number):
    with pytest.warns(wm.TooLittleText, match=f"文が{number}件"):
        found = wm.group(TEXTS.head(number))
    assert found["text_id"].tolist() == TEXTS.index[:number].tolist()
    assert found["theme"].isna().all()
    assert found["central"].isna().all()


def test_fifty_texts_are_enough():
    assert wm.group(TEXTS.head(50))["theme"].notna().all()


def test_texts_without_a_word_in_common_give_no_theme():
    strange = pd.Series([chr(0x4E00 + i) + chr(0x5E00 + i) for i in range(60)])
    with pytest.warns(wm.TooLittleText):
        found = wm.group(strange)
    assert found["theme"].isna().all()


def test_the_columns_are_the_same_with_and_without_themes(themes):
    with pytest.warns(wm.TooLittleText):
        none = wm.group(TEXTS.head(3))
    assert none.columns.tolist() == themes.columns.tolist()
    columns = ["theme", "central", "stability"]
    assert none[columns].dtypes.tolist() == themes[columns].dtypes.tolist()


def test_the_texts_given_stay():
    before = TEXTS.copy()
    wm.group(TEXTS)
    pd.testing.assert_series_equal(TEXTS, before)


@pytest.mark.parametrize("answer", ["特にありません", "3", "それはできません"])
def test_answers_without_a_content_word_do_not_stop_the_themes(answer):
    found = wm.group(pd.Series([*TEXTS, *[answer] * 20]))
    assert found["theme"].notna().all()
