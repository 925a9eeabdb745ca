from __future__ import annotations

import cv2
import numpy as np
import pytest

from shizi.ocr.dashes import count_dashes
from shizi.ocr.look import look_at
from shizi.ocr.recognise import Reading
from shizi.ocr.turn import Line

EM = 32


def counted(text: str, shown: str, *strokes: tuple[float, float]) -> str:
    """Return what a line says after its level strokes are counted.

    Args:
        text: What is read, a place for each character in `shown`.
        shown: The page's characters of one width; a space where a stroke is.
        strokes: Start and length of each stroke in widths of a character.
    """
    width = EM * len(shown)
    grey = np.full((140, width + 200), 245, np.uint8)
    corners = np.array([[0, 0], [width, 0], [width, 48], [0, 48]], np.float32)
    corners += np.array([100, 40], np.float32)
    for number, character in enumerate(shown):
        left = 100 + number * EM
        if character != " ":
            cv2.rectangle(grey, (left + 3, 50), (left + EM - 4, 77), 20, 5)
    for start, length in strokes:
        left = round(100 + start * EM)
        cv2.line(grey, (left, 64), (left + round(length * EM) - 1, 64), 20, 2)
    look = look_at(grey, corners)
    assert look is not None
    kept = [number for number, each in enumerate(shown) if each != " "]
    gap = [number for number, each in enumerate(shown) if each == " "]
    inside = len(text) - len(kept)
    between = np.linspace(gap[0], gap[-1], inside + 2)[1:-1].tolist() if gap else []
    places = tuple((number + 0.5) * EM for number in sorted([*kept, *between]))
    return count_dashes(Line(corners, Reading(text, 0.9, places)), look).reading.text


@pytest.mark.parametrize(
    ("read", "strokes", "expected"),
    [
        pytest.param("—", [(3.05, 1.9)], "——", id="one sign for two"),
        pytest.param("一", [(3.05, 1.9)], "——", id="taken for one"),
        pytest.param("—一", [(3.05, 1.9)], "——", id="taken for both"),
        pytest.param("——", [(3.05, 1.9)], "——", id="right already"),
    ],
)
def test_a_stroke_as_long_as_two_characters_is_a_dash(
    read: str, strokes: list[tuple[float, float]], expected: str
) -> None:
    text = counted(f"识字人{read}认识字", "识字人  认识字", *strokes)
    assert text == f"识字人{expected}认识字"


@pytest.mark.parametrize("read", ["—", "一", "-一"])
def test_the_one_behind_a_dash_is_kept(read: str) -> None:
    for strokes in ([(3.02, 1.8), (5.05, 0.9)], [(3.02, 2.95)]):
        text = counted(f"识字人{read}认识字", "识字人   认识字", *strokes)
        assert text == "识字人——一认识字"


@pytest.mark.parametrize("read", ["一", "—", "-"])
def test_a_short_stroke_stays_what_it_is_read_as(read: str) -> None:
    text = f"识字人{read}认识字"
    assert counted(text, "识字人 认识字", (3.05, 0.9)) == text


def test_without_characters_side_by_side_nothing_is_measured() -> None:
    assert counted("识一字一人", "识 字  人", (1, 0.9), (3.0, 1.9)) == "识一字一人"


def test_what_is_no_level_stroke_is_not_measured() -> None:
    assert counted("识字人一认识字", "识字人他她认识字"[:7]) == "识字人一认识字"
