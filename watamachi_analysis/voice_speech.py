"""Take what residents say aloud: turns of speakers in minutes, quotations in running text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .plan_items import Spot, find_notes, join_lines
from .voice_marks import LONGEST_QUOTED, read_voice

FEWEST_TURNS = 2  # speakers in minutes
_NAME = "[^ \u3000：:、。「」（）()]{1,14}"
_ASIDE = "(?:[（(][^（）()]{1,12}[)）])?"
_DOT = "[○◯◎●◆◇△▲□■・]"
_SPEAKERS = (
    re.compile(f"^{_DOT}?[ \u3000]?[(（【〔\\[<＜]({_NAME})[)）】〕\\]>＞][：: \u3000]*"),
    re.compile(f"^{_DOT}?[ \u3000]?({_NAME}){_ASIDE}[ \u3000]?[：:][ \u3000]*"),
    re.compile(f"^{_DOT}[ \u3000]?({_NAME}){_ASIDE}[ \u3000]+"),
)
_OFFICIAL = re.compile(
    "(?:会長|委員長|議長|座長|司会者?|事務局|[市町村区課部係局室所館会]長|説明員|職員|進行役?|講師|アドバイザー|教授|"
    "ファシリテーター|社協|社会福祉協議会|担当者?|[課市町村区]|主査|主任|主事|補佐|保健師|発言者)$"
)
_CITIZEN = re.compile(
    "(?:委員|参加者|[住町市区村]民|代表|出席者|利用者|家族|当事者|会員|ボランティア)[A-ZＡ-Ｚ0-9０-９]{0,2}(?:さん|氏)?$"
)
_POLITE = re.compile("(?:ます|ました|です|ください|せん|しょう)か?[。？?]")
_SENTENCE = re.compile("[。？?！!]|[かねよ]$")
_QUOTED = re.compile("「((?:[^「」]|「[^「」]{0,60}」){7,400})」([(（][^()（）]{1,40}[)）])?")
# What follows a quotation that somebody said: という声, との提案, と話す, と、…
# What follows a quotation that somebody said: という声, との提案, と話す, と、…, など、…の意見
_SAYS = re.compile(
    "^(?:、|など)?(?:と、|との|といった|といい|と言|の(?:声|意見|要望|訴え)|"
    "という(?!.{0,4}(?:合言葉|理念|名称|制度|事業|考え|目標|割合|人|方針|言葉|問い))|"
    "と(?:話|語|訴|述|こぼ|つぶや|書|聞|振り返|嘆|願|笑|打ち明|続け))|"
    "^など、?[^。「」]{0,18}(?:声|意見)"
)
_GOES_ON = re.compile("[はがをもで]|の割合")  # with a figure: 「困る。」（男性）は8％
_PLACE = re.compile("([^ \u3000、。「」（）()のはでにを]{1,10}?(?:地区|校区|学区|圏域|団地))")
LONGEST_AFTER = 24  # characters behind a quotation: という声
LONGEST_AROUND = 60  # characters before and behind one in which its district stands


@dataclass(frozen=True)
class Piece:
    """The lines of one voice, joined, and what its place tells of it."""

    raw: str
    lines: tuple[Spot, ...]
    theme: str = ""
    kind: str = ""
    area: str = ""
    voices: int = 0  # 0 where its place tells nothing
    is_coded: bool = False  # a voice only if the name at its end is that of a district


@dataclass
class _Turn:
    speaker: str
    words: str
    lines: list[Spot]


def take_turns(lines: Sequence[Spot], *, is_announced: bool = False) -> list[Piece]:
    """Return what residents say in minutes; nothing if the lines are none.

    A list of members is set like minutes, but there nobody says a sentence; so are rules of a
    committee, but there nobody speaks politely.

    Parameters
    ----------
    lines
        Those below one heading.
    is_announced
        Whether the heading says that people speak.

    Examples
    --------
    >>> said = ["○会長　いかがですか。", "○委員　足りません。", "○事務局　増やします。"]
    >>> turns = take_turns([Spot(number, 1, "", text) for number, text in enumerate(said)])
    >>> [turn.raw for turn in turns]
    ['足りません。']
    """
    turns: list[_Turn] = []
    notes = find_notes(lines)
    for line in lines:
        speaker, words = find_speaker(line.text)
        if speaker:
            turns.append(_Turn(speaker, words, [line]))
        elif turns and line.number not in notes and not line.cells:
            turns[-1].words = join_lines([turns[-1].words, line.text])
            turns[-1].lines.append(line)
    spoken = [turn for turn in turns if _SENTENCE.search(turn.words)]
    speaks = is_announced or any(_POLITE.search(turn.words[-LONGEST_AFTER:]) for turn in turns)
    if not speaks or len(spoken) < max(FEWEST_TURNS, len(turns) / 2):
        return []
    return [Piece(turn.words, tuple(turn.lines)) for turn in spoken if turn.speaker == "citizen"]


def find_speaker(text: str) -> tuple[str, str]:
    """Return who speaks, `citizen` or `official`, and the words behind the mark; '' if nobody.

    Examples
    --------
    >>> find_speaker("○委員　足りますか。"), find_speaker("（事務局）足ります。"), find_speaker("・足りない。")
    (('citizen', '足りますか。'), ('official', '足ります。'), ('', ''))
    """
    said = text.strip()
    for pattern in _SPEAKERS:
        found = pattern.match(said)
        if found and _OFFICIAL.search(found[1]):
            return "official", said[found.end() :]
        if found and _CITIZEN.search(found[1]):
            return "citizen", said[found.end() :]
    return "", ""


def take_quoted(raw: str, lines: Sequence[Spot], *, only_signed: bool) -> Iterator[Piece]:
    """Yield the quotations within a paragraph that are voices; a term in such marks is none.

    Parameters
    ----------
    raw
        The lines, joined.
    lines
        Those of the paragraph.
    only_signed
        Whether only 「…」（70代・女性） is one, and not 「…」という声 too.

    Examples
    --------
    >>> line = Spot(0, 1, "", "北地区では「店がないのは困る。」との声がある。")
    >>> [(piece.raw, piece.area) for piece in take_quoted(line.text, [line], only_signed=False)]
    [('「店がないのは困る。」', '北地区')]
    """
    is_told, start = False, 0  # of the next one, which a row of quotations shares: 「…」「…」と話す
    pieces = []
    for found in reversed(list(_QUOTED.finditer(raw))):
        after = raw[found.end() : found.end() + LONGEST_AFTER]
        is_told = (is_told and start == found.end()) or (
            not only_signed and bool(_SAYS.match(after))
        )
        start = found.start()
        said = read_voice(found[0][:LONGEST_QUOTED])
        is_signed = said and (said.is_signed or said.districts) and not _GOES_ON.match(after)
        if said and (is_signed or is_told):
            area = "" if said.districts else _find_place(raw, found.span())
            pieces.append(Piece(found[0], _lines_of(found.span(), lines), area=area))
    yield from reversed(pieces)


def _find_place(raw: str, span: tuple[int, int]) -> str:
    """Return the district that the sentence around a quotation names, before it or behind."""
    before = raw[max(0, span[0] - LONGEST_AROUND) : span[0]].split("。")[-1]
    after = raw[span[1] : span[1] + LONGEST_AROUND].split("。")[0].split("「")[0]
    places = _PLACE.findall(before)[-1:] or _PLACE.findall(after)[:1]
    return places[0] if places else ""


def _lines_of(span: tuple[int, int], lines: Sequence[Spot]) -> tuple[Spot, ...]:
    """Return the lines of a paragraph in which a part of it stands."""
    own, end = [], 0
    for line in lines:
        start, end = end, end + len(line.text.strip())
        if start < span[1] and end > span[0]:
            own.append(line)
    return tuple(own)
