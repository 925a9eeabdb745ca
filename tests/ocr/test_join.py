from __future__ import annotations

import pytest

from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.ocr.join import join_pieces


def line(
    text: str, left: float, right: float, top: float = 0, height: float = 20
) -> TextLine:
    bottom = top + height
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return TextLine(text, Quad.of(corners), 0.9)


def texts(*lines: TextLine) -> list[str]:
    return sorted(each.text for each in join_pieces(lines))


@pytest.mark.parametrize(
    ("before", "after"),
    [("老师说：", "“写字"), ("他说，", "好的"), ("今天", "《日报》")],
)
def test_a_line_parted_at_punctuation_is_one(before: str, after: str) -> None:
    assert texts(line(after, 112, 200), line(before, 0, 100)) == [before + after]


def test_a_line_in_three_pieces_is_one() -> None:
    pieces = line("甲，", 0, 40), line("乙。", 50, 90), line("丙", 100, 120)
    (whole,) = join_pieces(pieces)
    assert whole.text == "甲，乙。丙"
    assert whole.quad == Quad.of([(0, 0), (120, 0), (120, 20), (0, 20)])
    assert whole.score == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(line("姓名", 0, 40), line("王", 50, 70), id="no punctuation"),
        pytest.param(line("姓名：", 0, 60), line("王", 100, 120), id="a wide gap"),
        pytest.param(line("甲，", 0, 40), line("乙", 50, 70, top=8), id="another row"),
        pytest.param(
            line("甲，", 0, 40), line("乙", 50, 70, height=32), id="larger letters"
        ),
    ],
)
def test_other_lines_stay_apart(before: TextLine, after: TextLine) -> None:
    assert len(join_pieces([before, after])) == 2


def test_a_tilted_line_is_joined_along_its_tilt() -> None:
    one = TextLine("甲，", Quad.of([(0, 0), (100, 30), (94, 50), (-6, 20)]), 1)
    two = TextLine("乙", Quad.of([(110, 33), (160, 48), (154, 68), (104, 53)]), 1)
    assert texts(one, two) == ["甲，乙"]
