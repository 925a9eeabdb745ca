"""Areas of outlines, for telling whether two of them mean the same line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Corner = tuple[float, float]


class Outline:
    """The convex hull of some corners, with its area in square pixels."""

    __slots__ = ("area", "bottom", "hull", "left", "right", "top")

    def __init__(self, corners: Sequence[Sequence[float]]) -> None:
        """Take corners in any order."""
        self.hull = _hull([(float(c[0]), float(c[1])) for c in corners])
        self.area = _area(self.hull)
        self.left = min(c[0] for c in corners)
        self.right = max(c[0] for c in corners)
        self.top = min(c[1] for c in corners)
        self.bottom = max(c[1] for c in corners)

    def shared(self, other: Outline) -> float:
        """Return the area that both cover."""
        apart = (
            self.right <= other.left
            or other.right <= self.left
            or self.bottom <= other.top
            or other.bottom <= self.top
        )
        if apart or not self.area or not other.area:
            return 0.0
        rest = self.hull
        for start, end in zip(other.hull, other.hull[1:] + other.hull[:1], strict=True):
            rest = _left_of(rest, start, end)
            if not rest:
                return 0.0
        return _area(rest)

    def overlap(self, other: Outline) -> float:
        """Return the shared area over the area of both together, 0 to 1."""
        shared = self.shared(other)
        return shared / (self.area + other.area - shared) if shared else 0.0


def _cross(origin: Corner, a: Corner, b: Corner) -> float:
    return (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (
        b[0] - origin[0]
    )


def _hull(corners: list[Corner]) -> list[Corner]:
    """Return the hull, turning left at each corner (x to the right, y "up")."""
    ordered = sorted(set(corners))
    if len(ordered) < 3:
        return ordered
    chains = []
    for walk in (ordered, ordered[::-1]):
        chain: list[Corner] = []
        for corner in walk:
            while len(chain) > 1 and _cross(chain[-2], chain[-1], corner) <= 0:
                chain.pop()
            chain.append(corner)
        chains.append(chain[:-1])
    return chains[0] + chains[1]


def _area(polygon: list[Corner]) -> float:
    if len(polygon) < 3:
        return 0.0
    following = polygon[1:] + polygon[:1]
    twice = sum(
        a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, following, strict=True)
    )
    return abs(twice) / 2


def _left_of(polygon: list[Corner], start: Corner, end: Corner) -> list[Corner]:
    """Return the part of a convex polygon on the left of the line from start to end."""
    kept: list[Corner] = []
    previous = polygon[-1]
    before = _cross(start, end, previous)
    for corner in polygon:
        side = _cross(start, end, corner)
        if (side >= 0) != (before >= 0):
            share = before / (before - side)
            kept.append(
                (
                    previous[0] + share * (corner[0] - previous[0]),
                    previous[1] + share * (corner[1] - previous[1]),
                )
            )
        if side >= 0:
            kept.append(corner)
        previous, before = corner, side
    return kept
