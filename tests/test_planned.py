"""Measures are taken out of the text of plans, with the path that a person gave them."""

import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watamachi_analysis.mending import mend_line
from watamachi_analysis.outline import read_outline
from watamachi_analysis.planned import PLANNED_COLUMNS, take_measures

PLANS = Path(__file__).parent / "quality" / "plans"
NAMES = sorted(path.name.split(".")[0] for path in PLANS.glob("*.lines.csv"))
PATH = ["goal", "policy", "initiative", "role"]
LEAST = 0.90  # of the F1 of measures whose whole path is right


def read_lines(name):
    table = pd.read_csv(PLANS / f"{name}.lines.csv", dtype=str, keep_default_na=False)
    return pd.DataFrame(
        {
            "page": table["page"].astype(int),
            "size": pd.to_numeric(table["size"]),
            "text": table["line"],
            "place": "",
        }
    )


def read_truth(name):
    return pd.read_csv(PLANS / f"{name}.measures.csv", dtype=str, keep_default_na=False)


def bare(text):
    return re.sub(r"\s", "", mend_line(str(text))).rstrip("。").replace("。>", ">")


def paths_of(table):
    return Counter(tuple(map(bare, row)) for row in table[PATH].itertuples(index=False))


def measures_of(*lines, size=None):
    table = pd.DataFrame({"page": 1, "size": size, "text": lines, "place": ""})
    return take_measures(read_outline(table))


def told(found, *names):
    return found[list(names)].values.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_the_path_of_nearly_every_measure_is_the_one_that_a_person_gave_it(name):
    found, truth = (
        paths_of(take_measures(read_outline(read_lines(name)))),
        paths_of(read_truth(name)),
    )
    right = (found & truth).total()
    assert 2 * right / (found.total() + truth.total()) >= LEAST


def test_the_text_of_measures_is_whole():
    texts = [
        (Counter(map(bare, read_truth(name)["text"])), Counter(map(bare, found["text"])))
        for name in NAMES
        for found in [take_measures(read_outline(read_lines(name)))]
    ]
    right = sum((truth & found).total() for truth, found in texts)
    assert right / sum(truth.total() for truth, _ in texts) >= 0.98


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_in_two_measures(name):
    lines = take_measures(read_outline(read_lines(name)))["lines"].explode()
    assert lines.is_unique


CHAPTER = ("第1章 現状", "減る。", "第2章 施策の展開", "基本目標1 支える")


def test_bullets_below_a_role_belong_to_the_policy_not_to_its_last_measure():
    found = measures_of(
        *CHAPTER, "(1) 見守り", "① 声かけ", "毎月たずねます。", "市民の役割", "・旗を出します。", "(2) 集い", "① 茶話会",
        "開きます。",
    )  # fmt: skip
    assert told(found, "policy", "initiative", "role") == [
        ["(1) 見守り", "① 声かけ", ""],
        ["(1) 見守り", "・旗を出します。", "市民"],
        ["(2) 集い", "① 茶話会", ""],
    ]


def test_what_stands_below_a_label_of_how_things_are_is_no_measure():
    found = measures_of(
        *CHAPTER,
        "(1) 見守り",
        "【現状と課題】",
        "・人が足りません。",
        "【主な取組】",
        "・旗を出します。",
    )
    assert told(found, "policy", "text") == [["(1) 見守り", "旗を出します。"]]


def test_a_title_before_a_colon_or_on_a_line_of_its_own_is_the_name_of_a_bullet():
    found = measures_of(
        *CHAPTER, "(1) 見守り", "【主な取組】", "・旗印：毎朝出します。", "・鈴", "毎晩、隣の家に聞こえるように鳴らします。",
    )  # fmt: skip
    assert told(found, "initiative", "text") == [
        ["・旗印", "毎朝出します。"],
        ["・鈴", "毎晩、隣の家に聞こえるように鳴らします。"],
    ]


def test_indicators_go_with_the_measures_of_their_policy():
    found = measures_of(
        *CHAPTER, "(1) 見守り", "① 声かけ", "毎月たずねます。", "② 旗", "出します。", "協定の数 27社 → 45社",
    )  # fmt: skip
    assert told(found, "text", "indicators") == [
        ["毎月たずねます。", ""],
        ["出します。", "協定の数 27社 → 45社"],
    ]


def test_a_table_gives_a_measure_a_row():
    cells = [
        ("取組", "内容", "担当課"),
        ("旗", "毎朝出します。", "福祉課"),
        ("鈴", "鳴らします。", "防災課"),
    ]
    lines = pd.DataFrame(
        {
            "page": 4,
            "size": None,
            "text": [*CHAPTER, "(1) 見守り", *("　".join(row) for row in cells)],
            "cells": [()] * (len(CHAPTER) + 1) + cells,
            "place": "",
        }
    )
    found = take_measures(read_outline(lines))
    assert told(found, "policy", "initiative", "text", "office") == [
        ["(1) 見守り", "旗", "毎朝出します。", "福祉課"],
        ["(1) 見守り", "鈴", "鳴らします。", "防災課"],
    ]


def test_a_plan_without_a_chapter_of_measures_has_none():
    assert measures_of(
        "第1章 策定の趣旨", "1 背景", "減る。", "第2章 推進体制", "1 会議", "開きます。"
    ).empty


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=30))
def test_any_lines_give_measures_with_all_their_columns(lines):
    found = measures_of(*lines)
    assert list(found.columns) == PLANNED_COLUMNS
    assert all(found["text"])
