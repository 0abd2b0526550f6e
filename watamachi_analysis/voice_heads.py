"""Find the lines of a plan that stand over others: headings, labels, areas, points of an agenda."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from .mending import close_title
from .plan_items import Spot, list_spots
from .voice_words import KINDS, LONGEST_HEAD, name_column

SMALL = 0.8  # of the size of running text: running feet are smaller
LARGER = 0.4  # points by which a line stands out from running text
_SKIPPED = {"page", "toc", "cover"}
_QUESTION = re.compile("^[「『【]?(?:[QＱ][.．:： \u3000]|問[0-9０-９]{1,3}[ \u3000])")
_ENCLOSED = re.compile("^[【〔\\[［≪《<＜〈][^】〕\\]］≫》>＞〉。]{1,30}[】〕\\]］≫》>＞〉]")
_DECORATION = re.compile(
    "^(?:[ \u3000【〔\\[［≪《<＜〈「■●◆◇○□▼▽★☆・(（]|[0-9０-９①-⑳]{1,3}[-－.．、)） \u3000])*"
)
_AREA = re.compile(
    "([^\\s\u3000。、】〕（）()「」]{1,14}?(?:地区|校区|学区|小学校区|圏域|支部|自治区|ブロック|[一-龥]会場|団地))"
    "(?=$|[\\s\u3000】〕）)（(]|[のでに](?:声|意見|出|皆|み))"
)
_DATED = re.compile(
    "^(?!第?[0-9０-９]|日時|開催|令和|平成|会場|[^ \u3000]{0,10}(?:期間|日時|募集|締切|回|年度|期)[ \u3000])([^\\s\u3000：:。]{1,14})[\\s\u3000][^。]{0,12}?[0-9０-９]{1,2}月[0-9０-９]{1,2}日"
)
# What heads the turns of a meeting: 議題１　移動について, 資料４　市長と語る会, テーマ「…」
_AGENDA = re.compile(
    "^[◎○●■◆・]?[ \u3000]?(?:(資料[ \u3000]?[0-9０-９]{1,2}|第[0-9０-９]{1,3}回)|(?:議題|議事|案件|協議事項|報告事項|テーマ)[ \u3000]?[0-9０-９]{0,2})"
    "(?:[ \u3000：:]|「)"
)
_OF_VOICES = re.compile("(?:声|意見|発言|つぶやき)(?:より|から)?$")
_BARE_WORDS = re.compile(
    "^(?:主な|おもな|ご|いただいた|出された|寄せられた|話し合いで出された|住民の|みなさんの|皆さんの|参加者の)*"
    "(?:現状と課題|現状|課題|意見|声|発言|内容|記録|自由意見|自由記述)(?:より|から|の例|等|など)?$"
)


@dataclass(frozen=True)
class Head:
    """A heading, label or other line that stands over the lines below it."""

    number: int
    title: str
    level: int  # 0 where it is no heading of the plan's outline
    size: float
    rank: int  # of two without level and size, the greater stands below the smaller
    is_told: bool = False  # whether the text below it says that voices follow

    @property
    def area(self) -> str:
        """Return the area that it names, such as 北沢地区, or the place of a dated meeting."""
        if dated := _DATED.match(self.title):
            return dated[1].strip("【】〔〕")
        found = _AREA.match(self.title[_starts(self.title) :])
        return found[1] if found else ""

    @property
    def is_dated(self) -> bool:
        """Tell whether it is the place of a meeting with its day, such as 前浜　6月12日."""
        return bool(_DATED.match(self.title))

    @property
    def words(self) -> str:
        """Return its title without number and brackets."""
        return self.title[_starts(self.title) :].strip(" \u3000】〕]］≫》>＞〉」。：:)）")

    @property
    def is_of_voices(self) -> bool:
        """Tell whether it ends in a word for voices: 住民の声, 出された意見."""
        return bool(_OF_VOICES.search(self.words))

    @property
    def is_subject(self) -> bool:
        """Tell whether it names a subject: no area, more than 主な意見, no label such as 【市民の声】."""
        is_label = not self.level and self.is_of_voices
        return not (self.area or is_label or _BARE_WORDS.match(self.words))


def list_heads(outline: pd.DataFrame) -> Iterator[tuple[Spot, Head | None]]:
    """Yield the lines of a plan that are read, each with the head that it is, if it is one.

    Parameters
    ----------
    outline
        As `read_outline` returns it, with `place`.

    Examples
    --------
    >>> rows = [("heading", 1, "第2章 声"), ("body", None, "【北地区】"), ("body", None, "遠い。")]
    >>> table = pd.DataFrame(rows, columns=["mark", "level", "text"]).assign(page=1, place="", size=None)
    >>> [head.words if head else "" for _, head in list_heads(table)]
    ['第2章 声', '北地区', '']
    """
    levels = [0 if pd.isna(level) else int(level) for level in outline["level"]]
    spots = list_spots(outline.reset_index(drop=True))
    body = _body_size(spots)
    read = [spot for spot in spots if _is_read(spot, body)]
    for place, spot in enumerate(read):
        if spot.mark == "heading":
            # The rest of a heading over several lines is no head of its own.
            if levels[spot.number]:
                title = close_title(_whole_title(spots, levels, spot.number))
                yield spot, Head(spot.number, title, levels[spot.number], spot.size, 0)
            continue
        around = [
            own.text.strip()
            for own in (*read[max(0, place - 1) : place], *read[place + 1 : place + 2])
        ]
        rank = _rank(spot, body, around)
        yield spot, Head(spot.number, spot.text.strip(), 0, spot.size, rank) if rank else None


def _is_read(spot: Spot, body: float) -> bool:
    """Tell whether a line is read: no running head, but a figure that is taken for a page number."""
    is_figure = spot.mark == "page" and spot.text.strip().isdigit()
    return (spot.mark not in _SKIPPED or is_figure) and not 0 < spot.size < SMALL * body


def _whole_title(spots: Sequence[Spot], levels: Sequence[int], number: int) -> str:
    """Return a heading with what goes on on the lines behind it."""
    title = spots[number].text.strip()
    for spot, level in zip(spots[number + 1 :], levels[number + 1 :], strict=True):
        if spot.mark != "heading" or level:
            break
        title += spot.text.strip()
    return title


def _body_size(spots: Sequence[Spot]) -> float:
    sizes: Counter[float] = Counter()
    for spot in spots:
        if spot.mark in {"body", "bullet"}:
            sizes[spot.size] += len(spot.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _rank(spot: Spot, body: float, around: Sequence[str]) -> int:
    """Return how far down a line without level stands over others; 0 if it does not."""
    text = spot.text.strip()
    if spot.mark == "role":
        return 2
    if spot.mark in {"speaker", "table", "page"} or len(text) > LONGEST_HEAD or text.endswith("。"):
        return 0
    if agenda := _AGENDA.match(text):
        return 1 if agenda[1] else 2
    if spot.mark == "label":
        # What a row of lines begins with is a bullet, whatever else such a mark may be.
        is_item = not _ENCLOSED.match(text) and text[0] in {line[:1] for line in around}
        return 0 if is_item else _rank_brackets(text)
    if spot.mark == "bullet":
        return 0
    return _rank_plain(text, around, is_larger=0 < body < spot.size - LARGER)


def _rank_plain(text: str, around: Sequence[str], *, is_larger: bool) -> int:
    column = name_column(text)
    if column in {"text", "reply"} and text not in {"内容", "備考"}:
        return 0 if any(map(name_column, around)) else 3
    if is_larger or _QUESTION.match(text) or _DATED.match(text):
        return 1
    if column in KINDS and around and _ENCLOSED.match(around[-1]):
        return 2
    enclosed = _ENCLOSED.match(text)
    is_whole = enclosed and (enclosed.end() == len(text) or _AREA.search(text))
    return _rank_brackets(text) if is_whole else 0


def _rank_brackets(text: str) -> int:
    """Return the rank of a label: 〔…〕 and the like stand below 【…】 and ■…."""
    return 3 if text[0] in "〔[［≪《<＜〈" else 2


def _starts(title: str) -> int:
    found = _DECORATION.match(title)
    return found.end() if found else 0
