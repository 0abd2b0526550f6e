"""The overlap page, opened in a real browser without network."""

import base64
import json
import re
from contextlib import contextmanager

import openpyxl
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

import watamachi_analysis as wm
from watamachi_analysis.looks import state_looks
from watamachi_analysis.overlap import STATES
from watamachi_analysis.page import PageTables, PageWords, for_script, render_overlap

pytestmark = pytest.mark.browser

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(2)</script>",
    "<!-- <script>",
    "${alert(3)}",
    "\\1\\u0041\u2028\u2029",
    "\u202eunder\u202c",
    "=cmd|' /C calc'!A0",
    "javascript:alert(4)",
    "あ" * 300,
    "zero\u200bwidth",
    "&lt;b&gt;",
]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)


@contextmanager
def opened(browser, path, *, width=1280, height=800, fragment="", ready=True):
    """Open a page offline; give it with everything that went wrong or left for the network."""
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    page.noise = []
    page.on("request", lambda r: page.noise.append(r.url) if r.url.startswith("http") else None)
    page.on("pageerror", lambda error: page.noise.append(str(error)))
    page.on("dialog", lambda dialog: (page.noise.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda m: page.noise.append(m.text) if m.type == "error" else None)
    page.goto(path.as_uri() + fragment)
    if ready:
        page.wait_for_function("document.documentElement.dataset.ready === '1'")
    yield page
    context.close()


def embedded(path):
    found = re.search(r'id="data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(found[1])


def test_the_tile_map_shows_72_districts_without_network_or_error(browser, site):
    with opened(browser, site / "overlap.html") as page:
        assert page.locator("#tiles [role=button]").count() == 72
        assert page.locator("#tab-tile").get_attribute("aria-selected") == "true"
        assert page.locator("#tab-map").count() == 0
        assert page.noise == []


def test_the_map_shows_72_districts_without_network_or_error(browser, site_with_boundaries):
    with opened(browser, site_with_boundaries / "overlap.html") as page:
        assert page.locator("#tab-map").get_attribute("aria-selected") == "true"
        assert page.locator("#panel-map path[role=button]").count() == 72
        assert page.noise == []


def test_choosing_an_issue_changes_finding_legend_and_table_together(browser, site):
    data = embedded(site / "overlap.html")
    issue = next(i for i in data["issues"] if i["id"] == "mobility_shopping")
    with opened(browser, site / "overlap.html") as page:
        page.get_by_label(issue["label"], exact=True).first.check()
        assert page.locator("#finding").inner_text() == issue["finding"]
        legend = page.locator("#legend").inner_text()
        for state, number in zip(data["states"], issue["counts"], strict=True):
            assert re.search(rf"{state['label']}\s*{number}\s*地区", legend)
        page.locator("#tab-table").click()
        states = page.locator("#table-body tr td:nth-child(2)").all_inner_texts()
        assert [states.count(s["label"]) for s in data["states"]] == issue["counts"]


def test_a_district_chosen_by_keyboard_opens_its_panel(browser, site):
    with opened(browser, site / "overlap.html") as page:
        tile = page.locator("#tiles [role=button][aria-label^=所沢市]")
        tile.focus()
        page.keyboard.press("Enter")
        assert "所沢市" in page.locator("#panel").inner_text()
        assert "district=11208" in page.url


def test_the_address_brings_the_same_view_back(browser, site):
    fragment = "#issue=childcare&view=table&district=11201"
    with opened(browser, site / "overlap.html", fragment=fragment) as page:
        assert page.locator("#issue-title").inner_text() == "子育て・保育"
        assert page.locator("#tab-table").get_attribute("aria-selected") == "true"
        assert "川越市" in page.locator("#panel").inner_text()


def test_nothing_scrolls_sideways_on_a_phone(browser, site):
    with opened(browser, site / "overlap.html", width=390, height=844) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_printed_page_has_title_caution_and_every_district(browser, site_with_boundaries):
    with opened(browser, site_with_boundaries / "overlap.html") as page:
        page.emulate_media(media="print")
        text = page.locator("body").inner_text()
        names = [
            district["name"]
            for district in embedded(site_with_boundaries / "overlap.html")["districts"]
        ]
        assert "地区住民全体の割合ではありません" in text
        assert [name for name in names if name not in text] == []
        shown = page.locator("#table-body tr:visible th").all_inner_texts()
        silent = page.locator("#print-silent").inner_text()
        assert 0 < len(shown) < len(names)  # a district without a record is named, not given a row
        assert {name for name in names if name not in silent} == set(shown)
        assert len(page.pdf(prefer_css_page_size=True)) > 10_000


def page_of(names, path, *, row=0):
    """Write a page of districts of these names, which stand in every other place too."""
    overlap = pd.DataFrame(
        [
            {
                "district": f"{number:05d}", "issue": issue, "needs": 3, "need_gatherings": 2,
                "wishes": 0, "activities_said": 0, "activities_listed": 1, "measures": 0,
                "state": "overlap", "sentence": text,
            }
            for number, text in enumerate(names)
            for issue in ("all", "one")
        ]
    )  # fmt: skip
    codes = [f"{number:05d}" for number in range(len(names))]
    districts = pd.DataFrame({"district": codes, "name": names, "kana": names, "short": names})
    districts = districts.assign(area="", row=row, col=range(len(names)))
    exposure = pd.DataFrame({"gatherings": 2, "participants": 9, "statements": 9}, index=codes)
    about = {"label": names[0], "group": names[1], "definition": names[2]}
    issues = pd.DataFrame(about, index=["one"])
    survey = {"name": names[2], "sample": True, "built": "", "version": "", "audience": "member"}
    survey |= {"audience_label": names[0], "gatherings": 2, "participants": 9, "statements": 9}
    survey |= {"districts": 1, "period": names[1]}
    words = PageWords(survey, names[0], names, names, names, [(names[8], names[0])])
    counts = (exposure, overlap, overlap.iloc[:0])
    tables = PageTables(districts, *counts, issues, dict.fromkeys(codes, names[8]))
    path.write_text(render_overlap(tables, words, None).html, encoding="utf-8")
    return path


def test_what_people_write_is_shown_and_never_run(browser, tmp_path):
    path = page_of(HOSTILE, tmp_path / "hostile.html")
    with opened(browser, path) as page:
        for tile in page.locator("#tiles [role=button]").all():
            tile.dispatch_event("click")
        assert HOSTILE[-1] in page.locator("#panel").inner_text()
        assert page.locator("img, iframe").count() == 0
        links = page.eval_on_selector_all("a", "all => all.map(a => a.protocol)")
        assert "javascript:" not in links
        assert page.noise == []


_FILLS = """all => all.map((one) => [one.getAttribute("aria-label"),
  getComputedStyle(one.matches("path") ? one : one.querySelector("path")).fill])"""


def css(look):
    """Return a fill as a browser names it."""
    red, green, blue = (int(look.fill[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("view", ["map", "tile"])
def test_every_state_has_its_own_look_in_both_views_and_on_paper(
    browser, site_with_boundaries, view, media
):
    names = {label: state for state, (label, _) in STATES.items()}
    seen = set()
    with opened(browser, site_with_boundaries / "overlap.html") as page:
        page.emulate_media(media=media)
        for issue in [
            issue["id"] for issue in embedded(site_with_boundaries / "overlap.html")["issues"]
        ]:
            page.evaluate(
                f"location.hash = new URLSearchParams({{ issue: '{issue}', view: '{view}' }})"
            )
            page.wait_for_function(f"document.getElementById('issue-select').value === '{issue}'")
            districts = page.locator(f"#panel-{view} svg [role=button]")
            for label, fill in districts.evaluate_all(_FILLS):
                state = names.get(label.split("、")[1]) if "、" in label else None
                if state:
                    look = state_looks()[state]
                    assert fill == (f'url("#p-{state}")' if look.pattern else css(look))
                    seen.add(state)
    assert seen == set(STATES)


def test_map_tiles_table_workbook_geojson_and_district_page_give_the_same_numbers(
    browser, site_with_boundaries
):
    issue, label = "mobility_shopping", "移動・買い物"
    book = openpyxl.load_workbook(site_with_boundaries / "overlap.xlsx")
    head, *rows = book["地区と課題"].iter_rows(values_only=True)
    cells = [dict(zip(head, row, strict=True)) for row in rows]
    needs = {c["地区"]: c["困りごとの声（件）"] for c in cells if c["課題"] == label}
    codes = {c["地区"]: c["コード"] for c in cells}
    spoken = {name: {"X": "非表示", "–": "記録なし"}.get(n, f"{n}件") for name, n in needs.items()}
    with opened(browser, site_with_boundaries / "overlap.html", fragment=f"#issue={issue}") as page:
        for view in ("map", "tile"):
            page.locator(f"#tab-{view}").click()
            shapes = page.locator(f"#panel-{view} [role=button][aria-label*=困りごとの声]")
            said = shapes.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
            read = {one.split("、")[0]: re.search(r"困りごとの声 ([^、]+)", one)[1] for one in said}
            assert read == spoken
        page.locator("#tab-table").click()
        column = "#table-body tr td:nth-of-type(2)"
        names = page.locator("#table-body tr th").all_inner_texts()
        assert dict(zip(names, page.locator(column).all_inner_texts(), strict=True)) == {
            name: str(number) for name, number in needs.items()
        }
    text = (site_with_boundaries / "overlap.geojson").read_text(encoding="utf-8")
    for feature in json.loads(text)["features"]:
        facts, number = feature["properties"], needs[feature["properties"]["name"]]
        assert facts[f"{issue}_needs"] == (number if isinstance(number, int) else None)
    for name, number in needs.items():
        (path,) = (site_with_boundaries / "districts").glob(f"{codes[name]}_*.html")
        row = re.search(rf"<tr><td>{label}.*?</tr>", path.read_text(encoding="utf-8"))[0]
        assert re.search(r'<td class="n">(.*?)</td>', row)[1] == str(number)


@pytest.mark.parametrize("width", [1280, 390])
def test_three_hundred_districts_of_long_names_all_have_a_tile_and_a_row(browser, tmp_path, width):
    names = [f"{number}番目の" + "とても長い名前の日常生活圏域" * 2 for number in range(300)]
    path = page_of(names, tmp_path / "many.html", row=pd.NA)
    with opened(browser, path, width=width) as page:
        assert page.locator("#tiles .tile").count() == 300
        boxes = page.eval_on_selector_all(
            "#tiles .tile", "all => all.map(t => `${t.getBBox().x} ${t.getBBox().y}`)"
        )
        assert len(set(boxes)) == 300
        page.locator("#tab-table").click()
        assert page.locator("#table-body tr").count() == 300
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.noise == []


def test_the_page_runs_no_script_but_its_own(browser, site, tmp_path):
    html = (site / "overlap.html").read_text(encoding="utf-8")
    path = tmp_path / "added.html"
    path.write_text(html.replace("</body>", "<script>window.added = 1</script></body>"), "utf-8")
    with opened(browser, path) as page:
        assert page.evaluate("window.added") is None


def test_other_pages_open_without_network_or_error(browser, site):
    context = browser.new_context(offline=True)
    page = context.new_page()
    noise = []
    page.on("request", lambda r: noise.append(r.url) if r.url.startswith("http") else None)
    page.on("console", lambda message: noise.append(message.text))
    for path in (site / "index.html", site / "districts" / "11208_所沢市.html"):
        page.goto(path.as_uri())
    context.close()
    assert noise == []


def test_a_nearly_empty_survey_still_gives_a_whole_page(browser, tmp_path):
    folder = tmp_path / "survey" / "gatherings"
    folder.mkdir(parents=True)
    note = "日時：令和8年5月10日\n地区：小川町\n参加者：6人\n\n・バスが一日三本しかない\n・畑を手伝いたい\n"
    (folder / "メモ.txt").write_text(note, encoding="utf-8")
    analysis = wm.analyse(wm.load_survey(folder.parent))
    wm.write_maps(analysis, tmp_path / "maps")
    with opened(browser, tmp_path / "maps" / "overlap.html") as page:
        assert "まだ言える" in page.locator("#finding").inner_text()
        assert page.locator("#tiles [role=button]").count() == 72
        assert page.noise == []


@pytest.mark.parametrize("text", HOSTILE)
def test_data_inside_a_script_can_end_no_script(text):
    written = for_script([text])
    assert not re.search(r"[<>&\u2028\u2029]", written)
    assert json.loads(written) == [text]


# ---- scatter, limits, and what assistive technology meets ----------------------------------------


def test_the_scatter_shows_each_district_with_numbers_and_counts_the_others(browser, site):
    with opened(
        browser, site / "overlap.html", fragment="#issue=mobility_shopping&view=scatter"
    ) as page:
        found = page.evaluate(
            """() => {
              const data = JSON.parse(document.getElementById('data').textContent);
              const at = Object.fromEntries(data.columns.map((name, k) => [name, k]));
              const known = data.cells.mobility_shopping.filter((row, i) => data.districts[i].gatherings
                && row[at.need_gatherings] !== null && row[at.activities_said] !== null).length;
              const shown = [...document.querySelectorAll('#scatter .tile')]
                .filter((node) => node.getAttribute('display') !== 'none').length;
              return [known, shown, data.districts.length,
                document.getElementById('scatter-note').textContent];
            }"""
        )
    known, shown, every, note = found
    assert 0 < known == shown < every
    assert note.startswith(f"表せない地区 {every - known}（")


def test_a_scatter_without_any_number_says_so(browser, tmp_path):
    (tmp_path / "gatherings").mkdir()
    text = "日時：令和8年5月10日\n地区：所沢市\n・バスが減って病院に行けない\n"
    (tmp_path / "gatherings" / "m.txt").write_text(text, encoding="utf-8")
    wm.write_maps(wm.analyse(wm.load_survey(tmp_path)), tmp_path / "maps")
    with opened(browser, tmp_path / "maps" / "overlap.html", fragment="#view=scatter") as page:
        assert "数で表せる地区が、まだありません" in page.locator("#scatter").text_content()
        assert page.noise == []


def test_a_point_of_the_scatter_is_chosen_by_keyboard_and_says_its_numbers(browser, site):
    with opened(
        browser, site / "overlap.html", fragment="#issue=mobility_shopping&view=scatter"
    ) as page:
        page.locator("#scatter .tile[tabindex='0']:visible").first.focus()
        page.keyboard.press("Enter")
        assert page.locator("#panel h2").text_content() in page.evaluate(
            "document.querySelector('#scatter [aria-pressed=true]').getAttribute('aria-label')"
        )


def test_two_limits_find_the_published_districts_that_meet_them(browser, site):
    fragment = "#issue=mobility_shopping&view=tile&need=2&act=1"
    with opened(browser, site / "overlap.html", fragment=fragment) as page:
        expected = page.evaluate(
            """() => {
              const data = JSON.parse(document.getElementById('data').textContent);
              const at = Object.fromEntries(data.columns.map((name, k) => [name, k]));
              return data.cells.mobility_shopping.flatMap((row, i) => row[at.need_gatherings] !== null
                && row[at.need_gatherings] >= 2 && row[at.activities_said] !== null
                && row[at.activities_said] + row[at.activities_listed] <= 1 ? [data.districts[i].short] : []);
            }"""
        )
        assert expected
        assert page.locator("#limit-found button").all_text_contents() == expected
        marks = page.locator("#tiles path[d^='M-4.5']:visible")
        assert marks.count() == len(expected)
        page.locator("#tab-scatter").click()
        points = page.locator("#scatter .tile:not([display]) path").evaluate_all(
            "nodes => nodes.filter((node) => !node.getAttribute('d').includes('a')).length"
        )
        assert points == len(expected)  # triangles among circles
        page.select_option("#limit-need", "")
        assert page.locator("#limit-found").text_content() == ""
        assert "need=" not in page.url


@pytest.mark.parametrize("view", ["map", "tile", "scatter", "table"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(browser, site_with_boundaries, view, width):
    fragment = f"#view={view}&district=11208"
    path = site_with_boundaries / "overlap.html"
    with opened(browser, path, width=width, fragment=fragment) as page:
        found = Axe().run(page).response["violations"]
    assert [
        (row["id"], row["impact"]) for row in found if row["impact"] in {"serious", "critical"}
    ] == []


def test_at_twice_the_size_nothing_is_cut_or_scrolls_sideways(browser, site):
    with opened(browser, site / "overlap.html", width=640, height=400) as page:  # 1280 at 200 %
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("#tiles .tile").count() == 72


def test_a_layer_fills_the_figures_by_one_count_and_its_legend_counts_every_district(browser, site):
    fragment = "#issue=mobility_shopping&view=tile&layer=measures"
    with opened(browser, site / "overlap.html", fragment=fragment) as page:
        counts = page.locator("#legend .count").all_text_contents()
        assert sum(int(text.removesuffix("地区")) for text in counts) == 72
        fills = page.locator("#tiles .tile path").evaluate_all(
            "n => n.map((p) => p.getAttribute('fill'))"
        )
        assert len(set(fills)) > 1
        page.select_option("#layer", "state")
        assert "layer=" not in page.url
        assert page.locator("#legend b").first.text_content() == "重なり"


def test_the_panel_names_activities_and_measures_of_the_chosen_issue(browser, site, analysis):
    listed = analysis.tables.activity_issues
    row = listed[listed["district"].isin(analysis.tables.measure_issues["district"])].iloc[0]
    names = analysis.survey.activities.set_index("activity_id")["name"]
    fragment = f"#issue={row['issue']}&district={row['district']}"
    with opened(browser, site / "overlap.html", fragment=fragment) as page:
        assert names[row["activity_id"]] in page.locator("#panel .told").first.inner_text()


def test_a_base_map_is_asked_for_only_on_request_and_says_whose_it_is(
    browser, analysis_with_boundaries, site_with_boundaries, tmp_path
):
    assert "gsi.go.jp" not in (site_with_boundaries / "overlap.html").read_text(encoding="utf-8")
    wm.write_maps(analysis_with_boundaries, tmp_path, extras=["online"])
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page, asked, noise = context.new_page(), [], []
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("console", lambda m: noise.append(m.text) if m.type == "error" else None)

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="image/png", body=PIXEL)

    page.route(re.compile("^https?://"), answer)
    page.goto((tmp_path / "overlap.html").as_uri())
    page.wait_for_function("document.documentElement.dataset.ready === '1'")
    page.wait_for_timeout(500)
    assert asked and all(
        url.startswith("https://cyberjapandata.gsi.go.jp/xyz/pale/") for url in asked
    )
    assert (
        page.locator(".leaflet-control-attribution")
        .inner_text()
        .endswith("地理院タイル（淡色地図）国土地理院")
    )
    assert page.locator(".leaflet-control-attribution").is_visible()
    assert noise == []
    context.close()
