"""Every place where a word was said is shown once, as it stands in the text."""

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from watamachi_analysis.concordance import CONCORDANCE_COLUMNS, _join, kwic
from watamachi_analysis.text import fold

# What makes folding hard: marks, dashes, spaces, one character that becomes several.
LETTERS = "はハﾊぱ゛ﾞﾟ\u3099\u309a -－―ー\u3000\nAaＡé\u0301㈱㎜⼊入れ\u200d👩👧🏽\ud83d\udc4d\ufe0f"
TEXTS = st.lists(st.text(LETTERS, max_size=12), max_size=6)


def said(*texts: str) -> pd.DataFrame:
    ids = [f"s{number}" for number in range(len(texts))]
    return pd.DataFrame({"statement_id": ids, "district": "11208", "text": list(texts)})


def hits(*texts: str, word: str, **options) -> list[str]:
    return kwic(said(*texts), word, **options)["hit"].tolist()


def test_a_find_stands_with_its_statement_and_what_is_around_it():
    found = kwic(said("静か", "駅まで遠いバス停です"), "バス停", width=3)
    assert found.columns.tolist() == CONCORDANCE_COLUMNS
    assert found.to_numpy().tolist() == [["s1", "11208", "で遠い", "バス停", "です"]]


@pytest.mark.parametrize("spelling", ["バス", "ﾊﾞｽ", "バ ス", "ハ\u3099ス"])
def test_a_word_is_found_in_any_spelling_and_shown_as_written(spelling):
    assert hits(f"町の{spelling}便", word="ﾊﾞｽ") == [spelling]


def test_width_and_case_make_no_difference():
    assert hits("ＬＩＮＥで", "Lineで", word="line") == ["ＬＩＮＥ", "Line"]


def test_every_sign_means_itself():
    assert hits("無料(0円)か", "無料00円か", word="(0円)") == ["(0円)"]
    assert hits("a.c", "abc", word="a.c") == ["a.c"]
    assert hits("何も", word=".*") == []


def test_finds_that_overlap_are_all_shown():
    found = kwic(said("ははは"), "はは")
    assert found[["left", "hit", "right"]].to_numpy().tolist() == [
        ["", "はは", "は"],
        ["は", "はは", ""],
    ]


def test_a_word_does_not_reach_from_one_statement_into_the_next():
    assert hits("子ども", "食堂", word="子ども食堂") == []


def test_one_sign_that_stands_for_several_letters_is_shown_once():
    assert hits("5㎜の雨", word="m") == ["㎜"]
    assert hits("㈱まち", word="株") == ["㈱"]


@pytest.mark.parametrize("word", ["", "  ", "\u3000"])
@pytest.mark.parametrize("by", ["text", "word"])
def test_nothing_to_look_for_is_refused_kindly(word, by):
    with pytest.raises(ValueError, match="探すことばが空です"):
        kwic(said("バス"), word, by=by)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"by": "form"}, "探し方"), ({"sort": "hit"}, "並べ方"), ({"width": -1}, "文字数")],
)
def test_an_option_that_is_not_there_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        kwic(said("バス"), "バス", **options)


def test_symbols_are_no_word():
    with pytest.raises(ValueError, match="語がありません"):
        kwic(said("？"), "？", by="word")
    assert hits("何？", word="？") == ["？"]


@pytest.mark.parametrize("word", ["入れる", "入れない", "入れた"])
def test_a_word_is_found_in_all_its_forms(word):
    texts = ["仲間に入れない", "お茶を入れて", "手入れ", "入口"]
    assert hits(*texts, word=word, by="word") == ["入れ", "入れ"]


def test_as_a_word_it_is_not_found_inside_of_others():
    assert hits("車がない", "電車で行く", word="車", by="word") == ["車"]
    assert hits("車がない", "電車で行く", word="車") == ["車", "車"]


@pytest.mark.parametrize("text", ["見学にこない", "人がきます", "また来る"])
def test_words_whose_first_letter_changes_are_found_too(text):
    word = "来る" if "来" in text else "くる"
    assert len(hits(text, word=word, by="word")) == 1


def test_a_word_of_several_words_is_found_as_a_row():
    assert hits("子ども食堂を手伝う", "子どもの食堂", word="子ども食堂", by="word") == [
        "子ども食堂"
    ]


@pytest.mark.parametrize(
    ("sort", "order"), [("given", ["s0", "s1", "s2"]), ("left", ["s1", "s2", "s0"]), ("right", ["s2", "s0", "s1"])]
)  # fmt: skip
def test_finds_are_sorted_by_what_stands_next_to_them(sort, order):
    found = kwic(said("いうバスか", "うあバスさ", "あいバスあ"), "バス", sort=sort)
    assert found["statement_id"].tolist() == order
    assert found.index.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "width", "left", "right"),
    [
        ("は\u0323駅は\u0323", 1, "", ""),
        ("か\u3099駅か\u3099", 2, "か\u3099", "か\u3099"),
        ("x👩\u200d👧駅👩\u200d👧", 2, "", ""),
        ("👍🏽駅👍🏽", 1, "", ""),
        ("\ud83d\udc4d駅\ud83d\udc4d", 1, "", ""),
        ("\ud83d\udc4d駅あ\ud83d\udc4d", 2, "\ud83d\udc4d", "あ"),
    ],
)
def test_no_letter_is_torn_from_its_mark(text, width, left, right):
    shown = kwic(said(text), "駅", width=width).iloc[0]
    assert (shown["left"], shown["right"]) == (left, right)


def test_a_find_takes_its_mark_along():
    assert hits("cafe\u0301", word="cafe") == ["cafe\u0301"]


@pytest.mark.parametrize("by", ["text", "word"])
def test_a_table_without_finds_has_the_columns_all_the_same(by):
    for table in (said(), said("静か")):
        found = kwic(table, "バス", by=by)
        assert found.empty and found.columns.tolist() == CONCORDANCE_COLUMNS


def test_a_missing_text_or_district_is_no_obstacle():
    table = said("バス", "バス").assign(district=["11208", None])
    table.loc[0, "text"] = None
    found = kwic(table, "バス")
    assert found["statement_id"].tolist() == ["s1"] and found["district"].isna().all()


def test_the_table_given_is_left_alone():
    table = said("バス", "ﾊﾞｽ").set_index(pd.Index([7, 7]))
    before = table.copy(deep=True)
    for by in ("text", "word"):
        assert len(kwic(table, "バス", by=by)) == 2
    pd.testing.assert_frame_equal(table, before)


@settings(max_examples=300, deadline=None)
@example(["ﾞは", "ハ", "ﾟ"])
@example(["カ--カ", "- -"])
@example([" ", "a は"])
@given(TEXTS)
def test_folding_all_at_once_is_folding_each(texts):
    joined = _join(texts)
    assert joined.folded == "".join(fold(text).text + "\0" for text in texts)
    starts, ends = [], []
    for begin, text in zip(joined.begins.tolist(), texts, strict=False):
        folded, end = fold(text), begin + len(text)
        starts += [*(begin + start for start in folded.starts), end]
        ends += [*(begin + start for start in folded.ends), end + 1]
    assert (joined.starts.tolist(), joined.ends.tolist()) == (starts, ends)


@settings(max_examples=300, deadline=None)
@given(
    TEXTS, st.sampled_from(["は", "ぱ", "a", "-", "入れ", "m", "株", "ー", "👩"]), st.integers(0, 5)
)
def test_every_find_is_a_window_of_its_text_and_none_is_missing(texts, word, width):
    found = kwic(said(*texts), word, width=width)
    for row in found.itertuples():
        assert row.left + row.hit + row.right in texts[int(row.statement_id[1:])]
        assert len(row.left) <= width and len(row.right) <= width
    expected = [(f"s{i}", hit) for i, text in enumerate(texts) for hit in find_slowly(text, word)]
    assert found["statement_id"].tolist() == [statement for statement, _ in expected]
    assert all(hit in shown for (_, hit), shown in zip(expected, found["hit"], strict=True))


def find_slowly(text: str, word: str) -> list[str]:
    """What is found, without the marks that belong to it."""
    folded, needle = fold(text), fold(word).text
    starts = [i for i in range(len(folded.text)) if folded.text.startswith(needle, i)]
    spans = dict.fromkeys(folded.span(start, start + len(needle)) for start in starts)
    return [text[start:end] for start, end in spans]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["歩け", "ない", "バス", "が", "、", " ", "遠く", "て"]), max_size=8)
)
def test_every_form_is_a_window_of_its_text(parts):
    text = "".join(parts)
    for row in kwic(said(text), "遠い", by="word").itertuples():
        assert row.left + row.hit + row.right in text
