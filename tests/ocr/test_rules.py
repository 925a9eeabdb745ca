from __future__ import annotations

import cv2
import numpy as np
import pytest

from shizi.ocr.look import look_at
from shizi.ocr.recognise import Reading
from shizi.ocr.rules import cut_at_rules
from shizi.ocr.turn import Line
from tests.fakes import Dictating

CORNERS = np.array([[100, 100], [400, 100], [400, 148], [100, 148]], np.float32)
WHOLE = Reading("418 18.0", 0.99, tuple(range(20, 300, 36)))


def page(top: int, bottom: int, *, width: int = 3) -> np.ndarray:
    """Return two numbers with an upright stroke between them."""
    image = np.full((260, 500, 3), 245, np.uint8)
    for left in (115, 155, 195, 270, 310, 350):
        cv2.rectangle(image, (left, 112), (left + 20, 136), (20, 20, 20), 4)
    cv2.rectangle(image, (250, top), (250 + width - 1, bottom), (90, 90, 90), -1)
    return image


def cut(image: np.ndarray, *readings: Reading) -> list[Line]:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    look = look_at(grey, CORNERS)
    assert look is not None
    line = Line(CORNERS, WHOLE)
    return cut_at_rules(image, grey, line, look, Dictating(*readings))


def test_two_cells_are_parted_at_their_rule() -> None:
    cells = cut(page(0, 259), Reading("418", 0.99), Reading("18.0", 0.98))
    assert [cell.reading.text for cell in cells] == ["418", "18.0"]
    left, right = (cell.corners for cell in cells)
    assert left[0].tolist() == pytest.approx([100, 100], abs=1)
    assert left[1, 0] == pytest.approx(249, abs=2)
    assert right[0, 0] == pytest.approx(253, abs=2)
    assert right[2].tolist() == pytest.approx([400, 148], abs=1)


def test_the_last_row_of_a_table_is_parted_too() -> None:
    cells = cut(page(0, 165), Reading("418", 0.99), Reading("18.0", 0.98))
    assert len(cells) == 2


@pytest.mark.parametrize(
    ("top", "bottom", "width"),
    [
        pytest.param(100, 148, 3, id="a stroke as high as the line"),
        pytest.param(90, 158, 3, id="a stroke a little higher"),
        pytest.param(0, 259, 30, id="a bar"),
    ],
)
def test_what_is_no_rule_parts_nothing(top: int, bottom: int, width: int) -> None:
    cells = cut(page(top, bottom, width=width))
    assert [cell.reading for cell in cells] == [WHOLE]


def test_a_line_is_kept_whole_when_a_cell_says_nothing() -> None:
    cells = cut(page(0, 259), Reading("418", 0.99), Reading("", 0.0))
    assert [cell.reading for cell in cells] == [WHOLE]
