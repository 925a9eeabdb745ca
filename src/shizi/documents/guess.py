"""What lets one expect a page that too few labels tell: a title, values, another."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from shizi.documents.homography import inverse, project
from shizi.documents.label import Hit, line_height, midline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from shizi.core.text import TextLine
    from shizi.documents.pose import Pose
    from shizi.documents.spec import PageSpec

# Two pages do not lie on each other: their centres are this many pages apart at least,
# and no further than that many.
_APART, _FAR = 0.85, 2.0
# Labels that tell the same place of a page do so within this share of its width.
_TOGETHER = 0.07
# A value of no more characters says nothing.
_DASHES = 2
# So many lines are values of both pages together, ten on each; a table has more: in one
# of 120 cells, drawn by chance, five stood as on a page.
_TABLE = 20
# Millimetres between two pages of an opened wallet.
_FOLD = 12.0


def by_title(hits: Sequence[Hit], page: PageSpec) -> Iterator[NDArray[np.float64]]:
    """Yield where a page lies by its titles' places, turns and lengths.

    Args:
        hits: Labels and titles read or guessed in the picture.
        page: The page.

    Yields:
        As a pose's `to_image`: float64, (3, 3).
    """
    width, height = page.size
    for hit in hits:
        if hit.text not in page.titles:
            continue
        along = complex(*(hit.right - hit.left)) / (page.title_width / 100 * width)
        linear = np.array([[along.real, -along.imag], [along.imag, along.real]])
        matrix = np.eye(3)
        matrix[:2, :2] = linear * np.array([width, height]) / 100
        middle = (hit.left + hit.right) / 2
        matrix[:2, 2] = middle - matrix[:2, :2] @ np.array(page.title_at)
        yield matrix


def find_values(lines: Sequence[TextLine], page: PageSpec) -> list[Hit]:
    """Return the lines that a page's fields may say, as guesses named as the fields.

    None of a table, in which some may stand by chance as they do on the page.
    """
    hits: list[Hit] = []
    telling = page.telling()
    for number, line in enumerate(lines):
        text = unicodedata.normalize("NFKC", line.text).replace("×", "x")
        left, right = midline(line.quad)
        hits += [
            Hit(field.name, left, right, line_height(line.quad), number, sure=False)
            for field, _ in telling
            if len(text) > _DASHES and field.rule.allows(text)
        ]
    return hits if len({hit.line for hit in hits}) <= _TABLE else []


def beside(
    pose: Pose, other: PageSpec, hits: Sequence[Hit], page: PageSpec
) -> Iterator[NDArray[np.float64]]:
    """Yield where a page may lie beside another one: first where most labels tell.

    After that, above and below it and on both sides, as in an opened wallet.

    Args:
        pose: How the other page lies.
        other: The other page.
        hits: Labels read or guessed in the picture.
        page: The page.

    Yields:
        As a pose's `to_image`: float64, (3, 3).
    """
    scale = np.array(other.size) / 100
    back = inverse(pose.to_image)
    size = np.array(page.size, np.float64)
    starts = {
        label.text: (np.array(label.at) - (label.width / 2, 0)) / 100 * size
        for label in page.labels
    }
    shifts = [
        (hit.text, project(back, hit.left[None])[0] * scale - starts[hit.text])
        for hit in hits
        if hit.text in starts
    ]
    best, most = None, 1
    for _, shift in shifts:
        away = np.abs(shift / size).max()
        if not _APART < away < _FAR:
            continue
        near = {
            text: place
            for text, place in shifts
            if np.hypot(*(place - shift)) < _TOGETHER * size[0]
        }
        if len(near) > most:
            best, most = np.mean(list(near.values()), axis=0), len(near)
    places = [] if best is None else [best]
    across, down = (size + other.size) / 2 + _FOLD
    sides = ((0, down), (0, -down), (across, 0), (-across, 0))
    places += [np.array(side) for side in sides]
    for place in places:
        shifted = np.diag([*(size / 100 / scale), 1.0])
        shifted[:2, 2] = place / scale
        yield pose.to_image @ shifted
