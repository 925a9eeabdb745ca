"""Where the words of a line are set."""

from __future__ import annotations

import math

import numpy as np
import pytest

from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.ocrmypdf.layer import set_line

# A line of 200 x 20 pixels, from its beginning.
SHAPE = np.array([(0, 0), (200, 0), (200, 20), (0, 20)])


def line(text: str, angle: float, places: tuple[float, ...] = ()) -> TextLine:
    """Return a line that begins at 300, 300 and is turned with the clock."""
    turn = math.radians(angle)
    along = [(math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))]
    return TextLine(text, Quad.of(SHAPE @ np.array(along) + 300), 0.9, places)


@pytest.mark.parametrize("angle", [0, 2, -2, 88, 92, 178, -178, -88])
def test_a_word_begins_where_it_does_and_is_as_long_as_it_is(angle: float) -> None:
    made = set_line(line("ab cd", angle, (0.1, 0.2, 0.5, 0.8, 0.9)), (1, 1))
    turn = math.radians(angle)
    baseline = made.baseline
    assert made.textangle is not None
    assert baseline is not None
    # As OCRmyPDF has it: with the clock, its text angle against it.
    set_at = math.atan(baseline.slope) - math.radians(made.textangle)
    assert math.cos(set_at - turn) == pytest.approx(1)
    for word, (start, end) in zip(made.children, [(0, 50), (150, 200)], strict=True):
        box = word.bbox
        assert box is not None
        assert max(box.width, box.height) == pytest.approx(end - start)
        corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
        along = np.array(corners) - 300
        places = along @ (math.cos(turn), math.sin(turn))
        assert min(places) == pytest.approx(start, abs=1e-6)


def test_a_line_that_counts_as_level_runs_through_its_middle() -> None:
    made = set_line(line("ab", 0.25), (1, 1))
    assert made.bbox is not None
    middle = (made.bbox.top + made.bbox.bottom) / 2
    assert middle == pytest.approx(310 + 100 * math.sin(math.radians(0.25)), abs=0.01)


def test_a_word_of_ideographs_and_others_is_set_where_it_strays_least() -> None:
    # Known are the middles of the letters. The box ends with the ink of the stop,
    # which fills the first third of its square.
    text = "自2026年起。"
    widths = np.array([2, 1, 1, 1, 1, 2, 2, 2])
    middles = (widths.cumsum() - widths / 2) / (widths.sum() - 4 / 3)
    (word,) = set_line(line(text, 0, tuple(middles.tolist())), (1, 1)).children
    assert word.text == text
    assert word.bbox is not None
    assert word.bbox.left == pytest.approx(300)
    assert word.bbox.right == pytest.approx(300 + 200 * 12 / (12 - 4 / 3))


def test_the_page_may_have_been_read_in_another_size() -> None:
    made = set_line(line("ab", 0), (2, 0.5))
    assert made.bbox is not None
    assert (made.bbox.left, made.bbox.right) == (600, 1000)
    assert (made.bbox.top, made.bbox.bottom) == (150, 160)
