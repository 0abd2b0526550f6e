"""The states are told apart by every eye, and by none through colour alone."""

from itertools import combinations

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from watamachi_analysis.looks import state_looks
from watamachi_analysis.overlap import STATES

FILLED = ["overlap", "gap", "resource", "no_voice"]
PAIRS = list(combinations(FILLED, 2))


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def seen(colour: str, eye: str | None) -> np.ndarray:
    """The colour as an eye with a full deficiency of one cone sees it (Machado et al. 2009)."""
    if eye is None:
        return rgb(colour)
    space = {"name": "sRGB1+CVD", "cvd_type": eye, "severity": 100}
    return np.clip(cspace_convert(rgb(colour), space, "sRGB1"), 0, 1)


def grey(colour: str) -> np.ndarray:
    """The colour on a printer without colours: its lightness alone."""
    light = cspace_convert(rgb(colour), "sRGB1", "CAM02-UCS")[0]
    return np.clip(cspace_convert([light, 0, 0], "CAM02-UCS", "sRGB1"), 0, 1)


@pytest.mark.parametrize("eye", [None, "deuteranomaly", "protanomaly", "tritanomaly"])
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_filled_states_are_far_apart_for_every_kind_of_colour_vision(eye, pair):
    one, other = (seen(state_looks()[state].fill, eye) for state in pair)
    assert deltaE(one, other, input_space="sRGB1", uniform_space="CAM02-UCS") >= 25


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_filled_states_are_apart_in_grey_print(pair):
    one, other = (grey(state_looks()[state].fill) for state in pair)
    assert deltaE(one, other, input_space="sRGB1", uniform_space="CAM02-UCS") >= 13


def test_every_state_has_a_look_and_the_unfilled_ones_a_pattern_of_their_own():
    looks = state_looks()
    assert set(looks) == set(STATES)
    patterns = [looks[state].pattern for state in STATES if state not in FILLED]
    assert all(patterns) and len(set(patterns)) == len(patterns)
    assert not any(looks[state].pattern for state in FILLED)


@pytest.mark.parametrize("state", STATES)
def test_a_name_on_a_state_is_readable(state):
    look = state_looks()[state]
    linear = [
        [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
        for colour in (look.ink, look.plain)
    ]
    light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in linear)
    assert (light[1] + 0.05) / (light[0] + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
