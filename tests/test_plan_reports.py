"""Voices that a plan reports stand apart from what was said in gatherings, unless asked."""

import openpyxl
import pytest

import watamachi_analysis as wm

PLAN = """所沢市地域福祉計画
令和6年度～令和11年度
第1章 懇談会で出された意見
1 移動
・バスが減って病院に行けない。
・山田太郎さんが車を出してくれている。
第2章 施策の展開
基本目標1 支える
(1) 見守り
毎月たずねます。
"""
NOTES = "開催日,地区,発言\n2026-05-10,所沢市,坂がきつい\n"


@pytest.fixture
def folder(tmp_path):
    for name, text in {"plans/計画.txt": PLAN, "gatherings/記録.csv": NOTES}.items():
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_voices_of_a_plan_are_a_gathering_of_the_municipalitys_own(folder):
    survey = wm.load_survey(folder)
    assert survey.plan_gatherings[["kind", "district", "name"]].values.tolist() == [
        ["survey", "11208", "所沢市地域福祉計画（計画に載った声）"]
    ]
    assert survey.plan_statements["text"].tolist() == [
        "バスが減って病院に行けない。",
        "山田太郎さんが車を出してくれている。",
    ]
    assert survey.statements["text"].tolist() == ["坂がきつい"]
    assert len(survey.gatherings) == 1


def test_they_are_not_counted_unless_the_settings_say_so(folder):
    apart = wm.analyse(wm.load_survey(folder))
    (folder / "watamachi.toml").write_text("plan_voices = true\n", encoding="utf-8")
    mixed = wm.analyse(wm.load_survey(folder))
    assert apart.exposure.loc["11208", ["gatherings", "statements"]].tolist() == [1, 1]
    assert mixed.exposure.loc["11208", ["gatherings", "statements"]].tolist() == [2, 3]


def test_they_are_masked_and_tagged(folder):
    reported = wm.analyse(wm.load_survey(folder)).reported
    assert "山田" not in "".join(reported["text"])
    assert "mobility_shopping" in reported["issues"].iloc[0]


def test_members_read_them_as_the_municipalitys_report_and_the_public_does_not(folder, tmp_path):
    analysis = wm.analyse(wm.load_survey(folder))
    for audience in ("member", "public"):
        wm.write_maps(analysis, tmp_path / audience, audience=audience)
    page = (tmp_path / "member" / "overlap.html").read_text(encoding="utf-8")
    assert "計画に載った声（市町村の報告。数えていません）" in page
    assert "バスが減って病院に行けない。" in page
    book = openpyxl.load_workbook(tmp_path / "member" / "overlap.xlsx")
    first = next(book["計画に載った声"].iter_rows(min_row=2, values_only=True))
    assert first[3].startswith("バス")
    public = (tmp_path / "public" / "overlap.html").read_text(encoding="utf-8")
    assert "バスが減って" not in public
    assert (
        "計画に載った声"
        not in openpyxl.load_workbook(tmp_path / "public" / "overlap.xlsx").sheetnames
    )


def test_the_lines_of_voices_are_read_and_in_no_measure(folder):
    survey = wm.load_survey(folder)
    assert survey.measures["text"].tolist() == ["毎月たずねます。"]
    (row,) = survey.files.query("table == 'plans'").to_dict("records")
    assert row["rows"] == row["used"] + row["read"] + row["reported"]
    assert row["records"] == 3
