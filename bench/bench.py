"""Measure how long each stage takes, as a share of the whole and against reading the files once."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pypdfium2
from playwright.sync_api import sync_playwright

import watamachi_analysis as wm
from watamachi_analysis.baseline import describe_district, gather_basis

LINE = "バスが減って病院に行けない。"
SAMPLE = Path(__file__).parent.parent / "data" / "sample"
SHARED = SAMPLE.parent.parent.parent / "shared" / "data" / "boundaries"
BOUNDARIES = SHARED / "N03-20240101_11.geojson"

# When the page says that it is drawn, and how long each issue takes until the next frame is out.
_WATCH = """
new MutationObserver(() => { if (document.documentElement?.dataset.ready) window.drawn ??= performance.now(); })
  .observe(document, { attributes: true, subtree: true });
"""
_SWITCH = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const times = [];
  for (const input of document.querySelectorAll("input[name=issue]")) {
    await frame();
    const start = performance.now();
    input.click();
    await frame();
    times.push(performance.now() - start);
  }
  const start = performance.now();
  JSON.parse(document.getElementById("data").textContent);
  const parsed = performance.now() - start;
  const { responseEnd } = performance.getEntriesByType("navigation")[0];
  return [window.drawn - responseEnd, times.sort((a, b) => a - b)[times.length >> 1], parsed];
}"""


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> None:
    raw, _ = timed(lambda: [path.read_bytes() for path in SAMPLE.rglob("*") if path.is_file()])
    load, survey = timed(lambda: wm.load_survey(SAMPLE))
    texts = survey.statements.set_index("statement_id")["text"]
    stages = {
        "load": load,
        "mask": timed(lambda: wm.mask(texts))[0],
        "tag": timed(lambda: wm.tag(texts))[0],
        "group": timed(lambda: wm.group(texts))[0],
        "locate": timed(lambda: wm.locate(texts))[0],
        "analyse": 0.0,
    }
    stages["analyse"], analysis = timed(lambda: wm.analyse(survey))
    with TemporaryDirectory() as folder:
        stages["write"], _ = timed(lambda: wm.write_maps(analysis, folder))
    whole = stages["load"] + stages["analyse"] + stages["write"]
    print(f"{len(texts)} statements, {sum(map(len, texts)):,} characters")
    print(f"{'stage':10}{'seconds':>9}{'of build':>10}{'x raw read':>12}")
    for stage, seconds in stages.items():
        print(f"{stage:10}{seconds:9.2f}{seconds / whole:10.0%}{seconds / raw:12.0f}")
    print(f"{'build':10}{whole:9.2f}{1:10.0%}{whole / raw:12.0f}")
    short, long = (timed(lambda n=n: wm.tag(pd.Series([LINE * n])))[0] for n in (700, 7000))
    print(
        f"a statement ten times as long (98,000 characters) takes {long / short:.1f} times as long"
    )
    time_concordance()
    time_plan()
    time_reports()
    time_boundaries()
    time_page(analysis)


def time_concordance() -> None:
    """Print how long a word takes to find in 100,000 statements."""
    plain = "買い物に行く足がなくて、となりの人に頼んでいます"
    texts = [LINE if number % 200 == 0 else f"{plain}{number}" for number in range(100_000)]
    said = pd.DataFrame({"statement_id": range(100_000), "district": "11208", "text": texts})
    bare, _ = timed(lambda: [text.find("バス") for text in texts])
    wm.kwic(said[:1], "バス")
    found, rows = timed(lambda: wm.kwic(said, "バス"))
    print(f"{len(rows)} of 100,000 statements with a word: {found:.2f} s", end=" ")
    print(f"({found / bare:.0f} times as long as to search them as they are written)")


def time_plan() -> None:
    """Print how long a PDF plan of some 150 pages takes, read for the first time and again."""
    whole = pypdfium2.PdfDocument.new()
    for name in ("川越市", "所沢市"):
        path = SAMPLE / "plans" / f"{name}_地域福祉計画_見本.pdf"
        whole.import_pages(pypdfium2.PdfDocument(path))
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        path = Path(folder) / "川越市.pdf"
        whole.save(path)
        bare, _ = timed(lambda: [page.get_textpage().get_text_range() for page in whole])
        first, again = (timed(lambda: wm.load_plan(path))[0] for _ in "ab")
    print(f"plan of {len(whole)} pages: {first:.1f} s at first, {again:.2f} s again", end=" ")
    print(f"({first / bare:.1f} and {again / bare:.1f} times as long as only to take its text)")


def time_reports() -> None:
    """Print how long all reports take in a process of their own, and its memory at most."""
    with TemporaryDirectory() as folder:
        command = ["-m", "watamachi_analysis", "report", str(SAMPLE), "--out", folder]
        whole, _ = timed(
            lambda: subprocess.run(
                [sys.executable, *command], check=True, stdout=subprocess.DEVNULL
            )
        )
        count = len(list(Path(folder).glob("1*.docx")))
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        analysis = wm.analyse(wm.load_survey(SAMPLE))
        basis = gather_basis(wm.publish(analysis))
        one, _ = timed(lambda: [describe_district(basis, "11208") for _ in range(5)])
    print(
        f"reports: {count} districts, board paper and tables {whole:.0f} s, {memory:.0f} MB;",
        end=" ",
    )
    print(f"one sheet {one / 5:.2f} s ({whole / (one / 5):.0f} times as long for all)")


def time_page(analysis: wm.Analysis) -> None:
    """Print how long a browser takes to draw the page and to change the issue."""
    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if path is None:
        print("page: not measured, there is no Chromium")
        return
    with TemporaryDirectory() as folder, sync_playwright() as driver:
        wm.write_maps(analysis, folder)
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        page.add_init_script(_WATCH)
        page.goto((Path(folder) / "overlap.html").as_uri())
        drawn, change, parsed = page.evaluate(_SWITCH)
        size = (Path(folder) / "overlap.html").stat().st_size / 1000
        browser.close()
    print(f"page of {size:.0f} kB: drawn {drawn:.0f} ms after its end was read,", end=" ")
    print(f"a change of issue {change:.0f} ms (parsing its data takes {parsed:.1f} ms:", end=" ")
    print(f"{drawn / parsed:.0f} and {change / parsed:.0f} times as long)")


def time_boundaries() -> None:
    """Print how long the boundaries take, read for the first time and again."""
    if not BOUNDARIES.exists():
        print(f"boundaries: not measured, {BOUNDARIES.name} is not there")
        return
    parsed, _ = timed(lambda: json.loads(BOUNDARIES.read_text(encoding="utf-8")))
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        first, again = (timed(lambda: wm.load_districts(BOUNDARIES))[0] for _ in "ab")
    size = BOUNDARIES.stat().st_size / 1e6
    print(f"boundaries of {size:.1f} MB: {first:.2f} s at first, {again:.3f} s again", end=" ")
    print(f"({first / parsed:.1f} and {again / parsed:.2f} times as long as to parse the JSON)")


if __name__ == "__main__":
    main()
