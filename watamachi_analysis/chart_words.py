"""Say in words what each chart shows: its title, what is counted, and what is read aloud."""

from collections.abc import Mapping

import pandas as pd

from .chart_style import ChartWords
from .overlap import STATES

NO_RECORD = "集まりの記録がまだありません。声がないということではありません。"
NO_VOICES = "示せる声がありません。声がないということではありません。"
MOST_NAMED, MOST_TITLED = 3, 2


def issue_words(
    rows: pd.DataFrame, labels: Mapping[str, str], place: str, source: str
) -> ChartWords:
    """Say which issue came up in most gatherings of a district.

    Parameters
    ----------
    rows
        The issues of one district in the order of the figure: `issue`, `gatherings`,
        `need_gatherings`, `share`, `state`.
    labels
        Issue → label.
    place
        The name of the district.
    source
        The line below the figure.
    """
    if rows.empty or rows["gatherings"].eq(0).all():
        return ChartWords(f"{place}: {NO_RECORD}", "", source, f"{place}の図。{NO_RECORD}")
    held = int(rows["gatherings"].max())
    shown = rows[rows["share"].gt(0).fillna(False)]
    told = [
        f"{labels[issue]} {held_in}回"
        for issue, held_in in zip(shown["issue"], shown["need_gatherings"], strict=True)
    ]
    if shown.empty:
        title = f"{place}の{held}回の集まりで、数を示せる困りごとはまだありません"
    else:
        count = shown["need_gatherings"].max()
        most = [labels[issue] for issue in shown["issue"][shown["need_gatherings"].eq(count)]]
        named = "」「".join(most[:MOST_TITLED]) + ("」など" if len(most) > MOST_TITLED else "」")
        title = f"{place}では{held}回の集まりのうち{count}回で「{named}の困りごとが出ました"
    if rows["state"].eq("too_little").all():
        title = f"{place}の集まりは{held}回だけなので、まだ言えません"
    hidden = int((rows["gatherings"].gt(0) & rows["need_gatherings"].isna()).sum())
    beside = f"人数が少ないため表示しない課題（X）が{hidden}あります。" if hidden else ""
    subtitle = "棒は困りごとが出た集まりの割合、細い線は集まりの少なさによる幅（95%）。"
    alt = f"{place}の横棒の図。{held}回の集まりのうち: {'、'.join(told) or 'なし'}。{beside}"
    return ChartWords(title, subtitle + beside, source, alt)


def heat_words(table: pd.DataFrame, left_out: int, source: str) -> ChartWords:
    """Say how many districts × issues are in which state.

    Parameters
    ----------
    table
        The rows that are drawn: `district`, `state`.
    left_out
        How many districts have no record.
    source
        The line below the figure.
    """
    districts = table["district"].nunique()
    if not districts:
        return ChartWords(NO_RECORD, f"{left_out}地区とも記録なし", source, NO_RECORD)
    states = table["state"].value_counts()
    told = "、".join(f"{STATES[state][0]}{states[state]}" for state in STATES if state in states)
    gaps = int(table.loc[table["state"].eq("gap"), "district"].nunique())
    title = (
        f"集まりのあった{districts}地区のうち、{gaps}地区に活動がまだ見えない困りごとがあります"
        if gaps
        else f"集まりのあった{districts}地区で、活動がまだ見えない困りごとは示せません"
    )
    rest = (
        f"ほかの{left_out}地区は集まりの記録がありません（声がないのではありません）。"
        if left_out
        else ""
    )
    alt = f"地区を行、課題を列にした表。{told}。{rest}"
    return ChartWords(title, f"ますは地区と課題の組み合わせ。ことばが状態です。{rest}", source, alt)


def time_words(dated: pd.DataFrame, undated: int, source: str) -> ChartWords:
    """Say when and in how many districts gatherings were held.

    Parameters
    ----------
    dated
        The gatherings with a date: `date`, `place`.
    undated
        How many have none.
    source
        The line below the figure.
    """
    rest = f"日付の書かれていない集まり{undated}回は載っていません。" if undated else ""
    if dated.empty:
        said = "日付の分かる集まりの記録がまだありません"
        return ChartWords(said, rest, source, f"{said}。{rest}")
    first, last = dated["date"].min(), dated["date"].max()
    start, end = f"{first.year}年{first.month}月", f"{last.month}月"
    if first.year != last.year:
        end = f"{last.year}年{end}"
    span = (
        f"{start}から{end}まで" if (first.year, first.month) != (last.year, last.month) else start
    )
    title = f"{span}に、{dated['place'].nunique()}地区で{len(dated)}回の集まりがありました"
    kinds = dated["kind_label"].value_counts()
    told = "、".join(f"{label}{number}回" for label, number in kinds.items())
    return ChartWords(title, f"印の形は集まりの種類。{rest}", source, f"{title}。{told}。{rest}")


def kind_words(kinds: pd.DataFrame, place: str, source: str) -> ChartWords:
    """Say which kinds of statements are most.

    Parameters
    ----------
    kinds
        `label`, `statements` (missing where hidden).
    place
        Of what the voices are.
    source
        The line below the figure.
    """
    counts = kinds.set_index("label")["statements"]
    if not counts.fillna(1).gt(0).any():
        return ChartWords(f"{place}: {NO_VOICES}", "", source, f"{place}の図。{NO_VOICES}")
    told = "、".join(
        f"{label}{'は表示しない' if pd.isna(n) else f'{n}件'}"
        for label, n in counts.items()
        if pd.isna(n) or n
    )
    most = counts.max() if counts.notna().any() else 0
    first = "・".join(f"「{label}」" for label, n in counts.items() if n is not pd.NA and n == most)
    title = f"{place}で多いのは{first}（{most}件）" if most else f"{place}の数は示せません"
    wishes = counts.get("やってみたい")
    if wishes is not None and wishes is not pd.NA and 0 < wishes < most:
        title += f"。「やってみたい」は{wishes}件"
    subtitle = f"示せる声{int(counts.sum())}件を、話し手が何をするかで分けました。"
    return ChartWords(title, subtitle, source, f"{place}の横棒の図。{told}。")


def theme_words(themes: pd.DataFrame, source: str) -> ChartWords:
    """Say how many themes there are, and that they are only a suggestion.

    Parameters
    ----------
    themes
        As `group` returns them.
    source
        The line below the figure.
    """
    placed = themes.dropna(subset=["theme"])
    if placed.empty:
        often = "".join(themes["words"].dropna().head(1))
        said = "発言が少ないため、まとまりを作りません"
        also = f"よく出ることば: {often}" if often else ""
        return ChartWords(said, also, source, f"{said}。{also}")
    number = placed["theme"].nunique()
    title = f"{len(placed)}件の発言から、似たことばのまとまりが{number}個見えます"
    firm = int(placed.drop_duplicates("theme")["badge"].eq("安定").sum())
    subtitle = (
        f"点は発言一つ、近い点は似たことば。手がかりで、正解ではありません（「安定」は{firm}個）。"
    )
    sizes = placed.groupby("theme")["words"].agg(["first", "size"]).head(MOST_NAMED)
    told = "、".join(f"「{first}」{n}件" for first, n in sizes.itertuples(index=False))
    return ChartWords(title, subtitle, source, f"散布図。大きい順に{told}。")
