"""Name the official boundary files: of which year and prefecture, and on which page they stand."""

from dataclasses import dataclass

from .codes import HOME, prefecture_names
from .errors import InputError, Problem

YEARS = (2025, 2026)  # 2025 is known to be there, so it comes first


@dataclass(frozen=True)
class Edition:
    """One official boundary file: the year it is of (1 January), and the prefecture's two digits.

    Examples
    --------
    >>> Edition().name
    'N03-20250101_11_GML.zip'
    """

    year: int = YEARS[0]
    prefecture: str = HOME

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return f"N03-{self.year}0101_{self.prefecture}_GML.zip"

    @property
    def place(self) -> str:
        """Return what the line of the page is called that the file stands in."""
        return f"{prefecture_names().get(self.prefecture, '都道府県の番号')}（{self.prefecture}）"

    @property
    def page(self) -> str:
        """Return the address of the page where a person can fetch it."""
        return f"https://nlftp.mlit.go.jp/ksj/gml/datalist/KsjTmplt-N03-{self.year}.html"

    @property
    def other_years(self) -> str:
        """Return the other years, as a person writes them."""
        return "・".join(str(year) for year in YEARS if year != self.year)


def check_edition(edition: Edition) -> None:
    """Refuse a year or prefecture that there is no file of.

    Raises
    ------
    InputError
        Saying which there are.
    """
    if edition.year not in YEARS:
        found = f"{edition.year}年の境界データは受け取れません"
        raise InputError(Problem("--year", "", found, f"{edition.other_years} にしてください"))
    if edition.prefecture not in prefecture_names():
        found = f"都道府県の番号「{edition.prefecture}」はありません"
        mend = "01 から 47 までの2けたにしてください（埼玉県は 11）"
        raise InputError(Problem("--prefecture", "", found, mend))
