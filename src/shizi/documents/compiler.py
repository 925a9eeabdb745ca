"""Patterns made into one grammar: a net of states, then a deterministic automaton."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from shizi.core.errors import SpecError
from shizi.documents.grammar import Arc, Grammar
from shizi.documents.pattern import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shizi.documents.pattern import Node

# The largest grammar of the specifications that come along has some 400 states; one
# whose weights drift apart in a repetition has no end of them.
_MOST_STATES = 5000
_FULL_WIDTH = 0xFEE0  # from an ASCII character to its full-width form


def compile_grammar(
    patterns: Iterable[tuple[str, float]],
    *,
    sets: Mapping[str, frozenset[str]],
    aliases: Mapping[str, str],
    dropped: str = "",
) -> Grammar:
    """Return the grammar of all texts that fit one of several patterns.

    A text that fits in more than one way has the weight of the heaviest.

    Args:
        patterns: Each with its weight, a natural logarithm.
        sets: The characters of each named set.
        aliases: For a character, others that count for it, beside its full-width form
            and its other case.
        dropped: Characters that count for no character.

    Raises:
        SpecError: A pattern is malformed.
    """
    net = _Net()
    for pattern, weight in patterns:
        start, end = net.add(), net.add()
        net.jumps[0].append((start, weight))
        net.build(parse(pattern, sets), start, end)
        net.finals.add(end)
    if not net.finals:
        raise SpecError("a grammar without patterns")
    partition = _Partition(net.labels, aliases)
    if clash := partition.signs.keys() & set(dropped):
        raise SpecError(f"{min(clash)!r} is dropped and in a pattern")
    arcs, finals = _determine(net, partition)
    return _finish(arcs, finals, partition, frozenset(dropped))


class _Net:
    """The patterns' automaton before it is made deterministic; 0 is the start."""

    def __init__(self) -> None:
        self.jumps: list[list[tuple[int, float]]] = [[]]
        self.steps: list[list[tuple[int, int]]] = [[]]
        self.labels: list[frozenset[str]] = []
        self.finals: set[int] = set()
        self._numbers: dict[frozenset[str], int] = {}

    def add(self) -> int:
        """Return a new state."""
        self.jumps.append([])
        self.steps.append([])
        if len(self.jumps) > _MOST_STATES:
            raise SpecError(f"a grammar of more than {_MOST_STATES} states")
        return len(self.jumps) - 1

    def build(self, node: Node, start: int, end: int) -> None:
        """Join two states by everything that a node allows."""
        if node.kind == "one":
            label = self._numbers.setdefault(node.characters, len(self.labels))
            if label == len(self.labels):
                self.labels.append(node.characters)
            self.steps[start].append((label, end))
        elif node.kind == "weight":
            self.jumps[start].append((end, node.weight))
        elif node.kind == "any of":
            for part in node.parts:
                self.build(part, start, end)
        elif node.kind == "row":
            self.jumps[self._build_row(node.parts, start)].append((end, 0.0))
        else:
            self._build_times(node, start, end)

    def _build_row(self, parts: Sequence[Node], start: int) -> int:
        """Return the state behind some parts, one after the other."""
        for part in parts:
            middle = self.add()
            self.build(part, start, middle)
            start = middle
        return start

    def _build_times(self, node: Node, start: int, end: int) -> None:
        start = self._build_row(node.parts * node.least, start)
        if node.most is None:
            loop = self.add()
            self.jumps[start].append((loop, 0.0))
            self.build(node.parts[0], loop, loop)
            start = loop
        else:
            for _ in range(node.least, node.most):
                self.jumps[start].append((end, 0.0))
                start = self._build_row(node.parts, start)
        self.jumps[start].append((end, 0.0))

    def close(self, states: Mapping[int, float]) -> dict[int, float]:
        """Return what can be reached without a character, each at its best weight."""
        best = dict(states)
        pending = list(states)
        while pending:
            state = pending.pop()
            for target, weight in self.jumps[state]:
                total = best[state] + weight
                if total > best.get(target, -math.inf):
                    best[target] = total
                    pending.append(target)
        return best


class _Partition:
    """The alphabet in blocks of characters that no label tells apart.

    Characters of a block also have look-alikes that are alike to the labels, so that
    where one character's look-alike is possible, so is each other's.

    Attributes:
        signs: For each character the labels that it is in.
        aliases: The look-alikes of each character that has any.
        blocks: The characters of each block.
        keys: For each block the signs of its characters, then of the look-alikes that
            are characters too.
    """

    def __init__(
        self, labels: Sequence[frozenset[str]], aliases: Mapping[str, str]
    ) -> None:
        groups: dict[tuple[int, ...], set[str]] = {}
        for number, label in enumerate(labels):
            rest = set(label)
            for sign, group in list(groups.items()):
                if common := group & rest:
                    groups[*sign, number] = common
                    rest -= common
                    group.difference_update(common)
            groups[number,] = rest
            groups = {sign: group for sign, group in groups.items() if group}
        self.signs = {each: sign for sign, group in groups.items() for each in group}
        own = "".join(each for each in map(chr, range(33, 127)) if each in self.signs)
        self.aliases = {
            each: _stand_ins(each, aliases)
            for each in {*own, *(aliases.keys() & self.signs.keys())}
        }
        blocks: dict[tuple[tuple[int, ...], ...], set[str]] = {}
        for sign, group in groups.items():
            blocks[sign,] = group
        for character in sorted(self.aliases):
            rivals = [each for each in self.aliases[character] if each in self.signs]
            if rivals:
                key = (self.signs[character], *(self.signs[each] for each in rivals))
                blocks[key[:1]].discard(character)
                blocks.setdefault(key, set()).add(character)
        self.keys = [key for key, block in blocks.items() if block]
        self.blocks = [sorted(block) for block in blocks.values() if block]


def _stand_ins(character: str, aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Return the characters that count for another where they cannot stand."""
    others = aliases.get(character, "")
    if "!" <= character <= "~":
        wide = (chr(ord(each) + _FULL_WIDTH) for each in character)
        others += character.swapcase() + "".join(wide)
    return tuple(dict.fromkeys(each for each in others if each != character))


def _determine(
    net: _Net, partition: _Partition
) -> tuple[list[dict[int, Arc]], list[float]]:
    """Return the arcs by block and the final weights of a deterministic automaton.

    The powerset construction with weights: each state is a set of the net's states
    with what each has above the heaviest.
    """
    start = frozenset(net.close({0: 0.0}).items())
    numbers = {start: 0}
    pending = [start]
    arcs: list[dict[int, Arc]] = []
    finals: list[float] = []
    for subset in pending:
        finals.append(
            max((w for each, w in subset if each in net.finals), default=-math.inf)
        )
        here: dict[int, Arc] = {}
        for block, weights in _moves(net, partition, subset):
            top = max(weights.values())
            rest = {each: round(weight - top, 9) for each, weight in weights.items()}
            target = frozenset(net.close(rest).items())
            if target not in numbers:
                numbers[target] = len(numbers)
                pending.append(target)
                if len(numbers) > _MOST_STATES:
                    raise SpecError(f"a grammar of more than {_MOST_STATES} states")
            here[block] = Arc(numbers[target], top)
        arcs.append(here)
    return arcs, finals


def _moves(
    net: _Net, partition: _Partition, subset: Iterable[tuple[int, float]]
) -> Iterator[tuple[int, dict[int, float]]]:
    """Yield for each block the states that it leads to, at their best weights."""
    by_label: dict[int, dict[int, float]] = defaultdict(dict)
    for state, weight in subset:
        for label, target in net.steps[state]:
            reached = by_label[label]
            reached[target] = max(weight, reached.get(target, -math.inf))
    for block, (labels, *_) in enumerate(partition.keys):
        weights: dict[int, float] = {}
        for label in by_label.keys() & labels:
            for target, weight in by_label[label].items():
                weights[target] = max(weight, weights.get(target, -math.inf))
        if weights:
            yield block, weights


def _finish(
    arcs: Sequence[Mapping[int, Arc]],
    finals: Sequence[float],
    partition: _Partition,
    dropped: frozenset[str],
) -> Grammar:
    """Return the grammar: each block once for every set of its look-alikes' places."""
    numbers: dict[tuple[int, frozenset[tuple[int, ...]]], int] = {}
    final_arcs: list[dict[int, Arc]] = []
    for here in arcs:
        possible = {partition.keys[block][0] for block in here}
        final_arcs.append({})
        for block, arc in here.items():
            key = (block, frozenset(possible.intersection(partition.keys[block][1:])))
            number = numbers.setdefault(key, len(numbers) + 1)
            final_arcs[-1][number] = arc
    characters, stand_ins, blocks = [""], [""], [0]
    for (block, taken), number in numbers.items():
        members = partition.blocks[block]
        characters += members
        blocks += [number] * len(members)
        stand_ins += [
            _stood_in(each, partition, taken, dropped)
            if each in partition.aliases
            else each
            for each in members
        ]
    return Grammar(characters, stand_ins, blocks, final_arcs, finals, dropped)


def _stood_in(
    character: str,
    partition: _Partition,
    taken: frozenset[tuple[int, ...]],
    dropped: frozenset[str],
) -> str:
    """Return a character and its look-alikes that cannot stand in its place."""
    return character + "".join(
        each
        for each in partition.aliases[character]
        if partition.signs.get(each) not in taken and each not in dropped
    )
