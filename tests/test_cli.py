"""The command line speaks Japanese, agrees with the README, and does what it says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import openpyxl
import pytest
from typer.testing import CliRunner

from watamachi_analysis.cli import app

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample"
COMMANDS = ["new", "check", "build", "review", "report", "words", "plan", "boundaries", "explain"]
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龥]")


def run(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


def readme_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^watamachi (\w[^#\n]*)", text, flags=re.MULTILINE)
    return [line.split() for line in lines]


def test_the_readme_tells_of_every_command_and_no_other():
    listed = {command.name or command.callback.__name__ for command in app.registered_commands}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"(?:^|`)watamachi (\w+) ", text, flags=re.MULTILINE))
    assert listed == set(COMMANDS) == told


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_japanese_help(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert JAPANESE.search(result.stdout)


def test_the_readme_names_every_option_of_build():
    options = set(re.findall(r"--\w+", run("build", "--help").stdout)) - {"--help"}
    pictures = {"--png", "--svg", "--pptx"}
    assert options == {"--out", "--audience", "--before", "--charts", "--online", *pictures}
    for language in ("README.md", "README.en.md"):
        text = (ROOT / language).read_text(encoding="utf-8")
        assert all(f"`{option}" in text for option in options)


def test_report_writes_one_district_and_says_so(tmp_path):
    result = run("report", SAMPLE, "--district", "所沢市", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "2ファイル" in result.stdout
    assert "Word 1・ページ 1" in result.stdout
    assert sorted(path.suffix for path in (tmp_path / "out").glob("11208_*")) == [".docx", ".html"]


def test_report_names_the_file_that_is_open_and_keeps_it(tmp_path):
    asked = ("report", SAMPLE, "--district", "11208", "--out", tmp_path)
    assert run(*asked).exit_code == 0
    sheet = next(tmp_path.glob("11208_*.docx"))
    (tmp_path / f".~lock.{sheet.name}#").write_bytes(b"")
    before = sheet.read_bytes()
    result = run(*asked)
    assert result.exit_code == 1
    assert f"「{sheet.name}」が開いています" in result.stdout
    assert sheet.read_bytes() == before


def test_report_says_which_district_it_does_not_know(tmp_path):
    result = run("report", SAMPLE, "--district", "所沢", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "「所沢」がありません" in result.stdout and "所沢市" in result.stdout
    assert not (tmp_path / "out").exists()


def test_report_takes_one_last_round_only(tmp_path):
    result = run("report", SAMPLE, "--last", tmp_path, "--since", "2026-07-01")
    assert result.exit_code == 2
    assert "どちらか一つ" in result.stderr


def test_report_makes_a_template_and_uses_the_one_in_the_survey(tmp_path):
    survey = tmp_path / "survey"
    shutil.copytree(SAMPLE, survey)
    assert run("report", survey, "--new-template").exit_code == 0
    template = survey / "地区基礎調査_ひな形.docx"
    file = docx.Document(str(template))
    file.paragraphs[0].insert_paragraph_before("わたしたちの表紙")
    file.save(str(template))
    assert run("report", survey, "--district", "11208", "--out", tmp_path / "out").exit_code == 0
    made = docx.Document(str(next((tmp_path / "out").glob("*.docx"))))
    assert made.paragraphs[0].text == "わたしたちの表紙"
    again = run("report", survey, "--new-template")
    assert again.exit_code == 1 and "ひな形がもうあります" in again.stdout


def test_words_writes_its_book(tmp_path):
    result = run("words", SAMPLE, "バス", "居場所", "--out", tmp_path / "words.xlsx")
    assert result.exit_code == 0
    assert "words.xlsx" in result.stdout
    assert len(openpyxl.load_workbook(tmp_path / "words.xlsx").sheetnames) >= 5


def test_report_ranks_ten_districts_by_what_one_more_gathering_tells():
    result = run("report", SAMPLE, "--where-next")
    assert result.exit_code == 0
    assert len(re.findall(r"^│.*│ +\d\.\d │$", result.stdout, re.M)) == 10
    assert "ほかに62地区" in result.stdout and "--all" in result.stdout


def test_report_ranks_every_district_where_all_are_asked_for():
    result = run("report", SAMPLE, "--where-next", "--all")
    assert len(re.findall(r"^│.*│ +\d\.\d │$", result.stdout, re.M)) == 72
    assert "ほかに" not in result.stdout


def test_both_readmes_hold_the_same_commands_and_tables():
    def blocks(name):
        text = (ROOT / name).read_text(encoding="utf-8")
        code = [
            re.sub(r"\s+#.*", "", line)
            for line in re.findall(r"^(?:make|watamachi|py) .*", text, re.M)
        ]
        return code, text.count("\n| "), text.count("\n## ")

    assert blocks("README.md") == blocks("README.en.md")


def test_the_readme_commands_work_one_after_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, *others = readme_commands()
    assert first == ["new", "my-survey"]
    assert run(*first).exit_code == 0
    note = "日時：令和8年5月10日\n地区：所沢市\n参加者：5人\n\n・バスが減って困る\n"
    (tmp_path / "my-survey" / "gatherings" / "メモ.txt").write_text(note, encoding="utf-8")
    shutil.copy(SAMPLE / "plans" / "川越市_地域福祉計画_見本.pdf", "plan.pdf")
    for arguments in others:
        result = run(*arguments)
        assert result.exit_code == 0, result.stdout
    assert (tmp_path / "maps" / "overlap.html").exists()


def test_check_reconciles_the_rows_of_the_sample():
    result = run("check", SAMPLE)
    assert result.exit_code == 0
    used, read, reported, rows = map(
        int, re.search(r"(\d+) \+ (\d+) \+ (\d+) = (\d+)", result.stdout).groups()
    )
    assert used + read + reported == rows
    assert "集まり58回、発言860件" in result.stdout


def test_check_fails_where_something_must_be_mended_and_says_what(tmp_path):
    (tmp_path / "gatherings").mkdir()
    note = "日時：令和8年5月10日\n地区：どこか市\n\n・バスが減って困る\n"
    (tmp_path / "gatherings" / "メモ.txt").write_text(note, encoding="utf-8")
    result = run("check", tmp_path)
    assert result.exit_code == 1
    assert "gatherings/メモ.txt 4行目: 地区「どこか市」が見つかりません" in result.stdout


@pytest.mark.parametrize("call", [("check",), ("build",), ("report", "--where-next")])
def test_a_missing_folder_gives_one_japanese_line(call, tmp_path):
    result = run(*call, tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "フォルダが見つかりません" in result.stdout
    assert "Traceback" not in result.stdout


def test_new_never_writes_into_a_folder_that_holds_something(tmp_path):
    (tmp_path / "mine.txt").write_text("だいじなもの", encoding="utf-8")
    assert run("new", tmp_path).exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_build_says_what_was_read_not_understood_and_made(tmp_path):
    result = run("build", SAMPLE, "--out", tmp_path, "--audience", "public")
    assert result.exit_code == 0
    for words in ("読んだもの", "わからなかったもの", "できたもの", "index.html"):
        assert words in result.stdout


def test_build_hides_what_comparing_with_an_earlier_folder_would_tell(tmp_path):
    head = "集まりID,日付,地区,会場,参加者数,発言\n"
    lines = [
        f"g{held},2026-0{held}-10,所沢市,公民館,20,バスが減って買い物に行けなくて困っている{n}\n"
        for held in (5, 6)
        for n in "あいうえ"
    ]
    one_more = "g6,2026-06-10,所沢市,公民館,20,バスが減って買い物に行けなくて困っているお\n"
    for name, rows in {"old": lines, "new": [*lines, one_more]}.items():
        (tmp_path / name / "gatherings").mkdir(parents=True)
        settings = f'name = "{name}"\nsample = true\n'
        (tmp_path / name / "watamachi.toml").write_text(settings, encoding="utf-8")
        path = tmp_path / name / "gatherings" / "notes.csv"
        path.write_text(head + "".join(rows), encoding="utf-8")
    found = {}
    for out, options in {"alone": [], "beside": ["--before", tmp_path / "old"]}.items():
        result = run("build", tmp_path / "new", "--out", tmp_path / out, *options)
        assert result.exit_code == 0, result.output
        book = openpyxl.load_workbook(tmp_path / out / "overlap.xlsx")
        head_row, *rows = book["地区と課題"].iter_rows(values_only=True)
        cells = [dict(zip(head_row, row, strict=True)) for row in rows]
        found[out] = next(
            cell["困りごとの声（件）"]
            for cell in cells
            if (cell["地区"], cell["課題"]) == ("所沢市", "移動・買い物")
        )
    assert found == {"alone": 9, "beside": "X"}


def test_markup_in_a_file_name_is_shown_as_it_is(tmp_path):
    (tmp_path / "gatherings").mkdir()
    (tmp_path / "gatherings" / "[red]x[blue].txt").write_text("・だれが言ったか", encoding="utf-8")
    assert "[red]x[blue].txt" in run("check", tmp_path).stdout


def test_plan_shows_the_headings_as_a_tree_with_what_was_read_below_each(tmp_path):
    path = tmp_path / "所沢市[案].txt"
    lines = [
        "第1章 はじめに",
        "1 背景",
        "減る。",
        "第2章 施策",
        "基本目標1 支える",
        "(1) 見守り",
        "歩きます。",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = run("plan", path)
    assert result.exit_code == 0
    assert "所沢市[案].txt" in result.stdout
    assert re.search(r"第1章 はじめに 1行目\n\W+1 背景 2行目\n", result.stdout)
    assert re.search(r"基本目標1 支える 5行目 施策1\n", result.stdout)
    assert "施策1件、見出し1段目2・2段目2・3段目1" in result.stdout
    assert (tmp_path / "plan_review.xlsx").exists()


def test_plan_says_how_many_pages_were_read_as_what(tmp_path):
    path = shutil.copy(SAMPLE / "plans" / "川越市_地域福祉計画_見本.pdf", tmp_path)
    result = run("plan", path)
    assert "施策33件" in result.stdout
    told = re.search(r"全(\d+)ページ = (.*)", result.stdout)
    assert sum(map(int, re.findall(r"(\d+)ページ", told[2]))) == int(told[1]) == 77


def test_plan_says_so_where_there_is_no_heading(tmp_path):
    path = tmp_path / "メモ.txt"
    path.write_text("人が減っています。\nみんなで話しました。\n", encoding="utf-8")
    assert "見出しが見つかりません" in run("plan", path).stdout


def test_explain_says_what_counted_and_what_did_not():
    result = run("explain", "バスが減った。避難行動要支援者の名簿")
    assert result.exit_code == 0
    assert "移動・買い物" in result.stdout
    assert "より長いことば" in result.stdout


def test_explain_says_so_where_nothing_is_known():
    assert "codebook.xlsx に足せます" in run("explain", "ほげほげ").stdout


def test_the_package_runs_as_a_module():
    call = [sys.executable, "-m", "watamachi_analysis", "--version"]
    done = subprocess.run(call, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.startswith("watamachi 0.")
