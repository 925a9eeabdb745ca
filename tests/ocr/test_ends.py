from __future__ import annotations

import cv2
import numpy as np
import pytest

from shizi.ocr.ends import lengthen
from shizi.ocr.look import look_at
from shizi.ocr.recognise import Reading
from shizi.ocr.turn import Line
from tests.fakes import Dictating

CORNERS = np.array([[100, 40], [300, 40], [300, 88], [100, 88]], np.float32)
READING = Reading("从此认识字", 0.99, (20, 60, 100, 140, 180))
QUOTED = Reading("认识字”", 0.99)


def page() -> np.ndarray:
    """Return five characters and a sign that stands outside their box."""
    image = np.full((140, 420, 3), 245, np.uint8)
    for left in range(106, 290, 40):
        cv2.rectangle(image, (left, 50), (left + 28, 78), (20, 20, 20), 5)
    cv2.rectangle(image, (310, 52), (320, 62), (20, 20, 20), -1)
    return image


def end(
    image: np.ndarray,
    again: Reading,
    *,
    reading: Reading = READING,
    taken: np.ndarray | None = None,
) -> Line:
    look = look_at(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), CORNERS)
    assert look is not None
    if taken is None:
        taken = np.zeros(image.shape[:2], np.uint8)
    return lengthen(image, Line(CORNERS, reading), look, taken, Dictating(again))


def test_a_sign_beyond_the_end_is_read() -> None:
    line = end(page(), QUOTED)
    assert line.reading.text == "从此认识字”"
    assert line.corners[0].tolist() == [100, 40]
    assert 320 < line.corners[1, 0] < 335


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(Reading("认识字", 0.99), id="nothing new"),
        pytest.param(Reading("认识学”", 0.99), id="something else"),
        pytest.param(Reading("认识字”", 0.7), id="not sure"),
        pytest.param(Reading("认识字画", 0.99), id="no sign"),
        pytest.param(Reading("认识字。”）", 0.99), id="too much"),
    ],
)
def test_only_sure_signs_are_taken(again: Reading) -> None:
    assert end(page(), again).reading == READING


def test_ink_of_another_line_is_left_to_it() -> None:
    taken = np.zeros((140, 420), np.uint8)
    taken[:, 306:] = 1
    assert end(page(), QUOTED, taken=taken).reading == READING


def test_a_rule_beyond_the_end_is_no_sign() -> None:
    image = page()
    image[:, 308:324] = 245
    image[:, 312:316] = 20
    assert end(image, QUOTED).reading == READING


def test_ink_that_goes_on_is_no_sign() -> None:
    image = page()
    image[50:78, 310:] = 20
    assert end(image, QUOTED).reading == READING


def test_latin_words_have_no_sign_apart() -> None:
    word = READING._replace(text="words")
    assert end(page(), Reading("rds”", 0.99), reading=word).reading == word
