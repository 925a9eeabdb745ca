from __future__ import annotations

import math

import numpy as np
import pytest

from shizi.core.posterior import Posterior
from shizi.documents.ctc import align, greedy
from tests.documents.strips import forward, strip

HALF = math.log(0.5)


def test_the_best_path_has_its_probabilities_and_places():
    glyphs = greedy(strip("1", {"2": 0.7, "3": 0.2}, "2"))
    assert [glyph.character for glyph in glyphs] == ["1", "2", "2"]
    assert glyphs[1].score == pytest.approx(0.7, abs=0.01)
    assert [(glyph.start, glyph.end) for glyph in glyphs] == [(1, 2), (3, 4), (5, 6)]


def test_a_character_over_several_steps_is_one():
    rows = np.log([[0.1, 0.9], [0.3, 0.7], [0.9, 0.1]]).astype(np.float32)
    (glyph,) = greedy(Posterior(rows, {"字": 1}, 8, 8 * len(rows)))
    assert (glyph.start, glyph.end) == (0, 2)
    assert glyph.score == pytest.approx(0.9, abs=1e-6)


def test_a_text_has_the_sum_over_all_its_spellings():
    rows = np.full((2, 2), HALF, np.float32)
    posterior = Posterior(rows, {"字": 1}, 8, 8 * len(rows))
    assert forward(posterior, "字") == pytest.approx(math.log(0.75))
    assert forward(posterior, "") == pytest.approx(math.log(0.25))


def test_a_repeated_character_needs_a_blank_between():
    rows = np.full((2, 2), HALF, np.float32)
    assert forward(Posterior(rows, {"字": 1}, 8, 8 * len(rows)), "字字") == -math.inf
    rows = np.full((3, 2), HALF, np.float32)
    assert forward(
        Posterior(rows, {"字": 1}, 8, 8 * len(rows)), "字字"
    ) == pytest.approx(3 * HALF)


def test_what_the_recogniser_does_not_know_cannot_be():
    posterior = strip("12")
    assert align(posterior, "1龘") is None
    assert align(posterior, "1" * 40) is None


def test_a_very_unlikely_text_still_has_a_probability():
    posterior = strip("1" * 30, floor=1e-9)
    assert -math.inf < forward(posterior, "8" * 30) < -500


def test_a_text_is_aligned_even_where_another_is_likelier():
    glyphs = align(strip("1", {"2": 0.7, "3": 0.2}, "2"), "132")
    assert [(glyph.start, glyph.end) for glyph in glyphs] == [(1, 2), (3, 4), (5, 6)]
    assert glyphs[1].score == pytest.approx(0.2, abs=0.01)


def test_nothing_is_aligned_to_nothing():
    assert align(strip("1"), "") == []
