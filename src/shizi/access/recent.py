"""What the database told a moment ago, in the memory of one process."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

LONGEST: Final = 5.0
"""Seconds after which an ended token must be refused on every server."""

# 10 000 answers, some 10 MB of apps: of more the one asked longest ago is forgotten.
_ANSWERS: Final = 10_000


class Recent(Generic[T]):
    """Answers by the digest of what was asked, each for some seconds."""

    def __init__(
        self, seconds: float, *, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin without any.

        Args:
            seconds: How long an answer holds; with 0 none is kept.
            ticks: Returns seconds that no change of the clock moves.
        """
        self._seconds = seconds
        self._ticks = ticks
        self._answers: OrderedDict[bytes, tuple[float, T]] = OrderedDict()

    def begin(self) -> float:
        """Return the moment to give `keep`: an answer is as old as its question."""
        return self._ticks()

    def find(self, key: bytes) -> T | None:
        """Return an answer that still holds."""
        known = self._answers.get(key)
        if known is None:
            return None
        asked, answer = known
        if self._ticks() - asked >= self._seconds:
            del self._answers[key]
            return None
        return answer

    def keep(self, key: bytes, answer: T, *, asked: float) -> None:
        """Keep an answer from the moment on that it was asked for."""
        if not self._seconds:
            return
        self._answers[key] = (asked, answer)
        self._answers.move_to_end(key)
        if len(self._answers) > _ANSWERS:
            self._answers.popitem(last=False)
