"""Three sizes of world: tiny tables in code, the sample survey, and the site built from it."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

import watamachi_analysis as wm

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample"
SHARED = ROOT.parent / "shared" / "data"
BUILT_ON = date(2026, 11, 23)

collect_ignore = ["quality/train.py", "quality/fit.py"]  # torch is for who learns anew


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory) -> Iterator[None]:
    """Nothing computed on this machine before serves a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def survey() -> wm.Survey:
    """The sample survey as it is read."""
    return wm.load_survey(SAMPLE)


@pytest.fixture(scope="session")
def analysis(survey) -> wm.Analysis:
    """The sample survey with the result of every stage."""
    return wm.analyse(survey, built=BUILT_ON)


@pytest.fixture(scope="session")
def n03() -> Path:
    """The official boundary file of the prefecture."""
    path = SHARED / "boundaries" / "N03-20240101_11.geojson"
    if not path.exists():
        pytest.skip(f"the official boundary file is not at {path.relative_to(ROOT.parent)}")
    return path


@pytest.fixture(scope="session")
def analysis_with_boundaries(tmp_path_factory, n03) -> wm.Analysis:
    """The sample survey with official boundaries beside it."""
    folder = tmp_path_factory.mktemp("survey") / "sample"
    shutil.copytree(SAMPLE, folder)
    (folder / "boundaries").mkdir()
    shutil.copy(n03, folder / "boundaries")
    return wm.analyse(wm.load_survey(folder), built=BUILT_ON)


@pytest.fixture(scope="session")
def site(tmp_path_factory, analysis) -> Path:
    """The folder that members get, without boundaries."""
    folder = tmp_path_factory.mktemp("site")
    wm.write_maps(analysis, folder)
    return folder


@pytest.fixture(scope="session")
def site_with_boundaries(tmp_path_factory, analysis_with_boundaries) -> Path:
    """The folder that members get, with boundaries."""
    folder = tmp_path_factory.mktemp("site-n03")
    wm.write_maps(analysis_with_boundaries, folder)
    return folder


@pytest.fixture(scope="session")
def reports(tmp_path_factory, analysis) -> Path:
    """The folder of reports for members: all districts, board paper, tables."""
    folder = tmp_path_factory.mktemp("reports")
    wm.write_reports(analysis, folder, ask="協議")
    return folder


@pytest.fixture(scope="session")
def as_pdf(tmp_path_factory) -> Callable[[Path], Path]:
    """What turns a file of Word or PowerPoint into a PDF, as LibreOffice shows it."""
    office = shutil.which("soffice")
    if office is None:
        reason = "no LibreOffice (tests/install_browser.sh installs one on Debian as root)"
        pytest.skip(reason)
    home = f"-env:UserInstallation={tmp_path_factory.mktemp('office').as_uri()}"

    def convert(path: Path) -> Path:
        out = tmp_path_factory.mktemp("pdf")
        command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", out, path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        if "could not be loaded" in done.stdout + done.stderr:
            pytest.skip(f"this LibreOffice cannot open {path.suffix}")
        return out / f"{path.stem}.pdf"

    return convert


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """The system's Chromium, without network."""
    path = next(
        filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None
    )
    if path is None:
        reason = (
            "no Chromium on this machine (tests/install_browser.sh installs one on Debian as root)"
        )
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()
