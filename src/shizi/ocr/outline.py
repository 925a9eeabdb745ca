"""Outlines as people draw them around a line.

What is found of a line ends at its ink. An ideograph is designed in a square larger
than its ink, and people outline the square; Latin letters they outline at the ink.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from shizi.core.geometry import Quad
from shizi.ocr.recognise import is_ideograph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shizi.core.text import Page

# Heights of the line. Outlines drawn by hand are 1.08 times as high as ours (median of
# 629 lines of 45 real Chinese pictures).
_ROOM = 0.08


def outline(page: Page) -> Page:
    """Return a page with outlines that hold its ideographs' squares."""
    limit = np.array(page.size) - 1
    return replace(
        page,
        lines=tuple(
            replace(line, quad=_grown(line.quad, limit))
            if any(is_ideograph(each) for each in line.text)
            else line
            for line in page.lines
        ),
    )


def _grown(quad: Quad, limit: NDArray[np.int64]) -> Quad:
    """Return an outline with half the room on each side, inside the image."""
    corners = np.array(quad)
    along = corners[1] - corners[0] + corners[2] - corners[3]
    down = corners[3] - corners[0] + corners[2] - corners[1]
    along /= max(float(np.linalg.norm(along)), 1.0)
    height = float(np.linalg.norm(down)) / 2
    down /= max(height * 2, 1.0)
    room = height * _ROOM / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    grown = corners + room * (signs[:, :1] * along + signs[:, 1:] * down)
    return Quad.of(np.clip(grown, 0, limit).tolist())
