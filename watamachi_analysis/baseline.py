"""Put together the baseline survey of a district (地区基礎調査), section by section."""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd

from . import __version__
from .baseline_figures import describe_features, table_figures
from .baseline_voices import (
    ACTIVITIES,
    PLANS,
    VOICES,
    list_open,
    list_quotes,
    list_themes,
    pair_strengths,
    table_activities,
    table_plan,
    table_voices,
)
from .blocks import Block, Bullets, Document, Paragraph, Picture, Section, Sources
from .boundaries import CREDIT
from .captions import caution, chart_source, period
from .codes import designated_cities
from .district_pages import DistrictView, district_view
from .errors import TooLittleText
from .levels import SURE
from .listening import where_next
from .plan_table import compare_plans
from .publish import FEWEST_WITH_WORD, SAMPLE_MARK, Publication
from .sheet_pictures import draw_needs, draw_place
from .standing import compare_figures
from .themes import group

TITLE = "地区基礎調査"
MAP, FIGURES = "map", "figures"
TILES = "タイルの地図（一つのますが一つの地区。面積と形は表しません）"
# Key in a template → heading, in the order of a sheet.
SECTIONS = {
    "場所": "場所",
    "特徴": "特徴",
    "数字": "数字で見る",
    "図": "図で見る",
    "活動": "活動と資源",
    "声": "集まりの声",
    "変化": "前回とくらべて",
    "強みと課題": "強みと、気になっていること",
    "計画": "計画と声のつき合わせ",
    "次に聞くこと": "まだ言えないこと、次に聞くこと",
    "出典": "出典と数え方",
}


@dataclass(frozen=True)
class Basis:
    """What the sheets of all districts need, computed once.

    Attributes
    ----------
    shown
        The tables of one audience.
    standing
        As `compare_figures` returns it.
    compared
        As `compare_plans` returns it.
    next_steps
        District → what one more gathering there would tell.
    themes
        As `group` returns them for the statements that may be quoted.
    changes
        District → sentences on what rose or fell since the last round; empty without one.
    refs
        Source of an official figure → its key among the sources.
    """

    shown: Publication
    standing: pd.DataFrame
    compared: pd.DataFrame
    next_steps: Mapping[str, str]
    themes: pd.DataFrame
    changes: Mapping[str, Sequence[str]]
    refs: Mapping[str, str]


def gather_basis(shown: Publication, changes: Mapping[str, Sequence[str]] | None = None) -> Basis:
    """Compute what the sheets of all districts need.

    Parameters
    ----------
    shown
        The tables of one audience; nothing else is looked at.
    changes
        District → sentences on what changed since the last round.
    """
    ranked = where_next(shown.overlap)
    told = shown.indicators["source"].fillna("").astype(str).drop_duplicates()
    texts = shown.statements.set_index("statement_id")["text"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooLittleText)  # then no theme is told
        themes = group(texts, codebook=shown.codebook)
    return Basis(
        shown=shown,
        standing=compare_figures(shown.indicators),
        compared=compare_plans(shown),
        next_steps=dict(zip(ranked["district"], ranked["sentence"], strict=True)),
        themes=themes,
        changes=changes or {},
        refs={source: f"{FIGURES}-{number}" for number, source in enumerate(told, 1)},
    )


def describe_district(basis: Basis, district: str) -> Document:
    """Return the baseline survey of a district.

    What is missing of a district shrinks its sheet, never breaks it: a section without anything
    to say says so in a line.

    Parameters
    ----------
    basis
        As `gather_basis` returns it.
    district
        A code of its districts.
    """
    shown = basis.shown
    view = district_view(shown, district, basis.compared)
    units = _units(basis, district)
    name = str(view.district["name"])
    blocks: dict[str, tuple[Block, ...]] = {
        "場所": _place(shown, view),
        "特徴": describe_features(basis.standing, district, units, basis.refs),
        "数字": _figures(basis, district, units),
        "図": _chart(shown, view),
        "活動": table_activities(view),
        "声": (*table_voices(view), *_themes(basis, district), *list_quotes(view)),
        "変化": _changes(basis, district),
        "強みと課題": (pair_strengths(view),),
        "計画": table_plan(view),
        "次に聞くこと": list_open(view, basis.next_steps[district]),
        "出典": (_sources(basis, view, units),),
    }
    sections = [Section(key, title, blocks[key]) for key, title in SECTIONS.items() if blocks[key]]
    subtitle = f"{shown.settings.name}　{month(shown.built)}"
    return make_document(shown, (f"{name}　{TITLE}", subtitle), sections)


def make_document(
    shown: Publication,
    titles: tuple[str, str],
    sections: Iterable[Section],
    *,
    has_contents: bool = True,
) -> Document:
    """Return a document that says whose tables it was made of, for whom and when.

    Parameters
    ----------
    shown
        The tables of one audience.
    titles
        Title and subtitle.
    sections, has_contents
        As in `Document`.
    """
    return Document(
        title=titles[0],
        subtitle=titles[1],
        survey=shown.settings.name,
        audience=shown.audience_label,
        version=__version__,
        built=shown.built,
        sample=SAMPLE_MARK if shown.settings.sample else "",
        sections=tuple(sections),
        has_contents=has_contents,
    )


def month(day: date) -> str:
    """Return the month of a day as people write it.

    Examples
    --------
    >>> month(date(2026, 11, 3))
    '2026年11月'
    """
    return f"{day.year}年{day.month}月"


def _units(basis: Basis, district: str) -> dict[str, str]:
    """Return code → name of what figures may be of: the district, then what holds or makes it."""
    shown = basis.shown
    names = shown.districts.set_index("district")["name"]
    written = shown.indicators.drop_duplicates("district").set_index("district")["district_name"]
    cities = {code: name for name, code in designated_cities().items()}
    codes = dict.fromkeys([district, *shown.scheme.units_of(district)])
    return {
        code: str(names.get(code) or cities.get(code) or written.get(code, code)) for code in codes
    }


def _place(shown: Publication, view: DistrictView) -> tuple[Block, ...]:
    code, name = str(view.district["code"]), str(view.district["name"])
    area = str(view.district.get("area") or view.district.get("county") or "")
    where = f"{area}　" if area and not name.startswith(area) else ""
    is_map = isinstance(shown.districts, gpd.GeoDataFrame)
    words = f"{name}（地区コード {code}）{'　' + where if where else ''}".rstrip()
    drawn = draw_place(shown.districts, code)
    if drawn is None:
        return (Paragraph(words, ref=MAP),)
    picture = Picture(
        title=f"{name}の場所",
        png=drawn,
        words=f"県内の地図のなかで{name}に色がついています。",
        width=8.5,
        source=CREDIT if is_map else TILES,
    )
    return (Paragraph(words, ref=MAP), picture)


def _figures(basis: Basis, district: str, units: Mapping[str, str]) -> tuple[Block, ...]:
    table = table_figures(basis.standing, district, units, basis.refs)
    return (table,) if table else ()


def _chart(shown: Publication, view: DistrictView) -> tuple[Block, ...]:
    rows = [row for row in view.issues if str(row["need_gatherings"]) not in ("0", "X", "–")]
    if not rows:
        return ()
    held, name = view.exposure["gatherings"], view.district["name"]
    bars = [(str(row["label"]), int(str(row["need_gatherings"]))) for row in rows]
    said = "、".join(f"{label} {count}回" for label, count in bars)
    picture = Picture(
        title=f"困りごとが出た集まりの数（{held}回のうち）",
        png=draw_needs(bars, int(str(held))),
        words=f"{name}で困りごとが出た集まり。{said}。",
        width=15.0,
        source=chart_source(shown),
    )
    return (picture,)


def _themes(basis: Basis, district: str) -> tuple[Block, ...]:
    return list_themes(basis.shown.statements, basis.themes, district, fewest=FEWEST_WITH_WORD)


def _changes(basis: Basis, district: str) -> tuple[Block, ...]:
    said = basis.changes.get(district, ())
    return (Bullets(tuple(said), ref=VOICES),) if said else ()


def _sources(basis: Basis, view: DistrictView, units: Mapping[str, str]) -> Sources:
    return Sources(tuple(_source_items(basis, view, units)))


def _source_items(
    basis: Basis, view: DistrictView, units: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield key and words of each source that a sheet of the district may point to."""
    shown = basis.shown
    district = str(view.district["code"])
    held = shown.gatherings[shown.gatherings["district"].eq(district)]
    yield VOICES, _say_voices(shown, held)
    if view.activities:
        told = dict.fromkeys(str(row["source"]) for row in view.activities if row["source"])
        named = f"情報源: {'、'.join(told)}" if told else "情報源の記入なし"
        yield ACTIVITIES, f"活動・資源の一覧（{named}）。「最終確認」は続いていると確かめた月です。"
    if view.compared:
        plans = dict.fromkeys(
            f"{row['district_name']}「{row['plan']}」（{row['period'] or '期間は不明'}）"
            for row in view.measures
        )
        yield (
            PLANS,
            f"{'、'.join(plans)}。施策は市町村のもので、市民・地域・社協の役割は数えません。",
        )
    own = shown.indicators[shown.indicators["district"].isin(list(units))]
    for source, rows in own.groupby(own["source"].fillna("").astype(str), sort=False):
        days = sorted({f"{day:%Y-%m-%d}" for day in rows["as_of"].dropna()})
        words = source or "出典の記入のない数字"
        yield basis.refs[str(source)], f"{words}（{'・'.join(days) or '日付不明'}時点）"
    is_map = isinstance(shown.districts, gpd.GeoDataFrame)
    yield MAP, CREDIT if is_map else TILES


def _say_voices(shown: Publication, held: pd.DataFrame) -> str:
    limits = shown.settings.thresholds
    when = f"集まりの記録（{period(held['date'])}）。" if len(held) else "集まりの記録（なし）。"
    hidden = (
        ""
        if shown.audience == "adviser"
        else f"{limits.gatherings}回以上の集まりで{limits.statements}件以上（気をつける課題は{limits.sensitive}件以上）"
        "出た声だけを数で示し、引き算で分かる数も伏せます。"
    )
    how = (
        "発言を節に分け、課題の辞書のことばと例文に似ていることから読み取りました。読みまちがいもあります。"
        f"県とくらべるときは、集まりの少なさを考えに入れ、{SURE}以上確かなときだけ高い・低いと言います。"
    )
    return re.sub(r"\s+", " ", f"{when}{caution(shown)}{how}{hidden}")
