"""Claims about the outlines that callers are given."""

from __future__ import annotations

from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine
from shizi.ocr.outline import outline

SIZE = Size(300, 200)


def outlined(text: str, *corners: tuple[float, float]) -> Quad:
    return outline(Page(SIZE, (TextLine(text, Quad.of(corners), 1.0),))).lines[0].quad


def test_ideographs_have_their_squares_outlined() -> None:
    quad = outlined("识字", (50, 50), (150, 50), (150, 100), (50, 100))
    assert quad == Quad.of([(48, 48), (152, 48), (152, 102), (48, 102)])


def test_a_column_read_from_the_top_grows_the_same() -> None:
    quad = outlined("识字", (100, 50), (100, 150), (50, 150), (50, 50))
    assert quad == Quad.of([(102, 48), (102, 152), (48, 152), (48, 48)])


def test_letters_keep_the_outline_of_their_ink() -> None:
    corners = [(50, 50), (150, 50), (150, 100), (50, 100)]
    assert outlined("shizi 2026", *corners) == Quad.of(corners)


def test_an_outline_stays_in_the_picture() -> None:
    quad = outlined("识字", (0, 0), (299, 0), (299, 199), (0, 199))
    assert quad == Quad.of([(0, 0), (299, 0), (299, 199), (0, 199)])


def test_a_line_without_height_stays_where_it_is() -> None:
    corners = [(50, 50), (150, 50), (150, 50), (50, 50)]
    quad = outlined("识", *corners)
    assert quad == Quad.of(corners)
