"""What a field may say: a weighted automaton over characters."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Sized

    from numpy.typing import NDArray


class Arc(NamedTuple):
    """Where a state leads to on the characters of one block, and at what weight."""

    target: int
    weight: float


class Edges(NamedTuple):
    """All arcs as arrays, sorted by source; each state has at least one row.

    Attributes:
        starts: int64, (S,), each source's first row.
        blocks: int64, (E,); 0 for the row of a state that has no arc.
        targets: int64, (E,).
        weights: float64, (E,).
        entering_starts: int64, (S,), each target's first row in `entering`.
        entering: int64, the blocks that lead to each state; 0 for none.
    """

    starts: NDArray[np.int64]
    blocks: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.float64]
    entering_starts: NDArray[np.int64]
    entering: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Grammar:
    """A deterministic automaton; state 0 is the start.

    Symbols are characters together with the look-alikes that count for them; a
    look-alike that is itself possible at a place does not count for another there.
    Symbol 0 and block 0 are none.

    Attributes:
        characters: What each symbol says.
        stand_ins: The characters that count for each symbol, its own among them.
        blocks: The block of each symbol: symbols that lead to the same everywhere.
        arcs: For each state, where each block leads to.
        finals: For each state, the weight of ending there; minus infinity if the
            field cannot end there.
        dropped: Characters that count for no character.
    """

    characters: Sequence[str]
    stand_ins: Sequence[str]
    blocks: Sequence[int]
    arcs: Sequence[Mapping[int, Arc]]
    finals: Sequence[float]
    dropped: frozenset[str]

    def spell(self, text: str) -> tuple[tuple[int, ...], float] | None:
        """Return a text's symbols and weight; None if the grammar excludes it."""
        state, weight, symbols = 0, 0.0, list[int]()
        for character in text:
            for symbol in self._symbols_of(character):
                arc = self.arcs[state].get(self.blocks[symbol])
                if arc is not None:
                    symbols.append(symbol)
                    state, weight = arc.target, weight + arc.weight
                    break
            else:
                return None
        weight += self.finals[state]
        return (tuple(symbols), weight) if weight > -math.inf else None

    def has_part(self, text: str) -> bool:
        """Return whether some text of the grammar holds this one."""
        states = set(range(len(self.arcs)))
        for character in text:
            blocks = {self.blocks[symbol] for symbol in self._symbols_of(character)}
            states = {
                self.arcs[state][block].target
                for state in states
                for block in blocks & self.arcs[state].keys()
            }
        return bool(states)

    @cached_property
    def edges(self) -> Edges:
        """The arcs as arrays."""
        nowhere = {0: Arc(0, -math.inf)}
        rows = [arcs or nowhere for arcs in self.arcs]
        entering: list[set[int]] = [set() for _ in self.arcs]
        for arcs in self.arcs:
            for block, arc in arcs.items():
                entering[arc.target].add(block)
        filled = [sorted(each) or [0] for each in entering]
        flat = [arc for arcs in rows for arc in arcs.values()]
        return Edges(
            _starts(rows),
            np.array([block for arcs in rows for block in arcs], np.int64),
            np.array([arc.target for arc in flat], np.int64),
            np.array([arc.weight for arc in flat], np.float64),
            _starts(filled),
            np.array([block for each in filled for block in each], np.int64),
        )

    @cached_property
    def block_array(self) -> NDArray[np.int64]:
        """The block of each symbol as an array, int64."""
        return np.array(self.blocks, np.int64)

    def _symbols_of(self, character: str) -> Sequence[int]:
        """Return the symbols that say a character."""
        if character not in self._first:
            return ()
        return self._others.get(character, (self._first[character],))

    @cached_property
    def _first(self) -> Mapping[str, int]:
        """The first symbol of each character."""
        return {
            character: len(self.characters) - 1 - number
            for number, character in enumerate(reversed(self.characters))
        }

    @cached_property
    def _others(self) -> Mapping[str, Sequence[int]]:
        """All symbols of the few characters that have look-alikes."""
        several = {each[0] for each in self.stand_ins if len(each) > 1}
        symbols: dict[str, list[int]] = defaultdict(list)
        for symbol, character in enumerate(self.characters):
            if character in several:
                symbols[character].append(symbol)
        return symbols


def _starts(groups: Sequence[Sized]) -> NDArray[np.int64]:
    """Return where each group begins when all stand in a row."""
    return np.cumsum([0, *map(len, groups)])[:-1].astype(np.int64)
