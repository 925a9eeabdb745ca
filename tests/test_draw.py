from __future__ import annotations

import cv2
import numpy as np

from shizi.core.geometry import Quad
from shizi.draw import draw_outlines, shrink

QUAD = Quad.of([(20, 20), (80, 20), (80, 60), (20, 60)])


def test_outlines_are_drawn_on_a_copy() -> None:
    image = np.full((100, 100, 3), 128, np.uint8)
    drawn = cv2.imdecode(np.frombuffer(draw_outlines(image, [QUAD]), np.uint8), 1)
    assert (image == 128).all()
    red = drawn[:, :, 2].astype(int) - drawn[:, :, 0]
    assert red[20, 50] > 50
    assert abs(red[40, 50]) < 20


def test_without_outlines_the_picture_is_given_as_it_is() -> None:
    drawn = draw_outlines(np.full((10, 20, 3), 128, np.uint8), [])
    assert cv2.imdecode(np.frombuffer(drawn, np.uint8), 1).shape == (10, 20, 3)


def test_a_picture_is_made_no_smaller_than_it_must_be() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), np.uint8)
    whole = shrink(noise, 1 << 30)
    assert (whole.size, whole.scale) == ((400, 300), 1)
    most = len(whole.data) // 2
    smaller = shrink(noise, most)
    assert most / 2 < len(smaller.data) <= most
    assert smaller.size == (400, 300)
    shape = cv2.imdecode(np.frombuffer(smaller.data, np.uint8), 1).shape
    assert shape[1] == round(400 * smaller.scale)
