"""Figures say what they show, hide what is hidden, and run nothing that people wrote."""

import json
import re
from contextlib import contextmanager
from html.parser import HTMLParser

import pandas as pd
import pytest

import watamachi_analysis as wm
from watamachi_analysis.chart_page import PLOTLY_FILE
from watamachi_analysis.chart_style import undress, words_of

HOSTILE = [
    "<b>太字</b>", "<a href='javascript:alert(1)'>x</a>", "a & b &lt;i&gt;", "$x^2$", "%{y}",
    "</script><script>alert(2)</script>", "2026-05-01", "\u202eunder\u202c",
]  # fmt: skip
CAUTION = "地区住民全体の割合ではありません"


def rows_of(*rows):
    names = ["issue", "gatherings", "need_gatherings", "state"]
    table = pd.DataFrame(rows, columns=names).assign(district="11208", sentence="ひとこと")
    return table.astype({"gatherings": "Int64", "need_gatherings": "Int64"})


def written(figure):
    return json.dumps(json.loads(figure.to_json()), ensure_ascii=False)


@pytest.fixture(scope="module")
def member(analysis):
    return wm.publish(analysis, "member")


@pytest.fixture(scope="module")
def names(member):
    return member.districts.set_index("district")["name"].to_dict()


@pytest.fixture(scope="module")
def labels(member):
    return member.issues["label"].to_dict()


@pytest.fixture(scope="module")
def figures(member, names, labels, analysis):
    rows = wm.add_intervals(member.overlap[member.overlap["district"].eq("11208")])
    source = wm.chart_source(member)
    return {
        "bars": wm.draw_issue_bars(rows, labels, place="所沢市", source=source),
        "heat": wm.draw_heat_table(member.overlap, labels, names, source=source),
        "time": wm.draw_time_line(member.gatherings, names, source=source),
        "kinds": wm.draw_kind_mix(wm.count_kinds(member.mentions), place="声", source=source),
        "themes": wm.draw_themes(analysis.themes, source=source),
    }


# Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
@pytest.mark.parametrize(
    ("came_up", "held", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_intervals_are_those_that_newcombe_printed(came_up, held, low, high):
    table = wm.add_intervals(rows_of(("one", held, came_up, "gap")))
    assert table["low"].iloc[0] == pytest.approx(low, abs=6e-5)
    assert table["high"].iloc[0] == pytest.approx(high, abs=6e-5)


def test_hidden_and_unrecorded_rows_have_no_interval_even_where_the_table_brings_one():
    table = rows_of(("a", 4, pd.NA, "hidden"), ("b", 0, pd.NA, "no_record"), ("c", 4, 2, "gap"))
    for given in (table, table.assign(low=0.1, high=0.9)):
        found = wm.add_intervals(given)[["share", "low", "high"]]
        assert found.isna().all(axis=1).tolist() == [True, True, False]
    assert wm.add_intervals(table.assign(low=0.1, high=0.9))["low"].iloc[2] == 0.1


def test_every_interval_holds_its_share(analysis):
    table = wm.add_intervals(analysis.overlap).dropna(subset=["share"])
    assert (table["low"].ge(0) & table["low"].le(table["share"] + 1e-9)).all()
    assert (table["high"].le(1) & table["high"].ge(table["share"] - 1e-9)).all()


def test_each_statement_is_counted_under_one_kind(analysis):
    counted = wm.count_kinds(analysis.mentions)
    assert counted["statements"].sum() == analysis.mentions["text_id"].nunique()


@pytest.mark.parametrize("name", ["bars", "heat", "time", "kinds", "themes"])
def test_each_figure_has_a_title_words_to_read_aloud_and_its_source(figures, name):
    words = words_of(figures[name])
    assert words.title and len(words.alt) > 10
    assert "見本（架空データ）" in words.source and CAUTION in words.source
    assert CAUTION in written(figures[name])


@pytest.mark.parametrize("name", ["bars", "heat", "time", "kinds", "themes"])
def test_a_figure_is_drawn_twice_with_the_same_bytes(figures, name):
    pages = {wm.figure_page(figures[name]).html for _ in range(2)}
    assert len(pages) == 1
    assert '"uid"' not in figures[name].to_json()


def test_a_hidden_issue_has_neither_bar_nor_interval_nor_number():
    rows = wm.add_intervals(rows_of(("a", 7, pd.NA, "hidden"), ("b", 7, 5, "gap")))
    figure = wm.draw_issue_bars(rows, {"a": "伏せた課題", "b": "見せる課題"}, place="所沢市")
    bars, lines, texts = figure.data
    assert list(bars.x) == [5 / 7, None]
    assert list(lines.y) == [0, 0, None]
    assert list(texts.text) == ["5/7回", "X"]
    assert "表示しない課題（X）が1" in words_of(figure).subtitle


@pytest.mark.parametrize("audience", ["member", "public"])
def test_no_count_that_is_hidden_in_the_table_is_in_a_figure(analysis, audience, labels):
    shown = wm.publish(analysis, audience)
    for district, rows in shown.overlap.groupby("district"):
        known = {
            f"{row.need_gatherings}/{row.gatherings}回" if not pd.isna(row.need_gatherings) else "X"
            for row in rows[rows["issue"].isin(labels)].itertuples()
        }
        figure = wm.draw_issue_bars(wm.add_intervals(rows), labels, place=str(district))
        drawn = figure.data[2].text if figure.data else ()
        assert set(drawn) <= known


def test_the_heat_table_draws_each_state_as_often_as_the_table_holds_it(figures, member):
    table = member.overlap[member.overlap["issue"].ne("all")]
    drawn = {re.split("（| ", trace.name)[0]: len(trace.y) for trace in figures["heat"].data}
    counts = table["state"].value_counts()
    assert drawn["空白"] == counts["gap"] and drawn["非表示"] == counts["hidden"]
    assert sum(drawn.values()) == table["state"].ne("no_record").sum()


def test_the_legend_of_the_heat_table_stands_between_its_rows_and_its_source(figures):
    legend, layout = figures["heat"].layout.legend, figures["heat"].layout
    plot = layout.height - layout.margin.t - layout.margin.b
    source = next(note for note in layout.annotations if note.yshift)
    assert (legend.yref, legend.yanchor) == ("paper", "top")
    assert -source.yshift - 24 > -legend.y * plot > 0


def test_no_state_of_the_heat_table_is_told_by_colour_alone(figures):
    assert len({trace.text[0] for trace in figures["heat"].data}) == len(figures["heat"].data)
    signs = {trace.text[0]: trace.marker.pattern.shape for trace in figures["heat"].data}
    assert signs["X"] == "x" and signs["まだ"] == "."


def test_kinds_of_gatherings_are_told_by_their_marks(figures, member):
    marks = [trace.marker.symbol for trace in figures["time"].data]
    assert len(set(marks)) == len(marks) == member.gatherings["kind"].nunique()
    assert sum(len(trace.x) for trace in figures["time"].data) == len(member.gatherings)


def test_gatherings_without_a_day_or_district_are_told():
    table = pd.DataFrame(
        [("cafe", pd.Timestamp("2026-05-10"), None), ("cafe", pd.NaT, "11208")],
        columns=["kind", "date", "district"],
    )
    figure = wm.draw_time_line(table, {"11208": "所沢市"})
    assert "日付の書かれていない集まり1回" in words_of(figure).subtitle
    assert figure.layout.yaxis.ticktext == ("地区の記録なし",)


def test_a_text_that_the_audience_may_not_read_is_a_point_without_words(analysis):
    texts = analysis.survey.statements.set_index("statement_id")["text"]
    open_one = texts.iloc[[0]]
    drawn = written(wm.draw_themes(analysis.themes, open_one)).replace("<br>", "")
    assert open_one.iloc[0] in drawn
    assert [text for text in texts.iloc[1:] if len(text) > 15 and text in drawn] == []


def empty_figures():
    none = rows_of().assign(participants=0)
    themes = pd.DataFrame(columns=["text_id", "theme", "words", "badge", "x", "y"])
    gatherings = pd.DataFrame({"kind": [], "date": pd.to_datetime([]), "district": []})
    mentions = pd.DataFrame({"text_id": [], "kind": []}, dtype="str")
    unrecorded = rows_of(("a", 0, pd.NA, "no_record"))
    return [
        wm.draw_issue_bars(wm.add_intervals(none), {"a": "課題"}, place="所沢市"),
        wm.draw_issue_bars(wm.add_intervals(unrecorded), {"a": "課題"}, place="所沢市"),
        wm.draw_heat_table(unrecorded, {"a": "課題"}, {}),
        wm.draw_time_line(gatherings, {}),
        wm.draw_kind_mix(wm.count_kinds(mentions), place="所沢市の声"),
        wm.draw_themes(themes),
        wm.draw_theme_sizes(themes, title="まとまり", source=""),
    ]


@pytest.mark.parametrize("number", range(7))
def test_a_figure_of_nothing_says_so_in_words(number):
    figure = empty_figures()[number]
    assert len(figure.data) == 0
    assert re.search("ありません|作りません|少なすぎます", figure.layout.annotations[0].text)
    assert words_of(figure).title and words_of(figure).alt


def hostile_figures():
    issues = {f"i{number}": text for number, text in enumerate(HOSTILE)}
    rows = rows_of(*((issue, 3, 2, "gap") for issue in issues))
    rows["sentence"] = HOSTILE
    table = pd.DataFrame(
        {"kind": "cafe", "date": pd.Timestamp("2026-05-10"), "district": list(issues)}
    )
    themes = pd.DataFrame({"text_id": list(issues), "theme": range(len(issues)), "words": HOSTILE})
    themes = themes.assign(badge="安定", x=0.1, y=themes["theme"] / 10)
    kinds = pd.DataFrame({"kind": "wish", "label": HOSTILE, "statements": 2})
    return {
        "bars": wm.draw_issue_bars(wm.add_intervals(rows), issues, place=HOSTILE[0]),
        "heat": wm.draw_heat_table(rows, issues, {"11208": HOSTILE[0]}, source=HOSTILE[5]),
        "time": wm.draw_time_line(table, issues),
        "kinds": wm.draw_kind_mix(
            kinds.astype({"statements": "Int64"}), place=HOSTILE[5], source=HOSTILE[1]
        ),
        "themes": wm.draw_themes(themes, pd.Series(issues)),
    }


@contextmanager
def opened(browser, path, *, width=1280):
    """Open a page offline; give it with all requests and everything that went wrong."""
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    page = context.new_page()
    page.asked, page.noise = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.noise.append(str(error)))
    page.on("dialog", lambda dialog: (page.noise.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda m: page.noise.append(m.text) if m.type == "error" else None)
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready='1']")
    yield page
    context.close()


class Scripts(HTMLParser):
    """Count the script elements of a page."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.found.append(dict(attrs).get("src"))


@pytest.mark.browser
@pytest.mark.parametrize("name", ["bars", "heat", "time", "kinds", "themes"])
def test_what_people_write_is_drawn_as_written(browser, tmp_path, name):
    path = tmp_path / "figure.html"
    path.write_text(wm.figure_page(hostile_figures()[name]).html, encoding="utf-8")
    with opened(browser, path) as page:
        shown = "".join(page.locator("#chart svg text").all_text_contents())
        wanted = HOSTILE[:1] if name == "heat" else [HOSTILE[0], HOSTILE[2], HOSTILE[3]]
        flat = "".join(shown.split())
        assert [text for text in wanted if "".join(text.split()) not in flat] == []
        assert page.locator("#chart a, #chart img, #chart b").count() == 0
        assert page.noise == [] and page.asked == [path.as_uri()]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_a_figure_alone_in_a_file_asks_nothing_and_scrolls_not_sideways(
    browser, tmp_path, figures, width
):
    for name, figure in figures.items():
        path = tmp_path / f"{name}.html"
        path.write_text(wm.figure_page(figure).html, encoding="utf-8")
        with opened(browser, path, width=width) as page:
            assert page.locator("#chart .main-svg").count() > 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.noise == [] and page.asked == [path.as_uri()]


@pytest.fixture(scope="module")
def charted(tmp_path_factory, analysis):
    folder = tmp_path_factory.mktemp("charted")
    wm.write_maps(analysis, folder, extras=["charts"])
    return folder


@pytest.mark.browser
@pytest.mark.parametrize("name", ["11208_所沢市", "11101_さいたま市西区", "11102_さいたま市北区"])
def test_a_district_page_draws_with_the_file_beside_it_only(browser, charted, name):
    path = charted / "districts" / f"{name}.html"
    with opened(browser, path, width=390) as page:
        assert page.locator("#issue-bars .main-svg").count() > 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.noise == []
        assert page.asked == [path.as_uri(), (charted / PLOTLY_FILE).as_uri()]


@pytest.mark.browser
def test_without_plotly_beside_it_a_district_page_keeps_words_and_table(browser, charted, tmp_path):
    (tmp_path / "districts").mkdir()
    path = tmp_path / "districts" / "所沢市.html"
    path.write_bytes((charted / "districts" / "11208_所沢市.html").read_bytes())
    with opened(browser, path) as page:
        assert "横棒の図" in page.locator("#issue-bars").inner_text()
        assert page.locator("table").first.locator("tbody tr").count() == 24


def test_plotly_is_written_once_and_goes_with_the_charts(tmp_path, analysis):
    wm.write_maps(analysis, tmp_path, extras=["charts"])
    assert [path.name for path in tmp_path.rglob("plotly*")] == [PLOTLY_FILE]
    first = (tmp_path / "districts" / "11208_所沢市.html").read_bytes()
    wm.write_maps(analysis, tmp_path, extras=["charts"])
    assert (tmp_path / "districts" / "11208_所沢市.html").read_bytes() == first
    wm.write_maps(analysis, tmp_path)
    assert list(tmp_path.rglob("plotly*")) == []
    page = (tmp_path / "districts" / "11208_所沢市.html").read_text(encoding="utf-8")
    assert "script-src &#39;none&#39;" in page and "<script" not in page


def test_the_public_gets_no_district_page_and_no_plotly(tmp_path, analysis):
    written_files = wm.write_maps(analysis, tmp_path, audience="public", extras=["charts"])
    assert PLOTLY_FILE not in {path.name for path in written_files}


def test_a_charted_page_runs_its_own_three_scripts(charted):
    scripts = Scripts()
    scripts.feed((charted / "districts" / "11208_所沢市.html").read_text(encoding="utf-8"))
    assert scripts.found == [None, f"../{PLOTLY_FILE}", None]


def test_no_small_number_hides_in_the_data_of_a_charted_page(charted, member):
    for path in (charted / "districts").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        data = json.loads(re.search(r'id="chart-data">(.*?)</script>', text, re.DOTALL)[1])
        rows = member.overlap[member.overlap["district"].eq(path.name[:5])]
        bars = data["issue-bars"]["data"]
        shown = rows.loc[rows["issue"].ne("all"), "need_gatherings"].notna().sum()
        assert sum(x is not None for trace in bars[:1] for x in trace["x"]) == shown
        assert "meta" not in data["issue-bars"]["layout"]


def test_undressing_leaves_the_figure_as_it_is(figures):
    before = figures["bars"].to_json()
    undress(figures["bars"])
    assert figures["bars"].to_json() == before
