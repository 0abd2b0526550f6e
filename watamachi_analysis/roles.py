"""Name whose part a measure is: 自助・互助・共助・公助, or 市民・地域・社協・事業者・市."""

import re

# What a plan asks of others than the municipality: shown, but not counted as its measures.
OF_OTHERS = {"自助", "互助", "共助", "市民", "地域", "社協", "事業者"}
_ROLES = (
    ("自助", "自助|じじょ"),
    ("互助", "互助|ごじょ"),
    ("共助", "共助|きょうじょ"),
    ("公助", "公助|こうじょ"),
    ("社協", "社協|社会福祉協議会"),
    ("事業者", "事業者|団体"),
    ("市民", "[市住区町村]民|一人ひとり"),
    ("地域", "地域"),
    ("市", "行政|市|区|町|村"),
)


def name_role(text: str) -> str:
    """Return whose part a line says it is, in the word of the table.

    Examples
    --------
    >>> [name_role(line) for line in ("【行政の取組み】", "住民の役割", "じじょとしての取組。")]
    ['市', '市民', '自助']
    """
    return next((role for role, words in _ROLES if re.search(words, text)), "")
