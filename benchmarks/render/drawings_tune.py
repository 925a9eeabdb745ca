"""Drawings without any text, for the family "tune".

Nothing is drawn that by itself could pass for a character: no plain ring, bar or cross.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from benchmarks.render.sheet import Colour, Pen, Sheet

INK = (45, 45, 52)
_TINTS: tuple[Colour, ...] = (
    (214, 96, 77),
    (67, 147, 195),
    (120, 170, 90),
    (230, 180, 60),
    (140, 110, 170),
)


def picture(pen: Pen) -> Sheet:
    """Draw one of: app icons, a bar chart, gears, a rosette, contour lines."""
    return pen.one_of(_icons, _bars, _gears, _rosette, _contours)(pen)


def _tint(pen: Pen) -> Colour:
    return pen.one_of(*_TINTS)


def _icons(pen: Pen) -> Sheet:
    sheet = pen.sheet(900, 900)
    draw, shapes = sheet.pencil, (_house, _star, _heart, _envelope, _leaf)
    step = pen.one_of(150, 180, 225)
    for top in range(30, 900 - step + 1, step):
        for left in range(30, 900 - step + 1, step):
            side = step * 0.62
            box = (left, top, left + side, top + side)
            draw.rounded_rectangle(box, side / 5, fill=_tint(pen))
            pen.one_of(*shapes)(draw, left + side / 2, top + side / 2, side * 0.3)
    return sheet


def _house(draw: ImageDraw, x: float, y: float, r: float) -> None:
    roof = [(x - r * 1.1, y), (x, y - r), (x + r * 1.1, y)]
    draw.polygon(roof, fill=(255, 255, 255))
    draw.rectangle((x - r * 0.8, y, x + r * 0.8, y + r), fill=(255, 255, 255))
    draw.rectangle((x - r * 0.2, y + r * 0.4, x + r * 0.2, y + r), fill=INK)


def _star(draw: ImageDraw, x: float, y: float, r: float) -> None:
    spikes = [
        (
            x + (r if i % 2 else r * 0.42) * math.sin(i * math.pi / 5),
            y + (r if i % 2 else r * 0.42) * math.cos(i * math.pi / 5),
        )
        for i in range(10)
    ]
    draw.polygon(spikes, fill=(255, 250, 220))


def _heart(draw: ImageDraw, x: float, y: float, r: float) -> None:
    for side in (-1, 1):
        middle = x + side * r * 0.48
        draw.ellipse(
            (middle - r / 2, y - r * 0.8, middle + r / 2, y + r * 0.2), "white"
        )
    draw.polygon([(x - r, y - r * 0.1), (x + r, y - r * 0.1), (x, y + r)], "white")


def _envelope(draw: ImageDraw, x: float, y: float, r: float) -> None:
    draw.rectangle((x - r * 1.2, y - r * 0.8, x + r * 1.2, y + r * 0.8), fill="white")
    flap = [(x - r * 1.2, y - r * 0.8), (x, y + r * 0.2), (x + r * 1.2, y - r * 0.8)]
    draw.line(flap, fill=INK, width=max(2, int(r / 8)))


def _leaf(draw: ImageDraw, x: float, y: float, r: float) -> None:
    draw.chord((x - r, y - r, x + r, y + r), 20, 200, fill=(235, 245, 225))
    draw.line((x - r, y + r, x + r * 0.6, y - r * 0.5), fill=INK, width=3)


def _bars(pen: Pen) -> Sheet:
    sheet = pen.sheet(1000, 720)
    draw, count = sheet.pencil, pen.whole(5, 11)
    for y in range(120, 640, 65):
        draw.line((90, y, 950, y), fill=(205, 205, 205), width=2)
    pitch = 840 / count
    for i in range(count):
        left, tint = 105 + i * pitch, _tint(pen)
        top = pen.whole(140, 560)
        draw.rectangle((left, top, left + pitch * 0.6, 640), fill=tint)
    draw.line([(90, 90), (90, 640), (960, 640)], fill=INK, width=4)
    return sheet


def _gears(pen: Pen) -> Sheet:
    sheet = pen.sheet(960, 760)
    draw = sheet.pencil
    for x, y, r in ((270, 300, 170), (610, 280, 130), (500, 560, 120), (790, 520, 90)):
        teeth = pen.whole(12, 22)
        rim = []
        for i in range(teeth * 4):
            reach = r if i % 4 < 2 else r * 0.84
            angle = i * math.pi / (2 * teeth)
            rim.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
        draw.polygon(rim, fill=(196, 200, 206), outline=INK, width=4)
        spokes = pen.whole(5, 7)
        for i in range(spokes):
            angle = 2 * math.pi * i / spokes
            hole = (x + r * 0.5 * math.cos(angle), y + r * 0.5 * math.sin(angle))
            draw.circle(hole, r * 0.17, fill=pen.paper, outline=INK, width=3)
        draw.circle((x, y), r * 0.16, fill=(90, 90, 96))
    return sheet


def _rosette(pen: Pen) -> Sheet:
    sheet = pen.sheet(900, 900)
    large, small = pen.whole(5, 9), pen.whole(11, 17)
    angle = np.linspace(0, 2 * np.pi * 12, 4000)
    for ring in (400, 300, 200, 110):
        wave = ring * (0.75 + 0.25 * np.cos(angle * small / large))
        x, y = 450 + wave * np.cos(angle), 450 + wave * np.sin(angle)
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        sheet.pencil.line(points, fill=_tint(pen), width=3)
    return sheet


def _contours(pen: Pen) -> Sheet:
    sheet = pen.sheet(1000, 760)
    angle = np.linspace(0, 2 * np.pi, 300)
    for x, y in ((300, 280), (720, 460)):
        bumps = pen.rng.uniform(-0.12, 0.12, 5)
        shape = 1 + sum(b * np.sin((k + 2) * angle + k) for k, b in enumerate(bumps))
        for level in range(60, 330, 34):
            across, down = (
                x + level * shape * np.cos(angle),
                y + level * shape * np.sin(angle),
            )
            points = list(zip(across.tolist(), down.tolist(), strict=True))
            sheet.pencil.line(points, fill=(168, 120, 80), width=3)
    river = [(i, 380 + 90 * math.sin(i / 130) + i / 12) for i in range(0, 1001, 10)]
    sheet.pencil.line(river, fill=(70, 130, 200), width=9)
    return sheet
