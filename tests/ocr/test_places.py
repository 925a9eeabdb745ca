"""Where the characters of a line are, as the engine tells."""

from __future__ import annotations

import numpy as np
import pytest

from shizi import Reader
from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.ocr.join import join_pieces
from tests.samples import SAMPLE


@pytest.mark.real
def test_the_engine_tells_where_each_character_is() -> None:
    lines = Reader().read_text(SAMPLE).lines
    told = [line for line in lines if line.places]
    assert len(told) > len(lines) / 2
    for line in told:
        assert len(line.places) == len(line.text)
        assert list(line.places) == sorted(line.places)
        assert 0 <= line.places[0] <= line.places[-1] <= 1
    # Ideographs are set at even steps.
    title = told[0]
    assert title.text == "春季植树活动通知"
    even = (np.arange(8) + 0.5) / 8
    assert np.abs(np.array(title.places) - even).max() < 0.06


def test_pieces_that_are_joined_keep_their_places() -> None:
    def piece(text: str, left: float, right: float) -> TextLine:
        quad = Quad.of([(left, 0), (right, 0), (right, 10), (left, 10)])
        return TextLine(text, quad, 1.0, (0.25, 0.75))

    (line,) = join_pieces([piece("甲，", 0, 20), piece("乙丙", 20, 40)])
    assert line.places == pytest.approx((1 / 8, 3 / 8, 5 / 8, 7 / 8))
