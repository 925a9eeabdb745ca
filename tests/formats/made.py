"""Scans that nobody read, for the formats to write."""

from __future__ import annotations

from shizi.core.card import Card, Field
from shizi.core.geometry import Quad, Size
from shizi.core.sheet import Sheet
from shizi.core.text import Page, TextLine
from shizi.formats.scan import Leaf, Scan

SIZE = Size(400, 300)


def level(left: float, top: float, right: float, bottom: float) -> Quad:
    return Quad.of([(left, top), (right, top), (right, bottom), (left, bottom)])


TITLE = TextLine("识字 2026", level(40, 20, 320, 60), 0.99)
LINES = (
    TITLE,
    TextLine('a <b> & "c"', level(40, 100, 240, 120), 0.9),
    TextLine("第二行", level(40, 124, 100, 144), 0.95, (1 / 6, 3 / 6, 5 / 6)),
    # Turned by a quarter with the clock: from the top right corner downwards.
    TextLine("DOWN", Quad.of([(380, 50), (380, 130), (360, 130), (360, 50)]), 0.8),
)
CARD = Card(
    "vehicle_licence",
    SIZE,
    {
        "plate_number": Field("京A12345", 0.98, level(100, 50, 200, 70)),
        "owner": Field("张三|李四", 0.7, level(100, 80, 200, 100)),
    },
    {"front": level(10, 10, 390, 290)},
    ("blurred",),
)


def page(*lines: TextLine) -> Sheet:
    return Sheet(Page(SIZE, lines or LINES))


def scan(*sheets: Sheet, source: str = "scans/a.jpg") -> Scan:
    sheets = sheets or (page(),)
    return Scan(source, tuple(Leaf(n, each) for n, each in enumerate(sheets, 1)))


def licence() -> Sheet:
    return Sheet(Page(SIZE, LINES), CARD)
