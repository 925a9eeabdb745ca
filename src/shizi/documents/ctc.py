"""What a strip says by itself, and how likely it says a given text.

Probabilities are those of CTC: of a text, the sum over all ways to spell it in the
steps.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shizi.documents.lattice import Classes, characters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    from shizi.core.posterior import Posterior

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

_LEAST = 1e-300
# 4: so many steps of e to the power of -170 fit between 1 and the least number.
_SCALED = 4


class Glyph(NamedTuple):
    """One character of a reading.

    Attributes:
        character: What it is.
        score: Its probability where it is likeliest, 0 to 1.
        start: The first step that says it.
        end: The step after the last one.
    """

    character: str
    score: float
    start: int
    end: int


def greedy(posterior: Posterior) -> list[Glyph]:
    """Return the characters of the best path: repeats merged, blanks dropped."""
    path = posterior.log_probs.argmax(axis=1)
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    ends = np.append(starts[1:], len(path))
    characters = characters_of(Classes(posterior.classes))
    return [
        Glyph(
            characters[int(path[start])],
            math.exp(posterior.log_probs[start:end, path[start]].max()),
            int(start),
            int(end),
        )
        for start, end in zip(starts, ends, strict=True)
        if path[start]
    ]


def align(posterior: Posterior, text: str) -> list[Glyph] | None:
    """Return where a text's characters are in its likeliest spelling.

    None for a text whose probability is nought.
    """
    if not all(character in posterior.classes for character in text):
        return None
    columns, row = spell(posterior, text)
    (spans,) = find_spans(columns, [row])
    if spans is None:
        return None
    return [
        Glyph(character, float(columns[start:end, column].max()), start, end)
        for character, column, (start, end) in zip(text, row, spans, strict=True)
    ]


def spell(posterior: Posterior, text: Iterable[str]) -> tuple[Floats, list[int]]:
    """Return the probabilities of blank and characters, and a text's columns in it.

    Returns:
        float64, (T, 1 + N), of the blank and the N characters of the text.
        The column of each character; equal characters have the same.
    """
    classes = [0, *(posterior.classes[character] for character in text)]
    columns = np.exp(posterior.log_probs[:, classes].astype(np.float64))
    return columns, [classes.index(number, 1) for number in classes[1:]]


def forward_rows(
    columns: Floats, rows: Sequence[Sequence[int]], kinds: Sequence[int] | None = None
) -> Floats:
    """Return the logarithms of some texts' CTC probabilities, float64, (K,).

    Args:
        columns: float64, (T, 1 + N), probabilities; column 0 is the blank.
        rows: For each text, the column of each character.
        kinds: The same number for columns that are forms of the same character.
    """
    states = _states(rows)
    skips = _skips(states, kinds)
    emitted = columns[:, states]
    # Two states before the first; to begin with, all is before the first.
    sums = np.zeros((len(rows), states.shape[1] + 2))
    sums[:, 1] = 1.0
    step = np.empty(states.shape)
    logs = np.zeros(len(rows))
    for number, emission in enumerate(emitted):
        np.multiply(sums[:, :-2], skips, out=step)
        step += sums[:, 1:-1]
        step += sums[:, 2:]
        np.multiply(step, emission, out=sums[:, 2:])
        sums[:, 1] = 0.0
        if number % _SCALED == 0:
            # Each text by itself: what is lost is 300 powers of ten below the text's
            # likeliest beginning.
            total = np.maximum(sums.max(axis=1), _LEAST)
            sums /= total[:, None]
            logs += np.log(total)
    # The blank behind a text and, before it, the last character.
    ends = np.array([2 * len(row) + 2 for row in rows])
    numbers = np.arange(len(rows))
    sums[:, 1] = 0.0
    last = sums[numbers, ends] + sums[numbers, ends - 1]
    with np.errstate(divide="ignore"):
        result: Floats = logs + np.log(last)
    return result


def find_spans(
    columns: Floats, rows: Sequence[Sequence[int]]
) -> list[list[tuple[int, int]] | None]:
    """Return the steps of each character in the likeliest spelling of some texts.

    Args:
        columns: float64, (T, 1 + N), probabilities; column 0 is the blank.
        rows: For each text, the column of each character.

    Returns:
        For each text: of each character the first step and the one after the last;
        None for a text whose probability is nought.
    """
    states = _states(rows)
    with np.errstate(divide="ignore"):
        skips = np.log(_skips(states, None))
        emitted = np.log(columns)[:, states]
    best = np.full((len(rows), states.shape[1] + 2), -math.inf)
    best[:, 1] = 0.0
    moved, skipped = (np.empty(emitted.shape, np.bool_) for _ in range(2))
    for step, emission in enumerate(emitted):
        after = best[:, :-2] + skips
        last = best[:, 1:-1]
        stay = best[:, 2:]
        np.greater(last, stay, out=moved[step])
        np.maximum(stay, last, out=stay)
        np.greater(after, stay, out=skipped[step])
        np.maximum(stay, after, out=stay)
        stay += emission
        best[:, 1] = -math.inf
    backs = np.where(skipped, 2, moved)
    return [
        _trace(path, end, len(row))
        for path, end, row in zip(backs.swapaxes(0, 1), best[:, 2:], rows, strict=True)
    ]


def _states(rows: Sequence[Sequence[int]]) -> Ints:
    """Return the columns of blank, character, blank, .. of each text, (K, S)."""
    states = np.zeros((len(rows), 2 * max(map(len, rows), default=0) + 1), np.int64)
    for text, row in zip(states, rows, strict=True):
        text[1 : 2 * len(row) : 2] = row
    return states


def _skips(states: Ints, kinds: Sequence[int] | None) -> Floats:
    """Return 1 where the state two before may be followed directly, else 0.

    That is every character but the first of a text, which follows the state before the
    first blank, and one that repeats the character before it.
    """
    said = states if kinds is None else np.array(kinds)[states]
    skips = np.zeros(states.shape)
    skips[:, 1:2] = 1.0
    skips[:, 3::2] = said[:, 3::2] != said[:, 1:-2:2]
    return skips


def _trace(
    backs: NDArray[np.int64], best: Floats, length: int
) -> list[tuple[int, int]] | None:
    """Return the steps of each character on the way back from the best end."""
    place = 2 * length
    if length and best[place - 1] > best[place]:
        place -= 1
    if best[place] == -math.inf:
        return None
    spans = [(0, 0)] * length
    rows: list[list[int]] = backs.tolist()
    for step in range(len(rows) - 1, -1, -1):
        if place % 2:
            spans[place // 2] = (step, spans[place // 2][1] or step + 1)
        place -= rows[step][place]
    return spans
