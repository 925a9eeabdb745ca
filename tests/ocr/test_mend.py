from __future__ import annotations

import math

import cv2
import numpy as np

from shizi.ocr.detect import Box
from shizi.ocr.mend import mend
from shizi.ocr.recognise import Reading
from shizi.ocr.turn import Line
from tests.fakes import Dictating

CORNERS = np.array([[100, 100], [400, 100], [400, 148], [100, 148]], np.float32)
READING = Reading("识字识字", 0.99, (40, 100, 200, 260))


def table() -> np.ndarray:
    image = np.full((260, 500, 3), 245, np.uint8)
    for left in (115, 175, 275, 335):
        cv2.rectangle(image, (left, 112), (left + 34, 136), (20, 20, 20), 5)
    image[:, 250:253] = 90
    return image


def mended(line: Line, *readings: Reading, end: float = math.inf) -> list[str]:
    boxes = [Box(CORNERS, 0.9)]
    lines = mend(table(), [line], boxes, Dictating(*readings), end=end)
    return [each.reading.text for each in lines]


def test_a_line_is_mended() -> None:
    cells = (Reading("识字", 0.99), Reading("识字", 0.99))
    assert mended(Line(CORNERS, READING), *cells) == ["识字", "识字"]


def test_a_bent_line_is_left_as_it_is() -> None:
    assert mended(Line(CORNERS, READING, bent=True)) == ["识字识字"]


def test_a_line_without_places_is_left_as_it_is() -> None:
    assert mended(Line(CORNERS, Reading("识字识字", 0.99))) == ["识字识字"]


def test_past_its_time_a_page_is_left_as_it_is() -> None:
    assert mended(Line(CORNERS, READING), end=0.0) == ["识字识字"]


def test_a_page_without_lines_stays_one() -> None:
    assert mend(table(), [], [], Dictating(), end=math.inf) == []
