"""Link organisations, issues and districts by the listed activities, and issues said together.

What is listed is public by nature, and no list is complete: an organisation without a link is no
organisation that does nothing. Nothing here tells of a single person.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import chain

import pandas as pd

from .crossings import TOGETHER, count_cooccurrence
from .ids import make_id
from .privacy import mask
from .publish import SAMPLE_MARK, Publication
from .text import fold

ORGANISATION, ISSUE, DISTRICT = KINDS_OF_NODE = ("organisation", "issue", "district")
NODE_COLUMNS = ["node", "kind", "label", "size", "note"]
LINK_COLUMNS = ["source", "target", "activities", "names", "activity_ids"]
PERSON = "個人"
PERSON_NOTE = "個人の活動をまとめたもの"
ACTIVITY_NOTE = "運営主体の記載がないので、活動の名"
# Words such as 自治会 or 市 mean another organisation in each district. What has a legal form and a
# name, or the name of a municipality or the prefecture in it, is the same everywhere.
_ONE_EVERYWHERE = re.compile(
    r"(?:法人|株式会社|有限会社|合同会社)(?![のとやが・、(]|$)|[^のと]株式会社$"
    r"|.協同組合|.生協|生活クラブ|(?:ワーカーズ|コレクティブ).|.大学|県"
)


def link_organisations(shown: Publication) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Link who runs the listed activities, what they are about, and where they are.

    Parameters
    ----------
    shown
        The tables of one audience; only its lists of activities are read.

    Returns
    -------
    nodes : pandas.DataFrame
        One row per organisation, issue and district with a listed activity, the most active
        first: `node` (kind and key, such as `district:11208`), `kind` (organisation, issue,
        district), `label`, `size` (number of activities) and `note` (what the label is where it
        is no organisation's name: the activity's own, or all single persons as one 「個人」; ''
        otherwise). One name is one organisation where it has a legal form or a municipality in
        it; words such as 自治会 are an organisation of their own in each district.
    links : pandas.DataFrame
        One row per organisation × issue, organisation × district and issue × district: `source`
        and `target` (nodes), `activities` (count), `names` and `activity_ids` (of these, tuples).
    """
    listed = name_organisations(shown)
    about = listed.merge(shown.activity_issues[["activity_id", "issue"]], how="left")
    about["issue"] = _as_nodes(ISSUE, about["issue"])
    about["district"] = _as_nodes(DISTRICT, about["district"])
    labels = _label_nodes(about, shown)
    nodes = pd.concat([_count_nodes(about, kind, labels) for kind in KINDS_OF_NODE])
    notes = about.drop_duplicates(ORGANISATION).set_index(ORGANISATION)["note"]
    nodes = _sort_nodes(nodes.assign(note=nodes["node"].map(notes).fillna("")))
    pairs = [(ORGANISATION, ISSUE), (ISSUE, DISTRICT), (ORGANISATION, DISTRICT)]
    links = pd.concat([_count_links(about, *pair) for pair in pairs], ignore_index=True)
    return nodes, links


def name_organisations(shown: Publication) -> pd.DataFrame:
    """Return each activity with its organisation, without the name of any person.

    Parameters
    ----------
    shown
        The tables of one audience; only its lists of activities are read.

    Returns
    -------
    pandas.DataFrame
        One row per activity: `activity_id`, `name`, `organisation` (the node of
        `link_organisations`), `label` (its name), `note`, `district`.
    """
    rows = shown.activities
    names, _ = mask(rows["name"])
    written, spans = mask(rows["operator"].fillna("").astype("str").str.strip())
    persons = written.index.isin(spans.loc[spans["kind"].eq("name"), "text_id"])
    unnamed = written.eq("") & ~persons
    label = written.mask(persons, PERSON).mask(unnamed, names)
    towns = _towns(shown.districts)
    keys = [
        # An activity without operator is itself; a person is no organisation of any district.
        f"activity|{activity}" if alone else _key_of(str(name), district, towns, person=person)
        for activity, name, district, alone, person in zip(
            rows["activity_id"], label, rows["district"], unnamed, persons.tolist(), strict=True
        )
    ]
    note = pd.Series("", index=rows.index).mask(persons, PERSON_NOTE)
    return pd.DataFrame(
        {
            "activity_id": rows["activity_id"],
            "name": names,
            ORGANISATION: [f"{ORGANISATION}:{make_id('o', key, 1)}" for key in keys],
            "label": label,
            "note": note.mask(unnamed, ACTIVITY_NOTE),
            "district": rows["district"],
        }
    )


def _key_of(name: str, district: object, towns: Sequence[str], *, person: bool) -> str:
    """Return what tells an organisation from all others."""
    if person:
        return "person"
    folded = fold(name).text
    is_one = _ONE_EVERYWHERE.search(folded) or any(town in folded for town in towns)
    return f"name|{folded}" if is_one else f"name|{folded}|{district}"


def _towns(districts: pd.DataFrame) -> list[str]:
    """Return the names of the districts, and of the cities whose wards they are."""
    names = set(districts["name"].dropna())
    names |= set(districts["area"].dropna()) if "area" in districts else set()
    return sorted(fold(str(name)).text for name in names if len(str(name)) > 1)


def _as_nodes(kind: str, keys: pd.Series) -> pd.Series:
    return (f"{kind}:" + keys.astype("str")).where(keys.notna())


def _label_nodes(about: pd.DataFrame, shown: Publication) -> dict[str, str]:
    """Return node → label; organisations called the same are told apart by their district."""
    places = {f"{DISTRICT}:{key}": str(name) for key, name in _names(shown.districts).items()}
    issues = {f"{ISSUE}:{key}": str(name) for key, name in shown.issues["label"].items()}
    each = about.drop_duplicates(ORGANISATION)
    again = each["label"].duplicated(keep=False)
    where = each["district"].map(places).fillna("地区の記録なし")
    label = each["label"].where(~again, each["label"] + "（" + where + "）")
    return places | issues | dict(zip(each[ORGANISATION], label, strict=True))


def _names(districts: pd.DataFrame) -> dict[str, str]:
    return dict(zip(districts["district"], districts["name"], strict=True))


def _count_nodes(about: pd.DataFrame, kind: str, labels: dict[str, str]) -> pd.DataFrame:
    sizes = about.dropna(subset=[kind]).groupby(kind)["activity_id"].nunique()
    table = sizes.rename("size").rename_axis("node").reset_index()
    return table.assign(kind=kind, label=[labels.get(node, node) for node in table["node"]])


def _count_links(about: pd.DataFrame, source: str, target: str) -> pd.DataFrame:
    known = about.dropna(subset=[source, target])
    each = known.drop_duplicates([source, target, "activity_id"])
    return _as_links(
        (str(one), str(other), tuple(own["activity_id"]), tuple(own["name"]))
        for (one, other), own in each.groupby([source, target], sort=True)
    )


def _as_links(rows: Iterable[tuple[str, str, tuple[str, ...], tuple[str, ...]]]) -> pd.DataFrame:
    table = pd.DataFrame(
        [(one, other, len(ids), names, ids) for one, other, ids, names in rows],
        columns=LINK_COLUMNS,
    )
    return table.astype({"source": "str", "target": "str", "activities": "int64"})


def focus_network(
    nodes: pd.DataFrame, links: pd.DataFrame, focus: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the activities of one node, and tell how its two other kinds meet in them.

    Parameters
    ----------
    nodes, links
        As `link_organisations` returns them.
    focus
        A node: of an issue, organisations × districts are left; of a district, organisations ×
        issues; of an organisation, issues × districts.

    Returns
    -------
    nodes, links : pandas.DataFrame
        The same columns; counted anew among the activities of that node, which is not among them.
    """
    is_end = links["source"].eq(focus) | links["target"].eq(focus)
    kept = set(chain.from_iterable(links.loc[is_end, "activity_ids"]))
    same_kind = nodes.loc[nodes["kind"].isin(nodes.loc[nodes["node"].eq(focus), "kind"]), "node"]
    rest = links[~links["source"].isin(same_kind) & ~links["target"].isin(same_kind)]
    rows = []
    for link in rest.to_dict("records"):
        both = zip(link["activity_ids"], link["names"], strict=True)
        own = [(str(key), str(name)) for key, name in both if key in kept]
        if own:
            ids, names = zip(*own, strict=True)
            rows.append((str(link["source"]), str(link["target"]), ids, names))
    found = _as_links(rows)
    return _drop_place(size_anew(nodes, found), nodes, focus), found


def _drop_place(nodes: pd.DataFrame, there: pd.DataFrame, focus: str) -> pd.DataFrame:
    """Return labels without the name of the place that all of them are in."""
    place = "".join(there.loc[there["node"].eq(focus) & there["kind"].eq(DISTRICT), "label"])
    return nodes.assign(label=nodes["label"].str.removesuffix(f"（{place}）"))


def size_anew(nodes: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes that have a link, with the number of activities behind their links.

    Parameters
    ----------
    nodes, links
        As `link_organisations` returns them; links of those that are left.
    """
    behind: dict[str, set[str]] = {}
    for link in links.to_dict("records"):
        for end in (str(link["source"]), str(link["target"])):
            behind.setdefault(end, set()).update(link["activity_ids"])
    kept = nodes[nodes["node"].isin(list(behind))]
    return _sort_nodes(kept.assign(size=[len(behind[node]) for node in kept["node"]]))


def _sort_nodes(nodes: pd.DataFrame) -> pd.DataFrame:
    rank = nodes["kind"].map({kind: number for number, kind in enumerate(KINDS_OF_NODE)})
    by = ["rank", "size", "label", "node"]
    table = nodes.assign(rank=rank).sort_values(by, ascending=[True, False, True, True])
    return table[NODE_COLUMNS].reset_index(drop=True)


def limit_network(
    nodes: pd.DataFrame, links: pd.DataFrame, most: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep so many nodes, as many of each kind as there is room for.

    Of issues and districts those with most activities are kept; then of organisations those that
    link most of them.

    Parameters
    ----------
    nodes, links
        As `link_organisations` or `focus_network` return them.
    most
        How many nodes at most.
    """
    room = _share_room(nodes["kind"].value_counts(), most)
    others = nodes[nodes["kind"].ne(ORGANISATION)]
    kept = {
        node for kind, own in others.groupby("kind")["node"] for node in own.head(room[str(kind)])
    }
    ends = links.melt(value_vars=["source", "target"], ignore_index=False)["value"]
    inside = ends[ends.isin(kept)]
    reach = links.loc[inside.index, "source"].value_counts()
    own = nodes[nodes["kind"].eq(ORGANISATION)]
    own = own.assign(reach=own["node"].map(reach).fillna(0)).sort_values(
        ["reach", "size"], ascending=False, kind="stable"
    )
    kept |= set(own.loc[own["reach"].gt(0), "node"].head(room.get(ORGANISATION, 0)))
    left = links[links["source"].isin(kept) & links["target"].isin(kept)].reset_index(drop=True)
    linked = set(left["source"]) | set(left["target"])
    return nodes[nodes["node"].isin(linked)].reset_index(drop=True), left


def _share_room(counts: pd.Series, most: int) -> dict[str, int]:
    """Give each kind the same room; what one does not need goes to the others."""
    wanted = {str(kind): int(number) for kind, number in counts.items()}
    room: dict[str, int] = {}
    for number, kind in enumerate(sorted(wanted, key=lambda kind: (wanted[kind], kind))):
        room[kind] = min(wanted[kind], (most - sum(room.values())) // (len(wanted) - number))
    return room


def link_issues(shown: Publication) -> pd.DataFrame:
    """Link the issues that are named together in one statement more often than by chance.

    Parameters
    ----------
    shown
        The tables of one audience; only statements that it may read are counted.

    Returns
    -------
    pandas.DataFrame
        As `count_cooccurrence` returns it, of the pairs that are surely more than chance alone,
        with `source` and `target` for `issue` and `other`.
    """
    pairs = count_cooccurrence(shown.mentions)
    sure = pairs[pairs["verdict"].eq(TOGETHER)].reset_index(drop=True)
    return sure.rename(columns={"issue": "source", "other": "target"})


def list_source(shown: Publication) -> str:
    """Return the line below a network of what is listed: from where, and whether it is invented.

    Parameters
    ----------
    shown
        The tables of one audience.
    """
    mark = f"{SAMPLE_MARK}。" if shown.settings.sample else ""
    told = shown.activities["source"].dropna().drop_duplicates()
    licences = told[told.str.contains("ライセンス")].tolist()  # who gives data may ask for credit
    return "。".join([f"{mark}出典: 活動・資源の一覧（{len(shown.activities)}件）", *licences])
