from __future__ import annotations

import numpy as np
import pytest

from shizi.ocr.evidence import keep_text
from shizi.ocr.recognise import Reading
from shizi.ocr.turn import Line
from tests.fakes import Dictating

IMAGE = np.full((600, 800, 3), 240, np.uint8)


def line(text: str, score: float, *, width: int = 200, height: int = 60) -> Line:
    """Return a line; the common size covers two and a half percent."""
    corners = [[100, 100], [100 + width, 100], [100 + width, 100 + height]]
    corners.append([100, 100 + height])
    return Line(np.array(corners, np.float32), Reading(text, score))


SURE = line("识字", 0.99)


def kept(*lines: Line, again: tuple[Reading, ...] = ()) -> list[str]:
    return [each.reading.text for each in keep_text(IMAGE, lines, Dictating(*again))]


@pytest.mark.parametrize(
    ("each", "is_text"),
    [
        pytest.param(line("一行长字", 0.86), True, id="a word"),
        pytest.param(line("口口", 0.8), False, id="a shape read as a word"),
        pytest.param(line("80", 0.9, width=700, height=560), False, id="a drawing"),
        pytest.param(line("一行很长的字", 0.55), True, id="a long line"),
        pytest.param(line("一行很长的字", 0.45), False, id="a poor long line"),
        pytest.param(line("字", 0.9), False, id="a large doubtful character"),
        pytest.param(line("字", 0.8, width=40, height=40), True, id="a small one"),
        pytest.param(line(" ", 0.99), False, id="nothing"),
    ],
)
def test_beside_words_a_line_is_told_by_length_size_and_score(
    each: Line, *, is_text: bool
) -> None:
    assert kept(SURE, each) == (["识字", each.reading.text] if is_text else ["识字"])


def test_a_page_of_one_character_is_read_when_it_stays_the_same() -> None:
    again = (Reading("福", 0.98),) * 3
    assert kept(line("福", 0.99), again=again) == ["福"]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param((Reading("★", 0.99),), id="something else"),
        pytest.param((Reading("大", 0.98), Reading("大", 0.6)), id="unsure"),
    ],
)
def test_a_shape_that_reads_differently_in_another_box_is_no_text(
    again: tuple[Reading, ...],
) -> None:
    assert kept(line("大", 0.99), again=again) == []


def test_a_page_of_poor_words_alone_has_no_text() -> None:
    assert kept(line("ulll.", 0.67), line("Ill..", 0.56)) == []
    assert kept(SURE, line("ulll.", 0.67)) == ["识字", "ulll."]
