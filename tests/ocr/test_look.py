from __future__ import annotations

import cv2
import numpy as np
import pytest

from shizi.ocr.look import look_at

CORNERS = np.array([[100, 40], [300, 40], [300, 88], [100, 88]], np.float32)


def page(paper: int, ink: int) -> np.ndarray:
    grey = np.full((140, 400), paper, np.uint8)
    cv2.rectangle(grey, (150, 50), (170, 78), ink, -1)
    return grey


@pytest.mark.parametrize(("paper", "ink"), [(240, 20), (20, 240), (200, 120)])
def test_what_differs_from_the_paper_is_ink(paper: int, ink: int) -> None:
    look = look_at(page(paper, ink), CORNERS)
    assert look is not None
    columns = np.flatnonzero(look.ink.any(axis=0))
    # One height, 48 columns, lies before the line.
    assert (columns[0], columns[-1]) == pytest.approx((98, 118), abs=1)


def test_a_line_that_hardly_stands_out_is_not_looked_at() -> None:
    assert look_at(page(200, 190), CORNERS) is None


def test_a_box_as_high_as_wide_is_not_looked_at() -> None:
    assert look_at(page(240, 20), CORNERS[[0, 0, 3, 3]]) is None


def test_columns_are_found_again_in_the_image() -> None:
    look = look_at(page(240, 20), CORNERS)
    assert look is not None
    assert look.width == 200 + 2 * 48
    between = look.between(98, 118)
    assert between[0].tolist() == pytest.approx([150, 40], abs=1)
    assert between[2].tolist() == pytest.approx([170, 88], abs=1)
    image = np.repeat(page(240, 20)[..., None], 3, axis=2)
    assert look.strip(image, 100, 116)[24].max() < 60
