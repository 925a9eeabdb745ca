"""A grammar's symbols as columns of a posterior, look-alikes added together."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from shizi.core.posterior import Posterior
    from shizi.documents.grammar import Grammar

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

# Grammars of more symbols than this are searched only among those that the recogniser
# gives e to the power of _FAINT somewhere in the strip.
_MANY, _FAINT = 1000, -11.0


class Classes:
    """A recogniser's classes, told apart by identity: there are 18 000."""

    def __init__(self, of: Mapping[str, int]) -> None:
        """Take the class of each character."""
        self.of = of

    def __eq__(self, other: object) -> bool:
        """Return whether the other one holds the very same mapping."""
        return isinstance(other, Classes) and other.of is self.of

    def __hash__(self) -> int:
        """Return a number that goes with identity."""
        return id(self.of)


class _Table(NamedTuple):
    """The classes that count for each symbol of a grammar, one after the other.

    Attributes:
        starts: int64, (S + 1,), where each symbol's classes begin, and where all end.
        classes: int64; the blank's where the recogniser has none.
        counts: float64, 1, or 0 where the recogniser has none.
        dropped: int64, the classes of characters that count for none.
    """

    starts: Ints
    classes: Ints
    counts: Floats
    dropped: Ints


@lru_cache(maxsize=4)
def characters_of(classes: Classes) -> Mapping[int, str]:
    """Return the character of each class."""
    return {number: character for character, number in classes.of.items()}


def symbols_of(view: Posterior, grammar: Grammar) -> Ints:
    """Return the symbols that are worth looking for in a view, in their order."""
    table = _table(grammar, Classes(view.classes))
    possible = np.greater(table.counts, 0.0)
    if len(grammar.characters) > _MANY:
        seen = view.log_probs.max(axis=0) > _FAINT
        possible = np.logical_and(possible, seen[table.classes])
    return np.flatnonzero(np.logical_or.reduceat(possible, table.starts[:-1]))


def gather(view: Posterior, grammar: Grammar, symbols: Ints) -> Floats:
    """Return the probabilities of the blank and some symbols, float64, (T, 1 + N)."""
    table = _table(grammar, Classes(view.classes))
    starts = table.starts[symbols]
    lengths = table.starts[symbols + 1] - starts
    places = np.cumsum(lengths) - lengths
    flat = np.repeat(starts - places, lengths)
    flat += np.arange(len(flat))
    probabilities = np.exp(view.log_probs[:, table.classes[flat]].astype(np.float64))
    probabilities *= table.counts[flat]
    matrix = np.empty((len(view.log_probs), 1 + len(symbols)))
    matrix[:, 0] = np.exp(view.log_probs[:, 0])
    if len(table.dropped):
        matrix[:, 0] += np.exp(view.log_probs[:, table.dropped]).sum(axis=1)
    if len(symbols):
        np.add.reduceat(probabilities, places, axis=1, out=matrix[:, 1:])
    return matrix


@lru_cache(maxsize=256)
def _table(grammar: Grammar, classes: Classes) -> _Table:
    """Return a grammar's symbols as a recogniser's classes."""
    of = classes.of
    own = np.array([of.get(each, 0) for each in grammar.characters], np.int64)
    others = [
        (symbol, of[each])
        for symbol, stand_ins in enumerate(grammar.stand_ins)
        for each in stand_ins[1:]
        if each in of
    ]
    more = np.array(others, np.int64).reshape(-1, 2)
    # A symbol without a class of its own keeps an entry that counts for nothing.
    symbols = np.concatenate([np.arange(len(own)), more[:, 0]])
    flat = np.concatenate([own, more[:, 1]])
    order = np.argsort(symbols, kind="stable")
    dropped = [of[each] for each in grammar.dropped if each in of]
    return _Table(
        np.searchsorted(symbols[order], np.arange(len(own) + 1)).astype(np.int64),
        flat[order],
        (flat[order] > 0).astype(np.float64),
        np.array(dropped, np.int64),
    )
