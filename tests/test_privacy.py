"""People are masked, and thresholds can only be raised."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.bundled import resource_table
from watamachi_analysis.privacy import AUDIENCES

PHONES = [
    "048-555-0123",
    "０４８－５５５－０１２３",
    "(048)555-0123",
    "090-1234-5678",
    "09012345678",
]
MAILS = ["taro@example.co.jp", "a.b+c@x-y.example.com"]


def mask_one(text):
    return wm.mask(pd.Series([text]))[0][0]


def kinds_in(text):
    return wm.mask(pd.Series([text]))[1]["kind"].tolist()


# ---- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("山崎さんが来た", "○○さんが来た"),
        ("佐々木様へ", "○○様へ"),
        ("髙橋さま", "○○さま"),
        ("田中先生に聞く", "○○先生に聞く"),
        ("鈴木くんと鈴木ちゃん", "○○くんと○○ちゃん"),
        ("高橋氏と佐藤君", "○○氏と○○君"),
        ("ヤマダさん", "○○さん"),
        ("林さんと森さん", "○○さんと○○さん"),
        ("近所の田中さんち", "近所の○○さんち"),
        ("小川さんは小川町の人", "○○さんは小川町の人"),
        ("山田太郎さん", "○○さん"),
    ],
)
def test_a_name_before_an_honorific_is_masked(text, masked):
    assert mask_one(text) == masked


@pytest.mark.parametrize("text", ["一ノ瀬さん", "井ノ上さん", "三ツ木さん"])
def test_a_name_with_a_small_kana_is_masked_whole(text):
    assert mask_one(text) == "○○さん"


@pytest.mark.parametrize("text", ["田中さん達が集まる", "田中さん名義の畑", "田中さん子ども連れ"])
def test_a_name_is_masked_whatever_word_follows_the_honorific(text):
    assert "田中" not in mask_one(text)


@pytest.mark.parametrize("text", ["山田　太郎さん", "山田 太郎さん", "マリア・サントスさん"])
def test_both_parts_of_a_full_name_are_masked(text):
    assert mask_one(text).strip("○・ 　") == "さん"


@pytest.mark.parametrize(
    "text",
    [
        "民生さん", "民生委員さん", "ケアマネさん", "自治会長さん", "看護師さん", "八百屋さん", "利用者さん",
        "先生さん", "お母さん", "お父さん", "おばあさん", "お兄さん", "娘さん", "奥さん", "孫ちゃん", "赤ちゃん",
        "持ち主さん", "大家さん", "お隣さん", "皆さん", "皆様", "お客様", "神様", "担任の先生", "保育園の先生",
        "たくさん", "多様", "多様性", "様子", "同様", "仕様", "氏名", "行くんだ", "各氏", "君たち", "諸君", "殿様",
        "お月さま", "お地蔵さん", "学生さん", "ボランティアさん", "スタッフさん", "スーパーさん",
    ],
)  # fmt: skip
def test_roles_relatives_and_plain_words_are_no_names(text):
    assert mask_one(text) == text


def test_every_word_listed_as_no_name_is_left_alone():
    words = resource_table("text/not_names.csv")["word"]
    masked, _ = wm.mask(words + "さん")
    assert masked.tolist() == (words + "さん").tolist()


def test_the_list_of_no_names_is_well_formed():
    table = resource_table("text/not_names.csv")
    assert set(table["place"]) == {"end", "whole"}
    assert table["word"].is_unique
    assert table["word"].str.strip().ne("").all()


def test_a_name_that_only_contains_a_role_of_its_own_is_still_masked():
    assert mask_one("民生子さんと神田さん") == "○○さんと○○さん"


# ---- phones, mail, addresses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone",
    [
        *PHONES, "０９０１２３４５６７８", "0485550123", "03-3333-4444", "04-2998-1111", "0480-21-1111",
        "0120-123-456", "050-1234-5678", "（０４８）５５５－０１２３", "(048)5550123", "048-5550123",
        "048−555−0123", "048–555–0123", "048ー555ー0123",
    ],
)  # fmt: skip
def test_a_phone_number_is_masked(phone):
    assert mask_one(f"連絡は{phone}まで") == "連絡は（電話番号）まで"


@pytest.mark.parametrize(
    "phone",
    [
        "048(555)0123", "048（555）0123", "０４８（５５５）０１２３", "048 555 0123", "090　1234　5678",
        "048―555―0123", "048—555—0123", "048‑555‑0123", "048.555.0123",
        "048・555・0123", "+81-48-555-0123",
    ],
)  # fmt: skip
def test_a_phone_number_in_an_unusual_shape_is_masked_whole(phone):
    masked = mask_one(f"連絡は{phone}まで")
    assert sum(character.isdigit() for character in masked) == 0


@pytest.mark.parametrize("mail", ["taro@example.jp", "taro.y+x@mail.example.co.jp", "t_1@ex-a.org"])
def test_a_mail_address_is_masked(mail):
    assert mask_one(f"連絡は {mail} へ") == "連絡は （メール） へ"


def test_the_words_around_a_mail_address_stay():
    assert mask_one("連絡はtaro@example.jpまで") == "連絡は（メール）まで"


@pytest.mark.parametrize("mail", ["ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro＠example.jp"])
def test_a_mail_address_in_full_width_is_masked(mail):
    assert kinds_in(f"「{mail}」") == ["mail"]


@pytest.mark.parametrize(
    "address",
    [
        "1丁目2番3号", "１丁目２－３", "一丁目2-3", "三丁目", "12番地", "12番地3", "3番5号", "1-2-3", "305号室",
        "〒359-0001", "３５９－０００１",
    ],
)  # fmt: skip
def test_a_street_number_or_postal_code_is_masked(address):
    assert mask_one(f"並木 {address} に住む") == "並木 （番地） に住む"


@pytest.mark.parametrize(
    "text", ["65-74歳", "10～20人", "2番目", "3回", "2026年5月10日", "1-2人", "5080", "8050問題"]
)
def test_ordinary_numbers_stay(text):
    assert mask_one(text) == text


@pytest.mark.parametrize("date", ["2026-05-10", "2026-5-10", "2026/05/10"])
def test_a_date_is_no_street_number(date):
    assert mask_one(f"{date}に体操") == f"{date}に体操"


@pytest.mark.parametrize(
    "text", ["並木3丁目048-555-0123", "並木12番地048-555-0123", "〒359-0001taro@example.jp"]
)
def test_what_touches_an_address_does_not_show_its_rest(text):
    masked = mask_one(text)
    assert [rest for rest in ("555", "0123", "taro", "example") if rest in masked] == []


# Next to another digit or dash a number is a longer number, and may be no phone number at all.
AROUND = st.text(
    st.characters(exclude_categories=["Cs", "Nd"], exclude_characters="-－‐−–ー"), max_size=8
)
WRITTEN = st.lists(
    st.sampled_from(
        ["電話は", "、", "。", "まで", "さん", "山田", "（", "）", "(", ")", ":", " ", "\n", "TEL", "〒359-0001 ",
         " 03-3333-4444 ", "三丁目 ", "様"]
    ),
    max_size=4,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(AROUND | WRITTEN, st.sampled_from(PHONES), AROUND | WRITTEN)
def test_no_phone_number_survives_in_any_text(before, phone, after):
    masked = mask_one(f"{before}{phone}{after}")
    assert phone not in masked
    assert "0123" not in masked


@pytest.mark.parametrize("text", ["①09012345678", "09012345678②", "①0485550123", "09012345678²"])
def test_a_number_in_a_circle_is_no_digit_of_a_phone_number(text):
    assert kinds_in(text) == ["phone"]


@settings(max_examples=300, deadline=None)
@given(AROUND | WRITTEN, st.sampled_from(MAILS), AROUND | WRITTEN)
def test_no_mail_address_survives_in_any_text(before, mail, after):
    masked = mask_one(f"{before}{mail}{after}")
    assert mail not in masked
    assert "example" not in masked


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("田山川中林木本村井上藤佐原小大野高"), min_size=2, max_size=3))
def test_any_family_name_before_san_is_masked(characters):
    name = "".join(characters)
    assert mask_one(f"きのう{name}さんに会った") == "きのう○○さんに会った"


# A digit glued to a phone number makes another number of it, and a second title (山田様さん) another
# name, so numbers stand apart here and names come with their title.
PERSONAL = st.lists(
    st.sampled_from(
        ["山田さん", "佐々木様", "高橋氏", "鈴木くん", "ヤマダ先生", "民生委員さん", "達", "3", "２", "丁目", "-",
         "番地", "の", "号", "番", "号室", " (048)", " 048-555-0123 ", "555-0123 ", "taro@example.jp", "が",
         "、", " ", "〒", "林"]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(PERSONAL)
def test_masking_twice_is_masking_once(text):
    once, _ = wm.mask(pd.Series([text]))
    twice, spans = wm.mask(once)
    assert twice[0] == once[0]
    assert spans.empty


@settings(max_examples=300, deadline=None)
@given(PERSONAL)
def test_spans_point_into_the_text_as_given(text):
    _, spans = wm.mask(pd.Series({"s": text}))
    assert [text[row.start : row.end] for row in spans.itertuples()] == spans["surface"].tolist()
    assert (spans["start"].iloc[1:].to_numpy() >= spans["end"].iloc[:-1].to_numpy()).all()


@settings(max_examples=300, deadline=None)
@given(PERSONAL)
def test_what_is_not_masked_stays_word_for_word(text):
    masked, spans = wm.mask(pd.Series([text]))
    holders = {"name": "○○", "phone": "（電話番号）", "mail": "（メール）", "address": "（番地）"}
    rest, position = [], 0
    for row in spans.itertuples():
        rest += [text[position : row.start], holders[row.kind]]
        position = row.end
    assert masked[0] == "".join(rest) + text[position:]


@settings(max_examples=300, deadline=None)
@given(
    st.text("あいうえおかきくけことがはをにのでまスパ、テレビー。、「」\n 買物病院遠近少多人学校3")
)
def test_a_text_without_personal_data_is_unchanged(text):
    assert mask_one(text) == text


def test_the_index_and_the_texts_given_stay():
    texts = pd.Series({"s-2": "山崎さん", "s-1": "バス"})
    before = texts.copy()
    masked, spans = wm.mask(texts)
    assert masked.index.tolist() == ["s-2", "s-1"]
    assert spans[["text_id", "start", "end", "kind", "surface"]].values.tolist() == [
        ["s-2", 0, 2, "name", "山崎"]
    ]
    pd.testing.assert_series_equal(texts, before)


def test_no_texts_give_no_spans():
    masked, spans = wm.mask(pd.Series([], dtype=str))
    assert (len(masked), len(spans)) == (0, 0)
    assert spans.columns.tolist() == ["text_id", "start", "end", "kind", "surface"]


# ---- thresholds ----------------------------------------------------------------------------------


def test_the_defaults_are_three_statements_two_gatherings_five_and_ten():
    assert wm.Thresholds() == wm.Thresholds(statements=3, gatherings=2, sensitive=5, people=10)


def test_a_survey_may_raise_thresholds():
    assert wm.Thresholds.raised({"statements": 4, "people": 20}) == wm.Thresholds(4, 2, 5, 20)
    assert wm.Thresholds.raised({}) == wm.Thresholds()


@pytest.mark.parametrize(
    "given_",
    [
        {"statements": 2},
        {"gatherings": 1},
        {"sensitive": 4},
        {"people": 9},
        {"people": -10},
        {"voices": 5},
        {"statements": 3.5},
        {"statements": 4.0},
        {"statements": "4"},
        {"statements": True},
        {"statements": None},
        {"statements": [4]},
    ],
)
def test_a_lower_unknown_or_broken_threshold_is_refused(given_):
    with pytest.raises(ValueError, match="しきい値"):
        wm.Thresholds.raised(given_)


def test_the_audiences_are_three():
    assert list(AUDIENCES) == ["adviser", "member", "public"]
