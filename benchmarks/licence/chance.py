"""Seeded chance, and the stock of words that values are made of."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from benchmarks.render.wording import read_sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

STOCK = Path(__file__).with_name("stock")
Choice = TypeVar("Choice")


class Chance:
    """Draws from a generator, and words from one half of the stock.

    Args:
        rng: Where all chance comes from.
        half: 0 or 1; the two halves share no word.
    """

    def __init__(self, rng: np.random.Generator, half: int) -> None:
        """Start drawing with the generator."""
        self.rng = rng
        self.half = half

    def happens(self, probability: float) -> bool:
        """Return True with a probability."""
        return bool(self.rng.random() < probability)

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        """Return one of the choices."""
        return choices[int(self.rng.integers(len(choices)))]

    def weighted(self, choices: Sequence[tuple[Choice, float]]) -> Choice:
        """Return one of the choices, each as often as its weight says."""
        at = float(self.rng.random()) * sum(weight for _, weight in choices)
        for choice, weight in choices:
            at -= weight
            if at < 0:
                return choice
        return choices[-1][0]

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def between(self, low: float, high: float) -> float:
        """Return a number from low to high."""
        return float(self.rng.uniform(low, high))

    def about(self, middle: float, spread: float) -> float:
        """Return a number near a middle, at most three standard deviations away."""
        step = min(3.0, max(-3.0, float(self.rng.normal())))
        return middle + step * spread

    def string(self, alphabet: str, length: int) -> str:
        """Return random characters of an alphabet."""
        picks = self.rng.integers(len(alphabet), size=length)
        return "".join(alphabet[int(i)] for i in picks)

    def digits(self, length: int) -> str:
        """Return random digits."""
        return self.string("0123456789", length)

    def word(self, section: str) -> str:
        """Return a word of a section of the stock, from this half of it."""
        return self.one_of(_half("words.txt", section, self.half))

    def row(self, section: str) -> str:
        """Return a row of a section of the brands, from this half of them."""
        return self.one_of(_half("brands.txt", section, self.half))

    def rows(self, section: str) -> tuple[str, ...]:
        """Return all rows of a section of the brands in this half of them."""
        return _half("brands.txt", section, self.half)


@cache
def _half(file: str, section: str, half: int) -> tuple[str, ...]:
    rows = tuple(dict.fromkeys(read_sections(STOCK / file)[section]))
    return rows[half::2]
