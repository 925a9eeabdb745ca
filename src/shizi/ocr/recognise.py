"""What a line says: the CTC recogniser on strips of one height."""

from __future__ import annotations

import math
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.core.posterior import Posterior
from shizi.ocr.crop import LINE_HEIGHT
from shizi.ocr.lookalike import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shizi.ports import Session

# (up to this width, steps of so many pixels): a new width costs 15 ms once and some
# megabytes as long as it is kept, so there are few, and wider steps where they cost
# little.
_STEPS = ((320, 32), (960, 64), (1 << 31, 128))
_SHORTEST = 64
# Share by which a strip is pressed together where it then fits the next narrower batch:
# 4 % fewer columns for 4 lines gained and 5 lost of 2 143 real ones. A share of .03
# saves 3 % (2 and 1 lines), .08 saves 7 % (5 and 9).
_PRESSED = 0.05
# Grey that the model's normalisation turns into nought, as its training padded.
_PADDING = 128
# The recogniser gives one row of classes for so many columns of pixels.
PIXELS_A_STEP = 8
# What look-alikes are asked for at all, and how far below the best, as a logarithm, one
# may be to be taken: 4 is a fiftieth of its probability.
_DOUBTFUL = re.compile("[01OolI]|[—0-9]一")
_SHARE = 4.0


class Reading(NamedTuple):
    """The text of one strip.

    Attributes:
        text: The characters, left to right.
        score: Mean probability of the characters, 0 to 1; 0 for no character.
        places: Where each character's middle lies, in pixels from the strip's left.
    """

    text: str
    score: float
    places: tuple[float, ...] = ()


class Recogniser:
    """Reads strips; one per worker, used by one thread at a time."""

    def __init__(self, session: Session, charset: Sequence[str]) -> None:
        """Take a session and the character of each of its classes, blank first."""
        self._session = session
        self._charset = charset
        self._classes = {char: index for index, char in enumerate(charset) if index}

    def read(self, strip: NDArray[np.uint8]) -> Reading:
        """Return the text of one strip: uint8, (48, W, 3), RGB.

        Raises:
            EngineError: The inference library failed.
        """
        width = strip.shape[1]
        fit = fitted(width)
        if fit == width:
            return decode(self._run(strip), self._charset)
        pressed = cv2.resize(strip, (fit, LINE_HEIGHT), interpolation=cv2.INTER_AREA)
        reading = decode(self._run(np.asarray(pressed, np.uint8)), self._charset)
        places = tuple(place * width / fit for place in reading.places)
        return reading._replace(places=places)

    def spell(self, strip: NDArray[np.uint8]) -> Posterior:
        """Return what is believed of one strip: uint8, (48, W, 3), RGB.

        Raises:
            EngineError: The inference library failed.
        """
        logits = self._run(strip)
        top = logits.max(axis=1, keepdims=True)
        total = np.log(np.exp(logits - top).sum(axis=1, keepdims=True)) + top
        width = strip.shape[1]
        return Posterior(logits - total, self._classes, PIXELS_A_STEP, width)

    def prepare(self, most: int) -> None:
        """Make strips of up to so many pixels fast.

        Raises:
            EngineError: The inference library failed.
        """
        for width in sorted({padded(width) for width in range(1, most + 1)}):
            self._session.prepare((1, LINE_HEIGHT, width, 3))

    def _run(self, strip: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits of one strip, float32, (T, C)."""
        logits: NDArray[np.float32] = self._session.run(batch_of(strip))[0]
        return logits


def batch_of(strip: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a strip as the model gets it: uint8, (1, 48, W, 3), W one of a few."""
    width = strip.shape[1]
    batch = np.full((1, LINE_HEIGHT, padded(width), 3), _PADDING, np.uint8)
    batch[0, :, :width] = strip
    return batch


def padded(width: int) -> int:
    """Return the width of the batch that holds a strip of a width."""
    step = next(step for limit, step in _STEPS if width <= limit)
    return max(_SHORTEST, -(-width // step) * step)


def fitted(width: int) -> int:
    """Return the width that a strip of a width is read at: its own, or a batch's."""
    room = padded(math.ceil(width / (1 + _PRESSED)))
    return room if room < width < padded(width) else width


def decode(logits: NDArray[np.float32], charset: Sequence[str]) -> Reading:
    """Return the best path: repeats merged, blanks dropped (greedy CTC).

    Args:
        logits: float32, (T, C).
        charset: The C classes' characters; class 0 is the blank.
    """
    best = logits.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    seen = best[starts] != 0
    starts, ends = starts[seen], ends[seen]
    if not len(starts):
        return Reading("", 0.0)
    rows = [logits[start] for start in starts.tolist()]
    tops = [float(row[index]) for row, index in zip(rows, best[starts], strict=True)]
    probabilities = [_share(row, top) for row, top in zip(rows, tops, strict=True)]
    classes: list[int] = best[starts].tolist()
    places: list[float] = ((starts + ends) / 2 * PIXELS_A_STEP).tolist()
    text = "".join(charset[index] for index in classes)
    if len(text) == len(classes) and _DOUBTFUL.search(text):
        text = settle(text, partial(_allows, rows, tops, charset))
    return Reading(text, sum(probabilities) / len(probabilities), tuple(places))


def _share(row: NDArray[np.float32], top: float) -> float:
    """Return the probability of the best class: 1 / sum(exp(logit - top)).

    One row at a time stays in the core's cache, and OpenCV's exponentials are quicker
    than NumPy's: 30 characters take 0.32 ms in place of 0.51.
    """
    powers = row - np.float32(top)
    cv2.exp(powers, powers)
    return 1 / float(powers.sum())


def _allows(
    rows: Sequence[NDArray[np.float32]],
    tops: Sequence[float],
    charset: Sequence[str],
    place: int,
    other: str,
) -> bool:
    """Return whether a character has a share of the probability at a place."""
    return bool(rows[place][charset.index(other)] > tops[place] - _SHARE)


def is_ideograph(character: str) -> bool:
    """Return whether a character is one of Han script."""
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"
