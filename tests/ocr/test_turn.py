from __future__ import annotations

import math

import numpy as np
import pytest

from shizi.ocr.detect import Box
from shizi.ocr.recognise import Reading
from shizi.ocr.turn import Candidate, choose, is_upside_down, read_lines

CORNERS = np.array([[0, 0], [9, 0], [9, 4], [0, 4]], np.float32)
GOOD, FAIR, POOR = (
    Reading("好好好", 0.99),
    Reading("中中中", 0.7),
    Reading("差差差", 0.4),
)


def candidate(upright: Reading, turned: Reading | None) -> Candidate:
    return Candidate(CORNERS, upright, turned)


def test_a_page_of_sure_lines_stands_upright() -> None:
    assert not is_upside_down([candidate(GOOD, None), candidate(POOR, FAIR)])


def test_a_page_whose_lines_read_better_turned_stands_on_its_head() -> None:
    lines = [candidate(POOR, GOOD), candidate(POOR, GOOD), candidate(GOOD, None)]
    assert is_upside_down(lines)


def test_what_is_no_text_either_way_up_has_no_vote() -> None:
    ground = candidate(Reading("WM", 0.3), Reading("NAMAMANM", 0.45))
    assert not is_upside_down([ground, ground, ground, candidate(GOOD, None)])
    assert is_upside_down([ground, ground, candidate(POOR, GOOD)])


class Reader:
    """Reads strips the one way up or the other by what their first pixel says."""

    def __init__(self, says: dict[int, tuple[Reading, Reading]]) -> None:
        self.says = says

    def read(self, strip: np.ndarray) -> Reading:
        first, last = int(strip[0, 0, 0]), int(strip[-1, -1, 0])
        key = min(first, last)
        return self.says[key][0 if first < last else 1]


def page(kinds: list[int]) -> tuple[np.ndarray, list[Box]]:
    """Return a page of lines, each told by its first pixels, the longest first."""
    image = np.full((40 * len(kinds), 600, 3), 255, np.uint8)
    boxes: list[Box] = []
    for row, kind in enumerate(kinds):
        top, width = 40 * row, 500 - 10 * row
        image[top : top + 30, : width // 2] = kind
        corners = [[0, top], [width, top], [width, top + 30], [0, top + 30]]
        boxes.append(Box(np.array(corners, np.float32), 1.0))
    return image, boxes


NOISE, WORDS = 10, 90


def test_a_patterned_ground_does_not_keep_lines_from_being_read() -> None:
    ground = (Reading("WM", 0.3), Reading("NAMAMANM", 0.45))
    reader = Reader({NOISE: ground, WORDS: (GOOD, POOR)})
    found = read_lines(*page([NOISE] * 4 + [WORDS] * 2), [reader], end=math.inf)
    assert [each.upright.text for each in found[4:]] == ["好好好"] * 2


def test_reading_stops_where_the_longest_lines_stand_on_their_heads() -> None:
    reader = Reader({WORDS: (POOR, GOOD)})
    image, boxes = page([WORDS] * 6)
    assert len(read_lines(image, boxes, [reader], end=math.inf)) == 3
    found = read_lines(image, boxes, [reader], end=math.inf, is_turned=True)
    assert len(found) == 6


def test_a_page_without_lines_stands_upright() -> None:
    assert not is_upside_down([])


@pytest.mark.parametrize(
    ("upright", "turned", "text"),
    [
        pytest.param(GOOD, None, "好好好", id="sure"),
        pytest.param(POOR, GOOD, "好好好", id="much better turned"),
        pytest.param(FAIR, Reading("x", 0.8), "中中中", id="a little better"),
        pytest.param(FAIR, POOR, "中中中", id="worse"),
    ],
)
def test_the_way_up_of_a_line(
    upright: Reading, turned: Reading | None, text: str
) -> None:
    assert choose(candidate(upright, turned)).reading.text == text


def test_the_corners_of_a_turned_line_start_where_reading_starts() -> None:
    corners = choose(candidate(POOR, GOOD)).corners
    assert corners[0].tolist() == [9, 4]
