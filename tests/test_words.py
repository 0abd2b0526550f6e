"""Words come in dictionary form, names of things stay whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watamachi_analysis.words import tokenise


@pytest.mark.parametrize(
    ("text", "compounds", "words"),
    [
        ("子ども食堂を手伝いたい", ["子ども食堂"], ["子ども食堂", "手伝う"]),
        ("地域包括支援センターへ行く", ["地域包括支援センター"], ["地域包括支援センター", "行く"]),
        ("地域包括支援センター", ["地域", "地域包括支援センター"], ["地域包括支援センター"]),
        ("ﾊﾞｽ停が遠い", ["バス停"], ["バス停", "遠い"]),
        ("学校と学校", ["学校"], ["学校", "学校"]),
    ],
)
def test_compounds_stay_whole(text, compounds, words):
    assert tokenise(text, compounds) == words


@pytest.mark.parametrize("text", ["", "　", "3人です", "それはこれです", "することがある"])
def test_numbers_pronouns_and_helper_words_are_no_content(text):
    assert tokenise(text) == []


def test_words_come_in_dictionary_form():
    assert tokenise("遠くて歩けなかった") == ["遠い", "歩ける"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["子ども食堂", "が", "に", "バス停", "遠い", "。"]), max_size=8))
def test_a_compound_is_found_as_often_as_it_is_written(parts):
    words = tokenise("".join(parts), ["子ども食堂", "バス停"])
    assert words.count("子ども食堂") == parts.count("子ども食堂")
    assert words.count("バス停") == parts.count("バス停")
