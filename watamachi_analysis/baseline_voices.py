"""Say of a district what was said there and what is done: voices, strengths, plan, what is open."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .blocks import Block, Bullets, Column, Pair, Paragraph, Row, Table
from .codebook import KINDS
from .district_pages import DistrictView
from .overlap import STATES
from .plan_table import PLAN_STATES

# How the list's own words for who runs a thing are gathered.
SECTORS = {
    "公": "公（行政・社協など）",
    "民": "民（団体・事業所など）",
    "組合": "組合（生活クラブなど）",
}
OTHER_SECTOR = "記入なし"
NO_CALL = "差があるとは言えない"
QUOTES = 8  # of each kind, as they come
_LISTED = 5  # strengths or issues
_MEASURES = 2  # of an issue
_VOICE_COLUMNS = ("needs", "wishes", "activities_said")
VOICES, ACTIVITIES, PLANS = "voices", "activities", "plans"


def table_activities(view: DistrictView) -> tuple[Block, ...]:
    """Return what is listed of activities and places, by who runs it.

    Parameters
    ----------
    view
        As `district_view` gathers it.
    """
    if not view.activities:
        words = "一覧に載っている活動がありません。活動がないということではありません。"
        return (Paragraph(words),)
    order = [*SECTORS, *sorted({str(row["sector"]) for row in view.activities} - set(SECTORS))]
    rows = sorted(view.activities, key=lambda row: order.index(str(row["sector"])))
    columns = (
        Column("区分", 0.8), Column("名称", 2.6), Column("課題", 2.2), Column("運営", 1.7),
        Column("いつ・どこで", 1.9), Column("最終確認", 1.0, True),
    )  # fmt: skip
    cells = [
        Row(
            (
                str(row["sector"]) or OTHER_SECTOR,
                str(row["name"]),
                str(row["labels"]),
                str(row["operator"]),
                "　".join(filter(None, (str(row["schedule"]), str(row["venue"])))),
                f"{row['last_checked']:%Y-%m}" if row["last_checked"] else "確認日なし",
            ),
            ACTIVITIES,
        )
        for row in rows
    ]
    counted = pd.Series([row.cells[0] for row in cells]).value_counts(sort=False)
    told = "、".join(f"{SECTORS.get(str(key), key)}{number}件" for key, number in counted.items())
    return (
        Paragraph(f"一覧に載っている活動・資源は{len(cells)}件（{told}）。", ref=ACTIVITIES),
        Table("活動・資源", columns, tuple(cells)),
    )


def table_voices(view: DistrictView) -> tuple[Block, ...]:
    """Return how often each issue came up, of how many gatherings, and what was not spoken of.

    Parameters
    ----------
    view
        As `district_view` gathers it.
    """
    held = view.exposure["gatherings"]
    if view.total["state"] == "no_record":
        words = "この地区では、まだ集まりの記録がありません。声がないということではありません。"
        return (Paragraph(words, ref=VOICES, style="finding"),)
    people = (
        "参加者の人数は示しません（少ないため）"
        if view.exposure["participants"] == "X"
        else f"参加者{view.exposure['participants']}人"
    )
    said = (
        "発言の件数は示しません（少ないため）"
        if view.exposure["statements"] == "X"
        else f"発言{view.exposure['statements']}件"
    )
    spoken = [row for row in view.issues if _has_voice(row)]
    hidden = [str(row["label"]) for row in view.issues if _is_hidden(row) and row not in spoken]
    told = {*hidden, *(str(row["label"]) for row in spoken)}
    silent = [str(row["label"]) for row in view.issues if str(row["label"]) not in told]
    blocks: list[Block] = [
        Paragraph(f"{held}回の集まり（{people}、{said}）の声です。", ref=VOICES, style="finding")
    ]
    if spoken:
        blocks.append(_voice_table(spoken, str(held)))
    for words, labels in (
        ("声はありますが、人数が少ないため示さない課題", hidden),
        ("話に出ていない課題（必要がないという意味ではありません）", silent),
    ):
        if labels:
            text = f"{words}: {'、'.join(labels)}。"
            blocks.append(Paragraph(text, ref=VOICES, style="small"))
    return tuple(blocks)


def _has_voice(row: Mapping[str, object]) -> bool:
    return any(_number(row[name]) for name in _VOICE_COLUMNS)


def _is_hidden(row: Mapping[str, object]) -> bool:
    return any(row[name] == "X" for name in _VOICE_COLUMNS)


def _voice_table(rows: Sequence[Mapping[str, object]], held: str) -> Table:
    columns = (
        Column("課題", 2.4), Column("状態", 1.1), Column("困りごとが出た集まり", 1.5, True),
        Column("困りごとの声（件）", 1.0, True), Column("やってみたい（件）", 1.1, True),
        Column("声にある活動（件）", 1.0, True), Column("県平均とくらべて", 2.2),
    )  # fmt: skip
    cells = [
        Row(
            (
                str(row["label"]),
                STATES[str(row["state"])][0],
                "X" if row["need_gatherings"] == "X" else f"{row['need_gatherings']}／{held}回",
                str(row["needs"]),
                str(row["wishes"]),
                str(row["activities_said"]),
                str(row["compared"]) or NO_CALL,
            ),
            VOICES,
        )
        for row in rows
    ]
    note = "X は人数が少ないため示さない数。回数がちがう地区どうしの件数はくらべられません。"
    return Table("課題ごとの声", columns, tuple(cells), note)


def list_quotes(view: DistrictView) -> tuple[Block, ...]:
    """Return the statements that may be quoted, kind by kind; wishes stand first.

    Parameters
    ----------
    view
        As `district_view` gathers it.
    """
    blocks: list[Block] = []
    kinds = sorted(view.voices, key=lambda kind: kind != KINDS["wish"])
    for kind in kinds:
        texts = ["".join(part for part, _ in parts) for parts in view.voices[kind]]
        rest = len(texts) - QUOTES
        blocks.append(Paragraph(kind, style="label"))
        blocks.append(Bullets(tuple(f"「{text}」" for text in texts[:QUOTES]), style="quote"))
        if rest > 0:
            words = f"ほかに{rest}件（一覧表の「発言一覧」にあります）。"
            blocks.append(Paragraph(words, ref=VOICES, style="small"))
    return tuple(blocks)


def list_themes(
    statements: pd.DataFrame, themes: pd.DataFrame, district: str, *, fewest: int
) -> tuple[Block, ...]:
    """Return what was often spoken of together in a district, among what may be quoted.

    Parameters
    ----------
    statements
        The statements an audience may read.
    themes
        As `group` returns them for these.
    district
        Its code.
    fewest
        Statements of the district that a theme needs.
    """
    here = statements.loc[statements["district"].eq(district), "statement_id"]
    own = themes[themes["text_id"].isin(here)].dropna(subset=["theme"])
    sizes = own.groupby("theme")["words"].agg(["first", "size"])
    sizes = sizes[sizes["size"].ge(fewest)].sort_values("size", ascending=False, kind="stable")
    if sizes.empty:
        return ()
    items = [
        f"{row['first']}（載せてよい発言のうち{row['size']}件）"
        for row in sizes.head(_LISTED).to_dict("records")
    ]
    words = "似たことばを使う発言のまとまりです。話の手がかりで、正解ではありません。"
    return (
        Paragraph("よくいっしょに語られたことば", style="label"),
        Bullets(tuple(items), ref=VOICES),
        Paragraph(words, style="small"),
    )


def pair_strengths(view: DistrictView) -> Pair:
    """Return what people want to do and what is there, beside what worries them.

    Parameters
    ----------
    view
        As `district_view` gathers it.
    """
    held = view.exposure["gatherings"]
    wishes = [row for row in view.issues if _number(row["wishes"]) > 0]
    wishes.sort(key=lambda row: -_number(row["wishes"]))
    strong = [f"{row['label']}: やってみたい声{row['wishes']}件" for row in wishes[:_LISTED]]
    active = [
        row
        for row in view.issues
        if _number(row["activities_said"]) or _number(row["activities_listed"])
    ]
    active.sort(key=lambda row: -_number(row["activities_listed"]))
    strong += [f"{row['label']}: {_say_active(row)}" for row in active[:_LISTED]]
    needs = [row for row in view.issues if _number(row["needs"]) > 0]
    needs.sort(key=lambda row: (row["state"] != "gap", -_number(row["need_gatherings"])))
    open_ones = [
        f"{row['label']}: {held}回の集まりのうち{row['need_gatherings']}回で困りごと"
        f"{'。活動がまだ見えません' if row['state'] == 'gap' else ''}"
        for row in needs[:_LISTED]
    ]
    nothing = "まだ言えることがありません"
    return Pair(
        ("強みと、やってみたいこと", tuple(strong) or (nothing,)),
        ("気になっていること", tuple(open_ones) or (nothing,)),
        VOICES,
    )


def _say_active(row: Mapping[str, object]) -> str:
    listed, said = _number(row["activities_listed"]), _number(row["activities_said"])
    parts = [f"一覧に{listed}件" if listed else "", f"活動の声{said}件" if said else ""]
    return "、".join(filter(None, parts))


def _number(shown: object) -> int:
    """Return a count as shown, 0 where it is hidden or there is no record."""
    return int(str(shown)) if str(shown).isdigit() else 0


def table_plan(view: DistrictView) -> tuple[Block, ...]:
    """Return the plan beside what was said; or that no plan was read.

    Parameters
    ----------
    view
        As `district_view` gathers it.
    """
    if not view.compared:
        words = "この地区の地域福祉計画はまだ読んでいません。調査フォルダの plans に入れると、声とつき合わせます。"
        return (Paragraph(words),)
    columns = (
        Column("課題", 1.7), Column("計画と声", 1.2), Column("足りないこと・欠けていること", 2.9),
        Column("計画の施策（頁）", 3.2), Column("手段の手がかり", 1.3),
    )  # fmt: skip
    hidden = [str(row["label"]) for row in view.compared if row["state"] == "hidden"]
    rows = []
    for row in view.compared:
        if row["state"] == "hidden":
            continue
        lines = [str(line) for line in row["lines"]]  # type: ignore[attr-defined]
        rest = [f"ほか{len(lines) - _MEASURES}件"] if len(lines) > _MEASURES else []
        rows.append(
            Row(
                (
                    str(row["label"]),
                    PLAN_STATES[str(row["state"])],
                    str(row["sentence"]),
                    "\n".join(lines[:_MEASURES] + rest),
                    str(row["means"]),
                ),
                PLANS,
            )
        )
    note = (
        "計画にも声にも出ていない課題は省いています。手段の手がかりは声のことばからで、"
        "事業・組合員活動・市民運動のどれにするかは話し合いで決めます。"
    )
    if hidden:
        note = f"声の人数が少ないため示さない課題: {'、'.join(hidden)}。{note}"
    return (Table("計画対照表", columns, tuple(rows), note),)


def list_open(view: DistrictView, next_step: str) -> tuple[Block, ...]:
    """Return what cannot be said yet, and where to listen next.

    Parameters
    ----------
    view
        As `district_view` gathers it.
    next_step
        What one more gathering would tell, as `where_next` says it.
    """
    held = _number(view.exposure["gatherings"])
    states = pd.Series([str(row["state"]) for row in view.issues]).value_counts()
    items = [next_step]
    if states.get("too_little", 0):
        items.append(f"記録が少なく、{states['too_little']}の課題はまだ何も言えません。")
    if states.get("hidden", 0):
        items.append(f"{states['hidden']}の課題は声がありますが、人数が少ないため示しません。")
    if held and view.exposure["participants"] == "0":
        items.append("参加者の人数が記録にありません。次からは人数も書いてください。")
    unheard = [str(row["label"]) for row in view.compared if row["state"] == "plan_only"]
    if unheard and held:
        items.append(
            f"計画にあって、まだ声を聞けていない課題: {'、'.join(unheard)}。次の集まりで聞いてみてください。"
        )
    old = [row for row in view.activities if not row["last_checked"]]
    if old:
        items.append(f"確認日のない活動が{len(old)}件あります。続いているかを確かめてください。")
    return (Bullets(tuple(items), ref=VOICES),)
