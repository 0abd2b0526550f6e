"""Hold what the 24 issues are and which words reveal them, as spreadsheets a layman can read."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

import pandas as pd

from .bundled import resource_table
from .text import Folded, fold, replace
from .words import READER, split_words

KINDS = {
    "need": "困りごと",
    "request": "要望",
    "activity": "取組",
    "wish": "やってみたい",
    "resource": "ある物・人",
    "question": "質問",
    "mitigated": "困っていない",
    "other": "その他",
}
_ENDS_LIKE_A_NAME = re.compile("[一-龥々ァ-ヺー]$")
_ENDS_INFLECTED = re.compile("[ぁ-ん][るいうくすつぬぶむぐただ]$")
_INFLECTED, _PROVING = {"動詞", "形容詞", "助動詞"}, {"strong", "weak"}
STRENGTHS = ("strong", "weak", "cue", "neutral")
LONGEST_ASSOCIATION = 12  # characters


@dataclass(frozen=True)
class Term:
    """One way in which an issue shows; `neutral` terms only keep shorter ones from matching.

    It counts in a clause that has one of the words `with_` it, if there are any, and none of
    those `without`. A survey's `own` term is never overruled by what was learned from examples.
    """

    issue: str
    strength: str
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, eq=False)
class Examples:
    """Labelled statements to learn from on top of what ships; each object is learned from once.

    Attributes
    ----------
    table
        `text`, `issues`, `kinds` (sets of ids) and `weight` (how many statements each counts
        for); no rows where nobody has corrected anything yet.
    """

    table: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Associations:
    """Words that prove nothing alone but lean towards an issue.

    Attributes
    ----------
    words
        Folded word → (issue, strength 1 to 3).
    """

    words: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)

    @cached_property
    def lengths(self) -> Mapping[str, tuple[int, ...]]:
        """Return letter → how long the words are that begin with it, the shortest first."""
        return _lengths_of(self.words)

    def add_up(self, text: str) -> dict[str, int]:
        """Return issue → summed strengths of its words in a folded text, nested ones once.

        Examples
        --------
        >>> Associations({"雨戸": (("elderly_isolation", 2),)}).add_up("雨戸が三日閉まったまま")
        {'elderly_isolation': 2}
        """
        sums: dict[str, int] = {}
        reach: dict[str, int] = {}
        for start, letter in enumerate(text):
            room = min(LONGEST_ASSOCIATION, len(text) - start)
            for length in reversed(self.lengths.get(letter, ())):
                if length > room:
                    continue
                end = start + length
                for issue, strength in self.words.get(text[start:end], ()):
                    if end > reach.get(issue, 0):
                        sums[issue] = sums.get(issue, 0) + strength
                        reach[issue] = end
        return sums


@dataclass(frozen=True)
class Codebook:
    """The issues, the words and patterns that reveal them, the cues of kinds, the spellings.

    Attributes
    ----------
    issues
        One row per issue, indexed by `issue`: `label`, `group`, `definition`, `elsewhere`,
        `sensitive`.
    words
        Folded word → its terms (several where issues share it).
    tokens
        The words that must not stand inside a longer word.
    patterns
        (pattern, term) for wordings that no single word can hold.
    kinds
        Role → pattern over one clause; the roles are tried in the order of `kinds.csv`.
    spellings
        Pattern of spellings to fold, and what each becomes.
    associations
        Words that only lean towards an issue.
    rulings
        (issue, issue that is taken for it) → which of the two it is when, in Japanese.
    examples
        Statements that an adviser corrected, to learn from on top of what ships; where this is
        None only the rules read.
    """

    issues: pd.DataFrame
    words: Mapping[str, tuple[Term, ...]]
    tokens: frozenset[str]
    patterns: tuple[tuple[re.Pattern[str], Term], ...]
    kinds: Mapping[str, re.Pattern[str]]
    spellings: "Spellings"
    associations: Associations = field(default_factory=Associations)
    rulings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    examples: Examples | None = None

    @property
    def labels(self) -> dict[str, str]:
        """Return issue → Japanese label."""
        return {str(issue): str(label) for issue, label in self.issues["label"].items()}

    @cached_property
    def lengths(self) -> Mapping[str, tuple[int, ...]]:
        """Return letter → how long the words are that begin with it, the shortest first."""
        return _lengths_of(self.words)

    @cached_property
    def lemmas(self) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
        """Return first word in dictionary form → (all words in that form, word of the codebook).

        Those of the codebook's words that end in an inflected form, so that
        頼れる人がいない is also found where 頼れる人がいなくて stands. Others need no such help.
        """
        found: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for word, terms in self.words.items():
            if _ENDS_INFLECTED.search(word) and any(t.strength in _PROVING for t in terms):
                parts = split_words(word, READER)
                if len(parts) > 1 and parts[-1].part in _INFLECTED:
                    bases = tuple(part.base for part in parts)
                    found[bases[0]].append((bases, word))
        return {first: tuple(rows) for first, rows in found.items()}

    @property
    def compounds(self) -> tuple[str, ...]:
        """Return the names of things that are to be kept whole, in the spelling they fold to.

        Those of `compounds.csv`, and the strong words of three characters and more; one that
        ends in hiragana is a turn of phrase, and is left to the dictionary.
        """
        named = resource_table("codebook/compounds.csv")["word"]
        whole = {
            word
            for word, terms in self.words.items()
            if len(word) > 2
            and _ENDS_LIKE_A_NAME.search(word)
            and any(term.strength in {"strong", "neutral"} for term in terms)
        }
        return tuple(sorted(whole | {self.spellings.fold(word).text for word in named}))

    def issues_of(self, written: str) -> list[str]:
        """Return the issues that labels or ids joined by 、 or ， name; unknown ones are left out.

        Examples
        --------
        >>> load_codebook().issues_of("移動・買い物、childcare、その他")
        ['mobility_shopping', 'childcare']
        """
        ids = {label: issue for issue, label in self.labels.items()} | {i: i for i in self.labels}
        parts = (part.strip() for part in re.split("[、，,;；/／\n]", written))
        return [ids[part] for part in parts if part in ids]


def _lengths_of(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for word in words:
        found[word[:1]].add(len(word))
    return {letter: tuple(sorted(lengths)) for letter, lengths in found.items()}


@dataclass(frozen=True, eq=False)
class Spellings:
    """Different spellings of one word, folded before matching."""

    pattern: re.Pattern[str]
    becomes: Mapping[str, str]

    def fold(self, text: str) -> Folded:
        """Return the text in one form with its spellings folded; spans still lead back.

        Examples
        --------
        >>> load_codebook().spellings.fold("こども食堂で買物").text
        '子ども食堂で買い物'
        """
        folded = fold(text)
        found = [
            (match.start(), match.end(), self.becomes[match[0]])
            for match in self.pattern.finditer(folded.text)
        ]
        return replace(folded, found)


def load_codebook() -> Codebook:
    """Return the codebook that ships with the package.

    Returns
    -------
    Codebook
        24 issues, their terms, kinds and spellings.

    Examples
    --------
    >>> codebook = load_codebook()
    >>> len(codebook.issues), codebook.labels["childcare"]
    (24, '子育て・保育')
    """
    return _bundled()


@cache
def _bundled() -> Codebook:
    issues = resource_table("codebook/issues.csv").set_index("issue")
    spellings = _spellings(resource_table("codebook/spellings.csv"))
    terms = resource_table("codebook/terms.csv")
    words: defaultdict[str, list[Term]] = defaultdict(list)
    patterns: list[tuple[re.Pattern[str], Term]] = []
    tokens: set[str] = set()
    for row in terms.to_dict("records"):
        term = Term(
            row["issue"],
            row["strength"],
            list_words(row["with"], spellings),
            list_words(row["without"], spellings),
        )
        if row["form"] == "regex":
            patterns.append((re.compile(row["term"]), term))
            continue
        word = spellings.fold(row["term"]).text
        words[word].append(term)
        if row["form"] == "token" or word.isascii():
            tokens.add(word)
    return Codebook(
        issues.assign(sensitive=issues["sensitive"] == "true"),
        {word: tuple(found) for word, found in words.items()},
        frozenset(tokens),
        tuple(patterns),
        _kinds(resource_table("codebook/kinds.csv")),
        spellings,
        _associations(resource_table("codebook/associations.csv"), spellings),
        _rulings(resource_table("codebook/confusions.csv"), issues["label"]),
        Examples(pd.DataFrame()),
    )


def _associations(table: pd.DataFrame, spellings: "Spellings") -> Associations:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in table.to_dict("records"):
        found[spellings.fold(row["word"]).text][row["issue"]] = int(row["strength"])
    return Associations({word: tuple(issues.items()) for word, issues in found.items()})


def _rulings(table: pd.DataFrame, labels: pd.Series) -> dict[tuple[str, str], str]:
    """Return the rules with the labels of issues where the file has their ids."""
    ids = re.compile("|".join(sorted(labels.index, key=lambda issue: (-len(issue), issue))))
    return {
        (row["issue"], row["with"]): ids.sub(lambda found: f"「{labels[found[0]]}」", row["rule"])
        for row in table.to_dict("records")
    }


def list_words(written: str, spellings: Spellings) -> tuple[str, ...]:
    """Return the words that are written with `|` or 、 between them, in one spelling."""
    parts = written.replace("、", "|").split("|")
    return tuple(spellings.fold(word).text for word in parts if word.strip())


def _spellings(table: pd.DataFrame) -> Spellings:
    """Build one pattern, longest spelling first, so that nothing is folded twice."""
    rows = table.assign(spelling=table["from"].map(lambda text: fold(text).text))
    rows = rows.sort_values("spelling", key=lambda s: -s.str.len(), kind="stable")
    parts = [re.escape(str(row.spelling)) + str(row.after) for row in rows.itertuples(index=False)]
    becomes = {str(row.spelling): fold(str(row.to)).text for row in rows.itertuples(index=False)}
    # A word that is already in its final spelling is stepped over, never folded inside.
    final = sorted(set(becomes.values()) - set(becomes), key=lambda word: (-len(word), word))
    longest = sorted(
        [*zip(rows["spelling"], parts, strict=True), *((w, re.escape(w)) for w in final)],
        key=lambda p: -len(p[0]),
    )
    return Spellings(
        re.compile("|".join(part for _, part in longest)), becomes | {word: word for word in final}
    )


def _kinds(table: pd.DataFrame) -> dict[str, re.Pattern[str]]:
    roles = table.groupby("role", sort=False)["pattern"].agg(list)
    return {
        str(role): re.compile("|".join(f"(?:{p})" for p in patterns))
        for role, patterns in roles.items()
    }
