from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.geometry import Outline
from shizi.documents.paper import find_papers
from shizi.documents.spec import load_spec

PAGE = load_spec("vehicle_licence").pages[0]
# As long and high as the page, in pixels.
CARD = np.array([[0, 0], [440, 0], [440, 300], [0, 300]], float)


def placed(degrees: float, at: tuple[float, float], size: float = 1.0) -> np.ndarray:
    """Return the card's corners turned about its centre, which is put somewhere."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (CARD - CARD.mean(axis=0)) * size @ turn.T + at


def drawn(*sheets: np.ndarray, ground: int = 30, paper: int = 90) -> np.ndarray:
    """Return a picture of sheets with lines of print, in the light of a lamp."""
    image = np.full((900, 1200, 3), ground, np.uint8)
    for corners in sheets:
        cv2.fillPoly(image, [corners.round().astype(np.int32)], (paper, paper, paper))
        start, along, down = (
            corners[0],
            corners[1] - corners[0],
            corners[3] - corners[0],
        )
        for share in (0.2, 0.4, 0.6, 0.8):
            left, right = start + 0.1 * along, start + 0.8 * along
            ends = np.array([left + share * down, right + share * down])
            first, last = ends.round().astype(int).tolist()
            cv2.line(image, first, last, (ground, ground, ground), 4)
    noise = np.random.default_rng(3).normal(0, 6, image.shape)
    warm = np.clip((image + noise) * (1.0, 0.8, 0.6), 0, 255)
    return warm.astype(np.uint8)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    first, second = (Outline(tuple(map(tuple, each.tolist()))) for each in (one, other))
    return first.overlap(second)


@pytest.mark.parametrize("degrees", [0, 20, 90, 200])
def test_a_sheet_on_dark_ground_is_found_lengthwise(degrees: float) -> None:
    sheet = placed(degrees, (600, 450))
    (found,) = find_papers(drawn(sheet), PAGE)
    assert overlap(found, sheet) > 0.9
    sides = np.hypot(*(np.roll(found, -1, axis=0) - found).T)
    assert sides[0] > sides[1]
    # Clockwise, as pixels count.
    assert cv2.contourArea(found.astype(np.float32), oriented=True) > 0


def test_each_of_two_sheets_is_found_once() -> None:
    sheets = [placed(5, (320, 250)), placed(95, (900, 600))]
    found = find_papers(drawn(*sheets), PAGE)
    assert len(found) == 2
    for sheet in sheets:
        assert max(overlap(sheet, each) for each in found) > 0.9


def test_a_sheet_that_leans_back_is_found() -> None:
    sheet = np.array([[300, 300], [820, 280], [900, 620], [240, 650]], float)
    (found,) = find_papers(drawn(sheet), PAGE)
    assert overlap(found, sheet) > 0.9


def test_what_is_no_card_is_none() -> None:
    square = np.array([[300, 200], [700, 200], [700, 600], [300, 600]], float)
    assert not find_papers(drawn(square), PAGE)
    assert not find_papers(drawn(placed(0, (600, 450), size=0.2)), PAGE)
    assert not find_papers(drawn(), PAGE)
    for height, width in ((8, 8), (1, 5000), (5000, 1)):
        assert not find_papers(np.zeros((height, width, 3), np.uint8), PAGE)
