"""Who picks a town sees what its audience may see of it: in words, on the map, in a real browser."""

import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from urllib.request import ProxyHandler, build_opener

import pandas as pd
import pytest
from conftest import BUILT_ON, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.chart_style import ChartWords, words_of
from watamachi_analysis.codebook import KINDS
from watamachi_analysis.explore import MOST_READ, draw_view, explore, render_view
from watamachi_analysis.findings import find_sentence
from watamachi_analysis.layout import lay_out
from watamachi_analysis.looks import state_looks
from watamachi_analysis.page import CELL_COLUMNS
from watamachi_analysis.spots import Box
from watamachi_analysis.views import MONTH, list_months, look_up

HOSTILE = "<img src=x onerror=alert(1)>買い物バスをみんなで走らせてみたい{{7*7}}"
VOID = {"img", "br", "hr", "input", "link", "meta"}
NOTES = f"""開催日,地区,会の種類,参加人数,発言,公開可
2026-04-10,所沢市,カフェ,6,バスが減って買い物に行けない,○
2026-04-10,所沢市,カフェ,6,バスの本数が少なくて買い物に困る,○
2026-04-10,所沢市,カフェ,6,買い物の送り迎えをみんなでやってみたい,○
2026-06-12,所沢市,カフェ,8,{HOSTILE},○
2026-06-12,所沢市,カフェ,8,買い物に行くバスが遠くて困っている,○
2026-06-12,所沢市,カフェ,8,買い物バスをうちの娘も走らせてみたい,×
2026-06-12,所沢市,カフェ,8,バスが減って買い物に行けない日がある,○
2026-07-03,所沢市,カフェ,8,買い物の乗り合いを始めてみたい,○
2026-05-09,川越市,カフェ,5,バスが減って買い物に行けない,○
,川越市,カフェ,5,坂がきつくて買い物に行けない,○
"""
ACTIVITIES = "名称,種別,課題,地区\n<b>ぐるり号</b>,団体,移動・買い物,所沢市\n"
PLAN = (
    "計画名,市町村,計画期間,基本目標,施策,取組,ページ\n"
    "見本計画,所沢市,令和6年度～令和11年度,基本目標1 くらし,1 子育て,子育ての相談,5\n"
)
MOBILITY = "mobility_shopping"
BOX = Box(0, 0, 620, 440)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two towns and three months, written as people write them."""
    folder = tmp_path_factory.mktemp("small")
    for name, text in (("gatherings", NOTES), ("activities", ACTIVITIES), ("plans", PLAN)):
        (folder / name).mkdir()
        (folder / name / "表.csv").write_text(text, encoding="utf-8")
    return wm.analyse(wm.load_survey(folder), built=BUILT_ON)


@pytest.fixture(scope="module")
def shown(small):
    return wm.publish(small, "member")


@pytest.fixture(scope="module")
def adviser(small):
    return wm.publish(small, "adviser")


@pytest.fixture(scope="module")
def member(analysis):
    return wm.publish(analysis, "member")


def drawn(publication, view):
    return render_view(publication, view, lay_out(publication.districts, BOX))


class Elements(HTMLParser):
    """Every element with its attributes, and all text outside of styles."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.text = [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data if "style" not in self.open else ""


# ---- what is looked up --------------------------------------------------------------------------


def test_a_district_without_record_is_unheard_and_not_silent(shown):
    view = look_up(shown, "11203")
    assert view.state == "no_record"
    assert "声がないということではありません" in view.unquoted
    assert [view.counts[CELL_COLUMNS[name]] for name in ("needs", "wishes")] == ["–", "–"]
    assert view.counts[CELL_COLUMNS["activities_listed"]] == "0"


def test_a_hidden_count_is_an_x_and_its_statements_stay_away(member):
    hidden = member.overlap[member.overlap["needs"].isna() & member.overlap["gatherings"].gt(0)]
    hidden = hidden[hidden["issue"].ne("all")]
    assert len(hidden) > 50
    for row in hidden.head(60).to_dict("records"):
        view = look_up(member, row["district"], row["issue"], "need")
        assert view.counts[CELL_COLUMNS["needs"]] == "X"
        assert view.voices.empty
        assert view.unquoted


def test_only_statements_that_may_be_quoted_are_quoted(shown):
    texts = look_up(shown, "11208").voices["text"]
    assert HOSTILE in set(texts)
    assert not texts.str.contains("うちの娘も").any()


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_voice_is_of_the_district_and_has_one_mention_of_issue_and_kind(member, data):
    district = data.draw(st.sampled_from(sorted(set(member.statements["district"]))))
    issue = data.draw(st.sampled_from(["all", *member.issues.index]))
    kind = data.draw(st.sampled_from(["", *KINDS]))
    told = member.mentions.merge(member.statements, left_on="text_id", right_on="statement_id")
    told = told[told["district"].eq(district)]
    told = told[told["issue"].eq(issue)] if issue != "all" else told
    told = told[told["kind"].eq(kind)] if kind else told
    view = look_up(member, district, issue, kind)
    assert set(view.voices["statement_id"]) == set(told["text_id"])
    assert (view.unquoted == "") == bool(len(told))


def test_a_kind_narrows_the_voices(adviser):
    every, wishes = (look_up(adviser, "11208", MOBILITY, kind) for kind in ("", "wish"))
    assert 0 < len(wishes.voices) < len(every.voices)
    assert wishes.voices["kinds"].eq("やってみたい").all()


def test_the_public_reads_no_voice_and_is_told_so(small):
    view = look_up(wm.publish(small, "public"), "11208")
    assert view.voices.empty
    assert view.unquoted == "公開用には、声そのものは載せません。"


def test_finding_and_plan_say_what_they_say_elsewhere(member):
    view = look_up(member, "11208", "places")
    rows = member.overlap[member.overlap["issue"].eq("places")]
    assert (view.finding, view.rest) == find_sentence(rows)
    compared = wm.compare_plans(member).set_index(["district", "issue"])
    assert view.plan == compared.at[("11208", "places"), "sentence"]


def test_a_town_whose_plan_lacks_what_was_said_names_the_issue(shown, adviser):
    lacking = look_up(adviser, "11208")
    assert "「移動・買い物」" in lacking.plan
    assert look_up(shown, "11201").plan == "この地区の計画はまだ読み込まれていません。"


def test_what_is_listed_is_named_for_its_issue_only(shown):
    assert look_up(shown, "11208", MOBILITY).activities == ("<b>ぐるり号</b>",)
    assert look_up(shown, "11208", "childcare").activities == ()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [(("99999",), "地区"), (("11208", "bus"), "課題"), (("11208", "all", "gripe"), "種別")],
)
def test_what_is_not_there_is_refused_with_its_name(shown, wrong, named):
    with pytest.raises(ValueError, match=f"{named}「{wrong[-1]}」はありません"):
        look_up(shown, *wrong)


# ---- months -------------------------------------------------------------------------------------


def test_months_run_from_the_first_gathering_to_the_last_without_a_hole(shown):
    assert list_months(shown) == ["2026-04", "2026-05", "2026-06", "2026-07"]


def test_a_survey_without_dates_has_no_months(shown):
    undated = replace(shown, gatherings=shown.gatherings.assign(date=pd.NaT))
    assert list_months(undated) == []
    assert set(look_up(undated, "11208").gatherings["day"]) == {"日付の記録なし"}


def test_a_span_keeps_the_gatherings_within_it_in_either_order(shown):
    for months in (("2026-05", "2026-06"), ("2026-06", "2026-05")):
        view = look_up(shown, "11208", months=months)
        assert view.gatherings["day"].tolist() == ["2026年6月12日"]
        assert view.months == ("2026-05", "2026-06")


def test_a_span_never_changes_a_count(adviser):
    whole, part = (
        look_up(adviser, "11208"),
        look_up(adviser, "11208", months=("2026-04", "2026-04")),
    )
    assert (whole.counts, whole.sentence) == (part.counts, part.sentence)
    assert any("調査の全期間" in note for note in part.notes)
    assert not any("調査の全期間" in note for note in whole.notes)


def test_a_span_keeps_the_voices_within_it_for_the_adviser(adviser):
    april = look_up(adviser, "11208", months=("2026-04", "2026-04")).voices
    june = look_up(adviser, "11208", months=("2026-06", "2026-06")).voices
    assert set(april[MONTH]) == {"2026-04"}
    assert HOSTILE in set(june["text"])
    assert HOSTILE not in set(april["text"])


def test_to_members_no_voice_has_a_month_so_all_stay_and_they_are_told(shown):
    whole, part = look_up(shown, "11208"), look_up(shown, "11208", months=("2026-04", "2026-04"))
    assert MONTH not in whole.voices
    assert whole.voices.equals(part.voices)
    assert any("いつの声かは示さない" in note for note in part.notes)


def test_what_has_no_date_is_in_no_span_and_the_reader_is_told(shown):
    undated = shown.gatherings.assign(
        date=shown.gatherings["date"].where(shown.gatherings["district"].ne("11201"))
    )
    view = look_up(replace(shown, gatherings=undated), "11201", months=("2026-04", "2026-07"))
    assert view.gatherings.empty
    assert any("日付の書かれていない集まり" in note for note in view.notes)


# ---- how it looks -------------------------------------------------------------------------------


def test_what_people_wrote_runs_nothing(shown):
    page = drawn(shown, look_up(shown, "11208"))
    parsed = Elements(page)
    assert HOSTILE in parsed.text
    assert "<b>ぐるり号</b>" in parsed.text
    tags = {tag for tag, _ in parsed.found}
    assert not tags & {"script", "img", "iframe", "object", "foreignobject", "a"}
    assert not {name for _, attributes in parsed.found for name in attributes if name[:2] == "on"}
    assert "http" not in page.replace("http://www.w3.org", "")
    assert not parsed.open


def test_statements_stand_as_quotes_and_the_rest_is_one_key_away(member):
    view = look_up(member, "11225")
    page = drawn(member, view)
    assert len(view.voices) > MOST_READ
    assert page.count("<blockquote>") == len(view.voices)
    assert f"ほかの声 {len(view.voices) - MOST_READ}件を読む" in page
    assert Elements(page).text.count("「" + view.voices["text"].iloc[0] + "」") == 1


def test_the_chosen_district_is_marked_once_and_nothing_covers_it(member):
    page = drawn(member, look_up(member, "11222"))
    groups = re.findall(r"<g( class=\"chosen\")?><title>(.*?): ", page)
    assert len(groups) == len(member.districts)
    assert [name for chosen, name in groups if chosen] == ["越谷市"]
    assert groups[-1] == (' class="chosen"', "越谷市")


def test_each_district_has_the_fill_and_the_mark_of_its_state(member):
    page = drawn(member, look_up(member, "11222", "places"))
    states = member.overlap[member.overlap["issue"].eq("places")].set_index("name")["state"]
    groups = dict(re.findall(r"<title>(.*?): [^<]*</title>\n(.*?)</g>", page, re.DOTALL))
    assert set(groups) == set(states.index)
    assert states.nunique() >= 4
    for name, state in states.items():
        look = state_looks()[state]
        assert f'fill="{look.fill}"' in groups[name]
        assert ("url(#wm-" in groups[name]) == bool(look.pattern)


def test_the_map_takes_the_boundaries_where_there_are_some(analysis_with_boundaries):
    publication = wm.publish(analysis_with_boundaries, "member")
    page = drawn(publication, look_up(publication, "11208"))
    groups = re.findall(r"<g.*?</g>", page, re.DOTALL)
    assert len(groups) == len(publication.districts)
    assert all('<path d="M' in group for group in groups)


def test_the_same_picks_give_the_same_bytes(shown):
    assert drawn(shown, look_up(shown, "11208")) == drawn(shown, look_up(shown, "11208"))


def test_the_chart_of_an_issue_counts_the_voices_that_are_listed(adviser):
    view = look_up(adviser, "11208", MOBILITY)
    counted = [n for n in draw_view(adviser, view).data[0].x if n is not None]
    assert sum(counted) == len(view.voices)
    assert draw_view(adviser, look_up(adviser, "11208")).layout.meta["title"].startswith("所沢市")


def test_the_words_of_a_chart_stand_in_the_page_and_not_in_the_picture(small, shown):
    pickers, page, chart = parts_of(explore(small))
    pickers["課題"].label = "移動・買い物"
    words = words_of(draw_view(shown, look_up(shown, "11208", MOBILITY)))
    assert words.title in Elements(page.value).text
    data = chart.outputs[0]["data"]
    assert words.title not in str(data["application/vnd.plotly.v1+json"])
    assert data["text/plain"] == words.alt


def test_the_words_of_a_chart_run_nothing(shown):
    view = look_up(shown, "11208")
    page = render_view(shown, view, lay_out(shown.districts, BOX), ChartWords(HOSTILE))
    assert Elements(page).text.count(HOSTILE) == 2
    assert "img" not in {tag for tag, _ in Elements(page).found}


def test_how_a_district_stands_to_the_prefecture_is_said_once(member):
    known = member.overlap[member.overlap["level"].ne("") & member.overlap["issue"].ne("all")]
    assert len(known) > 20
    for row in known.head(20).to_dict("records"):
        text = Elements(drawn(member, look_up(member, row["district"], row["issue"]))).text
        assert text.count("見込み") == 1


def test_an_invented_survey_says_so_and_another_does_not(member, shown):
    assert "見本（架空データ）" in drawn(member, look_up(member, "11208"))
    assert "見本" not in Elements(drawn(shown, look_up(shown, "11201"))).text


# ---- the widget ---------------------------------------------------------------------------------


def parts_of(widget):
    row, page, chart = widget.children
    return {picker.description: picker for picker in row.children}, page, chart


def test_the_pickers_are_labelled_in_japanese_and_begin_where_there_is_something_to_read(small):
    pickers, page, _ = parts_of(explore(small))
    assert list(pickers) == ["地区", "課題", "種別", "期間（から）", "期間（まで）"]
    assert pickers["地区"].label == "所沢市（集まり3回）"
    assert "所沢市" in page.value


def test_picking_changes_map_words_voices_and_chart_together(small):
    pickers, page, chart = parts_of(explore(small))
    before, drawn_before = page.value, chart.outputs
    pickers["課題"].label = "移動・買い物"
    assert page.value != before
    assert chart.outputs != drawn_before
    pickers["地区"].value = "11203"
    assert "集まりの記録がまだありません" in page.value
    assert "川口市" in chart.outputs[0]["data"]["text/plain"]


def test_one_open_end_of_the_span_reaches_to_the_end(small):
    pickers, page, _ = parts_of(explore(small))
    pickers["期間（から）"].label = "2026年6月"
    assert "この地区で開いた集まり（2回）" in page.value
    pickers["期間（まで）"].label = "2026年6月"
    assert "この地区で開いた集まり（1回）" in page.value


def test_the_widget_shows_its_audience_only(small):
    texts = small.survey.statements["text"]
    assert len(texts) > 5
    pickers, page, _ = parts_of(explore(small, audience="public"))
    for code in ("11208", "11201"):
        pickers["地区"].value = code
        assert not any(text in Elements(page.value).text for text in texts)
        assert "公開用" in page.value


def test_an_unknown_audience_is_refused(small):
    with pytest.raises(ValueError, match="見る人"):
        explore(small, audience="everyone")


def test_without_ipywidgets_the_package_works_and_explore_says_how_to_get_it(small, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "watamachi-analysis\[lab\]"'):
        explore(small)
    lines = "import sys; sys.modules['ipywidgets'] = None; import watamachi_analysis.explore"
    subprocess.run([sys.executable, "-c", lines], check=True, cwd=ROOT)


# ---- in Voilà -----------------------------------------------------------------------------------


@contextmanager
def voila(folder, notebook):
    """Serve a notebook on loopback; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "voila.log").open("w", encoding="utf-8")
    options = ["--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    server = subprocess.Popen(
        [sys.executable, "-m", "voila", str(notebook), *options],
        cwd=notebook.parent, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}/"
        wait_for(f"{address}voila/static/nothing", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def wait_for(address, server):
    """Wait until a server answers anything at all."""
    opener = build_opener(ProxyHandler({}))
    for _ in range(120):
        assert server.poll() is None, "Voilà ended before it answered"
        try:
            opener.open(address, timeout=2).close()
        except OSError as error:
            if getattr(error, "code", None) is not None:
                return
            time.sleep(0.5)
        else:
            return
    pytest.fail("Voilà did not answer within a minute")


@pytest.mark.browser
def test_in_voila_a_member_picks_a_town_and_sees_no_code(browser, tmp_path):
    pytest.importorskip("voila", reason="voila is not installed (extra lab)")
    (tmp_path / "notebooks").mkdir()
    notebook = tmp_path / "notebooks" / "look.ipynb"
    shutil.copy(next((ROOT / "notebooks").glob("06_*.ipynb")), notebook)
    shutil.copytree(ROOT / "data" / "sample", tmp_path / "data" / "sample")
    with voila(tmp_path, notebook) as address:
        context = browser.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address, timeout=240_000)
        page.get_by_label("地区", exact=True).wait_for(timeout=240_000)
        page.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
        page.get_by_label("地区", exact=True).focus()
        page.get_by_label("地区", exact=True).select_option(label="越谷市（集まり3回）")
        page.locator(".wm h3", has_text="越谷市").wait_for(timeout=30_000)
        page.locator(".wm .chart", has_text="越谷市").wait_for(timeout=30_000)
        page.locator(".js-plotly-plot text", has_text="/3回").first.wait_for(timeout=30_000)
        assert page.locator(".wm .chosen title").text_content().startswith("越谷市")
        assert "import watamachi_analysis" not in page.content()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert not page.locator(".jp-mod-error, .output_error").count()
        context.close()
    outside = [u for u in asked if "//127.0.0.1" not in u and not u.startswith(("data:", "blob:"))]
    # Voilà's own template asks for an icon font; nothing of ours asks anything.
    assert all("fontawesome" in address for address in outside)
