from __future__ import annotations

import numpy as np
import pytest

from shizi.ocr.recognise import Reading
from shizi.ocr.turn import Candidate, choose, is_upside_down

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
