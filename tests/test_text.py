"""Folding keeps the way back, clauses cover the text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watamachi_analysis.text import fold, replace, split_clauses

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=30)  # lone surrogates included
UNITS = [
    "ｶﾞ", "ﾊﾟ", "ｳﾞ", "か\u3099", "ハ\u309a", "が", "ー", "ｰ", "―", "－", "‐", "　", " ", "\n", "。",
    "、", "㈱", "㌔", "Ⅲ", "Ａ", "１", "⺠", "é", "e\u0301", "👨\u200d👩\u200d👧", "❤\ufe0f", "𠮟",
    "葛\U000e0100", "\ud83d", "İ", "ß", "ﬁ", "けど、", "たいが", "→", "バス", "無い",
]  # fmt: skip
JAPANESE = st.lists(st.sampled_from(UNITS), max_size=12).map("".join)
# A voicing mark that stands alone meets a kana only once the space between them is gone.
LONE_MARK = re.compile("[\u309b\u309c]|\\s[\u3099\u309a\uff9e\uff9f]")


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | JAPANESE)
def test_every_folded_character_has_its_span_in_the_original(text):
    folded = fold(text)
    spans = [folded.span(i, i + 1) for i in range(len(folded.text))]
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    assert [span for span in spans if not 0 <= span[0] < span[1] <= len(text)] == []


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | JAPANESE)
def test_spans_never_run_backwards(text):
    folded = fold(text)
    assert list(folded.starts) == sorted(folded.starts)
    assert list(folded.ends) == sorted(folded.ends)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | JAPANESE)
def test_only_white_space_is_left_out_by_folding(text):
    folded = fold(text)
    kept = {
        i for start, end in zip(folded.starts, folded.ends, strict=True) for i in range(start, end)
    }
    lost = [text[i] for i in range(len(text)) if i not in kept]
    assert "".join(lost).strip() == ""


@settings(max_examples=300, deadline=None)
@given((ANY_TEXT | JAPANESE).filter(lambda text: not LONE_MARK.search(text)))
def test_folding_twice_is_folding_once(text):
    once = fold(text).text
    assert fold(once).text == once


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ﾊﾞｽ停", "バス停"),
        ("ﾊﾟｰﾄ", "パート"),
        ("か\u3099っこう", "がっこう"),
        ("ＤＶ", "dv"),
        ("０４８", "048"),
        ("㈱", "(株)"),
        ("⺠生委員", "民生委員"),
        ("バス　停", "バス停"),
        ("遠い\n病院", "遠い病院"),
        ("NPO 法人", "npo 法人"),
        ("Wi-Fi が", "wi-fi が"),
        ("2 3", "2 3"),
        ("", ""),
    ],
)
def test_text_comes_to_one_form(written, folded):
    assert fold(written).text == folded


@pytest.mark.parametrize("dash", ["―", "−", "‐", "–", "—", "‑", "－"])
def test_a_dash_after_katakana_is_a_long_vowel(dash):
    assert fold(f"デイサ{dash}ビス").text == "デイサービス"


@pytest.mark.parametrize("dash", ["―", "−", "‐", "–", "—", "－", "-"])
def test_a_dash_between_numbers_stays_a_hyphen(dash):
    assert fold(f"048{dash}555").text == "048-555"


@pytest.mark.parametrize(
    ("text", "part", "span"),
    [
        ("ｶﾞｽとﾊﾞｽ", "バス", (4, 7)),
        ("山の　上", "上", (3, 4)),
        ("㌔で", "キロ", (0, 1)),
        ("か\u3099い", "い", (2, 3)),
        ("👨\u200d👩\u200d👧とバス", "バス", (6, 8)),
        ("\ud83dバス", "バス", (1, 3)),
    ],
)
def test_a_span_leads_back_to_where_the_words_stand(text, part, span):
    folded = fold(text)
    start = folded.text.index(part)
    assert folded.span(start, start + len(part)) == span


def test_a_replaced_word_points_at_the_whole_old_word():
    replaced = replace(fold("ﾊﾞｽで買物に"), [(3, 5, "買い物")])
    assert replaced.text == "バスで買い物に"
    assert [replaced.span(i, i + 1) for i in range(3, 6)] == [(4, 6), (4, 6), (4, 6)]
    assert replaced.span(6, 7) == (6, 7)


def test_a_word_replaced_by_nothing_leaves_the_others_in_place():
    replaced = replace(fold("あのバス"), [(0, 2, "")])
    assert (replaced.text, replaced.span(0, 2)) == ("バス", (2, 4))


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | JAPANESE)
def test_clauses_cover_the_text_without_gap_or_overlap(text):
    position, left_out = 0, ""
    for start, end in split_clauses(text):
        assert position <= start <= end <= len(text)
        left_out += text[position:start]
        position = end
    assert (left_out + text[position:]).strip() == ""


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("バスがない。病院が遠い", ["バスがない。", "病院が遠い"]),
        ("バスがない\n病院が遠い", ["バスがない\n", "病院が遠い"]),
        ("店が閉じた→買い物が困る", ["店が閉じた→", "買い物が困る"]),
        ("参加したいが時間が合わない", ["参加したいが", "時間が合わない"]),
        ("参加したいけど時間が合わない", ["参加したいけど", "時間が合わない"]),
        ("足はあるが、店がない", ["足はあるが、", "店がない"]),
        ("店もないし、バスもない", ["店もないし、", "バスもない"]),
        ("本当?いいね!", ["本当?", "いいね!"]),
        ("ねたきりになりたがらない", ["ねたきりになりたがらない"]),
        ("冷たいがらくたがある", ["冷たいがらくたがある"]),
        ("バスがない。 。", ["バスがない。", " 。"]),
        ("", [""]),
        ("  ", ["  "]),
    ],
)
def test_clauses_end_where_a_thought_turns(text, clauses):
    assert [text[start:end] for start, end in split_clauses(text)] == clauses


@given(st.text("あぁゖがぱアヴヺー一龍鿿々、。", max_size=12))
def test_what_is_in_the_one_form_already_is_folded_as_anything_else(text):
    beside = fold(text + "ｱ")  # takes the long way
    plain = fold(text)
    assert beside.text == plain.text + "ア"
    assert (beside.starts[:-1], beside.ends[:-1]) == (plain.starts, plain.ends)


def test_no_plain_letter_has_another_form():
    for first, last in ("ぁゖ", "ァヺ", "一鿿", "ーー", "々々"):
        for letter in map(chr, range(ord(first), ord(last) + 1)):
            assert fold(f"{letter}A").text == f"{letter}a"
