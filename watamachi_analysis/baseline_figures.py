"""Say of a district what its official figures say: where it is, what is special, a table."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from .blocks import Block, Column, Paragraph, Row, Table
from .standing import KNOWN, write_figure

FEATURES = 3  # sentences
PEOPLE = "総人口"
_TYPICAL = 0.5  # standard deviations from the mean: as many others
_FEWEST_PEERS = 10  # below, a rank says little
Figure = Mapping[Hashable, Any]


def say_features(standing: pd.DataFrame, district: str, units: Mapping[str, str]) -> list[str]:
    """Return up to three sentences on what is special in a district, from its figures alone.

    The first is how many people live there; the others are the rates that lie farthest from the
    mean of the municipalities, in standard deviations.

    Parameters
    ----------
    standing
        As `compare_figures` returns it.
    district
        Its code.
    units
        Code → name of what its figures may be of: itself, then the city or towns it is of.
    """
    own = standing[standing["district"].isin(list(units)) & standing["value"].notna()]
    own = own.sort_values("district", key=lambda codes: codes.map(list(units).index), kind="stable")
    own = own.drop_duplicates("indicator")
    people = own[own["indicator"].eq(PEOPLE)].to_dict("records")
    rates = own[own["rank"].notna() & own["of"].ge(_FEWEST_PEERS) & own["prefecture"].notna()]
    rates = rates[rates["rate"].notna()]
    far = rates.assign(far=_distances(rates, standing)).sort_values(
        "far", key=abs, ascending=False, kind="stable"
    )
    said = [_say_people(row, district, units) for row in people]
    said += [
        _say_rate(row, district, units) for row in far.head(FEATURES - len(said)).to_dict("records")
    ]
    return said


def _distances(rates: pd.DataFrame, standing: pd.DataFrame) -> pd.Series:
    peers = standing[standing["rank"].notna()].groupby("indicator")["rate"]
    mean, spread = peers.mean(), peers.std()
    far = (rates["rate"] - rates["indicator"].map(mean)) / rates["indicator"].map(spread)
    return far.fillna(0.0)


def _whose(row: Figure, district: str, units: Mapping[str, str]) -> str:
    return "" if row["district"] == district else f"{units[row['district']]}全体の"


def _say_people(row: Figure, district: str, units: Mapping[str, str]) -> str:
    number = write_figure(row["value"], row["unit"], row["status"])
    rank: str = (
        f"で、県内{row['of']}市町村のうち多いほうから{row['rank']}番目です"
        if not pd.isna(row["rank"])
        else "です"
    )
    return f"{_whose(row, district, units)}人口は{number}{rank}（{_day(row['as_of'])}）。"


def _say_rate(row: Figure, district: str, units: Mapping[str, str]) -> str:
    rate = write_figure(row["rate"], row["rate_unit"])
    whole = write_figure(row["prefecture"], row["rate_unit"])
    name = f"{_whose(row, district, units)}{row['label']}"
    is_share = row["rate_unit"] == "%"
    place = (
        f"県内{row['of']}市町村のうち{'高い' if is_share else '多い'}ほうから{row['rank']}番目です"
    )
    if abs(row["far"]) < _TYPICAL:
        return f"{name}は{rate}で、県（{whole}）と同じくらいです（{_day(row['as_of'])}）。"
    gap = _gap(row)
    more, less = ("高く", "低く") if is_share else ("多く", "少なく")
    by = f"{abs(gap):.1f}{'ポイント' if is_share else row['rate_unit']}"
    return f"{name}は{rate}で、県（{whole}）より{by}{more if gap > 0 else less}、{place}（{_day(row['as_of'])}）。"


def _gap(row: Figure) -> float:
    """Return the difference of the two figures as they are written, so that a reader finds it."""
    return float(round(row["rate"], 1) - round(row["prefecture"], 1))


def _day(day: object) -> str:
    return "日付不明" if pd.isna(day) else f"{day:%Y年%-m月%-d日}"  # type: ignore[call-overload]


def describe_features(
    standing: pd.DataFrame, district: str, units: Mapping[str, str], refs: Mapping[str, str]
) -> tuple[Block, ...]:
    """Return the sentences on what is special, or that there are no figures yet.

    Parameters
    ----------
    standing, district, units
        As in `say_features`.
    refs
        Source of a figure → the key of that source in the document.
    """
    said = say_features(standing, district, units)
    if not said:
        words = "公的な数字がまだありません。調査フォルダの indicators に入れると、ここに出ます。"
        return (Paragraph(words),)
    own = standing[standing["district"].isin(list(units))]
    ref = refs[str(own["source"].dropna().iloc[0])]
    return tuple(Paragraph(sentence, ref=ref, style="finding") for sentence in said)


def table_figures(
    standing: pd.DataFrame, district: str, units: Mapping[str, str], refs: Mapping[str, str]
) -> Table | None:
    """Return the table of official figures of a district; None where it has none.

    Parameters
    ----------
    standing, district, units
        As in `say_features`.
    refs
        As in `describe_features`.
    """
    own = standing[standing["district"].isin(list(units))]
    known = set(own.loc[own["value"].notna() & own["district"].eq(district), "indicator"])
    is_other = own["district"].ne(district)
    own = own[~is_other | (~own["indicator"].isin(known) & own["value"].notna())]
    own = own.sort_values(
        ["indicator", "district"],
        key=lambda part: part.map(
            list(dict.fromkeys(own["indicator"]) if part.name == "indicator" else units).index
        ),
    )
    if own.empty:
        return None
    has_earlier = own["earlier_value"].notna().any()
    columns = [
        Column("指標", 2.3), Column("値", 1.65, True), Column("くらべる値", 2.2, True), Column("県", 1.85, True),
        Column("県との差", 1.75, True), Column("順位", 1.1, True), Column("時点", 1.75, True),
    ]  # fmt: skip
    if has_earlier:
        columns.insert(2, Column("前の時点から", 2.0, True))
    rows = [
        _figure_row(row, district, units, refs, has_earlier=bool(has_earlier))
        for row in own.to_dict("records")
    ]
    signs = "順位は高い（多い）ほうから、同じ日の数字がある市町村のなかで。割合の分母は、人口などのいちばん新しい数字です。0 はゼロ、- は該当なし、X は秘匿、… は不詳、空欄は記入なし。"
    return Table(
        "公的な数字と、県のなかでの位置", tuple(columns), tuple(rows), signs, has_refs=True
    )


def _figure_row(
    row: Figure,
    district: str,
    units: Mapping[str, str],
    refs: Mapping[str, str],
    *,
    has_earlier: bool,
) -> Row:
    whose = "" if row["district"] == district else f"（{units[row['district']]}全体）"
    cells = [
        f"{row['indicator']}{whose}",
        write_figure(row["value"], row["unit"], row["status"]),
        *_compared(row),
        f"{row['rank']}／{row['of']}" if not pd.isna(row["rank"]) else "",
        "" if pd.isna(row["as_of"]) else f"{row['as_of']:%Y-%m-%d}",
    ]
    if has_earlier:
        cells.insert(2, _since(row))
    source: str = "" if pd.isna(row["source"]) else str(row["source"])
    return Row(tuple(cells), refs[source])


def _compared(row: Figure) -> list[str]:
    """Return what is compared, the prefecture's, and the difference; blank where nothing is."""
    if row["status"] not in KNOWN or pd.isna(row["prefecture"]):
        return ["", "", ""]
    whole = write_figure(row["prefecture"], row["rate_unit"])
    if pd.isna(row["rate"]):
        return ["", whole, f"県の{row['difference']:.1f}%"]
    is_same = row["label"] == row["indicator"]
    rate = write_figure(row["rate"], row["rate_unit"])
    sign = f"{_gap(row):+,.1f}{'ポイント' if row['rate_unit'] == '%' else row['rate_unit']}"
    return ["" if is_same else f"{row['label']} {rate}", whole, sign]


def _since(row: Figure) -> str:
    """Return how a figure changed since the one before, with that one's day."""
    if pd.isna(row["earlier_value"]) or row["status"] not in KNOWN:
        return ""
    change = row["value"] - row["earlier_value"]
    whole = float(change).is_integer() and row["unit"] != "%"
    number = f"{change:+,.0f}" if whole else f"{change:+,.1f}"
    return f"{number}{row['unit']}（{row['earlier_as_of']:%Y-%m-%d}）"
