"""Who does what where is drawn without a hairball, without a person, and without a claim too many."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.chart_style import words_of
from watamachi_analysis.network_charts import MOST_NODES, draw_cooccurrence, draw_network
from watamachi_analysis.network_layout import count_crossings, order_ends, place_nodes
from watamachi_analysis.networks import (
    DISTRICT,
    ISSUE,
    KINDS_OF_NODE,
    LINK_COLUMNS,
    NODE_COLUMNS,
    ORGANISATION,
    focus_network,
    limit_network,
    link_issues,
    link_organisations,
    list_source,
)

PLACES = {"11208": "所沢市", "11222": "越谷市"}
ISSUES = {"food": "食・農", "care": "介護・認知症"}


def listed(*rows: tuple[str, str | None, str | None, list[str]]) -> SimpleNamespace:
    """Lists of activities: name, operator, district, issues."""
    ids = [f"a{number}" for number in range(len(rows))]
    names, operators, districts, issues = (list(part) for part in zip(*rows, strict=True))
    about = [(key, issue) for key, own in zip(ids, issues, strict=True) for issue in own]
    table = {"activity_id": ids, "name": names, "operator": operators, "district": districts}
    return SimpleNamespace(
        activities=pd.DataFrame(table, dtype="str"),
        activity_issues=pd.DataFrame(about, columns=["activity_id", "issue"], dtype="str"),
        districts=pd.DataFrame({"district": list(PLACES), "name": list(PLACES.values())}),
        issues=pd.DataFrame({"label": ISSUES}),
    )


TWO_TOWNS = listed(
    ("畑の台所", "NPO法人みどり", "11208", ["food"]),
    ("夜の食卓", "NPO法人みどり", "11222", ["food", "care"]),
    ("見守り", "自治会", "11208", ["care"]),
    ("夏まつり", "自治会", "11222", []),
    ("昔あそび", None, None, ["care"]),
)


def named(nodes: pd.DataFrame, kind: str) -> dict[str, int]:
    own = nodes[nodes["kind"].eq(kind)]
    return dict(zip(own["label"], own["size"], strict=True))


def between(nodes: pd.DataFrame, links: pd.DataFrame) -> set[tuple[str, str, int]]:
    label = nodes.set_index("node")["label"]
    ends = (links["source"].map(label), links["target"].map(label), links["activities"])
    return set(zip(*ends, strict=True))


def written(figure) -> str:
    return json.dumps(json.loads(figure.to_json()), ensure_ascii=False)


@pytest.fixture(scope="module")
def member(analysis):
    return wm.publish(analysis, "member")


@pytest.fixture(scope="module")
def network(member):
    return link_organisations(member)


# ---- tables --------------------------------------------------------------------------------------


def test_an_organisation_is_linked_with_what_it_does_and_where():
    nodes, links = link_organisations(TWO_TOWNS)
    assert list(nodes.columns) == NODE_COLUMNS
    assert list(links.columns) == LINK_COLUMNS
    assert named(nodes, ISSUE) == {"介護・認知症": 3, "食・農": 2}
    assert named(nodes, DISTRICT) == {"所沢市": 2, "越谷市": 2}
    assert between(nodes, links) >= {
        ("NPO法人みどり", "食・農", 2),
        ("NPO法人みどり", "介護・認知症", 1),
        ("NPO法人みどり", "越谷市", 1),
        ("食・農", "所沢市", 1),
    }


def test_one_name_is_one_organisation_only_where_the_name_tells_it_apart():
    nodes, _ = link_organisations(TWO_TOWNS)
    assert named(nodes, ORGANISATION) == {
        "NPO法人みどり": 2,
        "自治会（所沢市）": 1,
        "自治会（越谷市）": 1,
        "昔あそび": 1,
    }


def test_what_names_no_operator_stands_for_itself_and_says_so():
    shown = listed(("茶の間", None, "11208", ["care"]), ("茶の間", " ", "11208", ["care"]))
    nodes, _ = link_organisations(shown)
    own = nodes[nodes["kind"].eq(ORGANISATION)]
    assert own["size"].tolist() == [1, 1]
    assert own["note"].str.contains("記載がない").all()


def test_persons_are_one_nameless_node():
    shown = listed(
        ("佐藤花子さんの茶の間", "佐藤花子さん", "11208", ["care"]),
        ("将棋", "田中一郎さん", "11222", ["care"]),
    )
    nodes, links = link_organisations(shown)
    assert named(nodes, ORGANISATION) == {"個人": 2}
    told = nodes.to_json(force_ascii=False) + links.to_json(force_ascii=False)
    figure = written(draw_network(nodes, links))
    assert not [name for name in ("佐藤", "花子", "田中", "一郎") if name in told + figure]


def test_every_link_names_each_activity_behind_it_once(network):
    _, links = network
    assert links["activities"].eq(links["activity_ids"].map(len)).all()
    assert links["activities"].eq(links["names"].map(len)).all()
    assert links["activity_ids"].map(lambda ids: len(set(ids)) == len(ids)).all()


def test_every_listed_activity_stands_in_the_network(member, network):
    nodes, _ = network
    own = nodes[nodes["kind"].eq(ORGANISATION)]
    assert own["size"].sum() == len(member.activities)


def test_a_network_tells_nothing_that_was_said(analysis, network):
    nodes, links = link_organisations(wm.publish(analysis, "public"))
    pd.testing.assert_frame_equal(nodes, network[0])
    pd.testing.assert_frame_equal(links, network[1])


def test_no_table_that_is_given_is_changed():
    before = TWO_TOWNS.activities.copy(), TWO_TOWNS.activity_issues.copy()
    nodes, links = link_organisations(TWO_TOWNS)
    given = nodes.copy(), links.copy()
    place_nodes(*focus_network(nodes, links, "issue:food"))
    draw_network(nodes, links)
    pd.testing.assert_frame_equal(TWO_TOWNS.activities, before[0])
    pd.testing.assert_frame_equal(TWO_TOWNS.activity_issues, before[1])
    pd.testing.assert_frame_equal(nodes, given[0])
    pd.testing.assert_frame_equal(links, given[1])


def test_of_one_issue_only_its_own_activities_are_counted():
    nodes, links = focus_network(*link_organisations(TWO_TOWNS), "issue:food")
    assert between(nodes, links) == {("NPO法人みどり", "所沢市", 1), ("NPO法人みどり", "越谷市", 1)}
    assert named(nodes, ORGANISATION) == {"NPO法人みどり": 2}


def test_in_one_district_no_name_repeats_where_it_is():
    nodes, links = focus_network(*link_organisations(TWO_TOWNS), "district:11208")
    assert named(nodes, ORGANISATION) == {"NPO法人みどり": 1, "自治会": 1}
    assert between(nodes, links) == {("NPO法人みどり", "食・農", 1), ("自治会", "介護・認知症", 1)}


def test_a_focus_that_nothing_is_listed_of_is_empty():
    nodes, links = focus_network(*link_organisations(TWO_TOWNS), "district:11999")
    assert (len(nodes), len(links)) == (0, 0)


@pytest.mark.parametrize("most", [6, 13, 40])
def test_no_more_nodes_are_kept_than_asked_for_and_none_without_a_link(network, most):
    nodes, links = limit_network(*network, most)
    assert 0 < len(nodes) <= most
    assert set(nodes["node"]) == set(links["source"]) | set(links["target"])
    assert set(nodes["kind"]) == set(KINDS_OF_NODE)


# ---- places --------------------------------------------------------------------------------------


def count_by_hand(placed: pd.DataFrame, links: pd.DataFrame) -> int:
    at = placed.set_index("node")
    lines = [
        (at.at[one, "x"], at.at[one, "y"], at.at[other, "y"])
        for one, other in zip(links["source"], links["target"], strict=True)
        if at.at[other, "x"] - at.at[one, "x"] == 1
    ]
    return sum(
        a[0] == b[0] and (a[1] - b[1]) * (a[2] - b[2]) < 0
        for number, a in enumerate(lines)
        for b in lines[:number]
    )


def made(left: int, middle: int, right: int, pairs: list[tuple[int, int, int]]):
    sizes = dict(zip(KINDS_OF_NODE, (left, middle, right), strict=True))
    rows = [(f"{kind}{i}", kind, "", 1, "") for kind, size in sizes.items() for i in range(size)]
    ends = {
        (f"{one}{a % sizes[one]}", f"{other}{b % sizes[other]}")
        for first, a, b in pairs
        for one, other in [KINDS_OF_NODE[first : first + 2]]
    }
    links = pd.DataFrame(sorted(ends), columns=["source", "target"], dtype="str")
    return pd.DataFrame(rows, columns=NODE_COLUMNS), links


COLUMN = st.integers(1, 6)
PAIRS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(0, 5)), max_size=20)


@settings(max_examples=60, deadline=None)
@given(COLUMN, COLUMN, COLUMN, PAIRS, st.integers(0, 9))
def test_places_never_cross_more_than_the_order_given(left, middle, right, pairs, seed):
    nodes, links = made(left, middle, right, pairs)
    placed = place_nodes(nodes, links, seed=seed)
    order = nodes.assign(x=nodes["kind"].map(KINDS_OF_NODE.index), y=np.arange(len(nodes)))
    assert sorted(placed["node"]) == sorted(nodes["node"])
    assert not placed.duplicated(["x", "y"]).any()
    assert placed["y"].between(0, 1, inclusive="neither").all()
    assert count_crossings(placed, links) == count_by_hand(placed, links)
    assert count_crossings(order, links) == count_by_hand(order, links)
    assert count_crossings(placed, links) <= count_crossings(order, links)


def test_links_that_need_not_cross_do_not():
    nodes, links = made(4, 4, 1, [(0, 0, 3), (0, 1, 2), (0, 2, 1), (0, 3, 0)])
    order = nodes.assign(x=nodes["kind"].map(KINDS_OF_NODE.index), y=np.arange(len(nodes)))
    assert count_crossings(order, links) == 6
    assert count_crossings(place_nodes(nodes, links), links) == 0


@pytest.mark.parametrize("seed", range(4))
def test_an_order_in_which_nothing_crosses_is_kept(seed):
    zigzag = [(0, i, i) for i in range(12)] + [(0, i + 1, i) for i in range(11)]
    nodes, links = made(12, 12, 1, zigzag)
    assert count_crossings(place_nodes(nodes, links, seed=seed), links) == 0


def test_the_sample_crosses_less_than_half_as_often_as_by_size(network):
    nodes, links = limit_network(*network, MOST_NODES)
    order = nodes.assign(x=nodes["kind"].map(KINDS_OF_NODE.index), y=np.arange(len(nodes)))
    before, after = (count_crossings(one, links) for one in (order, place_nodes(nodes, links)))
    assert after < before / 2  # measured: 751 and 255


def test_the_same_seed_gives_the_same_places(network):
    pd.testing.assert_frame_equal(place_nodes(*network, seed=3), place_nodes(*network, seed=3))


def test_what_is_linked_stands_together():
    links = pd.DataFrame({"source": ["a", "b", "x"], "target": ["c", "c", "y"]})
    order = order_ends(links)
    assert order[1] == "c"
    assert order[3:] == ["x", "y"]


# ---- figures -------------------------------------------------------------------------------------


def test_a_figure_says_how_many_it_links_and_what_it_left_out(member, network):
    figure = draw_network(*network, source=list_source(member))
    words = words_of(figure)
    drawn = limit_network(*network, MOST_NODES)[0]["kind"].value_counts()
    there = network[0]["kind"].value_counts()
    assert f"{len(member.activities)}の活動" in words.title
    assert f"団体{there[ORGANISATION]}・課題{there[ISSUE]}・地区{there[DISTRICT]}" in words.title
    for kind, word in ((ORGANISATION, "団体"), (ISSUE, "課題"), (DISTRICT, "地区")):
        assert f"{word}{there[kind] - drawn[kind]}" in words.subtitle
    assert "一覧にない活動もあります" in words.subtitle
    assert words.source.startswith("見本（架空データ）")
    assert "つながりの図" in words.alt


def test_a_small_network_is_drawn_whole():
    words = words_of(draw_network(*link_organisations(TWO_TOWNS)))
    assert words.title.startswith("5の活動が、団体4・課題2・地区2をつないでいます")
    assert "載せていません" not in words.subtitle


def test_links_are_told_as_thicker_only_where_one_is():
    thin = listed(("茶の間", "会", "11208", ["care"]))
    assert "太い" not in words_of(draw_network(*link_organisations(thin))).subtitle
    assert "太い" in words_of(draw_network(*link_organisations(TWO_TOWNS))).subtitle


def test_nothing_listed_is_said_to_be_no_lack_of_activity(network):
    nodes, links = (table.iloc[:0] for table in network)
    for figure in (draw_network(nodes, links), draw_network(*network, focus="district:11999")):
        assert "活動がないということではありません" in written(figure)
        assert words_of(figure).alt


def test_a_focus_names_itself(network):
    figure = draw_network(*network, focus="district:11208")
    assert words_of(figure).title.startswith("「所沢市」の")


def test_a_figure_is_drawn_twice_with_the_same_bytes(network):
    assert len({wm.figure_page(draw_network(*network)).html for _ in range(2)}) == 1


def test_what_a_list_says_is_shown_as_written():
    shown = listed(("<b>太字</b> $x$", "<a href='x'>会</a>", "11208", ["food"]))
    figure = draw_network(*link_organisations(shown))
    assert "<a href" in words_of(figure).alt  # plain text; pages escape it
    drawn = written(figure.update_layout(meta=None, title=None))
    assert "<a " not in drawn and "<b>太字" not in drawn
    assert "&lt;a" in drawn and "&lt;b&gt;太字" in drawn


def said_together(times: int, alone: int = 40) -> SimpleNamespace:
    """Two issues named together so many times, and so many statements about another."""
    both = [(f"s{i}", issue) for i in range(times) for issue in ("food", "care")]
    others = [(f"t{i}", None if i % 2 else "home") for i in range(alone)]
    return SimpleNamespace(mentions=pd.DataFrame(both + others, columns=["text_id", "issue"]))


def test_only_issues_that_are_surely_said_together_are_linked():
    sure = link_issues(said_together(8))
    assert sure[["source", "target", "statements"]].to_numpy().tolist() == [["care", "food", 8]]
    assert link_issues(said_together(1, alone=3)).empty


def test_issues_said_together_are_a_finding_with_its_chance():
    figure = draw_cooccurrence(link_issues(said_together(8)), ISSUES)
    words = words_of(figure)
    assert "「介護・認知症」と「食・農」は、偶然より多くいっしょに語られています" in words.title
    assert "8件、偶然なら1.3件" in words.alt
    assert "原因ではありません" in words.subtitle


def test_arcs_between_neighbours_are_not_drawn_out_over_the_whole_width():
    figure = draw_cooccurrence(link_issues(said_together(8)), ISSUES)
    left, right = figure.layout.xaxis.range
    assert max(figure.data[0].x) < right / 4
    assert -left > right / 50  # the dots stand clear of the labels


def test_the_sample_says_that_no_pair_is_sure(member):
    figure = draw_cooccurrence(link_issues(member), member.issues["label"].to_dict())
    assert words_of(figure).title.endswith("まだありません")
    assert "関係がないということではありません" in written(figure)


BOXES = """() => [...document.querySelectorAll('.annotation')].map(note => {
    const {left, top, right, bottom} = note.getBoundingClientRect();
    return {left, top, right, bottom, said: note.textContent};
})"""


@pytest.mark.browser
@pytest.mark.parametrize(
    "focus", [None, "issue:mobility_shopping", "district:11208"], ids=["all", "issue", "district"]
)
def test_no_label_lies_on_another(browser, tmp_path, network, focus):
    path = tmp_path / "figure.html"
    path.write_text(wm.figure_page(draw_network(*network, focus=focus)).html, encoding="utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 800}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".annotation")
    boxes = page.evaluate(BOXES)
    context.close()
    over = [
        (a["said"], b["said"])
        for number, a in enumerate(boxes)
        for b in boxes[:number]
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 4  # room around letters
    ]
    assert len(boxes) > 10
    assert over == []
