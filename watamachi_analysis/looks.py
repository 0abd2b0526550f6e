"""Say how each state looks, for the page, the charts, the pictures and the slides alike."""

from dataclasses import asdict, dataclass
from functools import cache

from .bundled import resource_table

PAPER, INK, SOFT, RULE, BORDER = "#FBF8F2", "#23211D", "#5E584E", "#DDD6C8", "#B5AD9D"


@dataclass(frozen=True)
class Look:
    """How one state looks.

    Attributes
    ----------
    fill, ink
        Of a district, and of its name on it.
    plain
        One colour that stands for fill and pattern, behind a name.
    pattern, pattern_colour
        `dots`, `hatch` or `cross`, and its colour; '' where the fill is plain.
    """

    fill: str
    ink: str
    plain: str
    pattern: str
    pattern_colour: str


@cache
def state_looks() -> dict[str, Look]:
    """Return how the states look, as `resources/page/states.csv` says.

    Examples
    --------
    >>> look = state_looks()["no_record"]
    >>> look.fill, look.pattern
    ('#FFFFFF', 'hatch')
    """
    rows = resource_table("page/states.csv").itertuples(index=False)
    return {str(state): Look(*map(str, look)) for state, *look in rows}


def look_records() -> dict[str, dict[str, str]]:
    """Return the same as plain records, for a page's data and template."""
    return {state: asdict(look) for state, look in state_looks().items()}
