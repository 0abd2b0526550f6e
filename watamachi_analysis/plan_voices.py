"""Take the voices of residents that a municipal plan reports out of its text."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from .voice_forms import take_pieces
from .voice_grounds import Passage, find_passages
from .voice_marks import find_codes, read_voice
from .voice_speech import Piece

VOICE_COLUMNS = ["page", "place", "theme", "kind", "districts", "voices", "text", "lines"]
# So many of the voices below one heading end in the name of a district, where any does.
MANY, PART_OF = 3, 0.2
MOST_OF = 0.5


def take_voices(outline: pd.DataFrame) -> pd.DataFrame:
    """Return the voices of residents that a plan reports, in their order.

    Parameters
    ----------
    outline
        As `read_outline` returns it, with `place` and, where it has tables, `cells`.

    Returns
    -------
    pandas.DataFrame
        `page`, `place`, `theme` (the nearest heading that names a subject), `kind`, where a
        heading or mark tells it, `districts` (names or codes as printed, joined by |), `voices`
        (how many said so), `text`, and `lines`: the positions of its lines.

    Examples
    --------
    >>> from watamachi_analysis.outline import read_outline
    >>> said = ["第2章 懇談会の意見", "1 移動", "課題：店が遠い。（南、北）", "課題：坂が急だ。（南）"]
    >>> lines = pd.DataFrame({"page": 3, "size": None, "text": said, "place": ""})
    >>> take_voices(read_outline(lines))[["theme", "kind", "districts", "text"]].values.tolist()
    [['1 移動', 'need', '南|北', '店が遠い。'], ['1 移動', 'need', '南', '坂が急だ。']]
    """
    heard = [
        (passage, piece) for passage in find_passages(outline) for piece in take_pieces(passage)
    ]
    codes = _find_codes(heard)
    rows = [
        row
        for passage, piece in heard
        if (row := _row(passage, piece, codes[passage.ground.root] | passage.codes))
    ]
    return pd.DataFrame(rows, columns=VOICE_COLUMNS)


def _find_codes(heard: Sequence[tuple[Passage, Piece]]) -> dict[int, set[str]]:
    """Return the heading that opens voices → the bare names at their ends that are districts."""
    found: dict[int, set[str]] = {}
    times: Counter[int] = Counter()
    coded: Counter[int] = Counter()
    for passage, piece in heard:
        root, names = passage.ground.root, find_codes(piece.raw)
        found.setdefault(root, set()).update(names)
        times[root] += 1
        coded[root] += bool(names)
    shares = {root: coded[root] / times[root] for root in found}
    return {
        root: names
        if shares[root] >= MOST_OF or (coded[root] >= MANY and shares[root] >= PART_OF)
        else set()
        for root, names in found.items()
    }


def _row(passage: Passage, piece: Piece, codes: set[str]) -> dict[str, object] | None:
    said = read_voice(piece.raw, codes)
    if said is None or (piece.is_coded and not said.districts):
        return None
    ground, first = passage.ground, piece.lines[0]
    area = piece.area or ground.area
    return {
        "page": first.page,
        "place": first.place,
        "theme": piece.theme or ground.theme,
        "kind": said.kind or piece.kind or ground.kind,
        "districts": "|".join(said.districts or ([area] if area else [])),
        "voices": max(1, piece.voices or said.voices),
        "text": said.text,
        "lines": tuple(line.number for line in piece.lines),
    }
