"""The texts on a flat page, read and cut at the labels printed beside them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shizi.core.posterior import Posterior
from shizi.documents.ctc import greedy
from shizi.documents.label import spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from shizi.documents.flat import Flat, View
    from shizi.documents.spec import PageSpec
    from shizi.ports import Engine

# Steps from the middle of a character to its end, at most.
_HALF = 3
# Share of a text that a label must cover for the text to be that label alone.
_COVERED = 0.7
# Millimetres: what is printed lower than the labels is the English under them.
_SMALL = 2.3
# English words, and the millimetres that a line of them is lower than: under labels it
# is 2.0 to 2.7 high, values are 3 and more.
_WORDS, _WORDS_HEIGHT = re.compile(r"[A-Z]?[a-z]{2,}\.?( [A-Z]?[a-z]+\.?)*"), 2.8
# Millimetres: no text begins so near to the right edge, or ends so near to the left.
_EDGE = 2.0
# How like a translation a text must be, 0 to 1: print so small is often misread.
_LIKE = 0.7
# Millimetres by which a label may reach beyond where it is expected to end, and a value
# over the next label.
REST = 4.0
# Millimetres: what begins so far inside a label holds some of it; where the value is
# likely to begin after it; how many beginnings are tried. Nats that it costs to leave
# out what has no character of the label.
_INTO, _GAP, _CHOICES, _LOST = 1.5, 1.0, 6, 15.0
# A piece of so few characters before a value may be none of it; in nats, what it costs
# to leave it out.
_SPECKS, _SPECK = 4, 4.0
# Nats that it costs to end a value elsewhere than where it was found to end: one that
# fits as it is stays whole. Not tuned.
_CUT = 2.0


class Piece(NamedTuple):
    """A text on a page that is no label.

    Attributes:
        corners: float64, (4, 2); in millimetres on the page, clockwise from where
            reading starts.
        text: What it says by itself.
        posterior: What the recogniser believes of it.
    """

    corners: NDArray[np.float64]
    text: str
    posterior: Posterior

    @property
    def left(self) -> float:
        """Return where it starts, in millimetres."""
        return float(self.corners[0, 0] + self.corners[3, 0]) / 2

    @property
    def right(self) -> float:
        """Return where it ends, in millimetres."""
        return float(self.corners[1, 0] + self.corners[2, 0]) / 2

    @property
    def y(self) -> float:
        """Return the height of its middle, in millimetres from the page's top."""
        return float(self.corners[:, 1].mean())

    @property
    def height(self) -> float:
        """Return its height in millimetres."""
        return float(self.corners[2:, 1].mean() - self.corners[:2, 1].mean())

    def ends_before(self, place: float) -> bool:
        """Return whether its last character ends left of a place, in millimetres."""
        glyphs = greedy(self.posterior)
        return not glyphs or _part(self, 0, glyphs[-1].end).right < place

    def after(self, count: int) -> Piece:
        """Return it without its first characters."""
        glyphs = greedy(self.posterior)
        middle = (glyphs[count - 1].end + glyphs[count].start) // 2
        return _part(self, middle, len(self.posterior.log_probs))


class Beginning(NamedTuple):
    """One way in which a value may begin.

    Attributes:
        pieces: Its pieces, in reading order.
        cost: By how many nats it is less likely than what is read in it tells.
    """

    pieces: list[Piece]
    cost: float = 0.0


def read_pieces(
    engine: Engine,
    flat: Flat,
    view: View,
    labels: Mapping[str, NDArray[np.float64]],
    page: PageSpec,
) -> tuple[list[Piece], dict[str, NDArray[np.float64]]]:
    """Return the texts of a page, and the labels found among them.

    Args:
        engine: What finds and reads lines.
        flat: The page.
        view: What shows it.
        labels: Start and end of the labels known, in millimetres, (2, 2) each.
        page: The page.

    Returns:
        The pieces, and start and end of every label read here.

    Raises:
        EngineError: The inference library failed.
    """
    names = [label.text for label in page.labels] + list(page.titles)
    english = [also for label in page.labels for also in label.also]
    pieces: list[Piece] = []
    found: dict[str, NDArray[np.float64]] = {}
    for box in engine.find(view.flat):
        corners = flat.to_page(box)
        if _is_label(corners, labels.values()) or not _is_inside(corners, page):
            continue
        piece = spell(engine, view, corners)
        if _is_english(piece, english):
            continue
        for name, part in cut(piece, names):
            if name is None:
                pieces.append(part)
            else:
                found[name] = np.array(
                    [[part.left, part.y], [part.right, part.y]], np.float64
                )
    return pieces, found


def spell(engine: Engine, view: View, corners: NDArray[np.float64]) -> Piece:
    """Return the text inside four corners of a page, in millimetres, (4, 2).

    Raises:
        EngineError: The inference library failed.
    """
    return spelled(engine.spell(view.image, view.place(corners)), corners)


def spelled(posterior: Posterior, corners: NDArray[np.float64]) -> Piece:
    """Return a text inside four corners, (4, 2), in any unit."""
    text = "".join(glyph.character for glyph in greedy(posterior))
    return Piece(corners, text, posterior)


def cut(piece: Piece, names: Iterable[str]) -> list[tuple[str | None, Piece]]:
    """Return the parts of a piece: (a label's name, its part) and (None, a text).

    The recogniser's steps are cut, not the pixels: they tell where each character is.
    """
    found = spans(piece.text, names)
    if not found:
        return [(None, piece)] if piece.text else []
    glyphs = greedy(piece.posterior)
    steps = len(piece.posterior.log_probs)
    parts: list[tuple[str | None, Piece]] = []
    start = 0
    for span in found:
        first, last = glyphs[span.start], glyphs[span.end - 1]
        before, after = 0, steps
        # Characters that nobody could read are the value's, not the label's.
        if span.start:
            middle = (glyphs[span.start - 1].end + first.start) // 2
            before = max(middle, first.start - _HALF)
        if span.end < len(glyphs):
            middle = (last.end + glyphs[span.end].start + 1) // 2
            after = min(middle, last.end + _HALF)
        parts.append((None, _part(piece, start, before)))
        parts.append((span.text, _part(piece, before, after)))
        start = after
    parts.append((None, _part(piece, start, steps)))
    return [(name, part) for name, part in parts if name or part.text]


def beginnings(pieces: Sequence[Piece], label: str, end: float) -> list[Beginning]:
    """Return how the pieces of a value may begin, the likeliest first.

    A box may hold a label and its value with the label misread: then the value begins
    somewhere about where the label ends, and what it may say decides where.

    Args:
        pieces: The value as it was found, in reading order.
        label: The label's text.
        end: Where the label ends, in millimetres.
    """
    first, others = pieces[0], list(pieces[1:])
    if others and label.endswith(first.text) and first.right < end + 2 * REST:
        return [Beginning(others)]
    glyphs = greedy(first.posterior)
    if not glyphs or first.left > end - _INTO:
        found = [Beginning(_without_rest(first, label, end) + others)]
        if others and len(glyphs) <= _SPECKS:
            found.append(Beginning(others, _SPECK))
        return found
    parts: list[tuple[float, Beginning]] = []
    for count, part in enumerate(tails(first), 1):
        away = abs(part.left - end - _GAP)
        if away < REST:
            # What is left out should look like the label.
            lost = 0.0 if _is_alike(first.text[:count], label) else _LOST
            begun = Beginning([part, *others], lost)
            parts.append((away, begun))
    parts.sort(key=lambda each: each[0])
    cut_off = [begun for _, begun in parts]
    if first.right < end + REST and others:
        return [Beginning(others), *cut_off]
    found = [Beginning(list(pieces))] if len(glyphs) > 1 or not cut_off else []
    found += cut_off[:_CHOICES]
    if others and first.right < end + 2 * REST and _is_alike(first.text, label):
        found.append(Beginning(others))
    return found


def _is_alike(text: str, label: str) -> bool:
    """Return whether a text may be a label: some character is of both."""
    return not set(label).isdisjoint(text)


def endings(
    others: Sequence[Piece], last: Piece, low: float, high: float
) -> list[Beginning]:
    """Return how the pieces of a value may end: its last one anywhere in between.

    Args:
        others: The pieces before the last, in reading order.
        last: The last one, which may go on over the next label.
        low: Where the value ends at the earliest, in millimetres.
        high: Where it ends at the latest.
    """
    ends = [
        (before.end + after.start) // 2
        for before, after in pairwise(greedy(last.posterior))
    ]
    parts = [*(_part(last, 0, end) for end in ends), last]
    return [
        Beginning([*others, part], _CUT) for part in parts if low < part.right < high
    ]


def tails(piece: Piece) -> Iterator[Piece]:
    """Yield what is left of a piece without its first character, without two, ..."""
    steps = len(piece.posterior.log_probs)
    for before, after in pairwise(greedy(piece.posterior)):
        yield _part(piece, (before.end + after.start) // 2, steps)


def stretched(piece: Piece, right: float) -> NDArray[np.float64]:
    """Return a piece's corners, (4, 2), with its right end moved, in millimetres."""
    (a, b, c, d) = piece.corners
    share = max(1.0, (right - piece.left) / max(1e-6, piece.right - piece.left))
    return np.array([a, a + share * (b - a), d + share * (c - d), d])


def split(piece: Piece, starts: Iterable[float]) -> list[Piece]:
    """Return the parts of a piece that goes on over where labels start.

    Args:
        piece: A text, labels in it misread.
        starts: Where labels of its row start, in millimetres from the left.
    """
    glyphs = greedy(piece.posterior)
    steps = len(piece.posterior.log_probs)
    cuts: list[int] = []
    for start in starts:
        if not piece.left + _INTO < start < piece.right - REST:
            continue
        places: list[tuple[float, int]] = []
        for before, after in pairwise(glyphs):
            middle = (before.end + after.start) // 2
            place = _part(piece, middle, steps).left
            width = _part(piece, before.end, after.start)
            away = abs(place - start) - (width.right - width.left)
            if abs(place - start) < REST:
                places.append((away, middle))
        if places:
            cuts.append(min(places)[1])
    parts = [
        _part(piece, low, high) for low, high in pairwise([0, *sorted(cuts), steps])
    ]
    return [part for part in parts if part.text] if cuts else [piece]


def _without_rest(piece: Piece, label: str, end: float) -> list[Piece]:
    """Return a piece without the last characters of a label, or none if it is them."""
    glyphs = greedy(piece.posterior)
    for count in range(min(len(label), len(glyphs)), 0, -1):
        if not label.endswith(piece.text[:count]):
            continue
        if count == len(glyphs):
            return [] if piece.right < end + REST else [piece]
        middle = (glyphs[count - 1].end + glyphs[count].start) // 2
        part = _part(piece, middle, len(piece.posterior.log_probs))
        if piece.left < end or part.left < end + REST:
            return [part]
    return [piece]


def join(pieces: Sequence[Piece]) -> Posterior:
    """Return one posterior for pieces that follow each other."""
    first = pieces[0].posterior
    if len(pieces) == 1:
        return first
    gap = np.full((1, first.log_probs.shape[1]), -30, np.float32)
    gap[0, 0] = 0
    rows = [first.log_probs]
    for piece in pieces[1:]:
        rows += [gap, piece.posterior.log_probs]
    steps = np.concatenate(rows)
    return Posterior(steps, first.classes, first.step, first.step * len(steps))


def _part(piece: Piece, start: int, end: int) -> Piece:
    """Return some steps of a piece."""
    posterior = piece.posterior
    left, right = (
        float(np.clip(step * posterior.step / posterior.width, 0, 1))
        for step in (start, end)
    )
    part = Posterior(
        posterior.log_probs[start:end],
        posterior.classes,
        posterior.step,
        max(1.0, (right - left) * posterior.width),
    )
    text = "".join(glyph.character for glyph in greedy(part)) if end > start else ""
    (a, b, c, d) = piece.corners
    corners = np.array(
        [
            a + left * (b - a),
            a + right * (b - a),
            d + right * (c - d),
            d + left * (c - d),
        ]
    )
    return Piece(corners, text, part)


def _is_inside(corners: NDArray[np.float64], page: PageSpec) -> bool:
    """Return whether a box, (4, 2), in millimetres, is no text beside the page."""
    left, right = corners[:, 0].min(), corners[:, 0].max()
    return bool(left < page.size[0] - _EDGE and right > _EDGE)


def _is_english(piece: Piece, labels: Iterable[str]) -> bool:
    """Return whether a text is one of the labels' translations, about, or like one."""
    if piece.height < _WORDS_HEIGHT and _WORDS.fullmatch(piece.text):
        return True
    bare = piece.text.replace(" ", "").lower()
    return any(
        SequenceMatcher(None, bare, label.replace(" ", "").lower()).ratio() > _LIKE
        for label in labels
    )


def _is_label(
    corners: NDArray[np.float64], labels: Iterable[NDArray[np.float64]]
) -> bool:
    """Return whether a box holds a known label, or the English under it, alone."""
    left, right = corners[:, 0].min(), corners[:, 0].max()
    y, height = corners[:, 1].mean(), corners[:, 1].max() - corners[:, 1].min()
    for start, end in labels:
        shared = min(right, end[0]) - max(left, start[0])
        below = y - start[1]
        if shared < _COVERED * (right - left):
            continue
        if abs(below) < 1.5 or (height < _SMALL and 0 < below < 4):  # noqa: PLR2004
            return True
    return False
