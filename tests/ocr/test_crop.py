from __future__ import annotations

import numpy as np
import pytest

from shizi.ocr.crop import LINE_HEIGHT, crop_line


def corners(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, np.float32)


@pytest.fixture
def image() -> np.ndarray:
    """Red left half, green right half, blue lower quarter."""
    image = np.zeros((400, 400, 3), np.uint8)
    image[:, :200, 0] = 255
    image[:, 200:, 1] = 255
    image[300:] = (0, 0, 255)
    return image


def test_a_line_is_brought_to_the_recognisers_height(image: np.ndarray) -> None:
    strip, _ = crop_line(image, corners((100, 100), (300, 100), (300, 124), (100, 124)))
    assert strip.shape == (LINE_HEIGHT, 400, 3)
    assert strip[24, 50].tolist() == [255, 0, 0]
    assert strip[24, 350].tolist() == [0, 255, 0]


def test_a_high_line_is_averaged_on_its_way_down(image: np.ndarray) -> None:
    image[:, ::2] = 0
    strip, _ = crop_line(image, corners((0, 0), (190, 0), (190, 190), (0, 190)))
    assert int(strip[24, 24, 0]) == pytest.approx(128, abs=40)


def test_a_tall_box_is_turned_a_quarter_against_the_clock(image: np.ndarray) -> None:
    box = corners((10, 10), (40, 10), (40, 390), (10, 390))
    strip, turned = crop_line(image, box)
    assert strip.shape[1] > strip.shape[0]
    assert turned.tolist() == np.roll(box, -1, axis=0).tolist()
    # What was at the top comes to the left.
    assert strip[24, 10].tolist() == [255, 0, 0]
    assert strip[24, -10].tolist() == [0, 0, 255]


def test_a_tilted_line_is_laid_flat(image: np.ndarray) -> None:
    strip, _ = crop_line(image, corners((110, 90), (300, 200), (288, 220), (98, 110)))
    assert strip.shape[0] == LINE_HEIGHT
    assert strip[24, 5].tolist() == [255, 0, 0]
    assert strip[24, -5].tolist() == [0, 255, 0]


def test_a_box_of_no_width_gives_a_strip_all_the_same(image: np.ndarray) -> None:
    strip, _ = crop_line(image, corners((5, 5), (5, 5), (5, 6), (5, 6)))
    assert strip.shape[0] == LINE_HEIGHT


def test_an_endless_strip_is_pressed_together() -> None:
    image = np.zeros((4, 20_000, 3), np.uint8)
    strip, _ = crop_line(image, corners((0, 0), (19_999, 0), (19_999, 3), (0, 3)))
    assert strip.shape == (LINE_HEIGHT, 3200, 3)


@pytest.mark.parametrize("height", [4, 200])
def test_a_line_longer_than_opencv_takes_is_cut_out_all_the_same(height: int) -> None:
    image = np.zeros((height, 70_000, 3), np.uint8)
    image[:, 35_000:] = 255
    strip, _ = crop_line(
        image, corners((0, 0), (69_999, 0), (69_999, height - 1), (0, height - 1))
    )
    assert strip[24, 100].tolist() == [0, 0, 0]
    assert strip[24, -100].tolist() == [255, 255, 255]
