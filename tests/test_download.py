"""The official boundary file comes whole or not at all, whatever the network does."""

import io
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import watamachi_analysis as wm
from watamachi_analysis.cli import app
from watamachi_analysis.download import Server, describe_part, fetch_boundaries
from watamachi_analysis.editions import Edition
from watamachi_analysis.transfer import is_safe

NAME = "N03-20250101_11_GML.zip"
SHAPES = "N03-20250101_11_GML/N03-20250101_11.geojson"
PART = f"{NAME}.part"
NOTE = f"{NAME}.part.txt"
ETAG = '"2025-01"'
CODES = wm.load_districts()["district"]
ROOT = Path(__file__).parent.parent


# ---- a zip as the ministry makes it, and others --------------------------------------------------


def squares():
    """One square for each of the 72 districts, with its official code."""
    features = []
    for x, code in enumerate(CODES):
        x = 130 + x / 16  # degrees: all of them in Japan
        ring = [[x, 35], [x + 1 / 16, 35], [x + 1 / 16, 36], [x, 36], [x, 35]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"N03_007": code}, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features})


def packed(*names, content=None):
    """A zip with some content under each name, nothing compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name in names:
            package.writestr(zipfile.ZipInfo(name), content or squares())
    return file.getvalue()


def bomb():
    """A zip that says it would unpack to two gigabytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr(SHAPES, squares())
        package.filelist[0].file_size = 2_000_000_000
    return file.getvalue()


def damaged():
    content = bytearray(packed(SHAPES))
    content[5000] ^= 255
    return bytes(content)


GOOD = packed(SHAPES)
HALF = len(GOOD) // 2
HTML = b"<!DOCTYPE html><title>Maintenance</title>" + b"<p>sorry</p>" * 2000


# ---- a server that does what it is told ----------------------------------------------------------


def give(data, *, status=200, length=None, etag=ETAG, **headers):
    """Answer with all of the data."""

    def reply(desk):
        desk.send_response(status)
        desk.send_header("Content-Length", str(len(data) if length is None else length))
        if etag:
            desk.send_header("ETag", etag)
        for name, value in headers.items():
            desk.send_header(name.replace("_", "-"), value)
        desk.end_headers()
        desk.wfile.write(data)

    return reply


def cut(data, at=HALF, **options):
    """Promise all of the data, give its beginning, and hang up."""
    return give(data[:at], length=len(data), **options)


def rest(data):
    """Go on from where the client is, if it is still the same file."""

    def reply(desk):
        start = int(desk.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        assert desk.headers["If-Range"] == ETAG
        area = f"bytes {start}-{len(data) - 1}/{len(data)}"
        give(data[start:], status=206, Content_Range=area)(desk)

    return reply


def slowly(data):
    def reply(desk):
        give(data[:100], length=len(data))(desk)
        for start in range(100, len(data), len(data) // 10):
            time.sleep(0.02)
            desk.wfile.write(data[start : start + len(data) // 10])
            desk.wfile.flush()

    return reply


def chunked(data):
    """Answer without saying how long the answer is."""

    def reply(desk):
        desk.send_response(200)
        desk.end_headers()
        desk.wfile.write(data)

    return reply


def lead(address):
    return give(b"", status=302, Location=address)


class Desk:
    """A server on this machine: it gives the replies in turn, the last again and again."""

    def __init__(self):
        self.replies, self.asked, self.released = [], [], threading.Event()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                desk.asked.append((self.path, dict(self.headers)))
                reply = desk.replies.pop(0) if len(desk.replies) > 1 else desk.replies[0]
                reply(self)

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def hang(self, data=b""):
        """Give what there is of the data, then say nothing more."""

        def reply(desk):
            if data:
                give(data, length=len(GOOD))(desk)
                desk.wfile.flush()
            self.released.wait(20)

        return reply

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def desk():
    served = Desk()
    yield served
    served.close()


@pytest.fixture
def root(tmp_path):
    (tmp_path / "調査" / "gatherings").mkdir(parents=True)
    return tmp_path / "調査"


def fetch(root, desk, *replies, timeout=5.0, **options):
    desk.replies = list(replies)
    server = Server(desk.base, timeout=timeout, most=2_000_000)
    return fetch_boundaries(root, server=server, **options)


def refused(root, desk, *replies, **options):
    """The line that a person reads where the file does not come."""
    with pytest.raises(wm.InputError) as caught:
        fetch(root, desk, *replies, **options)
    return str(caught.value)


def held(root):
    return sorted(path.name for path in (root / "boundaries").iterdir())


def put_old(root):
    """A good file of before."""
    (root / "boundaries").mkdir()
    old = packed(SHAPES, "old.txt")
    (root / "boundaries" / NAME).write_bytes(old)
    return old


def assert_by_hand(told, root):
    """A person can put the file in place with what is told."""
    for words in (
        "https://nlftp.mlit.go.jp/ksj/gml/datalist/KsjTmplt-N03-2025.html",
        "埼玉県（11）",
        NAME,
        str(root / "boundaries"),
        f"watamachi check {root}",
    ):
        assert words in told


# ---- it comes whole ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [give, slowly, chunked])
def test_a_good_file_stands_in_the_folder_and_nothing_else(root, desk, way):
    got = fetch(root, desk, way(GOOD))
    assert got.path.read_bytes() == GOOD
    assert (got.is_new, got.size, got.beside) == (True, len(GOOD), ())
    assert held(root) == [NAME]


def test_what_was_fetched_holds_all_districts(root, desk):
    got = fetch(root, desk, give(GOOD))
    assert wm.load_districts(got.path).geometry.notna().all()


def test_the_file_of_the_year_and_prefecture_is_asked_for_with_the_name_of_the_program(root, desk):
    fetch(root, desk, give(packed("N03-20260101_13.shp")), edition=Edition(2026, "13"))
    ((path, headers),) = desk.asked
    assert path == "/N03-2026/N03-20260101_13_GML.zip"
    assert headers["User-Agent"] == f"watamachi-analysis/{wm.__version__}"
    assert not {"Range", "Cookie", "Authorization"} & set(headers)


def test_progress_tells_megabytes_and_ends_at_one(root, desk):
    seen = []
    fetch(root, desk, slowly(GOOD), progress=lambda stage, share: seen.append((stage, share)))
    shares = [share for _, share in seen]
    assert shares == sorted(shares) and shares[-1] == 1.0 and shares[0] < 0.1
    assert "0.0 / 0.0 MB" in seen[0][0]


def test_a_redirect_on_this_machine_is_followed(root, desk):
    fetch(root, desk, lead("/elsewhere"), give(GOOD))
    assert desk.asked[1][0] == "/elsewhere"
    assert held(root) == [NAME]


# ---- a connection that breaks --------------------------------------------------------------------


def test_a_cut_connection_keeps_the_part_and_says_so_in_one_line(root, desk):
    told = refused(root, desk, cut(GOOD))
    assert "途中で切れました" in told and f"{PART} に残しました" in told
    assert "\n" not in told
    assert held(root) == [PART, NOTE]
    assert (root / "boundaries" / PART).read_bytes() == GOOD[:HALF]


def test_the_next_call_goes_on_where_the_connection_was_cut(root, desk):
    refused(root, desk, cut(GOOD))
    got = fetch(root, desk, rest(GOOD))
    assert desk.asked[1][1]["Range"] == f"bytes={HALF}-"
    assert got.path.read_bytes() == GOOD
    assert held(root) == [NAME]


def test_a_server_that_gives_no_rest_gives_the_whole_again(root, desk):
    refused(root, desk, cut(GOOD))
    assert fetch(root, desk, give(GOOD)).path.read_bytes() == GOOD
    assert held(root) == [NAME]


def test_a_file_that_changed_meanwhile_is_begun_anew(root, desk):
    refused(root, desk, cut(packed(SHAPES, "old.txt"), etag='"2024-01"'))
    assert fetch(root, desk, give(GOOD)).path.read_bytes() == GOOD


def wrong_rest(desk):
    give(GOOD[10:], status=206, Content_Range=f"bytes 10-{len(GOOD) - 1}/{len(GOOD)}")(desk)


def changed_rest(desk):
    area = f"bytes {HALF}-{len(GOOD) - 1}/{len(GOOD)}"
    give(GOOD[HALF:], status=206, etag='"new"', Content_Range=area)(desk)


@pytest.mark.parametrize("way", [wrong_rest, changed_rest, give(b"", status=416)])
def test_a_rest_that_does_not_fit_is_not_put_behind_the_part(root, desk, way):
    refused(root, desk, cut(GOOD))
    assert fetch(root, desk, way, give(GOOD)).path.read_bytes() == GOOD
    assert held(root) == [NAME]


def test_a_part_is_dropped_where_nobody_could_tell_what_it_is_of(root, desk):
    told = refused(root, desk, cut(GOOD, etag=""))
    assert "もう一度同じ行を打ってください" in told
    assert held(root) == []


def test_a_weak_etag_is_no_ground_to_go_on(root, desk):
    refused(root, desk, cut(GOOD, etag='W/"1"'))
    assert held(root) == []


def test_the_date_of_the_file_is_ground_to_go_on(root, desk):
    date = "Wed, 01 Jan 2025 00:00:00 GMT"
    refused(root, desk, cut(GOOD, etag="", Last_Modified=date))
    fetch(root, desk, give(GOOD))
    assert desk.asked[1][1]["If-Range"] == date


def test_a_note_that_was_tampered_with_is_never_sent(root, desk):
    refused(root, desk, cut(GOOD))
    (root / "boundaries" / NOTE).write_text('"x"\r\nCookie: a', encoding="utf-8")
    fetch(root, desk, give(GOOD))
    assert "Range" not in desk.asked[1][1]


def test_a_promise_of_more_than_comes_is_no_whole_file(root, desk):
    refused(root, desk, give(GOOD, length=len(GOOD) + 1))
    assert held(root) == [PART, NOTE]
    assert fetch(root, desk, give(b"", status=416), give(GOOD)).path.read_bytes() == GOOD


def test_a_promise_of_less_than_comes_is_no_whole_file(root, desk):
    assert "zip のファイルではありません" in refused(root, desk, give(GOOD, length=len(GOOD) - 40))
    assert held(root) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.integers(1, len(GOOD) - 1))
def test_wherever_the_connection_is_cut_nothing_stands_under_the_name(tmp_path_factory, at):
    root = tmp_path_factory.mktemp("survey")
    (root / "boundaries").mkdir()
    served = Desk()
    refused(root, served, cut(GOOD, at))
    assert NAME not in held(root)
    got = fetch(root, served, rest(GOOD) if PART in held(root) else give(GOOD))
    assert got.path.read_bytes() == GOOD
    served.close()


# ---- no network, no answer -----------------------------------------------------------------------


def test_without_network_the_way_by_hand_is_told(root):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Server(f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(wm.InputError) as caught:
            fetch_boundaries(root, server=server)
    assert "つながりません" in str(caught.value)
    assert_by_hand(str(caught.value), root)
    assert held(root) == []


def test_a_server_that_never_answers_is_given_up(root, desk):
    told = refused(root, desk, desk.hang(), timeout=0.2)
    assert "返事がありません" in told
    assert_by_hand(told, root)
    assert held(root) == []


def test_a_server_that_stops_in_the_middle_is_given_up_and_the_part_kept(root, desk):
    told = refused(root, desk, desk.hang(GOOD[:HALF]), timeout=0.3)
    assert "返事がありません" in told and f"{PART} に残しました" in told
    assert_by_hand(told, root)
    assert (root / "boundaries" / PART).read_bytes() == GOOD[:HALF]
    assert fetch(root, desk, rest(GOOD)).path.read_bytes() == GOOD


def test_a_year_that_is_not_there_names_the_others(root, desk):
    told = refused(root, desk, give(HTML, status=404))
    assert "2025年のファイルが見つかりませんでした" in told and "--year 2026" in told
    assert held(root) == []


def test_a_failing_server_is_told_with_the_way_by_hand(root, desk):
    told = refused(root, desk, give(HTML, status=500))
    assert "HTTP 500" in told
    assert_by_hand(told, root)
    assert held(root) == []


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://127.0.0.1/a.zip", "data:,PK", "http://example.invalid/a", "//["],
)
def test_a_redirect_to_elsewhere_is_not_followed(root, desk, address):
    assert_by_hand(refused(root, desk, lead(address)), root)
    assert len(desk.asked) == 1
    assert held(root) == []


def test_a_redirect_in_a_circle_ends(root, desk):
    assert "やめました" in refused(root, desk, lead("/again"))
    assert len(desk.asked) < 20
    assert held(root) == []


@pytest.mark.parametrize("base", ["file:///tmp", "ftp://127.0.0.1", "http://example.invalid", "a"])
def test_only_https_is_asked(root, base):
    with pytest.raises(wm.InputError, match="https"):
        fetch_boundaries(root, server=Server(base))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_any_address_is_safe_or_not(address):
    assert is_safe(address) in {True, False}


# ---- something else comes ------------------------------------------------------------------------


def test_a_page_instead_of_a_file_is_refused_and_not_kept(root, desk):
    told = refused(root, desk, give(HTML, Content_Type="text/html"))
    assert "地図のファイルではなく、説明のページなどが届きました" in told
    assert_by_hand(told, root)
    assert held(root) == []


def test_a_page_instead_of_the_rest_leaves_the_part_as_it_was(root, desk):
    refused(root, desk, cut(GOOD))
    assert "説明のページ" in refused(root, desk, give(HTML))
    assert (root / "boundaries" / PART).read_bytes() == GOOD[:HALF]
    assert fetch(root, desk, rest(GOOD)).path.read_bytes() == GOOD


BAD = {
    "empty": (b"", "説明のページなど"),
    "cut zip": (GOOD[:-30], "zip のファイルではありません"),
    "small": (packed(SHAPES, content="{}"), "大きさがおかしいです"),
    "large": (packed(SHAPES, content="x" * 2_000_000), "大きすぎます"),
    "other prefecture": (packed("N03-20250101_13.geojson"), "都道府県 11 の境界データ"),
    "longer number": (packed("N03-20250101_110.geojson"), "都道府県 11 の境界データ"),
    "no shapes": (packed("N03-20250101_11.xml"), "都道府県 11 の境界データ"),
    "upward": (packed(SHAPES, "../../a.txt"), "フォルダの外に出る"),
    "upward windows": (packed(SHAPES, "a\\..\\..\\a.txt"), "フォルダの外に出る"),
    "absolute": (packed(SHAPES, "/etc/a.txt"), "フォルダの外に出る"),
    "drive": (packed(SHAPES, "C:a.txt"), "フォルダの外に出る"),
    "bomb": (bomb(), "中身が大きすぎます（2000 MB）"),
    "damaged": (damaged(), "中身が壊れています"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_good_boundary_file_is_refused_and_not_kept(root, desk, kind):
    data, words = BAD[kind]
    told = refused(root, desk, give(data))
    assert words in told
    assert NAME in told and ".part" not in told
    assert held(root) == []


def test_an_endless_answer_is_stopped(root, desk):
    assert "大きさがおかしいです" in refused(root, desk, chunked(GOOD + bytes(5_000_000)))
    assert held(root) == []


# ---- what is there already -----------------------------------------------------------------------


@pytest.mark.parametrize("name", [NAME, "自分の.geojson"])
def test_a_file_that_is_there_is_left_and_nobody_is_asked(root, desk, name):
    (root / "boundaries").mkdir()
    (root / "boundaries" / name).write_bytes(b"mine")
    got = fetch(root, desk, give(GOOD))
    assert (got.path.name, got.is_new) == (name, False)
    assert got.path.read_bytes() == b"mine"
    assert desk.asked == []


def test_again_puts_a_new_file_over_the_old(root, desk):
    put_old(root)
    assert fetch(root, desk, give(GOOD), again=True).path.read_bytes() == GOOD
    assert held(root) == [NAME]


@pytest.mark.parametrize(
    "reply", [cut(GOOD), give(HTML), give(HTML, status=500), give(bomb()), lead("file:///a")]
)
def test_an_old_good_file_stays_where_the_new_one_fails(root, desk, reply):
    old = put_old(root)
    refused(root, desk, reply, again=True)
    assert (root / "boundaries" / NAME).read_bytes() == old


def test_another_file_beside_the_new_one_is_named(root, desk):
    put_old(root)
    new = packed("N03-20260101_11.geojson")
    got = fetch(root, desk, give(new), edition=Edition(2026), again=True)
    assert got.beside == (root / "boundaries" / NAME,)
    assert len(held(root)) == 2


def test_a_part_is_no_boundary_file_of_the_survey(root, desk):
    refused(root, desk, cut(GOOD))
    (root / "gatherings" / "メモ.txt").write_text(
        "日時：令和8年5月10日\n地区：所沢市\n\n・坂\n", "utf-8"
    )
    assert "geometry" not in wm.load_survey(root).districts


# ---- what cannot be --------------------------------------------------------------------------------


def test_a_missing_folder_is_told_as_everywhere(tmp_path):
    with pytest.raises(wm.InputError) as own:
        fetch_boundaries(tmp_path / "nowhere")
    with pytest.raises(wm.InputError) as other:
        wm.load_survey(tmp_path / "nowhere")
    assert own.value.problem == other.value.problem


def test_a_folder_that_is_no_survey_gets_nothing(tmp_path):
    with pytest.raises(wm.InputError, match="調査フォルダではない"):
        fetch_boundaries(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_told(root, desk):
    (root / "boundaries").write_text("mine", encoding="utf-8")
    assert "書き込めません" in refused(root, desk, give(GOOD))
    assert (root / "boundaries").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("edition", "words"),
    [
        (Edition(1999), "2025・2026"),
        (Edition(2025, "48"), "01 から 47"),
        (Edition(2025, "../x"), "01 から 47"),
        (Edition(2025, "１１"), "01 から 47"),
    ],
)
def test_an_edition_that_is_none_is_refused(root, edition, words):
    with pytest.raises(wm.InputError, match=words):
        fetch_boundaries(root, edition)
    assert not (root / "boundaries").exists()


# ---- the command ---------------------------------------------------------------------------------


def run(*args):
    return CliRunner().invoke(app, ["boundaries", *map(str, args)])


def test_the_command_tells_size_path_credit_and_what_to_do_next(root, desk):
    desk.replies = [give(GOOD)]
    result = run(root, "--base-url", desk.base)
    assert result.exit_code == 0
    for words in (
        str(root / "boundaries" / NAME),
        "0.0 MB",
        "「国土数値情報（行政区域データ）」（国土交通省）",
        f"watamachi build {root}",
    ):
        assert words in result.stdout


def test_the_command_says_that_a_file_is_there_and_fetches_again_where_asked(root, desk):
    put_old(root)
    desk.replies = [give(GOOD)]
    assert "--again" in run(root, "--base-url", desk.base).stdout
    assert desk.asked == []
    assert run(root, "--base-url", desk.base, "--again").exit_code == 0
    assert (root / "boundaries" / NAME).read_bytes() == GOOD


def test_the_command_names_another_file_to_take_away(root, desk):
    put_old(root)
    desk.replies = [give(packed("N03-20260101_11.geojson"))]
    result = run(root, "--base-url", desk.base, "--again", "--year", 2026)
    assert f"{NAME} をフォルダから外してください" in result.stdout


def test_the_command_without_network_tells_the_way_by_hand(root):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        result = run(root, "--base-url", f"http://127.0.0.1:{free.getsockname()[1]}")
    assert result.exit_code == 1
    assert_by_hand(result.stdout, root)
    assert "Traceback" not in result.stdout


def test_the_command_says_of_a_year_that_there_is_none_in_one_line(root):
    result = run(root, "--year", 1999)
    assert result.exit_code == 1
    assert "2025・2026" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_a_cancelled_command_keeps_the_part_and_says_so(root, desk):
    desk.replies = [desk.hang(GOOD[:HALF])]
    call = [sys.executable, "-m", "watamachi_analysis", "boundaries", root, "--base-url", desk.base]
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    try:
        process = subprocess.Popen(
            call, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT
        )
    finally:
        signal.signal(signal.SIGINT, heard)
    with process:
        part = root / "boundaries" / NOTE
        for _ in range(600):
            if part.exists():
                break
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"{PART} に残しました" in told and "中断しました" in told
    assert held(root) == [PART, NOTE]
    assert describe_part(root, Edition()) in told
    assert fetch(root, desk, rest(GOOD)).path.read_bytes() == GOOD
