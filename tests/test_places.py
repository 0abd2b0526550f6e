"""A place in the words is found where it is one; a doubtful one is never called sure."""

import measure
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.bundled import resource_table

NAMES = wm.load_districts().set_index("district")["name"]


def places_in(text, here=None):
    found = wm.locate(pd.Series([text]), context=pd.Series([here], dtype=object))
    return list(zip(found["district"], found["surface"], found["certainty"], strict=True))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("所沢市に住む", [("11208", "所沢市", "sure")]),
        ("所沢に住む", [("11208", "所沢", "sure")]),
        ("鶴ケ島市から川越へ", [("11241", "鶴ケ島市", "sure"), ("11201", "川越", "sure")]),
        ("鶴が島市で", [("11241", "鶴が島市", "sure")]),
        ("さいたま市緑区で", [("11109", "さいたま市緑区", "sure")]),
        ("緑区で", [("11109", "緑区", "ambiguous")]),
        ("岩槻区で", [("11110", "岩槻区", "sure")]),
        ("富士見市で", [("11235", "富士見市", "sure")]),
        ("東秩父村で", [("11369", "東秩父村", "sure")]),
        ("東松山市で", [("11212", "東松山市", "sure")]),
        ("三芳町と三郷市", [("11324", "三芳町", "sure"), ("11237", "三郷市", "sure")]),
        ("旧大利根町", [("11210", "大利根町", "sure")]),
        ("旧与野市", [("11105", "与野市", "sure")]),
        ("小川から通う", [("11343", "小川", "ambiguous")]),
        ("所沢が好き", [("11208", "所沢", "ambiguous")]),
        ("母が所沢に住む", [("11208", "所沢", "sure")]),
        ("熊谷の兄さんが来た", [("11202", "熊谷", "ambiguous")]),
        ("武里団地の五階", [("11214", "武里団地", "sure")]),
        ("志木駅の南口", [("11230", "志木駅", "sure")]),
        ("ところざわしの祖母", [("11208", "ところざわし", "sure")]),
        ("夕焼けがきれい", []),
        ("埼玉県の話", []),
        ("", []),
    ],
)
def test_a_text_speaks_of_its_districts(text, places):
    assert places_in(text) == places


def test_a_former_city_of_several_wards_has_a_row_for_each():
    assert sorted(places_in("大宮市で")) == [
        (code, "大宮市", "ambiguous") for code in ("11101", "11102", "11103", "11104")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "小川さん",
        "小川様",
        "小川くん",
        "熊谷君",
        "川口先生",
        "所沢氏",
        "秩父ちゃん",
        "小川さま",
        "本庄殿",
    ],
)
def test_a_name_before_an_honorific_is_a_person(text):
    assert places_in(f"{text}が来た") == []


def test_a_person_and_a_town_of_one_name_are_told_apart():
    assert places_in("小川さんは小川町の人") == [("11343", "小川町", "sure")]


@pytest.mark.parametrize(
    "text", ["横浜市緑区", "名古屋市緑区", "京都市北区", "横浜市 緑区", "東京都北区"]
)
def test_a_ward_of_another_city_is_nothing(text):
    assert places_in(f"{text}に引っ越した") == []


@pytest.mark.parametrize("code", NAMES.index)
def test_every_full_name_in_a_text_is_sure(code):
    name = NAMES[code]
    assert places_in(f"いまは{name}に住む") == [(code, name, "sure")]


FRAGMENTS = [
    "所沢市", "鶴ｹ島市", "さいたま市　緑区", "緑区", "大宮市", "小川", "さん", "から", "ｶﾞ", "か\u3099", "　", "。", "𠮟",
]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join))
def test_spans_point_into_the_text_as_given(text):
    found = wm.locate(pd.Series({"s": text}))
    assert [text[row.start : row.end] for row in found.itertuples()] == found["surface"].tolist()
    assert found["surface"].str.len().gt(0).all()
    assert set(found["district"]) <= set(NAMES.index)


def test_the_index_is_carried_as_text_id_and_the_texts_stay():
    texts = pd.Series({"s-2": "所沢市", "s-1": "なし"})
    before = texts.copy()
    assert wm.locate(texts)["text_id"].tolist() == ["s-2"]
    pd.testing.assert_series_equal(texts, before)


def test_no_place_gives_an_empty_table_with_all_columns():
    columns = ["text_id", "district", "start", "end", "surface", "certainty"]
    assert wm.locate(pd.Series(["なし"])).columns.tolist() == columns


@pytest.mark.parametrize(
    "text",
    [
        "草加せんべいと狭山茶",
        "購入間もない洗濯機",
        "緑区域に指定された",
        "奈良の三郷町に姉がいる",
        "「川島」という人",
        "花がさいたまま枯れた",
        "朝霞がかかって見えない",
    ],
)
def test_what_only_looks_like_a_place_is_none(text):
    assert places_in(text) == []


def test_the_district_of_the_gathering_decides_between_candidates():
    assert places_in("大宮市のころ", "11102") == [("11102", "大宮市", "sure")]
    assert places_in("緑区の図書館", "11107") == [("11109", "緑区", "sure")]
    assert places_in("さいたま市に頼んだ", "11104") == [("11104", "さいたま市", "sure")]
    assert {row[2] for row in places_in("大宮市のころ", "11203")} == {"ambiguous"}


@pytest.mark.parametrize("table", ["landmarks", "former_names"])
def test_every_listed_name_leads_to_districts_that_exist(table):
    rows = resource_table(f"districts/{table}.csv")
    assert {code for codes in rows["districts"] for code in codes.split("|")} <= set(NAMES.index)
    assert not rows.duplicated("name").any()
    assert rows["note"].ne("").all()


@pytest.mark.parametrize(
    ("part", "least_right"),
    [("places_learn", 0.97), ("places_held_out", 0.95), ("places_tuning", 0.86)],
)
def test_places_are_read_no_worse_than_published(part, least_right):
    right, wrong = measure.measure_places(part)
    assert right >= least_right
    assert wrong <= 0.01


@pytest.mark.parametrize(
    ("text", "here", "places"),
    [
        ("寄居から嫁に来た", None, [("11408", "寄居", "ambiguous")]),
        ("寄居から嫁に来た", "11363", [("11408", "寄居", "sure")]),
        ("寄居から嫁に来た", "11221", [("11408", "寄居", "ambiguous")]),  # far away
        (
            "越谷と松伏の病院",
            None,
            [("11222", "越谷", "ambiguous"), ("11465", "松伏", "ambiguous")],
        ),
        ("越谷の病院へ松伏から通う", None, [("11222", "越谷", "sure"), ("11465", "松伏", "sure")]),
        ("さいたま市の北区と西区", None, [("11102", "北区", "sure"), ("11101", "西区", "sure")]),
        ("緑区に嫁いだ", "11107", [("11109", "緑区", "sure")]),
        ("名古屋の孫が緑区に住む", "11107", [("11109", "緑区", "ambiguous")]),
        ("茨城にも伊奈町があった", "11301", [("11301", "伊奈町", "ambiguous")]),
        ("群馬から上里町に越した", None, [("11385", "上里町", "sure")]),
        (
            "ところざわ市とらんざん町",
            None,
            [("11208", "ところざわ市", "sure"), ("11342", "らんざん町", "sure")],
        ),
        ("櫻区と鴻巢市", "11101", [("11106", "櫻区", "sure"), ("11217", "鴻巢市", "sure")]),
        ("比企郡小川町で", None, [("11343", "比企郡小川町", "sure")]),
        ("大井町駅で乗り換えた", None, []),
        ("川越のやつが来た", None, [("11201", "川越", "ambiguous")]),
        ("所沢まで風邪をひいた", None, [("11208", "所沢", "ambiguous")]),
    ],
)
def test_the_words_around_a_name_and_the_gathering_decide(text, here, places):
    assert places_in(text, here) == places


def test_a_county_means_all_of_its_towns():
    assert {(code, certainty) for code, _, certainty in places_in("児玉郡の町")} == {
        ("11381", "ambiguous"), ("11383", "ambiguous"), ("11385", "ambiguous"),
    }  # fmt: skip
