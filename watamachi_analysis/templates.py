"""Write the folder that a new survey starts from: settings, templates to fill in, where to put what."""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from .areas import AREAS_FILE
from .bundled import resource_text
from .codebook import KINDS
from .districts import load_districts
from .errors import InputError, Problem
from .notes import GATHERING_KINDS

ROWS_TO_FILL = 500
NOTE_COLUMNS = {
    "開催日": 14, "集まりの名前": 26, "地区": 18, "場の種類": 20, "参加人数": 10, "種別": 14,
    "発言": 70, "同じ意見の人数": 12, "公開可否": 10, "記録者": 14,
}  # fmt: skip
ACTIVITY_COLUMNS = {
    "名称": 30, "種別": 14, "課題": 30, "運営主体": 26, "区分": 10, "地区": 18, "場所": 24,
    "曜日・時間・頻度": 22, "対象": 18, "料金": 14, "最終確認日": 14, "情報源": 20, "備考": 50,
}  # fmt: skip
PLAN_COLUMNS = {
    "計画名": 34, "市町村": 16, "計画期間": 22, "基本目標": 30, "施策": 30, "取組": 34, "内容": 60,
    "担当課": 18, "頁": 8,
}  # fmt: skip
AREA_COLUMNS = {"種類": 14, "地区": 24, "市区町村": 30, "町丁字": 50, "割合": 8, "備考": 40}
INDICATOR_COLUMNS = {
    "地区コード": 12, "地区": 18, "指標": 26, "値": 12, "単位": 8, "時点": 14, "出典": 40, "状態": 12,
}  # fmt: skip


def new_survey(folder: Path | str) -> list[Path]:
    """Make a survey folder with settings and templates.

    Parameters
    ----------
    folder
        A folder that does not exist yet, or is empty.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If the folder holds something already: nothing of anybody's is overwritten.
    """
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        found = "同じ名前のフォルダかファイルが、もうあります"
        raise InputError(
            Problem(str(root), "", found, "別の名前にするか、空のフォルダを指定してください")
        )
    for name in ("gatherings", "plans", "activities", "indicators", "boundaries"):
        (root / name).mkdir(parents=True)
    settings, guide = root / "watamachi.toml", root / "はじめに.txt"
    settings.write_text(resource_text("templates/watamachi.toml"), encoding="utf-8", newline="\n")
    guide.write_text(resource_text("templates/guide.txt"), encoding="utf-8", newline="\r\n")
    books = {
        root / "gatherings" / "カフェの記録.xlsx": _notes_book(),
        root / "activities" / "活動・資源の一覧.xlsx": _book(
            "活動・資源の一覧", ACTIVITY_COLUMNS, {"地区": _district_names()}
        ),
        root / "plans" / "地域福祉計画の施策.xlsx": _book("地域福祉計画の施策", PLAN_COLUMNS, {}),
        root / "indicators" / "公的な数字.xlsx": _book("公的な数字", INDICATOR_COLUMNS, {}),
        root / AREAS_FILE: _book("独自の地区（支部・圏域・学区など）の一覧", AREA_COLUMNS, {}),
    }
    for path, book in books.items():
        book.save(path)
    return [settings, guide, *books]


def _district_names() -> list[str]:
    return list(load_districts()["name"])


def _notes_book() -> Workbook:
    kinds = [label for kind, label in KINDS.items() if kind != "mitigated"]
    choices = {
        "地区": _district_names(),
        "場の種類": list(GATHERING_KINDS.values()),
        "種別": kinds,
        "公開可否": ["可", "不可"],
    }
    book = _book("わたまちカフェの記録", NOTE_COLUMNS, choices)
    rules = book.create_sheet("書き方")
    for number, line in enumerate(resource_text("templates/rules.txt").splitlines(), 1):
        rules.cell(number, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
    rules.column_dimensions["A"].width = 90
    return book


def _book(title: str, columns: dict[str, int], choices: dict[str, list[str]]) -> Workbook:
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "記入"
    sheet["A1"] = title
    sheet["A1"].font = Font(bold=True, size=14)
    for number, (name, width) in enumerate(columns.items(), 1):
        cell = sheet.cell(2, number, name)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E9E2D3")
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A3"
    for name, options in choices.items():
        _offer(book, sheet, list(columns).index(name) + 1, name, options)
    return book


def _offer(book: Workbook, sheet: Worksheet, column: int, name: str, options: list[str]) -> None:
    """Let a column be filled from a list, kept on a sheet of its own when it is long."""
    source = f'"{",".join(options)}"'
    if len(source) > 250:  # Excel's limit for a list written in the cell itself
        listed = book.create_sheet("地区名")
        for number, option in enumerate(options, 1):
            listed.cell(number, 1, option)
        source = f"地区名!$A$1:$A${len(options)}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=False)
    rule.promptTitle, rule.prompt = name, "一覧から選べます"
    letter = get_column_letter(column)
    rule.add(f"{letter}3:{letter}{ROWS_TO_FILL + 2}")
    sheet.add_data_validation(rule)
