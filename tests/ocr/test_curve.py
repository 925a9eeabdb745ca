from __future__ import annotations

import cv2
import numpy as np
import pytest

from shizi.ocr.curve import Curve, crop_curve, trace


def arc(height: int = 20) -> np.ndarray:
    """Return the outline of a bow 400 pixels wide and 60 high."""
    x = np.arange(50, 450)
    middle = 150 - 60 * np.sin((x - 50) / 400 * np.pi)
    upper = np.stack([x, middle - height / 2], axis=1)
    lower = np.stack([x, middle + height / 2], axis=1)
    return np.concatenate([upper, lower[::-1]]).round().astype(np.int32)[:, None]


def test_the_centre_line_follows_the_bow_from_left_to_right() -> None:
    curve = trace(arc(), grow=0)
    x, y = curve.points.T
    assert (np.diff(x) > 0).all()
    expected = 150 - 60 * np.sin((x.clip(50, 450) - 50) / 400 * np.pi)
    assert np.abs(y - expected).max() < 3


def test_the_line_is_as_high_as_the_blob_and_its_growth() -> None:
    assert trace(arc(20), grow=6).height == pytest.approx(20 + 12, abs=3)


def test_the_line_grows_at_both_ends() -> None:
    bare, grown = trace(arc(), grow=0).points, trace(arc(), grow=10).points
    assert grown[0][0] < bare[0][0] - 5
    assert grown[-1][0] > bare[-1][0] + 5


def test_the_strip_along_a_bow_is_straight() -> None:
    image = np.full((240, 500, 3), 255, np.uint8)
    cv2.drawContours(image, [arc(20)], 0, (0, 0, 0), -1)
    strip = crop_curve(image, trace(arc(20), grow=10), 48, 3200)
    dark = strip[:, 40:-40, 0] < 128
    # The bow is 20 of 40 pixels high: rows 12 to 36 of the strip, all along.
    assert dark[18:30].mean() > 0.98
    assert dark[:6].mean() < 0.02
    assert dark[-6:].mean() < 0.02


def test_a_strip_is_as_wide_as_the_line_is_long() -> None:
    curve = Curve(np.array([[10, 50], [110, 50], [210, 50]], np.float32), 24)
    assert crop_curve(np.zeros((100, 300, 3), np.uint8), curve, 48, 3200).shape == (
        48,
        400,
        3,
    )


def test_a_strip_never_passes_the_longest() -> None:
    curve = Curve(np.array([[0, 1], [900, 1]], np.float32), 2)
    assert crop_curve(np.zeros((4, 900, 3), np.uint8), curve, 48, 320).shape[1] == 320


def test_a_line_that_leaves_the_picture_is_read_to_its_edge() -> None:
    curve = Curve(np.array([[-50, -5], [60, 5]], np.float32), 20)
    strip = crop_curve(np.full((10, 50, 3), 7, np.uint8), curve, 48, 3200)
    assert set(strip.ravel().tolist()) == {7}


def test_a_bent_line_is_cut_out_of_a_picture_longer_than_opencv_takes() -> None:
    image = np.zeros((70_000, 60, 3), np.uint8)
    image[69_000:] = 255
    curve = Curve(np.array([[5, 69_500], [30, 69_510], [55, 69_500]], np.float32), 9)
    assert crop_curve(image, curve, 48, 3200).min() == 255
