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


def forward(posterior: Posterior, text: str) -> float:
    """Return the logarithm of a text's CTC probability.

    Minus infinity for a text with more characters than the steps can hold, or with one
    that the recogniser does not know.
    """
    if not all(character in posterior.classes for character in text):
        return -math.inf
    columns, row = spell(posterior, text)
    return float(forward_rows(columns, [row])[0])


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
    longest = max(1, *map(len, rows))
    texts = np.zeros((len(rows), longest), np.int64)
    for text, row in zip(texts, rows, strict=True):
        text[: len(row)] = row
    said = texts if kinds is None else np.array(kinds)[texts]
    # A character that is repeated needs a blank before it.
    skips = np.zeros(texts.shape)
    skips[:, 1:] = said[:, 1:] != said[:, :-1]
    emitted = columns[:, texts]
    emitted[:, texts == 0] = 0.0
    blanks: list[float] = columns[:, 0].tolist()
    # How likely it is to be in a blank after so many characters, or in a character.
    # Each text is scaled by itself: what is lost is 300 powers of ten below the text's
    # likeliest beginning of the same length.
    after = np.zeros((len(rows), longest + 1))
    after[:, 0] = 1.0
    inside = np.zeros(texts.shape)
    logs = np.zeros(len(rows))
    for emission, blank in zip(emitted, blanks, strict=True):
        step = inside + after[:, :-1]
        step[:, 1:] += inside[:, :-1] * skips[:, 1:]
        after[:, 1:] += inside
        after *= blank
        np.multiply(step, emission, out=inside)
        total = after.sum(axis=1)
        total += inside.sum(axis=1)
        np.maximum(total, _LEAST, out=total)
        logs += np.log(total)
        total = total[:, None]
        after /= total
        inside /= total
    lengths = np.array([len(row) for row in rows])
    numbers = np.arange(len(rows))
    ends = after[numbers, lengths]
    ends += np.where(lengths > 0, inside[numbers, lengths - 1], 0.0)
    with np.errstate(divide="ignore"):
        result: Floats = logs + np.log(ends)
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
    # Blank, character, blank, .. of each text; two states before the first, which
    # nothing comes from.
    states = np.zeros((len(rows), 2 * max(map(len, rows), default=0) + 1), np.int64)
    for text, row in zip(states, rows, strict=True):
        text[1 : 2 * len(row) : 2] = row
    skips = np.full(states.shape, -math.inf)
    skips[:, 3::2][states[:, 3::2] != states[:, 1:-2:2]] = 0.0
    with np.errstate(divide="ignore"):
        emitted = np.log(columns)[:, states]
    best = np.full((len(rows), states.shape[1] + 2), -math.inf)
    best[:, 2:4] = emitted[0, :, :2]
    options = np.empty((3, *states.shape))
    backs = np.zeros(emitted.shape, np.int64)
    for step in range(1, len(emitted)):
        options[0] = best[:, 2:]
        options[1] = best[:, 1:-1]
        np.add(best[:, :-2], skips, out=options[2])
        options.argmax(axis=0, out=backs[step])
        np.maximum(options[0], options[1], out=options[0])
        np.maximum(options[0], options[2], out=options[0])
        np.add(options[0], emitted[step], out=best[:, 2:])
    return [
        _trace(path, end, len(row))
        for path, end, row in zip(backs.swapaxes(0, 1), best[:, 2:], rows, strict=True)
    ]


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
