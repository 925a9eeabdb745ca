"""Where a document's printed labels stand among the lines of a page."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from shizi.core.geometry import Quad
    from shizi.core.text import TextLine

# From so many characters on, one of a label may be misread.
_FORGIVING = 4
# Longer ones are titles, and those of other documents differ by one character.
_TITLE = 8
# Of a label that is guessed this share of the characters must be right, of a title
# more; and two at least.
_GUESSED, _TITLE_GUESSED, _LEAST_GUESSED = 0.5, 0.7, 2
# Width of a character of Han script, in heights of its line as it is found.
_EM = 0.8


class Hit(NamedTuple):
    """One place where a label was read.

    Attributes:
        text: The label, as the document prints it.
        left: float64, (2,); where its first character starts, half way up, in pixels.
        right: float64, (2,); where its last character ends.
        height: Of its line, in pixels.
        line: Number of the line it was read in.
        sure: Whether it was read, not guessed.
    """

    text: str
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    height: float
    line: int
    sure: bool = True


class Span(NamedTuple):
    """A label inside a string.

    Attributes:
        text: The label.
        start: Index of its first character.
        end: Index after its last.
    """

    text: str
    start: int
    end: int


def find_labels(lines: Sequence[TextLine], labels: Sequence[str]) -> list[Hit]:
    """Return every label that can be read in the lines of a page.

    A label whose characters are set so far apart that each is a line of its own is put
    together again.

    Args:
        lines: The lines, each with corners clockwise from where reading starts.
        labels: The labels' texts, without white space.
    """
    hits = [
        _hit(span, line, number)
        for number, line in enumerate(lines)
        for span in spans(line.text, labels)
    ]
    seen = {hit.text for hit in hits}
    hits += _spread(lines, [text for text in labels if text not in seen])
    return hits


def all_labels(lines: Sequence[TextLine], labels: Sequence[str]) -> list[Hit]:
    """Return the labels that can be read in lines, and those guessed."""
    return [*find_labels(lines, labels), *guess_labels(lines, labels)]


def guess_labels(lines: Sequence[TextLine], labels: Sequence[str]) -> list[Hit]:
    """Return what may be labels misread: about half of their characters are right.

    Such a hit tells nothing by itself, only where others let one expect it.

    Args:
        lines: The lines, each with corners clockwise from where reading starts.
        labels: The labels' texts, without white space.
    """
    hits: list[Hit] = []
    for number, line in enumerate(lines):
        text = unicodedata.normalize("NFKC", line.text)
        if len(text) != len(line.text):
            continue
        found = {label: _alike(text, label) for label in labels}
        # What is more like the title of another document is no other title misread.
        titles = [alike for label, (alike, _) in found.items() if len(label) > _TITLE]
        for label, (alike, start) in found.items():
            length = len(label)
            share = _TITLE_GUESSED if length > _TITLE else _GUESSED
            least = max(_LEAST_GUESSED, share * length)
            if length > _TITLE and alike < max(titles):
                continue
            if least <= alike < length:
                span = Span(label, -start, min(len(text), length - start))
                hits.append(_hit(span, line, number)._replace(sure=False))
    return hits


def _alike(text: str, label: str) -> tuple[int, int]:
    """Return how many characters of a label a text has in their places at most.

    Returns:
        Their number, and less the place where the label begins.
    """
    length = len(label)
    return max(
        (sum(map(str.__eq__, text[start : start + length], label)), -start)
        for start in range(max(1, len(text) - length + 1))
    )


def spans(text: str, labels: Iterable[str]) -> list[Span]:
    """Return the labels that a text holds, in their order, none inside another.

    Longer labels go first, then exact ones; one of four characters or more may have
    one character wrong or missing.
    """
    kept = [
        (index, character)
        for index, character in enumerate(unicodedata.normalize("NFKC", text))
        if not character.isspace()
    ]
    if len(kept) != len(text.replace(" ", "")):
        # A character that folds into several: rare, and indices would not hold.
        kept = [(index, char) for index, char in enumerate(text) if char != " "]
    bare = "".join(character for _, character in kept)
    taken = [False] * len(bare)
    found: list[Span] = []
    ordered = sorted(labels, key=len, reverse=True)
    for places in (_exact, _near):
        for label in ordered:
            for start, end in places(bare, label):
                if not any(taken[start:end]):
                    taken[start:end] = [True] * (end - start)
                    found.append(Span(label, kept[start][0], kept[end - 1][0] + 1))
    return sorted(found, key=lambda span: span.start)


def _exact(text: str, label: str) -> Iterator[tuple[int, int]]:
    """Yield where a label stands in a text, letter by letter."""
    start = text.find(label)
    while start >= 0:
        yield start, start + len(label)
        start = text.find(label, start + 1)


def _near(text: str, label: str) -> Iterator[tuple[int, int]]:
    """Yield where a label stands in a text with one character wrong or missing."""
    length = len(label)
    if length < _FORGIVING or length > _TITLE:
        return
    for start in range(len(text) - length + 1):
        window = text[start : start + length]
        if sum(a != b for a, b in zip(window, label, strict=True)) <= 1:
            yield start, start + length
    for missing in range(length):
        shorter = label[:missing] + label[missing + 1 :]
        yield from _exact(text, shorter)


def _hit(span: Span, line: TextLine, number: int) -> Hit:
    """Return the place of a part of a line."""
    start, end = _ends(span, line)
    left, right = midline(line.quad)
    return Hit(
        span.text,
        left + start * (right - left),
        left + end * (right - left),
        line_height(line.quad),
        number,
    )


def _ends(span: Span, line: TextLine) -> tuple[float, float]:
    """Return where a part of a line starts and ends, as shares of its length.

    By where the characters are, or by their widths if that is not known.
    """
    places = line.places[span.start : span.end]
    if places:
        left, right = midline(line.quad)
        half = _EM / 2 * line_height(line.quad) / max(1.0, np.hypot(*(right - left)))
        return max(0.0, places[0] - half), min(1.0, places[-1] + half)
    widths = [1.0 if ord(character) > 0x2E7F else 0.5 for character in line.text]  # noqa: PLR2004 - CJK starts
    total = sum(widths) or 1.0
    return sum(widths[: span.start]) / total, sum(widths[: span.end]) / total


def midline(quad: Quad) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the start and the end of the line half way up a quad."""
    corners = np.array(quad, np.float64)
    return (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2


def line_height(quad: Quad) -> float:
    """Return the mean length of the two short ends of a line, in pixels."""
    corners = np.array(quad, np.float64)
    ends = corners[3] - corners[0], corners[2] - corners[1]
    return float(sum(np.hypot(*end) for end in ends) / 2)


def _spread(lines: Sequence[TextLine], labels: Sequence[str]) -> Iterator[Hit]:
    """Yield labels of two or three characters that stand in a line each."""
    singles = [
        (number, line)
        for number, line in enumerate(lines)
        if len(line.text.strip()) == 1
    ]
    for label in labels:
        for number, first in singles:
            if first.text.strip() != label[0]:
                continue
            left, end = midline(first.quad)
            height = line_height(first.quad)
            along = end - left
            norm = float(np.hypot(*along))
            if not norm:
                continue
            along /= norm
            for _, last in singles:
                if last.text.strip() != label[-1]:
                    continue
                right = midline(last.quad)[1]
                gap = right - left
                distance = float(gap @ along)
                aside = abs(float(gap[0] * along[1] - gap[1] * along[0]))
                if 2 * height < distance < 8 * height and aside < height / 2:
                    yield Hit(label, left, right, height, number)
