"""What the pieces of one value say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shizi.documents.constraints import Reading
from shizi.documents.piece import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from shizi.documents.piece import Beginning, Piece
    from shizi.documents.rules import Rule

# Takes places where the pieces are told, (N, 2), to pixels of the picture.
ToPicture = Callable[[NDArray[np.float64]], NDArray[np.float32]]
# A value is looked at again if one of its characters is less likely, or if its rule
# bends it by more nats.
_SURE, _BENT = 0.9, 1.0


class Find(NamedTuple):
    """What was found for one field.

    Attributes:
        reading: Its rule, views and candidates.
        corners: float32, (4, 2); where it stands in the picture.
        density: Pixels of the picture a millimetre there.
        pieces: What it was read from, in reading order.
    """

    reading: Reading
    corners: NDArray[np.float32]
    density: float
    pieces: tuple[Piece, ...]

    @property
    def is_doubtful(self) -> bool:
        """Return whether another view of the value may tell something else."""
        if not self.reading.candidates:
            return True
        best = self.reading.candidates[0]
        return min(best.probabilities, default=1.0) < _SURE or self.is_bent

    @property
    def is_bent(self) -> bool:
        """Return whether its rule had to bend what is read."""
        bent = [each.free - each.acoustic for each in self.reading.candidates[:1]]
        return bool(bent) and bent[0] > _BENT

    @property
    def straightness(self) -> float:
        """Return how little its rule had to bend it, in nats; nought is best."""
        if not self.reading.candidates:
            return -math.inf
        best = self.reading.candidates[0]
        return best.score - best.free

    def seen_again(self, others: Iterable[Sequence[Piece]], today: date) -> Find:
        """Return what is read with other views of its pieces beside those it has."""
        rule, views, _ = self.reading
        views = [*views, *map(join, others)]
        reading = Reading(rule, views, rule.read(views, today=today))
        return self._replace(reading=reading)


def best_of(
    rule: Rule,
    options: Sequence[Beginning],
    to_picture: ToPicture,
    today: date,
) -> Find:
    """Return what a value says, begun where its rule has to bend it least."""
    finds = [
        (decode_value(rule, option.pieces, to_picture, today), option.cost)
        for option in options
        if option.pieces
    ]
    return max(finds, key=lambda each: each[0].straightness - each[1])[0]


def decode_value(
    rule: Rule, pieces: Sequence[Piece], to_picture: ToPicture, today: date
) -> Find:
    """Return what a field may say, given its pieces in reading order."""
    views = [join(pieces)]
    candidates = rule.read(views, today=today)
    corners = _outline(pieces)
    picture = to_picture(corners)
    height = np.hypot(*(picture[3] - picture[0])) / max(
        1e-6, np.hypot(*(corners[3] - corners[0]))
    )
    return Find(Reading(rule, views, candidates), picture, float(height), tuple(pieces))


def _outline(pieces: Sequence[Piece]) -> NDArray[np.float64]:
    """Return the corners of the rectangle around pieces, (4, 2), in millimetres."""
    if len(pieces) == 1:
        return pieces[0].corners
    points = np.concatenate([piece.corners for piece in pieces])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
