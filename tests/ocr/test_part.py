from __future__ import annotations

import numpy as np

from shizi.ocr.part import MOST_SIDE, part_around


def test_a_part_holds_the_rectangle_and_its_margin() -> None:
    image = np.arange(100 * 80 * 3, dtype=np.uint32).astype(np.uint8)
    image = image.reshape(80, 100, 3)
    part = part_around(image, np.array([10.5, 20]), np.array([30, 40.2]))
    assert part.corner.tolist() == [8, 18]
    assert np.array_equal(part.pixels, image[18:44, 8:33])
    assert part.scale.tolist() == [1, 1]


def test_a_part_ends_with_the_image() -> None:
    image = np.zeros((80, 100, 3), np.uint8)
    part = part_around(image, np.array([-50, -50]), np.array([500, 500]))
    assert part.pixels.shape == image.shape


def test_a_rectangle_beside_the_image_gives_its_nearest_pixel() -> None:
    image = np.zeros((80, 100, 3), np.uint8)
    part = part_around(image, np.array([500, 500]), np.array([600, 600]))
    assert part.pixels.shape == (1, 1, 3)


def test_a_huge_part_is_reduced_along_its_long_side() -> None:
    image = np.zeros((5, 2 * MOST_SIDE, 3), np.uint8)
    part = part_around(image, np.array([0, 0]), np.array([2 * MOST_SIDE, 5]))
    assert part.pixels.shape == (5, MOST_SIDE, 3)
    assert part.scale.tolist() == [0.5, 1]
