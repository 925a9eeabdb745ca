"""Drawings without any text, for the family "report".

Nothing is drawn that by itself could pass for a character: no plain ring, bar or cross.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from benchmarks.render.sheet import Colour, Pen, Sheet

INK = (30, 34, 60)
_TINTS: tuple[Colour, ...] = (
    (90, 160, 150),
    (200, 120, 60),
    (60, 90, 160),
    (170, 60, 110),
    (150, 150, 70),
    (110, 190, 220),
)


def picture(pen: Pen) -> Sheet:
    """Draw one of: pictograms, a landscape, two charts, a mosaic, a street map."""
    return pen.one_of(_pictograms, _landscape, _charts, _mosaic, _streets)(pen)


def _pictograms(pen: Pen) -> Sheet:
    sheet = pen.sheet(840, 1000)
    draw, step = sheet.pencil, pen.one_of(130, 195, 260)
    shapes = (_camera, _cup, _fish, _cloud, _bell)
    for y in range(step // 2 + 30, 1000 - step // 2, step):
        for x in range(step // 2 + 30, 840 - step // 2, step):
            pen.one_of(*shapes)(draw, x, y, step * 0.3, pen.one_of(*_TINTS))
    return sheet


def _camera(draw: ImageDraw, x: float, y: float, r: float, tint: Colour) -> None:
    body = (x - r * 1.2, y - r * 0.7, x + r * 1.2, y + r * 0.8)
    draw.rounded_rectangle(body, r / 5, fill=tint, outline=INK, width=3)
    draw.rectangle((x - r * 0.4, y - r, x + r * 0.4, y - r * 0.7), fill=INK)
    draw.circle((x, y), r * 0.5, fill=(240, 240, 240), outline=INK, width=4)
    draw.circle((x, y), r * 0.25, fill=INK)


def _cup(draw: ImageDraw, x: float, y: float, r: float, tint: Colour) -> None:
    draw.arc((x + r * 0.2, y - r * 0.5, x + r * 1.2, y + r * 0.5), 270, 90, INK, 7)
    draw.chord((x - r, y - r * 1.6, x + r * 0.8, y + r), 0, 180, fill=tint)
    draw.rectangle((x - r * 1.2, y + r, x + r, y + r * 1.15), fill=INK)


def _fish(draw: ImageDraw, x: float, y: float, r: float, tint: Colour) -> None:
    draw.ellipse((x - r * 1.2, y - r * 0.6, x + r * 0.7, y + r * 0.6), fill=tint)
    tail = [(x + r * 0.5, y), (x + r * 1.2, y - r * 0.6), (x + r * 1.2, y + r * 0.6)]
    draw.polygon(tail, fill=tint)
    draw.circle((x - r * 0.75, y - r * 0.1), r * 0.12, fill=(255, 255, 255))


def _cloud(draw: ImageDraw, x: float, y: float, r: float, tint: Colour) -> None:
    for dx, dy, size in ((-0.6, 0.1, 0.5), (0, -0.2, 0.7), (0.6, 0.1, 0.5)):
        draw.circle((x + dx * r, y + dy * r), r * size, fill=tint)
    for dx in (-0.5, 0.1, 0.7):
        drop = (x + dx * r, y + r * 0.7, x + (dx - 0.25) * r, y + r * 1.1)
        draw.line(drop, fill=INK, width=4)


def _bell(draw: ImageDraw, x: float, y: float, r: float, tint: Colour) -> None:
    draw.chord((x - r * 0.8, y - r, x + r * 0.8, y + r * 0.8), 180, 360, fill=tint)
    draw.polygon(
        [
            (x - r * 0.8, y - 2),
            (x + r * 0.8, y - 2),
            (x + r, y + r * 0.6),
            (x - r, y + r * 0.6),
        ],
        fill=tint,
    )
    draw.circle((x, y + r * 0.75), r * 0.2, fill=INK)


def _landscape(pen: Pen) -> Sheet:
    sheet = pen.sheet(1100, 760)
    draw, rng = sheet.pencil, pen.rng
    for base in (300, 380, 460):
        phase = float(rng.uniform(0, 6))
        ridge = [
            (x, base + 60 * math.sin(x / 170 + phase) + 22 * math.sin(x / 41 + phase))
            for x in range(0, 1101, 6)
        ]
        draw.line(ridge, fill=INK, width=4)
    for _ in range(pen.whole(4, 9)):
        x, y, r = pen.whole(60, 1040), pen.whole(480, 640), pen.whole(26, 60)
        draw.line((x, y, x, y + r * 1.6), fill=INK, width=6)
        for turn in range(7):
            angle = turn * 2 * math.pi / 7
            leaf = (
                x + r * 0.5 * math.cos(angle),
                y - r * 0.4 + r * 0.5 * math.sin(angle),
            )
            draw.circle(leaf, r * 0.55, fill=pen.paper, outline=INK, width=3)
    left, top, wide = pen.whole(120, 700), pen.whole(470, 520), pen.whole(160, 240)
    draw.rectangle((left, top, left + wide, top + 150), pen.paper, INK, 4)
    roof = [(left - 30, top), (left + wide / 2, top - 110), (left + wide + 30, top)]
    draw.polygon(roof, fill=(225, 205, 190), outline=INK, width=4)
    door = (left + wide * 0.6, top + 60, left + wide * 0.85, top + 150)
    draw.rectangle(door, fill=(150, 110, 80), outline=INK, width=3)
    return sheet


def _charts(pen: Pen) -> Sheet:
    sheet = pen.sheet(1100, 640)
    draw, start = sheet.pencil, float(pen.whole(0, 90))
    shares = pen.rng.dirichlet(np.full(pen.whole(4, 7), 3.0)) * 360
    for i, share in enumerate(shares.tolist()):
        tint = _TINTS[i % len(_TINTS)]
        draw.pieslice((60, 110, 480, 530), start, start + share, tint, pen.paper, 4)
        start += share
    draw.line([(590, 90), (590, 550), (1050, 550)], fill=INK, width=3)
    for tint in _TINTS[: pen.whole(2, 4)]:
        walk = 320 + np.cumsum(pen.rng.normal(0, 26, 24)).clip(-200, 200)
        points = [(600 + i * 19, float(y)) for i, y in enumerate(walk)]
        draw.line(points, fill=tint, width=4)
        for point in points[::3]:
            draw.circle(point, 6, fill=tint)
    return sheet


def _mosaic(pen: Pen) -> Sheet:
    sheet = pen.sheet(900, 900)
    draw, side = sheet.pencil, pen.one_of(36, 60, 90)
    down = side * math.sqrt(3) / 2
    for row in range(int(900 / down) + 2):
        for column in range(int(900 / side) + 2):
            x, y = (column - 0.5 * (row % 2)) * side, row * down
            for edge in ((x + side, y), (x + side / 2, y + down)):
                third = (x - side / 2 + side, y + down)
                if edge == third:
                    third = (x - side / 2, y + down)
                tint = pen.one_of(*_TINTS[:4], pen.paper)
                draw.polygon([(x, y), edge, third], tint, (245, 245, 240), 3)
    return sheet


def _streets(pen: Pen) -> Sheet:
    sheet = pen.sheet(1000, 1000, (238, 236, 226))
    draw, rng = sheet.pencil, pen.rng
    for _ in range(pen.whole(3, 6)):
        x, y = rng.uniform(100, 900, 2).tolist()
        angle = np.sort(rng.uniform(0, 2 * np.pi, 9))
        reach = rng.uniform(60, 170, 9)
        park = np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1)
        draw.polygon([(a, b) for a, b in park.tolist()], fill=(200, 222, 184))
    for i in range(pen.whole(10, 16)):
        start = rng.uniform(0, 1000, 2)
        heading = float(rng.uniform(0, np.pi))
        turns = heading + np.cumsum(rng.normal(0, 0.16, 40))
        steps = 36 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        road = [(a, b) for a, b in (start + np.cumsum(steps, axis=0)).tolist()]
        wide = 18 if i < 4 else 9
        draw.line(road, fill=(170, 165, 155), width=wide + 4, joint="curve")
        fill = (250, 214, 120) if i < 4 else (255, 255, 255)
        draw.line(road, fill=fill, width=wide, joint="curve")
    shore = [
        (x, 820 + 70 * math.sin(x / 150) + 25 * math.sin(x / 37)) for x in range(1001)
    ]
    draw.polygon([*shore, (1000, 1000), (0, 1000)], fill=(168, 204, 226))
    return sheet
