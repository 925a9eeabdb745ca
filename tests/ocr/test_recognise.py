from __future__ import annotations

import numpy as np
import pytest

from shizi.ocr.recognise import Recogniser, decode, fitted, padded

CHARSET = ("", "识", "字", "一")


def logits(path: list[int], *, sure: float = 20) -> np.ndarray:
    steps = np.zeros((len(path), len(CHARSET)), np.float32)
    steps[range(len(path)), path] = sure
    return steps


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param([1, 2], "识字", id="two characters"),
        pytest.param([0, 1, 1, 1, 2], "识字", id="repeats are one character"),
        pytest.param([3, 0, 3], "一一", id="a blank between keeps both"),
        pytest.param([0, 0], "", id="only blanks"),
    ],
)
def test_the_best_path_is_decoded(path: list[int], text: str) -> None:
    assert decode(logits(path), CHARSET).text == text


def test_the_score_is_the_mean_probability_of_the_characters() -> None:
    steps = np.log(np.array([[0.1, 0.7, 0.1, 0.1], [0.2, 0.2, 0.5, 0.1]], np.float32))
    assert decode(steps, CHARSET).score == pytest.approx(0.6)


def test_each_character_is_placed_in_pixels_of_the_strip() -> None:
    assert decode(logits([0, 1, 1, 0, 2]), CHARSET).places == (16, 36)


def test_a_line_without_characters_scores_nought() -> None:
    assert decode(logits([0, 0]), CHARSET).score == 0


@pytest.mark.parametrize(("width", "room"), [(1, 64), (64, 64), (65, 96), (320, 320)])
def test_strips_are_padded_to_few_widths(width: int, room: int) -> None:
    assert padded(width) == room


@pytest.mark.parametrize(
    ("width", "fit"),
    [
        pytest.param(1, 1, id="short"),
        pytest.param(64, 64, id="as wide as a batch"),
        pytest.param(67, 64, id="little wider"),
        pytest.param(68, 68, id="too much wider"),
        pytest.param(336, 320, id="a twentieth"),
        pytest.param(337, 337, id="above a twentieth"),
        pytest.param(3200, 3200, id="the longest"),
    ],
)
def test_strips_little_wider_than_a_batch_are_pressed(width: int, fit: int) -> None:
    assert fitted(width) == fit
    assert fit == width or padded(fit) == fit


def test_places_of_a_pressed_strip_are_those_of_the_strip() -> None:
    class Session:
        def run(self, batch: np.ndarray) -> np.ndarray:
            assert batch.shape == (1, 48, 320, 3)
            return logits([0] * 39 + [1])[None]

    reading = Recogniser(Session(), CHARSET).read(np.zeros((48, 336, 3), np.uint8))
    assert reading.text == "识"
    assert reading.places == (pytest.approx(39.5 * 8 * 336 / 320),)


def test_a_strip_is_padded_with_grey_on_its_right() -> None:
    class Session:
        def run(self, batch: np.ndarray) -> np.ndarray:
            self.batch = batch
            return logits([1])[None]

    session = Session()
    strip = np.zeros((48, 70, 3), np.uint8)
    assert Recogniser(session, CHARSET).read(strip).text == "识"
    assert session.batch.shape == (1, 48, 96, 3)
    assert set(session.batch[0, :, 70:].ravel().tolist()) == {128}
