"""Match what residents say with the measures of their own municipality that answer it best."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd

from .codebook import Codebook, load_codebook
from .learned import WORD, Learned, learn_from, load_learned
from .words import READER, Word, is_content, split_words

MATCH_COLUMNS = ["statement_id", "rank", "measure_id", "score", "shared", "issues", "certainty"]
# All numbers were chosen on `tests/quality/plans/match_learn.csv`: these by maximum likelihood,
# so that a score is about the chance that of all measures of the plan this is the one.
WEIGHTS = {"issues": 6.2, "words": 7.5, "characters": 10.4}
BIAS = -7.3
CERTAINTIES = {0.5: "sure", 0.2: "doubtful", 0.0: "none"}
# A goal says little of any one measure: many stand under it.
FIELDS = {"goal": 0.25, "policy": 0.5, "initiative": 1.0, "text": 0.75}
ABOUT = -1.5  # log odds from which a text is taken to be about an issue: as `tag` finds, by F1 .94
FAINTEST = -6.0  # log odds at which an issue no longer matters to a text
USUAL = 0.5  # added to how strong an issue is in the mean measure of a plan, so that none is rare
COMMON = 0.3  # what a word still tells that all measures of a plan hold
# Of single kanji 雪かき and 除雪 share one; a single katakana means nothing. Runs of two and three
# characters, and words as they are, told no more measures apart on top of these.
_CHARACTERS = re.compile("[一-龥々]|[ァ-ヺー]{2,}")

Items = Callable[[str], Iterable[str]]
Weights = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class _Reader:
    """What texts are read with: a codebook, what was learned, the issues of the texts tagged."""

    book: Codebook
    learned: Learned
    tagged: Mapping[object, frozenset[str]]


@dataclass(frozen=True, eq=False)
class _Reading:
    """Texts in one spelling, their words, log odds by issue (columns), issues they are about."""

    folded: tuple[str, ...]
    words: tuple[tuple[Word, ...], ...]
    odds: np.ndarray
    issues: tuple[frozenset[str], ...]


def match_measures(
    statements: pd.DataFrame,
    measures: pd.DataFrame,
    *,
    top: int = 3,
    codebook: Codebook | None = None,
    mentions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the measures of its own municipality that answer each statement best.

    Residents and plans say the same in different words. So three likenesses are added up: of
    the issues, as far as what was learned from examples sees them in both; of the words, where
    one that leans the same way as another counts nearly as much as the same word; and of the
    single characters. Words and characters tell the more, the fewer measures of the plan hold
    them (Spärck Jones 1972): 推進 and 充実 tell none from another.

    Parameters
    ----------
    statements
        `statement_id`, `text` and `district`.
    measures
        `measure_id`, `district`, `goal`, `policy`, `initiative` and `text`.
    top
        How many measures to give for each statement.
    codebook
        The issues, spellings and examples to go by; the bundled ones by default.
    mentions
        As `tag` returns them, corrected or not, `text_id` being a `statement_id` or a
        `measure_id`: these texts are about the issues they are tagged with. All others are
        judged by what was learned alone, which is far quicker than to tag them.

    Returns
    -------
    pandas.DataFrame
        One row per statement and rank: `statement_id`, `rank` (1 is the best), `measure_id`,
        `score` (0 to 1: how likely it answers), `shared` (the words that stand in both, in one
        spelling and dictionary form, joined by 、), `issues` (the ids of those that both are
        about, joined by |) and `certainty` (`sure`, `doubtful`, or `none` where the two are
        too unlike to call it an answer). A statement without a municipality, or of one without
        measures, has no row.

    Examples
    --------
    >>> said = pd.DataFrame(
    ...     {"statement_id": ["s"], "text": ["玄関の雪かきがもうつらい"], "district": ["11207"]}
    ... )
    >>> plan = pd.DataFrame(
    ...     {
    ...         "measure_id": ["m1", "m2"],
    ...         "district": "11207",
    ...         "goal": "支え合うまち",
    ...         "policy": ["相談の充実", "冬の暮らし"],
    ...         "initiative": ["総合相談窓口の設置", "除雪の支援"],
    ...         "text": ["窓口に専門職を置きます。", "高齢者世帯の玄関先を除雪します。"],
    ...     }
    ... )
    >>> match_measures(said, plan, top=1)[["measure_id", "shared"]].to_numpy().tolist()
    [['m2', '玄関']]
    """
    book = codebook if codebook is not None else load_codebook()
    learned = load_learned(book.associations) if book.examples is None else learn_from(book)
    reader = _Reader(book, learned, _tagged(mentions))
    plans = dict(list(measures.groupby("district", sort=False)))
    found = [
        _match(said, plans[district], top, reader)
        for district, said in statements.groupby("district", sort=False)
        if district in plans
    ]
    table = pd.DataFrame([row for rows in found for row in rows], columns=MATCH_COLUMNS)
    order = {key: number for number, key in enumerate(statements["statement_id"])}
    table = table.sort_values("statement_id", key=lambda ids: ids.map(order), kind="stable")
    words = dict.fromkeys(["statement_id", "measure_id", "shared", "issues", "certainty"], "str")
    return table.astype({**words, "rank": "int64", "score": "float64"}).reset_index(drop=True)


def _tagged(mentions: pd.DataFrame | None) -> dict[object, frozenset[str]]:
    if mentions is None:
        return {}
    by_text = mentions.groupby("text_id", sort=False)["issue"]
    return {key: frozenset(issues.dropna()) for key, issues in by_text}


def _match(
    said: pd.DataFrame, plan: pd.DataFrame, top: int, reader: _Reader
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the statements and measures of one municipality."""
    parts = _parts(plan, reader.book)
    folded = [reader.book.spellings.fold(str(text)).text for text in said["text"]]
    voices = _read(folded, said["statement_id"], reader)
    # The goal stands apart: its issues are those of all measures under it.
    told = ["。".join(text for name, text in own.items() if name != "goal") for own in parts]
    answers = _read(told, plan["measure_id"], reader)
    total = BIAS + (
        WEIGHTS["issues"] * _alike_in_issues(voices.odds, answers.odds)
        + WEIGHTS["words"] * _alike_in_words(voices.words, parts, reader.learned)
        + WEIGHTS["characters"] * _alike_in_characters(voices.folded, parts)
    )
    # The last digits depend on how many cores add up; ranks must not.
    scores = (1 / (1 + np.exp(-total))).round(4)
    labels, ids = reader.book.labels, plan["measure_id"].tolist()
    best = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    for row, statement_id in enumerate(said["statement_id"]):
        for rank, found in enumerate(best[row].tolist(), 1):
            score = float(scores[row, found])
            shared = "、".join(_shared(voices.words[row], answers.words[found], told[found]))
            both = voices.issues[row] & answers.issues[found]
            issues = "|".join(issue for issue in labels if issue in both)
            yield statement_id, rank, ids[found], score, shared, issues, _certainty(score)


def _certainty(score: float) -> str:
    return next(name for least, name in CERTAINTIES.items() if score >= least)


def _parts(plan: pd.DataFrame, book: Codebook) -> list[dict[str, str]]:
    """Return the parts of each measure in one spelling; a text that only repeats is left out."""
    table = plan[list(FIELDS)].fillna("").astype("str")
    rows = [
        {str(name): book.spellings.fold(text).text for name, text in row.items()}
        for row in table.to_dict("records")
    ]
    return [row | {"text": "" if row["text"] in row["initiative"] else row["text"]} for row in rows]


def _read(folded: Sequence[str], ids: Iterable[object], reader: _Reader) -> _Reading:
    """Return what is compared of folded texts; a tag overrules what was learned."""
    names = reader.learned.issues
    words, odds, about = [], [], []
    for text, key in zip(folded, ids, strict=True):
        judged = reader.learned.judge(text)
        words.append(split_words(text, READER))
        own = np.array([judged[name] for name in names])
        issues = frozenset(name for name in names if judged[name] >= ABOUT)
        if key in reader.tagged:
            issues = reader.tagged[key]
            tagged = np.array([name in issues for name in names])
            own = np.where(tagged, np.maximum(own, ABOUT), np.minimum(own, ABOUT))
        odds.append(own)
        about.append(issues)
    return _Reading(tuple(folded), tuple(words), np.array(odds), tuple(about))


def _alike_in_issues(said: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Return the cosines of how strong each issue is; one that is rare in the plan tells more."""
    voices, answers = (np.maximum(odds - FAINTEST, 0.0) for odds in (said, told))
    rarity = (answers.mean(axis=0) + USUAL) ** -0.5
    return np.asarray(_unit(voices * rarity) @ _unit(answers * rarity).T)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0))


def _alike_in_words(
    said: Sequence[Sequence[Word]], told: Sequence[Mapping[str, str]], learned: Learned
) -> np.ndarray:
    """Return how well a measure answers the words of a statement on average.

    Each word is answered by the word of the measure most akin to it, and counts by how much it
    leans towards any issue at all.
    """
    held = [_hold(parts, _words) for parts in told]
    telling = _telling(held)
    voices = [_bases(words) for words in said]
    asked = {word: i for i, word in enumerate(sorted(set().union(*voices)))}
    known = {word: i for i, word in enumerate(telling)}
    leanings, others = _leanings(asked, learned), _leanings(known, learned)
    akin = np.maximum(_unit(leanings) @ _unit(others).T, 0.0)
    answered = np.zeros((len(asked), len(told)))
    for column, own in enumerate(held):
        if own:
            weights = [weight * telling[word] for word, weight in own.items()]
            answered[:, column] = (akin[:, [known[word] for word in own]] * weights).max(axis=1)
    strengths = np.linalg.norm(leanings, axis=1)
    found = np.zeros((len(said), len(told)))
    for row, words in enumerate(voices):
        rows = [asked[word] for word in words]
        if strengths[rows].any():
            found[row] = strengths[rows] @ answered[rows] / strengths[rows].sum()
    return found


def _words(text: str) -> list[str]:
    return _bases(split_words(text, READER))


def _bases(words: Iterable[Word]) -> list[str]:
    return list(dict.fromkeys(word.base for word in words if is_content(word)))


def _leanings(words: Iterable[str], learned: Learned) -> np.ndarray:
    """Return how each word moves the hidden units; an unknown one as its runs of two do."""
    rows = []
    for word in words:
        traits = [trait for trait in (WORD + word, word) if trait in learned.columns]
        runs = [word[i : i + 2] for i in range(len(word) - 1)]
        places = [learned.columns[t] for t in traits or runs if t in learned.columns]
        rows.append(learned.sizes[places] @ learned.steps[places])
    return np.array(rows).reshape(len(rows), learned.steps.shape[1])


def _alike_in_characters(said: Sequence[str], told: Sequence[Mapping[str, str]]) -> np.ndarray:
    """Return the cosines of the weights of the characters."""
    held = [_hold(parts, _CHARACTERS.findall) for parts in told]
    telling = _telling(held)
    known = {item: i for i, item in enumerate(telling)}
    answers = np.zeros((len(told), len(known)))
    for row, own in enumerate(held):
        for item, weight in own.items():
            answers[row, known[item]] = weight * telling[item]
    answers = _unit(answers)
    found = np.zeros((len(said), len(told)))
    for row, text in enumerate(said):
        weights = {item: telling.get(item, 1.0) for item in sorted(set(_CHARACTERS.findall(text)))}
        length = sum(weight**2 for weight in weights.values()) ** 0.5
        for item in (item for item in weights if item in known):
            found[row] += weights[item] / length * answers[:, known[item]]
    return found


def _hold(parts: Mapping[str, str], items_of: Items) -> dict[str, float]:
    """Return what a measure holds, each item with the weight of its weightiest part."""
    held: dict[str, float] = {}
    for name, text in parts.items():
        for item in items_of(text):
            held[item] = max(held.get(item, 0.0), FIELDS[name])
    return held


def _telling(held: Sequence[Weights]) -> dict[str, float]:
    """Return how well each item tells measures apart: 1 where only one of them holds it."""
    counts = Counter(item for own in held for item in own)
    most = log((1 + len(held)) / 2) + COMMON
    return {
        item: (log((1 + len(held)) / (1 + counts[item])) + COMMON) / most for item in sorted(counts)
    }


def _shared(said: Sequence[Word], held: Iterable[Word], told: str) -> list[str]:
    """Return the words of a statement that a measure holds too, those in a row as one.

    Nouns and verbs only: 若い and ない are no reason. A suffix goes with the noun before it.
    """
    bases = set(_bases(held))
    phrases: list[str] = []
    end = 0  # of the last phrase, in the statement
    for word in said:
        noun = word.part == "名詞"
        if phrases and noun and word.start == end and phrases[-1] + word.surface in told:
            phrases[-1] += word.surface
        elif word.base in bases and is_content(word) and word.part in {"名詞", "動詞"}:
            phrases.append(word.base)
        else:
            continue
        end = word.end
    return list(dict.fromkeys(phrases))
