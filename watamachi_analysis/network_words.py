"""Say in words what a network shows, and what was left out of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from .chart_style import ChartWords
from .networks import DISTRICT, ISSUE, ORGANISATION

KIND_WORDS = {ORGANISATION: "団体", ISSUE: "課題", DISTRICT: "地区"}
NOT_LISTED = "一覧にまだ活動がありません"
NO_LACK = "一覧にのっていない活動もあります。活動がないということではありません。"
NO_PAIRS = "偶然より多くいっしょに語られたと言える課題の組は、まだありません"
TOO_FEW = "発言が少ないあいだは、言えないことが多くなります。関係がないということではありません。"
_MOST_NAMED = 3


@dataclass(frozen=True)
class Drawn:
    """The nodes that are drawn, all that there are, and their links."""

    nodes: pd.DataFrame
    there: pd.DataFrame
    links: pd.DataFrame

    @property
    def kinds(self) -> dict[str, int]:
        """Return kind → how many there are."""
        counts = self.there["kind"].value_counts()
        return {kind: int(counts[kind]) for kind in KIND_WORDS if kind in counts}

    @property
    def left_out(self) -> str:
        """Return what is not drawn, in words; '' where everything is."""
        drawn = self.nodes["kind"].value_counts()
        rest = {kind: count - int(drawn.get(kind, 0)) for kind, count in self.kinds.items()}
        out = "・".join(f"{KIND_WORDS[kind]}{count}" for kind, count in rest.items() if count)
        return f"つながりの多いものだけを描き、ほかの{out}は載せていません。" if out else ""


def network_words(drawn: Drawn, whose: str, source: str) -> ChartWords:
    """Say how many activities link how many organisations, issues and districts.

    Parameters
    ----------
    drawn
        What is drawn, and of what.
    whose
        The place or issue that it is about; '' for the whole survey.
    source
        The line below the figure.
    """
    if drawn.links.empty:
        title = f"{whose or 'この調査'}: {NOT_LISTED}"
        return ChartWords(title, "", source, f"つながりの図。{title}。{NO_LACK}")
    count = len({key for ids in drawn.links["activity_ids"] for key in ids})
    parts = "・".join(f"{KIND_WORDS[kind]}{number}" for kind, number in drawn.kinds.items())
    title = f"{f'「{whose}」の' if whose else ''}{count}の活動が、{parts}をつないでいます"
    title += _reaching(drawn)
    thick = "で、太いほど多い" if drawn.links["activities"].gt(1).any() else "です"
    subtitle = f"線は一覧にある活動{thick}。{drawn.left_out}一覧にない活動もあります。"
    told = "、".join(_name_first(drawn.there, kind) for kind in drawn.kinds)
    return ChartWords(title, subtitle, source, f"つながりの図。{title}。{told}。{drawn.left_out}")


def _name_first(nodes: pd.DataFrame, kind: str) -> str:
    labels = nodes.loc[nodes["kind"].eq(kind), "label"].tolist()
    rest = "など" if len(labels) > _MOST_NAMED else ""
    named = "".join(f"「{label}」" for label in labels[:_MOST_NAMED])
    return f"{KIND_WORDS[kind]}は{named}{rest}"


def _reaching(drawn: Drawn) -> str:
    """Say how many organisations reach several of what stands beside them."""
    others = [kind for kind in drawn.kinds if kind != ORGANISATION]
    if ORGANISATION not in drawn.kinds or not others:
        return ""
    beside = drawn.there.loc[drawn.there["kind"].eq(others[0]), "node"]
    reach = drawn.links.loc[drawn.links["target"].isin(beside), "source"].value_counts()
    own = drawn.there.loc[drawn.there["kind"].eq(ORGANISATION), "node"]
    several = int(reach[reach.index.isin(own)].gt(1).sum())
    return f"。二つ以上の{KIND_WORDS[others[0]]}にかかわる団体は{several}です" if several else ""


def pair_words(
    shown: pd.DataFrame, labels: Mapping[str, str], left_out: int, source: str
) -> ChartWords:
    """Say which issues are surely said together more often than by chance.

    Parameters
    ----------
    shown
        The pairs that are drawn, as `link_issues` returns them.
    labels
        Issue → label.
    left_out
        How many pairs are not drawn.
    source
        The line below the figure.
    """
    if shown.empty:
        also = "一つの発言のなかでいっしょに語られた課題の組を調べました。"
        return ChartWords(NO_PAIRS, also, source, f"つながりの図。{NO_PAIRS}。{also}")
    told = [
        f"「{labels.get(row['source'], row['source'])}」と「{labels.get(row['target'], row['target'])}」"
        f"（{row['statements']}件、偶然なら{row['expected']:.1f}件）"
        for row in shown.to_dict("records")
    ]
    first = told[0].split("（")[0]
    others = len(shown) + left_out - 1
    title = f"{first}は、偶然より多くいっしょに語られています"
    title += f"。ほかに{others}組あります" if others else ""
    rest = f"件数の少ない{left_out}組は載せていません。" if left_out else ""
    subtitle = (
        "線は、一つの発言のなかで偶然より多くいっしょに語られた課題の組。数は発言の件数です。"
        f"{rest}発言を読む手がかりで、原因ではありません。"
    )
    return ChartWords(title, subtitle, source, f"つながりの図。{'、'.join(told)}。{rest}")
