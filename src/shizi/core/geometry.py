"""Points, sizes and four-cornered outlines, in pixels of the upright image."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


class Point(NamedTuple):
    """A place in the image: x to the right, y downwards, origin at the top left."""

    x: float
    y: float


class Quad(NamedTuple):
    """Four corners, clockwise from where reading starts.

    For an upright line the first corner is the top left one as seen in the image; for
    a line that stands on its head it is the bottom right one.
    """

    left_top: Point
    right_top: Point
    right_bottom: Point
    left_bottom: Point

    @classmethod
    def of(cls, corners: Iterable[tuple[float, float]]) -> Quad:
        """Return the outline with these four corners, in their order."""
        return cls(*(Point(float(x), float(y)) for x, y in corners))
