from __future__ import annotations

import cv2
import numpy as np

from shizi.documents.flat import DENSITY, MARGIN, Flat
from shizi.documents.pose import Pose
from shizi.documents.spec import load_spec

FRONT = load_spec("vehicle_licence").pages[0]
# Six pixels a millimetre, so that a page is 528 pixels wide.
POSE = Pose(np.diag([5.28, 3.6, 1.0]), {}, ())


def test_places_on_the_page_and_on_the_flat_image_are_the_same() -> None:
    flat = Flat(np.full((360, 528, 3), 200, np.uint8), POSE, FRONT)
    places = np.array([[0, 0], [88, 60]], float)
    pixels = flat.to_pixels(places)
    np.testing.assert_allclose(pixels, (places + MARGIN) * DENSITY)
    np.testing.assert_allclose(flat.to_page(pixels), places)


def test_a_page_is_looked_at_again_in_even_light() -> None:
    light = np.linspace(60, 180, 528)[None, :, None]
    image = np.broadcast_to(light, (360, 528, 3)).astype(np.uint8)
    for view in Flat(image, POSE, FRONT).views:
        assert view.shape == (726, 1034, 3)
        middle = view[200:500, 200:800]
        assert middle.min() > 180
        assert np.ptp(middle.mean(axis=(0, 2))) < 12


def test_of_the_grey_views_one_is_sharper() -> None:
    image = np.full((360, 528, 3), 190, np.uint8)
    image[100:260, 262:266] = 60
    blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2), np.uint8)
    coloured, grey, sharp = Flat(blurred, POSE, FRONT).views
    assert np.ptp(grey.astype(int), axis=2).max() == 0
    rows = [view[300, 400:700, 1].astype(int) for view in (coloured, grey, sharp)]
    steepest = [np.abs(np.diff(row)).max() for row in rows]
    assert steepest[2] > 1.3 * steepest[1]
    assert abs(steepest[1] - steepest[0]) <= 2


def test_a_page_that_is_read_anew_is_read_on_its_flat_image() -> None:
    flat = Flat(np.full((360, 528, 3), 200, np.uint8), POSE, FRONT)
    places = np.array([[0, 0], [88, 60]], float)
    np.testing.assert_allclose(flat.first.place(places), [[0, 0], [528, 360]], atol=0.1)
    assert flat.second.image is flat.second.flat
    np.testing.assert_allclose(flat.second.place(places), flat.to_pixels(places))
