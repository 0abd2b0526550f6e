"""Headings of a plan are found, and their levels learned, as a person marked them."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.headings import find_marker
from watamachi_analysis.loaders import load_outline
from watamachi_analysis.mending import close_title, close_words, mend_line, undouble
from watamachi_analysis.outline import read_outline

PLANS = Path(__file__).parent / "quality" / "plans"
NAMES = sorted(path.name.split(".")[0] for path in PLANS.glob("*.lines.csv"))
LINES = pd.read_csv(PLANS / "marked_lines.csv")
LEAST = 0.93  # of the F1 of headings with their levels


def read_plan(name):
    table = pd.read_csv(PLANS / f"{name}.lines.csv", dtype=str, keep_default_na=False)
    lines = table.assign(
        page=table["page"].astype(int), size=pd.to_numeric(table["size"]), text=table["line"]
    )
    return lines[["page", "size", "text"]], table


def outline_of(*lines, size=None):
    return read_outline(pd.DataFrame({"page": 1, "size": size, "text": lines}))


def levels(*lines):
    found = outline_of(*lines)["level"]
    return [None if pd.isna(level) else level for level in found]


@pytest.mark.parametrize(("line", "family"), list(LINES.itertuples(index=False, name=None)))
def test_a_line_is_of_the_family_that_a_person_gave_it(line, family):
    assert find_marker(line).family == family


@pytest.mark.parametrize("name", NAMES)
def test_the_headings_of_a_plan_stand_at_the_levels_that_a_person_gave_them(name):
    lines, table = read_plan(name)
    found = read_outline(lines)["level"].fillna(-1)
    given_levels = pd.to_numeric(table["level"].replace("+", "0")).fillna(-1).astype(int)
    is_heading, is_found = given_levels.gt(0), found.gt(0)
    right = (is_heading & given_levels.eq(found)).sum()
    assert 2 * right / (is_heading.sum() + is_found.sum()) >= LEAST


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_plan_keeps_its_row(name):
    lines, _ = read_plan(name)
    found = read_outline(lines)
    pd.testing.assert_frame_equal(found[["page", "size"]], lines[["page", "size"]])
    assert found["text"].str.len().gt(0).equals(lines["text"].str.len().gt(0))
    assert found["mark"].ne("").all()
    assert found["mark"].eq("heading").equals(found["level"].notna())


def test_levels_are_learned_from_the_plan_not_from_the_kind_of_marker():
    lines = ["第1章 施策", "ア 見守り", "① 声かけ", "(1) 旗", "ア 移動", "① 送迎"]
    kana = [line.replace("ア", "(ア)") for line in lines]
    assert levels(*kana) == [1, 2, 3, 4, 2, 3]


def test_a_list_within_text_has_no_headings():
    assert levels("第1章 方法", "1 調査", "次の順で進めました。", "1 聞き取り", "2 集計") == [
        1, 2, None, None, None,
    ]  # fmt: skip


def test_a_letter_at_the_start_of_a_line_is_a_broken_circle_only_beside_an_at_sign():
    assert levels("第1章 施策", "@見守り", "聞く。", "A声かけ") == [1, 2, None, 2]
    assert levels("第1章 施策", "Aさんの声かけ") == [1, None]


def test_titles_drawn_side_by_side_are_no_heading():
    assert levels("第1章", "(1) 見守り (2) 移動", "絵。", "(1) 見守り") == [1, None, None, 2]


def test_an_edition_for_screen_readers_ends_headings_but_not_sentences_with_a_full_stop():
    lines = ["第1章 施策。", "ア 見守り。", "① 声かけの推進。", "聞きます。", "② 毎週たずねます。"]
    assert levels(*lines) == [1, 2, 3, None, None]


def test_a_running_head_is_no_heading():
    lines = pd.DataFrame(
        {
            "page": [1, 1, 2, 2, 3, 3],
            "size": [20.0, 10, 8, 10, 8, 10],
            "text": [
                "第1章 現状",
                "町は広い。" * 9,
                "第1章 現状",
                "人は減る。" * 9,
                "第1章 現状",
                "。" * 60,
            ],
        }
    )
    assert read_outline(lines)["mark"].tolist() == [
        "heading", "body", "page", "body", "page", "body",
    ]  # fmt: skip


def test_the_table_of_contents_tells_the_levels_by_its_indents():
    contents = [
        "第1章 施策 ・・・・ 3", "  目標1 支える ・・・・ 3", "  横のつながり ・・・・ 4", "第2章 推進 ・・・・ 5",
    ]  # fmt: skip
    lines = [
        "第1章 施策",
        "目標1 支える",
        "① 見守り",
        "歩きます。",
        "横のつながり",
        "① 集い",
        "第2章 推進",
    ]
    assert levels(*contents, *lines) == [None] * 4 + [1, 2, 3, None, 2, 3, 1]


def test_a_table_of_contents_without_dots_ends_where_its_first_chapter_comes_again():
    lines = [
        "目次。",
        "第1章 はじめに。",
        "1 背景。",
        "第1章 はじめに。",
        "1 背景。",
        "人が減りました。",
    ]
    assert outline_of(*lines)["mark"].tolist()[:3] == ["toc"] * 3
    assert levels(*lines)[3:] == [1, 2, None]


def test_headings_in_the_size_of_the_text_are_found_where_each_stands_over_sentences():
    rows = [(16.0, "第1章 施策"), (14.0, "目標1 支える")]
    for number in "①②③":
        rows += [(10.5, f"{number} 見守りの推進"), (10.5, "毎月、声をかけて回ります。" * 2)]
    table = pd.DataFrame(rows, columns=["size", "text"]).assign(page=1)
    assert read_outline(table)["level"].dropna().tolist() == [1, 2, 3, 3, 3]


def test_a_short_line_with_a_mark_that_comes_again_is_a_label():
    found = outline_of("第1章 地区", "○地区の特徴", "坂が多い。", "○地区の特徴", "畑が多い。")
    assert found["mark"].tolist() == ["heading", "label", "body", "label", "body"]


def test_a_lost_circle_and_roman_number_come_back():
    found = outline_of("T　施策", "@ 見守り", "歩きます。", "A 集い", "開きます。", "U　推進")
    assert found["text"].tolist() == [
        "Ⅰ　施策",
        "① 見守り",
        "歩きます。",
        "② 集い",
        "開きます。",
        "Ⅱ　推進",
    ]


def test_two_plans_bound_in_one_keep_the_chapters_of_both():
    one = [(24.0, "第1章 施策"), (9.0, "第1章 施策"), (10.5, "この章では施策を述べます。" * 4)]
    contents = (
        [(10.5, "第1章 施策 ・・・・ 3")]
        + [(10.5, "町の文です。")] * 45
        + [(10.5, "第1章 施策 ・・・・ 3")]
    )
    rows = contents[:1] + one + contents[1:] + [(20.0, "第1章 施策"), *one[1:]]
    table = pd.DataFrame(rows, columns=["size", "text"]).assign(page=1)
    heads = read_outline(table)["level"].dropna()
    assert heads.tolist() == [1, 1]
    assert table.loc[heads.index, "size"].tolist() == [24.0, 20.0]


def test_a_heading_over_two_lines_is_one():
    lines = pd.DataFrame(
        {
            "page": 1,
            "size": [16.0, 16, 10],
            "text": ["第1章 だれもが安心して", "暮らせるまち", "この章では考えを述べます。" * 4],
        }
    )
    assert read_outline(lines)["level"].tolist()[:2] == [1, 0]


@pytest.mark.parametrize(
    ("line", "once"),
    [
        ("平成平成平成平成28282828年度", "平成28年度"),
        ("計画計画の策定", "計画の策定"),
        ("2020年", "2020年"),
        ("ますますひろがる", "ますますひろがる"),
    ],
)
def test_type_made_bold_by_printing_it_again_is_read_once(line, once):
    assert undouble(line) == once


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("①⺠⽣委員の⽀援", "①民生委員の支援"),
        ("第 １ 章　計 画 の 考 え 方", "第１章　計画の考え方"),
        ("ア 見守り", "ア 見守り"),
        ("1 2 3 4 5", "12345"),
    ],
)
def test_what_reading_does_to_a_line_is_mended(line, mended):
    assert mend_line(line) == mended


def test_spaces_inside_words_go_but_the_one_behind_a_marker_stays():
    assert close_words("住 民同士の取 り組み") == "住民同士の取り組み"
    assert close_words("Social Network") == "Social Network"
    assert close_title("ア 見 守りの充実") == "ア 見守りの充実"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.text(max_size=30)), max_size=30))
def test_any_lines_get_a_mark_each_and_levels_never_jump(lines):
    table = pd.DataFrame(sorted(lines, key=lambda line: line[0]), columns=["page", "text"])
    found = read_outline(table.assign(size=None))
    assert len(found) == len(lines)
    stood = [level for level in found["level"].dropna() if level > 0]
    assert all(after <= before + 1 for before, after in zip([0, *stood], stood, strict=False))


@pytest.mark.parametrize(
    "piece", ["章", "第", ".", "(", "（１）", "1-", "平成", "12", "　", "@", "、"]
)
def test_a_line_of_a_hundred_thousand_characters_stalls_nothing(piece):
    line = piece * (100_000 // len(piece)) + "。"
    assert levels("第1章 はじめに", line, "1 背景") == [1, None, 2]


def test_a_text_is_read_with_the_place_of_each_line(tmp_path):
    path = tmp_path / "計画.txt"
    path.write_text("第1章 はじめに\n\n人が減っています。\n", encoding="utf-8")
    outline = load_outline(path)
    assert outline["place"].tolist() == ["1行目", "3行目"]
    assert outline["level"].tolist() == [1, pd.NA]


def test_a_table_is_told_where_it_belongs(tmp_path):
    path = tmp_path / "計画.csv"
    path.write_text("取組,内容\n見守り,声をかける\n", encoding="utf-8")
    with pytest.raises(wm.InputError, match="plans に入れてください"):
        load_outline(path)
