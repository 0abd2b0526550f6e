"""Statements lie where they were said, or where they surely speak of; doubts go to the adviser."""

import openpyxl
import pandas as pd
import pytest

import watamachi_analysis as wm
from watamachi_analysis.analysis import find_doubtful_places
from watamachi_analysis.place_review import NO_PLACE, PLACES
from watamachi_analysis.placing import list_doubtful, place_statements
from watamachi_analysis.review import REVIEW_FILE
from watamachi_analysis.small_areas import SMALL_AREA_COLUMNS

TOWNS = wm.load_districts()
NAMES = dict(zip(TOWNS["district"], TOWNS["name"], strict=True))

NOTE = """日時：令和8年5月10日
地区：所沢市
参加者：8人
・駅前のバスが減って病院に行けない

日時：令和8年5月11日
地区：埼玉県内いろいろ
参加者：9人
・入間市ではゴミ出しを手伝ってくれる人がいない
・小川から通う道が暗くてこわい
・狭山市でも飯能市でも空き家が増えた
・子どもの遊び場がない
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "gatherings").mkdir()
    (tmp_path / "gatherings" / "メモ.txt").write_text(NOTE, encoding="utf-8")
    return tmp_path


def analyse(folder):
    return wm.analyse(wm.load_survey(folder))


def district_of(analysis, start):
    said = analysis.survey.statements
    found = said.loc[said["text"].str.startswith(start), "district"].item()
    return None if pd.isna(found) else found


# ---- where a statement counts --------------------------------------------------------------------


def test_a_statement_lies_where_it_was_said(folder):
    assert district_of(analyse(folder), "駅前") == "11208"


def test_where_the_gathering_is_nowhere_a_sure_name_places_its_statement(folder):
    analysis = analyse(folder)
    assert district_of(analysis, "入間市") == "11225"
    assert analysis.exposure.loc["11225", ["gatherings", "participants", "statements"]].tolist() == [
        1, 0, 1,
    ]  # fmt: skip
    voices = analysis.overlap.set_index(["district", "issue"])["needs"]
    assert voices["11225", "daily_life_support"] == 1


@pytest.mark.parametrize("start", ["小川から", "狭山市でも", "子どもの"])
def test_a_doubtful_name_two_names_or_none_place_nothing(folder, start):
    assert district_of(analyse(folder), start) is None


def test_a_name_elsewhere_does_not_move_what_was_said_in_a_known_gathering():
    statements = pd.DataFrame({"statement_id": ["s"], "gathering_id": ["g"]})
    gatherings = pd.DataFrame({"gathering_id": ["g"], "district": ["11208"]})
    places = pd.DataFrame({"text_id": ["s"], "area": ["11225"], "certainty": ["sure"]})
    assert place_statements(statements, gatherings, places).tolist() == ["11208"]


def test_no_statement_is_lost_or_counted_twice(folder):
    analysis = analyse(folder)
    assert len(analysis.survey.statements) == 5
    assert analysis.exposure["statements"].sum() == 2


# ---- what the adviser settles --------------------------------------------------------------------


def answer(folder, surface, district):
    wm.write_review_book(analyse(folder), folder)
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    rows = list(book[PLACES].iter_rows())
    at = {cell.value: i for i, cell in enumerate(rows[0])}
    row = next(row for row in rows[1:] if row[at["ことば"]].value == surface)
    row[at["地区"]].value = district
    book.save(folder / REVIEW_FILE)


def test_the_check_lists_each_doubtful_name_with_its_candidates(folder):
    (note,) = find_doubtful_places(wm.load_survey(folder))
    assert str(note) == (
        "gatherings/メモ.txt 10行目: 地名「小川」は一つに決まりません（小川町か、地区の名前でないか）。"
        "review.xlsx の「地名」で選べます。"
    )


def test_an_answer_places_the_statement_and_is_asked_no_more(folder):
    answer(folder, "小川", "小川町")
    assert district_of(analyse(folder), "小川から") == "11343"
    assert find_doubtful_places(wm.load_survey(folder)) == []


def test_an_answer_may_be_another_district_than_the_candidates(folder):
    answer(folder, "小川", "川越市")
    assert district_of(analyse(folder), "小川から") == "11201"


def test_a_name_that_is_no_place_is_asked_no_more_and_places_nothing(folder):
    answer(folder, "小川", NO_PLACE)
    analysis = analyse(folder)
    assert district_of(analysis, "小川から") is None
    assert find_doubtful_places(analysis.survey) == []


def test_an_answer_stands_in_the_next_book_too(folder):
    answer(folder, "小川", "小川町")
    wm.write_review_book(analyse(folder), folder)
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    rows = [[cell.value for cell in row] for row in book[PLACES].iter_rows()]
    assert rows[0] == ["発言ID", "ことば", "候補", "地区", "発言"]
    assert rows[1][1:] == ["小川", "小川町", "小川町", "小川から通う道が暗くてこわい"]


def test_an_answer_that_is_no_district_is_reported_with_its_row(folder):
    answer(folder, "小川", "緑市")
    problems = [str(p) for p in wm.load_survey(folder).problems if p.level == "error"]
    assert (
        "review.xlsx 地名 2行目: 地名「小川」の地区「緑市」が分かりません。"
        f"一覧から市区町村の名前か「{NO_PLACE}」を選んでください。" in problems
    )


def test_a_book_without_the_sheet_settles_nothing(folder):
    wm.write_review_book(analyse(folder), folder)
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    del book[PLACES]
    book.save(folder / REVIEW_FILE)
    assert len(find_doubtful_places(wm.load_survey(folder))) == 1


def test_candidates_are_named_once_in_order():
    found = wm.locate(pd.Series({"s": "大宮市のころは大宮市で"}))
    table = list_doubtful(found, NAMES)
    assert table["candidates"].tolist() == [
        "さいたま市大宮区・さいたま市北区・さいたま市西区・さいたま市見沼区"
    ]


# ---- small areas ---------------------------------------------------------------------------------

SMALL = pd.DataFrame(
    [
        ("11208001", "11208", "緑町一丁目"), ("11208002", "11208", "緑町二丁目"),
        ("11208003", "11208", "大字上安松"), ("11208004", "11208", "くすのき台"),
        ("11208005", "11208", "本郷"), ("11227001", "11227", "緑町"), ("11227002", "11227", "本町"),
    ],
    columns=["small_area", "municipality", "name"],
).reindex(columns=SMALL_AREA_COLUMNS)  # fmt: skip


def small_places(text, here=None):
    context = pd.Series([here], dtype=object)
    found = wm.locate(pd.Series([text]), context=context, small_areas=SMALL)
    columns = ["district", "surface", "certainty", "small_area"]
    return list(found[columns].itertuples(index=False, name=None))


def test_a_small_area_is_sure_in_the_town_of_the_gathering():
    assert small_places("緑町の坂がつらい", "11208") == [
        ("11208", "緑町", "sure", "11208001|11208002")
    ]
    assert small_places("くすのき台に住む", "11208") == [
        ("11208", "くすのき台", "sure", "11208004")
    ]


@pytest.mark.parametrize("written", ["緑町2丁目", "緑町２丁目", "緑町二丁目"])
def test_one_chome_is_found_however_its_number_is_written(written):
    assert small_places(f"{written}の角", "11208") == [("11208", written, "sure", "11208002")]


def test_a_small_area_is_in_doubt_elsewhere():
    assert [row[:3] for row in small_places("緑町の坂")] == [
        ("11208", "緑町", "ambiguous"), ("11227", "緑町", "ambiguous"),
    ]  # fmt: skip
    assert [row[2] for row in small_places("上安松の坂", "11202")] == ["ambiguous"]


def test_the_small_area_of_a_large_word_or_person_is_no_place():
    assert small_places("本郷さんに聞いた", "11208") == []
    assert small_places("本郷がいい", "11208") == []


def test_without_small_areas_their_names_are_none():
    found = wm.locate(pd.Series(["くすのき台に住む"]))
    assert found.empty and "small_area" not in found.columns


def test_the_census_names_of_the_whole_prefecture_do_not_lower_what_is_read(n03):
    import measure

    from watamachi_analysis.shapes import read_features
    from watamachi_analysis.small_areas import list_small_areas

    features = read_features([n03.parent / "estat_2020" / "r2ka11.dbf"])
    areas, _ = list_small_areas(features, "11")
    gold = measure.read_places("places_learn")
    plain = wm.locate(gold["text"], context=gold["context"])
    found = wm.locate(gold["text"], context=gold["context"], small_areas=areas)
    sure = found[found["certainty"].eq("sure") & found["small_area"].isna()]
    own = plain[plain["certainty"].eq("sure")]
    columns = ["text_id", "district", "surface"]
    assert set(own[columns].itertuples(index=False)) <= set(sure[columns].itertuples(index=False))
