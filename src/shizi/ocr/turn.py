"""Which way up a page and its lines stand, told by the recogniser itself.

A line that reads badly is read the other way up as well. The longest lines vote for
the page: one that lies on a side or stands on its head is turned and looked at anew,
because turned lines are found less well, and on the page that then stands upright one
odd line is not turned for a little gain. Measured on 27 real pictures: 100 % of the
characters of the upright picture are kept at 180 degrees and 99.9 % at 90 and 270; with
the stock line classifier it was 93.7 %, 93.5 % and 98.6 %.
"""

from __future__ import annotations

import time
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from shizi.ocr.crop import crop_line, is_tall, longer_side, reading_width
from shizi.ocr.recognise import Reading, is_ideograph
from shizi.ocr.share import share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.ocr.detect import Box
    from shizi.ocr.recognise import Recogniser

# Under .9 a line is read both ways; 1 % of the time on 80 real pictures.
_DOUBTFUL = 0.9
# By so much the other way up must read better for one line to be turned.
_MARGIN = 0.15
# A short line fits both ways too easily: an upright "x7" reads as "LX" on its head.
_SHORT, _SHORT_MARGIN = 3, 0.4
# Lines read to tell the page's turn.
_WITNESSES = 3
# What scores less both ways up has no vote: it is mostly no text (`evidence.py`), and a
# patterned ground gives the longest of such lines.
_VOTING = 0.5
# Share of a page's length of text that must stand in tall boxes to ask at all.
_TALL_SHARE = 0.6


class StripReader(Protocol):
    """A recogniser, here or in another worker; used by one thread at a time."""

    def read(self, strip: NDArray[np.uint8]) -> Reading | None:
        """Return the text of one strip, nothing when the reader is gone.

        Args:
            strip: uint8, (48, W, 3), RGB.

        Raises:
            EngineError: The inference library failed.
        """
        ...


class Candidate(NamedTuple):
    """One line before the page has voted.

    Attributes:
        corners: float32, (4, 2), clockwise from where reading starts, as detected.
        upright: What it says that way up.
        turned: What it says the other way up, where that was read.
        bent: Whether it was read along a bent centre line.
    """

    corners: NDArray[np.float32]
    upright: Reading
    turned: Reading | None
    bent: bool = False


class Line(NamedTuple):
    """One line after the page has voted.

    Attributes:
        corners: float32, (4, 2), clockwise from where reading starts.
        reading: What it says.
        bent: Whether it was read along a bent centre line.
    """

    corners: NDArray[np.float32]
    reading: Reading
    bent: bool = False


def read_lines(
    image: Image,
    boxes: Sequence[Box],
    readers: Sequence[StripReader],
    *,
    end: float,
    is_turned: bool = False,
) -> list[Candidate]:
    """Return what each box says, the longest first, doubtful ones both ways up.

    The longest are those with the widest strips, so that strips of one width follow
    each other and find the recogniser's weights for it at hand: a twentieth of its time
    on 40 real pictures. Of a page that stands on its head only as many are read as it
    takes to see that.

    Args:
        image: uint8, (H, W, 3), RGB.
        boxes: Where its lines are.
        readers: What reads them, at once; the first is at home in this thread.
        end: Time, on the monotonic clock, after which no further line is begun.
        is_turned: Whether the page was turned already, so that all lines are read.

    Raises:
        EngineError: The inference library failed.
    """

    def is_told(found: Mapping[int, Candidate]) -> bool:
        return not is_turned and _is_told(found)

    found = share(
        sorted(boxes, key=lambda box: -reading_width(box.corners)),
        partial(_read_box, image),
        readers,
        is_enough=lambda found: is_told(found) or time.monotonic() > end,
    )
    if is_told(found):
        return _witnesses(found)
    return [found[number] for number in sorted(found)]


def _read_box(image: Image, box: Box, reader: StripReader) -> Candidate | None:
    """Return what a box says, nothing when its reader has gone."""
    strip, corners = crop_line(image, box.corners, box.curve)
    upright = reader.read(strip)
    turned = None
    if upright and upright.score < _DOUBTFUL:
        turned = reader.read(strip[::-1, ::-1])
        if turned is None:
            return None
    return upright and Candidate(corners, upright, turned, box.curve is not None)


def _is_told(found: Mapping[int, Candidate]) -> bool:
    """Return whether the longest lines tell that the page stands on its head."""
    first = _witnesses(found)
    return len(first) == _WITNESSES and is_upside_down(first)


def _witnesses(found: Mapping[int, Candidate]) -> list[Candidate]:
    """Return the longest lines that have a vote."""
    voting = [found[number] for number in sorted(found) if _has_vote(found[number])]
    return voting[:_WITNESSES]


def _has_vote(candidate: Candidate) -> bool:
    """Return whether a line reads well enough, one way up, to tell its page's turn."""
    _, upright, turned, _ = candidate
    return max(upright.score, turned.score if turned else 0.0) >= _VOTING


def is_upside_down(candidates: Sequence[Candidate]) -> bool:
    """Return whether more of the page's text reads the other way up."""
    balance = 0.0
    for _, upright, turned, _ in filter(_has_vote, candidates):
        balance -= _weight(upright)
        if turned is not None:
            balance += _weight(turned)
    return balance > 0


def choose(candidate: Candidate) -> Line:
    """Return the line of an upright page that a candidate stands for."""
    corners, upright, turned, bent = candidate
    if turned is not None and 2 * len(turned.text) >= len(upright.text):
        margin = _MARGIN if len(turned.text) > _SHORT else _SHORT_MARGIN
        if turned.score > upright.score + margin:
            return Line(np.roll(corners, -2, axis=0), turned, bent)
    return Line(corners, upright, bent)


def quarter_turns(image: Image, boxes: Sequence[Box], recogniser: Recogniser) -> int:
    """Return how often a page must be turned by 90 degrees against the clock.

    Only 0, 1 and 3: a page on its head is told by `is_upside_down`. Vertical columns of
    upright characters are no turned page.

    Raises:
        EngineError: The inference library failed.
    """
    tall = [box for box in boxes if is_tall(box.corners)]
    length = sum(longer_side(box.corners) for box in tall)
    if length <= _TALL_SHARE * sum(longer_side(box.corners) for box in boxes):
        return 0
    tall.sort(key=lambda box: -longer_side(box.corners))
    votes = {0: 0.0, 1: 0.0, 3: 0.0}
    for box in tall[:_WITNESSES]:
        strip, _ = crop_line(image, box.corners)
        downwards, upwards = recogniser.read(strip), None
        if downwards.score < _DOUBTFUL:
            upwards = recogniser.read(strip[::-1, ::-1])
        if upwards is not None and _weight(upwards) > _weight(downwards):
            votes[3] += _weight(upwards)
        elif _is_column(strip, downwards, recogniser):
            votes[0] += _weight(downwards)
        else:
            votes[1] += _weight(downwards)
    return max(votes, key=lambda turns: votes[turns])


def _weight(reading: Reading) -> float:
    """Return how much a reading counts in a vote."""
    return reading.score * len(reading.text)


def _is_column(
    strip: NDArray[np.uint8], reading: Reading, recogniser: Recogniser
) -> bool:
    """Return whether a strip is a column whose characters stand upright on the page.

    The characters are set side by side, each turned back: a column then says the same
    as before, a line that was turned as a whole says something else.
    """
    if not any(is_ideograph(character) for character in reading.text):
        return False
    cuts = [
        0,
        *(
            (a + b) / 2
            for a, b in zip(reading.places, reading.places[1:], strict=False)
        ),
        strip.shape[1],
    ]
    cells = [
        np.rot90(_square(strip[:, round(start) : round(end)]), -1)
        for start, end in pairwise(cuts)
        if end - start >= 1
    ]
    again = recogniser.read(np.ascontiguousarray(np.concatenate(cells, axis=1)))
    shared = sum(character in reading.text for character in again.text)
    return 2 * shared >= len(reading.text)


def _square(cell: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a cell cut or padded at its ends to be as wide as high."""
    height, width = cell.shape[:2]
    if width > height:
        start = (width - height) // 2
        return cell[:, start : start + height]
    before = (height - width) // 2
    after = height - width - before
    return np.pad(cell, ((0, 0), (before, after), (0, 0)), mode="edge")
