"""Café notes become gatherings and statements, in whatever shape people keep them."""

from datetime import date

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.gatherings import parse_gatherings
from watamachi_analysis.notes import kind_of_heading, read_label
from watamachi_analysis.read import read_source
from watamachi_analysis.rows import Row, Sheet, Source
from watamachi_analysis.tables import check

HEAD = ("開催日", "集まりの名前", "地区", "参加人数", "発言")
FIRST = ("R8.5.10", "五月のカフェ", "所沢市", "12名", "坂がきつい")
LABELS = ("日時：令和8年5月10日", "地区：所沢市")


def grid(*rows, name=""):
    cells = tuple(
        row if isinstance(row, Row) else Row(f"{number}行目", tuple(row))
        for number, row in enumerate(rows, 1)
    )
    return Sheet("記録.xlsx", name, cells, is_grid=True)


def parse_table(*rows):
    return parse_gatherings(Source("記録.xlsx", (grid(*rows),)))


def parse_lines(*lines, file="メモ.txt"):
    rows = tuple(Row(f"{number}行目", (line,)) for number, line in enumerate(lines, 1))
    return parse_gatherings(Source(file, (Sheet(file, "", rows, is_grid=False),)))


def parse_word_table(*rows):
    cells = tuple(
        Row(f"表1の{number}行目", tuple(row), style="table 1") for number, row in enumerate(rows, 1)
    )
    return parse_gatherings(Source("記録.docx", (Sheet("記録.docx", "", cells, is_grid=False),)))


def parse_file(path):
    return parse_gatherings(read_source(path))


def book(path, sheets, merged=()):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
    workbook.save(path)
    return path


def word(path, *blocks):
    """Write a document: a string is a paragraph, (style, text) a styled one, a list a table."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, list):
            table = document.add_table(len(block), len(block[0]))
            for row, texts in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, texts, strict=True):
                    cell.text = text
        else:
            style, text = block if isinstance(block, tuple) else (None, block)
            document.add_paragraph(text, style=style)
    document.save(path)
    return path


def texts(parsed):
    return parsed.statements["text"].tolist()


def said(parsed):
    return parsed.statements[["text", "kind_hint"]].fillna("").values.tolist()


def voices(parsed):
    return parsed.statements[["text", "voices"]].values.tolist()


def held(parsed, *columns):
    return parsed.gatherings[list(columns)].values.tolist()


def lines_about(parsed):
    return [str(problem) for problem in parsed.problems]


def adds_up(parsed):
    tally = parsed.tally
    return tally.rows == tally.used + tally.read + tally.reported


def people(parsed):
    return [int(n) if n == n and n is not None else None for n in parsed.gatherings["participants"]]


def per_gathering(parsed):
    names = parsed.gatherings.set_index("gathering_id")["name"]
    return [
        (names[row.gathering_id], row.text) for row in parsed.statements.itertuples(index=False)
    ]


# ---- tables -------------------------------------------------------------------------------------


def test_a_row_is_a_statement_of_the_gathering_named_on_the_first_row():
    parsed = parse_table(("カフェの記録",), HEAD, FIRST, ("", "", "", "", "店が遠い"))
    columns = ("date", "name", "district_name", "participants", "kind", "place")
    assert held(parsed, *columns) == [
        [date(2026, 5, 10), "五月のカフェ", "所沢市", 12, "cafe", "3行目"]
    ]
    assert texts(parsed) == ["坂がきつい", "店が遠い"]
    assert lines_about(parsed) == []
    assert (parsed.tally.rows, parsed.tally.used, parsed.tally.read) == (4, 2, 2)


def test_a_new_date_begins_another_gathering_that_inherits_nothing():
    parsed = parse_table(HEAD, FIRST, ("2026/6/14", "六月のカフェ", "飯能市", "", "暗い道"))
    assert held(parsed, "date", "district_name") == [
        [date(2026, 5, 10), "所沢市"],
        [date(2026, 6, 14), "飯能市"],
    ]
    assert people(parsed) == [12, None]


def test_a_new_name_on_the_same_day_begins_another_gathering():
    parsed = parse_table(HEAD, FIRST, ("", "夜のカフェ", "所沢市", "5", "暗い道"))
    assert per_gathering(parsed) == [("五月のカフェ", "坂がきつい"), ("夜のカフェ", "暗い道")]


def test_a_gathering_of_the_same_day_and_name_in_another_district_does_not_inherit_its_people():
    parsed = parse_table(HEAD, FIRST, ("R8.5.10", "五月のカフェ", "飯能市", "", "暗い道"))
    assert held(parsed, "district_name") == [["所沢市"], ["飯能市"]]
    assert people(parsed) == [12, None]


def test_a_new_district_below_a_blank_day_and_name_is_of_the_same_day_and_name():
    parsed = parse_table(HEAD, FIRST, ("", "", "飯能市", "", "暗い道"))
    assert held(parsed, "date", "name", "district_name") == [
        [date(2026, 5, 10), "五月のカフェ", "所沢市"],
        [date(2026, 5, 10), "五月のカフェ", "飯能市"],
    ]


def test_the_gathering_of_every_row_written_out_is_one():
    parsed = parse_table(HEAD, FIRST, (*FIRST[:4], "店が遠い"), (*FIRST[:4], "暗い道"))
    assert len(parsed.gatherings) == 1
    assert texts(parsed) == ["坂がきつい", "店が遠い", "暗い道"]


def test_a_blank_row_does_not_end_a_gathering():
    parsed = parse_table(HEAD, FIRST, ("",) * 5, ("", "", "", "", "店が遠い"), ())
    assert per_gathering(parsed) == [("五月のカフェ", "坂がきつい"), ("五月のカフェ", "店が遠い")]
    assert parsed.tally.rows == 3


def test_gathering_cells_merged_downwards_belong_to_every_row(tmp_path):
    rows = [HEAD, FIRST, (None,) * 4 + ("店が遠い",), ("R8.6.14", "六月", "飯能市", 8, "暗い道")]
    path = book(tmp_path / "記録.xlsx", {"記録": rows}, ["A2:A3", "B2:B3", "C2:C3", "D2:D3"])
    parsed = parse_file(path)
    assert per_gathering(parsed) == [
        ("五月のカフェ", "坂がきつい"),
        ("五月のカフェ", "店が遠い"),
        ("六月", "暗い道"),
    ]
    assert people(parsed) == [12, 8]
    assert lines_about(parsed) == []


def test_a_merged_statement_cell_counts_once(tmp_path):
    rows = [HEAD, FIRST, (None,) * 5, (None,) * 4 + ("店が遠い",)]
    parsed = parse_file(book(tmp_path / "記録.xlsx", {"記録": rows}, ["E2:E3"]))
    assert texts(parsed) == ["坂がきつい", "店が遠い"]
    assert (parsed.tally.rows, parsed.tally.read) == (3, 2)


def test_two_header_rows_and_other_words_for_the_headings_are_read(tmp_path):
    rows = [
        ("集まりについて", None, None, None, "出た意見", None, None),
        ("実施日", "エリア", "テーマ", "人数", "分類", "声", "公開"),
        (date(2026, 5, 10), "所沢", "五月のカフェ", "１２", "要望", "ベンチがほしい", "不可"),
    ]
    parsed = parse_file(book(tmp_path / "記録.xlsx", {"記録": rows}, ["A1:D1", "E1:G1"]))
    assert held(parsed, "date", "name", "district_name", "participants") == [
        [date(2026, 5, 10), "五月のカフェ", "所沢", 12]
    ]
    columns = ["text", "kind_hint", "publishable"]
    assert parsed.statements[columns].values.tolist() == [["ベンチがほしい", "request", False]]
    assert lines_about(parsed) == []


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和8年5月10日（日）", date(2026, 5, 10)),
        ("R8.5.10", date(2026, 5, 10)),
        ("２０２６／５／１０", date(2026, 5, 10)),
        ("2026年5月", date(2026, 5, 1)),
        ("令和元年", date(2019, 4, 1)),
        ("H31.4.30", date(2019, 4, 30)),
    ],
)
def test_the_day_of_a_gathering_is_read_in_any_ordinary_shape(written, day):
    assert held(parse_table(HEAD, (written, *FIRST[1:])), "date") == [[day]]
    assert held(parse_lines(f"日時：{written}", "・坂がきつい"), "date") == [[day]]


def test_several_sheets_hold_several_gatherings(tmp_path):
    sheets = {"五月": [HEAD, FIRST], "六月": [HEAD, ("R8.6.14", "六月", "飯能市", 8, "暗い道")]}
    parsed = parse_file(book(tmp_path / "記録.xlsx", sheets))
    assert per_gathering(parsed) == [("五月のカフェ", "坂がきつい"), ("六月", "暗い道")]
    assert parsed.statements["place"].tolist() == ["五月 2行目", "六月 2行目"]
    assert adds_up(parsed)


def test_one_gathering_on_two_sheets_is_one_and_a_text_said_on_both_is_two_statements(tmp_path):
    path = book(tmp_path / "記録.xlsx", {"一班": [HEAD, FIRST], "二班": [HEAD, FIRST]})
    parsed = parse_file(path)
    assert len(parsed.gatherings) == 1
    assert texts(parsed) == ["坂がきつい", "坂がきつい"]
    assert parsed.statements["statement_id"].is_unique


def test_headings_repeated_over_each_block_are_no_statements():
    parsed = parse_table(HEAD, FIRST, (), HEAD, ("R8.6.14", "六月", "飯能市", "8", "暗い道"))
    assert per_gathering(parsed) == [("五月のカフェ", "坂がきつい"), ("六月", "暗い道")]
    assert lines_about(parsed) == []


def test_labels_above_a_table_describe_its_gathering():
    parsed = parse_table(
        ("日時：令和8年5月10日",), ("地区：所沢市",), ("種別", "発言"), ("要望", "ベンチ")
    )
    assert held(parsed, "date", "district_name") == [[date(2026, 5, 10), "所沢市"]]
    assert said(parsed) == [["ベンチ", "request"]]


def test_columns_of_statements_lend_their_kind():
    parsed = parse_table(
        ("日付", "地区", "困りごと", "やってみたいこと"),
        ("R8.5.10", "所沢市", "坂がきつい", "朝市"),
    )
    assert said(parsed) == [["坂がきつい", "need"], ["朝市", "wish"]]
    assert (parsed.tally.read, parsed.tally.records) == (1, 2)


def test_bullets_in_one_cell_are_apart_and_a_broken_line_is_whole():
    parsed = parse_table(HEAD, (*FIRST[:4], "・坂が\nきつい\n・店が遠い"))
    assert texts(parsed) == ["坂がきつい", "店が遠い"]


@pytest.mark.parametrize(
    ("mark", "publishable"), [("可", True), ("不可", False), ("", None), ("要相談", None)]
)
def test_whether_a_statement_may_be_published_is_yes_no_or_unsaid(mark, publishable):
    parsed = parse_table((*HEAD, "公開可否"), (*FIRST, mark))
    assert parsed.statements["publishable"].tolist() == [publishable]


@pytest.mark.parametrize("sheet", ["書き方", "地区名"])
def test_the_help_sheets_of_the_template_hold_no_notes(tmp_path, sheet):
    path = book(tmp_path / "記録.xlsx", {"記入": [HEAD, FIRST], sheet: [["発言"], ["約束"]]})
    parsed = parse_file(path)
    assert texts(parsed) == ["坂がきつい"]
    assert lines_about(parsed) == []
    assert adds_up(parsed)


# ---- what is reported of tables -----------------------------------------------------------------


def test_a_row_without_text_is_reported_not_dropped():
    parsed = parse_table(HEAD, FIRST, ("", "", "所沢市", "", ""))
    assert lines_about(parsed) == [
        "記録.xlsx 3行目: 発言が書かれていません。発言を書くか、行を消してください。"
    ]
    assert (parsed.tally.read, parsed.tally.reported) == (1, 1)


def test_a_table_without_a_column_of_statements_is_reported_once():
    parsed = parse_table(("開催日", "地区", "天気"), ("R8.5.10", "所沢市", "晴れ"))
    assert lines_about(parsed) == [
        "記録.xlsx 1行目: 「発言」の列の見出しが見つかりません。"
        "ひな形と同じ見出しの行を入れてください。"
    ]
    assert (parsed.tally.rows, parsed.tally.reported) == (2, 2)


@pytest.mark.parametrize("written", ["2026-02-30", "令和8年13月1日", "5月10日"])
def test_an_impossible_date_is_reported_once_and_keeps_the_statements(written):
    parsed = parse_table(HEAD, (written, *FIRST[1:]), ("", "", "", "", "店が遠い"))
    assert lines_about(parsed) == [
        f"記録.xlsx 2行目: 日付「{written}」が分かりません。"
        "2026-05-10 や 令和8年5月10日 のように書いてください。"
    ]
    assert held(parsed, "date") == [[None]]
    assert texts(parsed) == ["坂がきつい", "店が遠い"]


def test_a_missing_date_is_to_be_looked_at():
    parsed = parse_table(("地区", "発言"), ("所沢市", "坂がきつい"))
    assert lines_about(parsed) == [
        "記録.xlsx 2行目: 集まりの日付がありません。「日時」を書いてください。"
    ]
    assert [problem.level for problem in parsed.problems] == ["notice"]


@pytest.mark.parametrize("heading", ["発言番号", "番号", "発言ID", "Ｎｏ．"])
def test_a_statement_number_given_twice_is_reported_and_both_statements_stay(heading):
    parsed = parse_table(
        (heading, *HEAD), ("1", *FIRST), ("2", "", "", "", "", "店"), ("2", "", "", "", "", "道")
    )
    assert texts(parsed) == ["坂がきつい", "店", "道"]
    assert lines_about(parsed) == [
        "記録.xlsx 4行目: 番号「2」が二度出てきます。"
        "同じ発言なら一行にし、別の発言なら番号を変えてください。"
    ]


def test_statement_numbers_missing_or_all_different_are_fine():
    parsed = parse_table(
        ("番号", *HEAD), ("1", *FIRST), ("", "", "", "", "", "店"), ("",) * 5 + ("道",)
    )
    assert lines_about(parsed) == []


def test_a_column_nobody_asked_for_is_named_once():
    parsed = parse_table((*HEAD, "天気", "記録者"), (*FIRST, "晴れ", "事務局"))
    assert lines_about(parsed) == [
        "記録.xlsx: 使わなかった列があります（「天気」）。"
        "必要な列なら見出しをひな形に合わせてください。"
    ]


def test_a_sheet_with_headings_and_nothing_else_says_that_nothing_was_said():
    parsed = parse_table(("カフェの記録",), HEAD)
    assert len(parsed.statements) == 0
    assert [line.split("。")[0] for line in lines_about(parsed)] == [
        "記録.xlsx: 発言が一つも書かれていません"
    ]


def test_a_formula_never_calculated_beside_a_statement_is_one_line_and_keeps_it(tmp_path):
    path = book(tmp_path / "記録.xlsx", {"記入": [HEAD, (*FIRST[:3], "=5+7", "坂がきつい")]})
    parsed = parse_file(path)
    assert lines_about(parsed) == [
        "記録.xlsx 記入 D2: 計算されていない数式です。Excel で開いて、直して保存してください。"
    ]
    assert (texts(parsed), people(parsed)) == (["坂がきつい"], [None])


# ---- voices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text", "count"),
    [
        ("坂がきつい×3", "坂がきつい", 3),
        ("坂がきつい　×３", "坂がきつい", 3),
        ("坂がきつい x2", "坂がきつい", 2),
        ("坂がきつい ✕4人", "坂がきつい", 4),
        ("坂がきつい ｘ２", "坂がきつい", 2),
        ("坂がきつい×12名", "坂がきつい", 12),
        ("坂がきつい", "坂がきつい", 1),
        ("坂は×、店は○", "坂は×、店は○", 1),
        ("4×4の車", "4×4の車", 1),
        ("坂がきつい×0", "坂がきつい", 1),
    ],
)
def test_times_at_the_end_is_how_many_said_so(written, text, count):
    assert voices(parse_table(HEAD, (*FIRST[:4], written))) == [[text, count]]
    assert voices(parse_lines(*LABELS, f"・{written}")) == [[text, count]]


@pytest.mark.parametrize(
    ("given_", "count"), [("3", 3), ("４人", 4), ("", 1), ("0", 1), ("多数", 1)]
)
def test_a_column_says_how_many_were_of_the_same_mind(given_, count):
    parsed = parse_table((*HEAD, "同じ意見の人数"), (*FIRST, given_))
    assert voices(parsed) == [["坂がきつい", count]]


@pytest.mark.parametrize("mark", ["〃", "同上", "々", "”", " 〃 "])
def test_a_ditto_mark_is_one_more_voice_for_what_stands_above(mark):
    table = parse_table(HEAD, FIRST, ("", "", "", "", mark), ("", "", "", "", mark))
    assert voices(table) == [["坂がきつい", 3]]
    assert (table.tally.read, table.tally.records) == (3, 1)
    assert voices(parse_lines(*LABELS, "・坂がきつい", f"・{mark}")) == [["坂がきつい", 2]]


def test_a_ditto_mark_does_not_reach_into_the_gathering_before():
    parsed = parse_lines(*LABELS, "・坂がきつい", "日時：令和8年6月14日", "地区：飯能市", "・〃")
    assert parsed.statements["voices"].tolist()[0] == 1


@pytest.mark.parametrize("written", ["×3", "x2", "✕４人"])
def test_a_count_without_words_never_makes_a_statement_without_text(written):
    table = parse_table(HEAD, FIRST, ("", "", "", "", written))
    lines = parse_lines(*LABELS, "・坂がきつい", f"・{written}")
    assert "" not in [*texts(table), *texts(lines)]
    assert adds_up(table)
    assert adds_up(lines)


@pytest.mark.parametrize(
    "text",
    ["1.5キロ先の店まで歩く", "○○さんの家の前の坂", "-5度の朝も歩く", "2.3人に一人は車がない"],
)
def test_the_beginning_of_a_statement_is_not_taken_for_a_bullet(text):
    assert texts(parse_table(HEAD, (*FIRST[:4], text))) == [text]


@pytest.mark.parametrize(
    "bullet", ["・", "･", "○", "●", "◎", "□", "☆", "*", "–", "-", "－", "1. ", "２．", "3）"]
)
def test_a_line_with_a_bullet_is_a_statement_without_it(bullet):
    assert texts(parse_lines(*LABELS, f"{bullet}坂がきつい")) == ["坂がきつい"]


# ---- forms --------------------------------------------------------------------------------------

FORM = (
    "タイムスタンプ,メールアドレス,お住まいの市区町村,暮らしの中で困っていることを教えてください,"
    "やってみたいことはありますか,回答を公開してもよいですか\n"
)


def form(path, *rows):
    path.write_text(FORM + "".join(f"{row}\n" for row in rows), encoding="utf-8-sig")
    return parse_file(path)


def test_a_form_is_one_survey_per_municipality_with_its_answers_as_participants(tmp_path):
    parsed = form(
        tmp_path / "くらしの声.csv",
        "2026/06/21 7:41:20,a@example.com,川口市,坂がきつい,,はい",
        "2026/06/22 8:00:00,b@example.com,春日部市,店が遠い,,いいえ",
        "2026/06/23 9:00:00,c@example.com,川口,暗い道,朝市を開きたい,",
    )
    columns = ("kind", "name", "date", "district_name", "participants")
    assert held(parsed, *columns) == [
        ["survey", "くらしの声", date(2026, 6, 21), "川口市", 2],
        ["survey", "くらしの声", date(2026, 6, 22), "春日部市", 1],
    ]
    assert said(parsed) == [
        ["坂がきつい", "need"],
        ["店が遠い", "need"],
        ["暗い道", "need"],
        ["朝市を開きたい", "wish"],
    ]
    assert parsed.statements["publishable"].tolist() == [True, False, None, None]


def test_the_lines_of_an_answer_are_separate_statements(tmp_path):
    parsed = form(
        tmp_path / "声.csv", '2026/06/21 7:41:20,,川口市,"坂がきつい\n・店が遠い\n\n暗い道",,はい'
    )
    assert texts(parsed) == ["坂がきつい", "店が遠い", "暗い道"]
    assert people(parsed) == [1]


def test_the_e_mail_column_of_a_form_is_never_read(tmp_path):
    parsed = form(
        tmp_path / "声.csv", "2026/06/21 7:41:20,kata@example.com,川口市,坂がきつい,,はい"
    )
    everything = f"{parsed.statements.to_csv()}{parsed.gatherings.to_csv()}{lines_about(parsed)}"
    assert "kata@example.com" not in everything
    assert "坂がきつい" in everything


def test_an_empty_answer_is_reported_and_is_no_participant(tmp_path):
    parsed = form(
        tmp_path / "声.csv",
        "2026/06/21 7:41:20,,川口市,坂がきつい,,はい",
        "2026/06/21 7:42:00,,川口市,,,はい",
    )
    assert people(parsed) == [1]
    assert [line.split("。")[0] for line in lines_about(parsed)[1:]] == [
        "声.csv 3行目: 発言が書かれていません"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("川口", "川口市"),
        ("鶴ヶ島市", "鶴ケ島市"),
        ("浦和区", "さいたま市浦和区"),
        ("埼玉県所沢市", "所沢市"),
        ("三芳町", "入間郡三芳町"),
    ],
)
def test_one_district_in_two_spellings_is_one_gathering_of_a_form(tmp_path, one, other):
    path = tmp_path / "声.csv"
    rows = f"2026/6/21 7:41:20,,{one},坂,,はい\n2026/6/22 7:41:20,,{other},坂,,はい\n"
    path.write_text(FORM.replace("メールアドレス", "年代") + rows, encoding="utf-8")
    gatherings, statements = wm.load_statements(path)
    assert gatherings["participants"].tolist() == [2]
    assert statements["gathering_id"].nunique() == 1


# ---- Word ---------------------------------------------------------------------------------------


def test_a_document_with_a_table_of_particulars_and_list_styles_is_read(tmp_path):
    path = word(
        tmp_path / "記録.docx",
        ("Title", "見本（架空データ）"),
        [
            ["日時", "令和8年5月10日"],
            ["会場", "公民館"],
            ["地区", "飯能市"],
            ["参加者", "１２名"],
        ],
        ("Heading 2", "困りごと"),
        ("List Bullet", "坂がきつい"),
        ("Heading 2", "やってみたいこと"),
        ("List Number", "朝市"),
    )
    parsed = parse_file(path)
    columns = ("date", "venue", "district_name", "participants")
    assert held(parsed, *columns) == [[date(2026, 5, 10), "公民館", "飯能市", 12]]
    assert said(parsed) == [["坂がきつい", "need"], ["朝市", "wish"]]
    assert lines_about(parsed) == []
    assert (parsed.tally.rows, parsed.tally.used, parsed.tally.read) == (9, 7, 2)


def test_a_document_with_header_lines_and_dots_is_read(tmp_path):
    path = word(
        tmp_path / "記録.docx",
        "日時：令和8年6月3日",
        "地区：飯能市",
        "参加者：12名",
        "場：わたまちミーティング",
        "【あったらいいな】",
        "・ベンチ",
        "日時：令和8年7月1日",
        "地区：飯能市",
        "・暗い道",
    )
    parsed = parse_file(path)
    assert held(parsed, "date", "kind") == [
        [date(2026, 6, 3), "meeting"],
        [date(2026, 7, 1), "cafe"],
    ]
    assert people(parsed) == [12, None]
    assert said(parsed) == [["ベンチ", "request"], ["暗い道", ""]]


def test_a_second_table_of_particulars_begins_another_gathering(tmp_path):
    path = word(
        tmp_path / "記録.docx",
        [["日時", "R8.5.10"], ["地区", "飯能市"], ["会場", "公民館"]],
        "・坂がきつい",
        [["日時", "R8.6.14"], ["地区", "日高市"]],
        "・暗い道",
    )
    assert held(parse_file(path), "date", "district_name", "venue") == [
        [date(2026, 5, 10), "飯能市", "公民館"],
        [date(2026, 6, 14), "日高市", ""],
    ]


def test_a_word_table_with_labels_above_its_values_is_read():
    parsed = parse_word_table(
        ("日時", "地区", "発言"), ("R8.5.10", "所沢市", "坂がきつい"), ("R8.5.10", "所沢市", "店")
    )
    assert texts(parsed) == ["坂がきつい", "店"]
    assert held(parsed, "date", "district_name") == [[date(2026, 5, 10), "所沢市"]]
    assert adds_up(parsed)


def test_cells_left_blank_below_in_a_word_table_mean_the_same_gathering():
    parsed = parse_word_table(
        ("日時", "地区", "発言"), ("R8.5.10", "所沢市", "坂がきつい"), ("", "", "店")
    )
    assert texts(parsed) == ["坂がきつい", "店"]
    assert len(parsed.gatherings) == 1


def test_a_statement_cell_merged_downwards_in_a_word_table_counts_once(tmp_path):
    rows = [["日時", "地区", "発言"], ["R8.5.10", "所沢市", "坂"], ["", "所沢市", ""]]
    path = word(tmp_path / "記録.docx", rows)
    document = docx.Document(path)
    table = document.tables[0]
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 2).merge(table.cell(2, 2))
    document.save(path)
    assert [text.strip() for text in texts(parse_file(path))] == ["坂"]


def test_the_label_beside_a_statement_in_a_word_table_lends_its_kind():
    parsed = parse_word_table(
        ("日時", "R8.5.10"), ("地区", "所沢市"), ("困りごと", "坂\n店"), ("やっていること", "朝市")
    )
    assert said(parsed) == [["坂", "need"], ["店", "need"], ["朝市", "activity"]]


def test_lines_broken_inside_one_paragraph_are_lines(tmp_path):
    path = word(tmp_path / "記録.docx", "日時：R8.5.10\n地区：飯能市", "・坂がきつい\n・店が遠い")
    parsed = parse_file(path)
    assert held(parsed, "date", "district_name") == [[date(2026, 5, 10), "飯能市"]]
    assert texts(parsed) == ["坂がきつい", "店が遠い"]


# ---- lines --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("【困りごと】", "need"),
        ("## やっていること", "activity"),
        ("# やってみたいこと", "wish"),
        ("■ ある物", "resource"),
        ("＜質問＞", "question"),
        ("【 困 り ご と 】", "need"),
        ("【第二班】", ""),
    ],
)
def test_a_heading_lends_its_kind_to_what_stands_below(heading, kind):
    parsed = parse_lines(*LABELS, heading, "・坂がきつい", "", "・店が遠い")
    assert said(parsed) == [["坂がきつい", kind], ["店が遠い", kind]]


def test_the_next_heading_ends_the_kind_of_the_one_before():
    parsed = parse_lines(*LABELS, "【困りごと】", "・坂", "【その日の話】", "・雨だった")
    assert said(parsed) == [["坂", "need"], ["雨だった", ""]]


def test_the_next_gathering_ends_the_kind_of_the_heading_before():
    parsed = parse_lines(
        *LABELS, "【困りごと】", "・坂", "日時：R8.6.14", "地区：飯能市", "・雨だった"
    )
    assert said(parsed) == [["坂", "need"], ["雨だった", ""]]


def test_a_new_block_of_labels_begins_a_gathering_that_inherits_nothing():
    parsed = parse_lines(
        *LABELS, "参加者：12名", "会場：公民館", "・坂", "日時：R8.6.14", "地区：飯能市", "・暗い道"
    )
    assert held(parsed, "district_name", "venue") == [["所沢市", "公民館"], ["飯能市", ""]]
    assert people(parsed) == [12, None]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("日時：令和8年5月10日", ("date", "令和8年5月10日")),
        ("日　時 ： R8.5.10", ("date", "R8.5.10")),
        ("**会場**：公民館", ("venue", "公民館")),
        ("- 地区: 所沢市", ("district", "所沢市")),
        ("参加者：１２名", ("participants", "１２名")),
        ("集まり：五月のカフェ", ("name", "五月のカフェ")),
        ("場：説明会", ("kind", "説明会")),
        ("課題：移動の足", None),
        ("坂がきつい", None),
        ("発言：坂がきつい", None),
    ],
)
def test_a_line_is_a_label_only_when_it_describes_a_gathering(line, label):
    assert read_label(line) == label


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("困りごと", "need"), ("need", "need"), ("あったらいいな", "request"), ("雨", "")],
)
def test_a_sticky_note_label_is_a_kind_or_none(heading, kind):
    assert kind_of_heading(heading) == kind


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["場：説明会"], "briefing"),
        (["場：わたまちカフェ"], "cafe"),
        (["場：わたまちミーティング"], "meeting"),
        (["場：アンケート"], "survey"),
        (["集まり：秋のミーティング"], "meeting"),
        (["場：ﾐｰﾃｨﾝｸﾞ"], "meeting"),
        ([], "cafe"),
    ],
)
def test_the_kind_of_a_gathering_is_what_the_note_or_its_name_says(lines, kind):
    assert held(parse_lines(*LABELS, *lines, "・坂"), "kind") == [[kind]]


def test_the_file_name_says_the_kind_when_the_note_does_not():
    assert held(parse_lines(*LABELS, "・坂", file="新座_説明会.txt"), "kind") == [["briefing"]]


def test_an_indented_line_goes_on_with_the_statement_above():
    parsed = parse_lines(*LABELS, "・坂がきつくて、", "　バス停まで歩けない")
    assert texts(parsed) == ["坂がきつくて、バス停まで歩けない"]
    assert (parsed.tally.rows, parsed.tally.read) == (4, 2)


def test_a_stray_line_is_reported_with_its_words():
    parsed = parse_lines(*LABELS, "・坂", "みんなでお茶を飲んだ")
    assert texts(parsed) == ["坂"]
    assert lines_about(parsed) == [
        "メモ.txt 4行目: 発言かどうか分かりません「みんなでお茶を飲んだ」。"
        "発言なら行の頭に「・」を付けてください。"
    ]


def test_a_bullet_before_any_gathering_is_reported():
    parsed = parse_lines("カフェのメモ", "・坂", *LABELS, "・店")
    assert texts(parsed) == ["店"]
    assert lines_about(parsed) == [
        "メモ.txt 2行目: どの集まりの発言か分かりません。"
        "発言の前に「日時：」「地区：」の行を入れてください。"
    ]


def test_a_text_without_statements_says_so():
    parsed = parse_lines(*LABELS)
    assert lines_about(parsed) == [
        "メモ.txt: 発言が一つも書かれていません。"
        "発言の行の頭に「・」を付けるか、ひな形に書き写してください。"
    ]


# ---- ids ----------------------------------------------------------------------------------------


def ids(parsed):
    return dict(zip(parsed.statements["text"], parsed.statements["statement_id"], strict=True))


@settings(max_examples=50, deadline=None)
@given(order=st.permutations(["坂がきつい", "店が遠い", "暗い道", "朝市をしたい", "ベンチ"]))
def test_statement_ids_stay_when_rows_are_reordered(order):
    first = parse_table(HEAD, *((*FIRST[:4], text) for text in sorted(order)))
    moved = parse_table(HEAD, *((*FIRST[:4], text) for text in order))
    assert texts(moved) == list(order)
    assert ids(moved) == ids(first)


def test_a_row_put_in_between_does_not_change_the_ids_of_the_others():
    before = ids(parse_lines(*LABELS, "・坂", "・店"))
    after = ids(parse_lines(*LABELS, "・道", "・坂", "【困りごと】", "・灯", "・店"))
    assert {text: after[text] for text in before} == before


def test_the_same_text_in_two_gatherings_has_two_ids():
    parsed = parse_lines(*LABELS, "・坂", "日時：R8.6.14", "地区：所沢市", "・坂")
    assert parsed.statements["statement_id"].is_unique
    assert parsed.gatherings["gathering_id"].is_unique


def test_the_same_text_in_a_gathering_of_another_file_has_another_id():
    one = parse_lines(*LABELS, "・坂").statements["statement_id"].tolist()
    other = parse_lines("日時：R8.6.14", "地区：所沢市", "・坂").statements["statement_id"].tolist()
    assert one != other


def test_a_text_said_twice_in_a_gathering_has_two_ids_and_the_first_is_that_of_once():
    once = parse_lines(*LABELS, "・坂").statements["statement_id"].tolist()
    twice = parse_lines(*LABELS, "・坂", "・店", "・坂").statements["statement_id"].tolist()
    assert twice[0] == once[0]
    assert twice[2] != twice[0]


def test_width_and_space_do_not_change_an_id():
    plain = parse_lines(*LABELS, "・バスが少ない").statements["statement_id"].tolist()
    other = parse_lines(*LABELS, "・ﾊﾞｽが 少ない").statements["statement_id"].tolist()
    assert plain == other


def test_a_statement_broken_over_two_lines_has_the_id_of_the_whole():
    whole = parse_lines(*LABELS, "・坂がきつい").statements["statement_id"].tolist()
    broken = parse_lines(*LABELS, "・坂が", "　きつい").statements["statement_id"].tolist()
    assert whole == broken


def test_the_same_gathering_in_a_table_and_in_lines_has_the_same_ids():
    table = parse_table(("日時", "地区", "発言"), ("令和8年5月10日", "所沢市", "坂"))
    lines = parse_lines(*LABELS, "・坂")
    assert ids(table) == ids(lines)


# ---- properties ---------------------------------------------------------------------------------

CELL = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "R8.5.10",
            "2026-02-30",
            "所沢市",
            "飯能",
            "坂がきつい",
            "〃",
            "店×2",
            "・坂\n・店",
            "発言",
            "　",
        ]
    ),
    st.text(max_size=8),
)
BODY = st.lists(st.lists(CELL, max_size=6), max_size=12)
MERGES = st.frozensets(st.integers(0, 5), max_size=3)
LINE = st.one_of(
    st.sampled_from(
        [
            "", "　", "日時：R8.5.10", "日時：2026-02-30", "日時：", "地区：所沢市", "会場：公民館", "参加者：12名",
            "【困りごと】", "## やっていること", "・坂", "・坂", "- 店×2", "・〃", "　つづきの行", "はぐれた行",
            "・会場：遠い", "---", "・", "1. 道", "×3", "・×3",
        ]
    ),
    st.text(max_size=10),
)  # fmt: skip
WORD_ROW = st.one_of(
    st.tuples(CELL),
    st.tuples(st.sampled_from(["日時", "地区", "発言", "困りごと", "会場", "天気", ""]), CELL),
    st.just(("日時", "地区", "発言")),
    st.tuples(CELL, CELL, CELL),
)


@settings(max_examples=200, deadline=None)
@given(body=BODY, merges=MERGES, head=st.permutations([*HEAD, "種別"]), title=st.booleans())
def test_every_row_of_any_table_is_used_read_or_reported(body, merges, head, title):
    rows = [
        Row(f"{number}行目", tuple(cells), merges if number % 2 else frozenset())
        for number, cells in enumerate(body, 3)
    ]
    assert adds_up(parse_table(*([("記録",)] if title else []), head, *rows))


@settings(max_examples=200, deadline=None)
@given(body=BODY)
def test_every_row_of_a_table_without_headings_is_accounted_for(body):
    assert adds_up(parse_table(*body))


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(LINE, max_size=20))
def test_every_line_of_any_note_is_used_read_or_reported(lines):
    assert adds_up(parse_lines(*lines))


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(WORD_ROW, max_size=10))
def test_every_row_of_any_word_table_is_used_read_or_reported(rows):
    assert adds_up(parse_word_table(*rows))


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(LINE, max_size=20), body=BODY)
def test_whatever_is_written_keeps_the_contract_of_the_tables(lines, body):
    note, table = parse_lines(*lines), parse_table(HEAD, *body)
    checked = [check(parsed.statements, "statements") for parsed in (note, table)]
    assert [len(statements) for statements in checked] == [note.tally.records, table.tally.records]


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(LINE, max_size=20))
def test_every_statement_belongs_to_a_gathering_of_its_file(lines):
    parsed = parse_lines(*lines)
    assert set(parsed.statements["gathering_id"]) == set(parsed.gatherings["gathering_id"])


@settings(max_examples=150, deadline=None)
@given(said_=st.lists(st.sampled_from(["坂", "店が遠い", "暗い道", "〃"]), min_size=1, max_size=15))
def test_every_bullet_is_one_voice(said_):
    parsed = parse_lines(*LABELS, "・はじめの声", *(f"・{text}" for text in said_))
    assert int(parsed.statements["voices"].sum()) == len(said_) + 1
