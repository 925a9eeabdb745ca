"""Lines over a count, drawn as an SVG that needs nothing to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 860, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 150, 16, 44
# Told apart by those who see no red or green, on white and on black.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
_INK = "#808080"
_STEPS = (1, 2, 2.5, 5, 10)
_MARKS = 6


class Series(NamedTuple):
    """One line.

    Attributes:
        name: What stands beside its end.
        points: Across and up, in the units of the axes.
    """

    name: str
    points: Sequence[tuple[float, float]]


def draw(
    series: Sequence[Series],
    *,
    across: str,
    up: str,
    upright: float | None = None,
    level: float | None = None,
) -> str:
    """Return the SVG of some lines, from nought on.

    Args:
        series: At least one line of at least one point.
        across: What is counted from left to right, with its unit.
        up: The same from bottom to top.
        upright: Where a dashed line stands, if one does.
        level: At which height a dashed line lies, if one does.
    """
    right = max(x for each in series for x, _ in each.points)
    top = 1.05 * max(level or 0, *(y for each in series for _, y in each.points))
    frame = _Frame(right or 1, top or 1)
    size = f"0 0 {_WIDTH} {_HEIGHT}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" font-size="12">',
        *frame.grid(across, up),
    ]
    if upright is not None:
        parts.append(frame.dashed((upright, 0), (upright, top)))
    if level is not None:
        parts.append(frame.dashed((0, level), (right, level)))
    for each, colour in zip(series, _COLOURS, strict=False):
        line = " ".join("{:.1f},{:.1f}".format(*frame.at(*p)) for p in each.points)
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" '
            f'points="{line}"/>'
        )
        x, y = frame.at(*each.points[-1])
        parts.append(_text(x + 6, y + 4, each.name, colour))
    return "\n".join([*parts, "</svg>\n"])


class _Frame:
    """Where figures lie on the drawing."""

    def __init__(self, right: float, top: float) -> None:
        self._right, self._top = right, top

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point, in pixels from the top left."""
        wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return _LEFT + wide * x / self._right, _TOP + high * (1 - y / self._top)

    def dashed(self, begin: tuple[float, float], end: tuple[float, float]) -> str:
        """Return a dashed line between two points."""
        return self._line(begin, end, ' stroke-dasharray="5 4"')

    def grid(self, across: str, up: str) -> list[str]:
        """Return the axes, their marks and what they count."""
        parts = [
            self._line((0, 0), (self._right, 0), ""),
            self._line((0, 0), (0, self._top), ""),
        ]
        for mark in _marks(self._right):
            x, y = self.at(mark, 0)
            parts.append(_text(x, y + 16, f"{mark:g}", _INK, "middle"))
        for mark in _marks(self._top):
            x, y = self.at(0, mark)
            parts.append(_text(x - 6, y + 4, f"{mark:g}", _INK, "end"))
        x, y = self.at(self._right / 2, 0)
        parts.append(_text(x, y + 34, across, _INK, "middle"))
        parts.append(_text(_LEFT + 8, _TOP + 10, up, _INK))
        return parts

    def _line(
        self, begin: tuple[float, float], end: tuple[float, float], style: str
    ) -> str:
        (x1, y1), (x2, y2) = self.at(*begin), self.at(*end)
        return (
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{_INK}"{style}/>'
        )


def _marks(most: float) -> list[float]:
    """Return some round figures up to a value."""
    power = 10.0 ** len(str(int(most)))
    step = min(
        each * power / scale
        for each in _STEPS
        for scale in (10, 100, 1000)
        if most / (each * power / scale) <= _MARKS
    )
    return [step * number for number in range(int(most / step) + 1)]


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" '
        'font-family="sans-serif">'
        f"{escape(text)}</text>"
    )
