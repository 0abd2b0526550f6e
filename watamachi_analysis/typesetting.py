"""Make text ready for lines of type: what can be drawn, how wide it is, where it breaks."""

import re
import unicodedata

LONGEST = 5  # letters of a name on a tile or a map
_NO_START, _NO_END = "、。，．）」』】〕・ー…！？%％", "（「『【〔"


def drawable(text: str) -> str:
    r"""Return text with nothing in it that XML forbids or that turns other letters round.

    Line ends become spaces. Control characters, marks of direction, zero width characters,
    surrogates and what is no character at all are left out; every other letter stays.

    Examples
    --------
    >>> drawable("</a:t>\x00所\u202e沢\u200b市\ufffe\n=1")
    '</a:t>所沢市 =1'
    """
    spaced = re.sub(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+", " ", text)
    return "".join(
        c
        for c in spaced
        if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} and ord(c) & 0xFFFE != 0xFFFE
    )


def wrap(text: str, width: float) -> list[str]:
    """Return text in lines of a width, in heights of a letter; no line begins with 、 or 。.

    Examples
    --------
    >>> wrap("困りごとの声がある、地区です。", 9)
    ['困りごとの声がある、', '地区です。']
    """
    lines, line = [], ""
    for letter in text:
        if letter not in _NO_START and line and measure(line + letter) > width:
            cut = _break_at(line)
            lines.append(line[:cut])
            line = line[cut:]
        line += letter
    return [*lines, line]


def _break_at(line: str) -> int:
    """Return where to break a full line: at a pause that is not near its start, or at its end."""
    pauses = [place for place, letter in enumerate(line) if letter == "（"]
    pauses += [place for place, letter in enumerate(line, 1) if letter in "、。　"]
    if max(pauses, default=0) > len(line) / 3:
        return max(pauses)
    return len(line) - (line[-1] in _NO_END)


def file_name(name: str) -> str:
    """Return a name as part of a file's name: letters and digits only.

    Examples
    --------
    >>> file_name("介護・認知症")
    '介護認知症'
    """
    return "".join(c for c in name if c.isalnum())[:40]


def shorten(name: str) -> str:
    """Return a name that fits a tile.

    Examples
    --------
    >>> shorten("さいたま"), shorten("とても長い名前の地区")
    ('さいたま', 'とても長…')
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def measure(text: str) -> float:
    """Return how wide a text is, in heights of a letter.

    Examples
    --------
    >>> measure("所沢"), round(measure("ab"), 2)
    (2.0, 1.2)
    """
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.6 for c in text)
