"""Which texts of a grammar a strip may say: prefix beam search with a look ahead."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from shizi.documents.lattice import gather, symbols_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from shizi.core.posterior import Posterior
    from shizi.documents.grammar import Arc, Grammar

    # The weight of each text, which is given as the symbols of its characters.
    Texts: TypeAlias = dict[tuple[int, ...], float]
    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]
    # For each prefix how likely it is to be followed by a blank, or to end right here;
    # all of a step are scaled alike.
    Prefixes: TypeAlias = dict[int, list[float]]

# How far below the best a prefix may be to be followed, in nats.
_WIDTH = 10.0


# What was found in views that are still in use.
_FOUND: WeakKeyDictionary[Posterior, dict[tuple[Grammar, int], Texts]] = (
    WeakKeyDictionary()
)


def search(view: Posterior, grammar: Grammar, beam: int) -> Texts:
    """Return the likeliest texts of a grammar in one view.

    A view is searched once: a doubtful value is read again with each view that joins
    it, and beside other fields.

    Args:
        beam: How many prefixes are followed.

    Returns:
        The weight of each text, which is given as the symbols of its characters; the
        likeliest first.
    """
    found = _FOUND.setdefault(view, {})
    key = grammar, beam
    if key not in found:
        found[key] = _search(view, grammar, beam)
    return found[key]


def _search(view: Posterior, grammar: Grammar, beam: int) -> Texts:
    """Return what `search` does, searched now."""
    symbols = symbols_of(view, grammar)
    if not len(symbols):
        return {}
    matrix = gather(view, grammar, symbols)
    with np.errstate(divide="ignore"):
        logs = np.log(matrix)
    hopes = _look_ahead(logs, symbols, grammar)
    orders = np.argsort(-logs[:, 1:], axis=1) + 1
    tree = _Tree(grammar, symbols.tolist())
    prefixes: Prefixes = {0: [1.0, 0.0]}
    bound = hopes.ahead.item(0, 0)
    for step in range(len(matrix)):
        if bound == -math.inf:
            return {}
        moment = _Moment(
            matrix[step].tolist(),
            logs[step],
            orders[step],
            hopes.ahead[step + 1],
            hopes.onward[step],
        )
        prefixes = _extend(prefixes, tree, moment, bound - _WIDTH)
        prefixes, bound = _prune(prefixes, tree, moment.ahead, beam)
    return {
        tree.symbols(prefix): tree.weights[prefix] + grammar.finals[tree.states[prefix]]
        for prefix in prefixes
    }


class _Moment(NamedTuple):
    """One step of a strip.

    Attributes:
        row: The probability of each column; column 0 is the blank.
        logs: float64, their logarithms.
        order: int64, the columns without the blank, likeliest first.
        ahead: float64, (S,), what can still be had behind this step in each state.
        onward: float64, (S,), the best of it behind one more character.
    """

    row: Sequence[float]
    logs: Floats
    order: Ints
    ahead: Floats
    onward: Floats


class _Tree:
    """The prefixes that were met: each a column after a shorter one."""

    def __init__(self, grammar: Grammar, symbols: Sequence[int]) -> None:
        self.arcs = grammar.arcs
        self.blocks = [0, *(grammar.blocks[symbol] for symbol in symbols)]
        self.characters = ["", *(grammar.characters[symbol] for symbol in symbols)]
        self.states = [0]
        self.columns = [0]
        self.weights = [0.0]
        self._symbols = symbols
        self._parents = [0]
        self._children: dict[tuple[int, int], int] = {}

    def child(self, prefix: int, column: int, arc: Arc) -> int:
        """Return the prefix that is longer by one column."""
        child = self._children.setdefault((prefix, column), len(self.states))
        if child == len(self.states):
            self.states.append(arc.target)
            self.columns.append(column)
            self.weights.append(self.weights[prefix] + arc.weight)
            self._parents.append(prefix)
        return child

    def symbols(self, prefix: int) -> tuple[int, ...]:
        """Return the symbols of a prefix."""
        symbols: list[int] = []
        while prefix:
            symbols.append(self._symbols[self.columns[prefix] - 1])
            prefix = self._parents[prefix]
        return tuple(reversed(symbols))


def _extend(prefixes: Prefixes, tree: _Tree, moment: _Moment, limit: float) -> Prefixes:
    """Return the prefixes after one more step.

    Args:
        limit: What a prefix and all that can follow must come to, in nats.
    """
    row, ahead, onward = moment.row, moment.ahead.item, moment.onward.item
    order: list[int] = moment.order.tolist()
    logs: list[float] = moment.logs.tolist()
    following: Prefixes = {}
    for prefix, (blank, sure) in prefixes.items():
        total = blank + sure
        state, last = tree.states[prefix], tree.columns[prefix]
        here = following.setdefault(prefix, [0.0, 0.0])
        here[0] += total * row[0]
        here[1] += sure * row[last]
        needed = limit - math.log(total)
        least = needed - onward(state)
        arcs, character = tree.arcs[state], tree.characters[last]
        for column in order:
            if logs[column] < least:
                break
            arc = arcs.get(tree.blocks[column])
            if arc is None or logs[column] + arc.weight + ahead(arc.target) < needed:
                continue
            # A character that is repeated needs a blank before it.
            source = blank if tree.characters[column] == character else total
            there = following.setdefault(tree.child(prefix, column, arc), [0.0, 0.0])
            there[1] += source * row[column] * math.exp(arc.weight)
    return following


def _prune(
    prefixes: Prefixes, tree: _Tree, ahead: Floats, beam: int
) -> tuple[Prefixes, float]:
    """Return the prefixes worth following, scaled, and what the best may come to."""
    rated = sorted(
        (
            (math.log(blank + sure) + ahead.item(tree.states[prefix]), prefix)
            for prefix, (blank, sure) in prefixes.items()
            if blank + sure > 0
        ),
        reverse=True,
    )
    if not rated:
        return {}, -math.inf
    best = rated[0][0]
    kept = [prefix for rate, prefix in rated[:beam] if rate >= best - _WIDTH]
    scale = 1 / max(sum(prefixes[prefix]) for prefix in kept)
    scaled = {prefix: [each * scale for each in prefixes[prefix]] for prefix in kept}
    return scaled, best + math.log(scale)


class _Hopes(NamedTuple):
    """What the rest of a strip can still give, in nats.

    Attributes:
        ahead: float64, (T + 1, S), from each step on, for each state.
        onward: float64, (T, S), the best of it behind one more character in this step,
            whose own probability is left out.
    """

    ahead: Floats
    onward: Floats


def _look_ahead(logs: Floats, symbols: Ints, grammar: Grammar) -> _Hopes:
    """Return the best path that is left, for each step and state.

    It is close to that path: where a character lasts longer than two steps, or is
    repeated, it may be a bit too good.

    Args:
        logs: float64, (T, 1 + N), of the blank and the N symbols.
        symbols: int64, (N,), in the order of their blocks.
    """
    steps, edges = len(logs), grammar.edges
    blocks = grammar.block_array[symbols]
    firsts = np.flatnonzero(np.diff(blocks, prepend=0))
    present = blocks[firsts]
    # What the likeliest character of a block gives, begun here or going on: the second
    # so that with its first step it comes to what both steps give.
    said = np.full((steps, grammar.blocks[-1] + 1), -math.inf)
    said[:, present] = np.maximum.reduceat(logs[:, 1:], firsts, axis=1)
    going = np.full(said.shape, -math.inf)
    twice = np.maximum(logs[1:, 1:] + logs[:-1, 1:], _NEVER)
    going[1:, present] = np.maximum.reduceat(twice, firsts, axis=1)
    going[1:, present] -= np.maximum(said[:-1, present], _NEVER / 2)
    staying = np.maximum.reduceat(
        going[:, edges.entering], edges.entering_starts, axis=1
    )
    np.maximum(staying, logs[:, :1], out=staying)
    saying = said[:, edges.blocks]
    ahead = np.empty((steps + 1, len(grammar.finals)))
    ahead[-1] = grammar.finals
    onward = np.empty((steps, len(grammar.finals)))
    for step in range(steps - 1, -1, -1):
        behind = ahead[step + 1].take(edges.targets)
        behind += edges.weights
        np.maximum.reduceat(behind, edges.starts, out=onward[step])
        behind += saying[step]
        np.maximum.reduceat(behind, edges.starts, out=ahead[step])
        staying[step] += ahead[step + 1]
        np.maximum(ahead[step], staying[step], out=ahead[step])
    return _Hopes(ahead, onward)


_NEVER = -1e9
