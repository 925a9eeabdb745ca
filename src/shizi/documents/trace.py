"""A page looked for where a title or another page lets one expect it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.documents.ctc import greedy
from shizi.documents.flat import DENSITY, even_light, flatten
from shizi.documents.guess import beside, by_title
from shizi.documents.label import Hit, all_labels, line_height, midline
from shizi.documents.pose import Pose, inverse, near_pose, project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.posterior import Posterior
    from shizi.documents.spec import FieldSpec, PageSpec
    from shizi.ports import Engine

# A page is looked for at so many places, where so many lines are; places nearer to each
# other than this share of its width are one. Millimetres around it.
_TRIES, _FEW, _SAME, _AROUND = 4, 4, 0.2, 8.0
# How often a page is put where what was read tells, and looked at from there.
_ROUNDS = 2
# A value is known by its rule if that bends it by fewer nats, and it begins within so
# many hundredths of the page's width of its place.
_BENT, _NEAR = 3.0, 7.5
_CORNERS = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], np.float64)


class Seen(NamedTuple):
    """What is known of a picture.

    Attributes:
        lines: What was read in it.
        hits: The labels and titles among that.
        pages: The pages that were found, and how they lie.
    """

    lines: Sequence[TextLine]
    hits: Sequence[Hit]
    pages: Sequence[tuple[Pose, PageSpec]]


class _Line(NamedTuple):
    """A line about an expected page, and what the recogniser believes of it."""

    text: TextLine
    posterior: Posterior


def trace(
    engine: Engine, image: Image, seen: Seen, page: PageSpec, labels: Sequence[str]
) -> Pose | None:
    """Return how a page lies that too few labels told, or nothing.

    Args:
        engine: What finds and reads lines.
        image: The picture: uint8, (H, W, 3), RGB.
        seen: What is known of it.
        page: The page.
        labels: Labels and titles of the document.

    Raises:
        EngineError: The inference library failed.
    """
    best: Pose | None = None
    for matrix in _places(seen, page):
        lines = _read_flat(engine, image, matrix, page)
        hits = all_labels([line.text for line in lines], labels)
        pose: Pose | None = Pose(matrix, {}, ())
        for _ in range(_ROUNDS):
            if pose is not None:
                values = _values(lines, pose.to_image, page)
                pose = near_pose([*hits, *values], page, pose.to_image)
        if pose and (best is None or len(pose.hits) > len(best.hits)):
            best = pose
    return best


def _places(seen: Seen, page: PageSpec) -> list[NDArray[np.float64]]:
    """Return where a page may lie, the likeliest first, as poses' `to_image`."""
    expected = [*by_title(seen.hits, page)]
    for pose, other in seen.pages:
        expected += beside(pose, other, seen.hits, page)
    middles = [np.mean(line.quad, axis=0) for line in seen.lines]
    tried: list[NDArray[np.float64]] = []
    kept: list[NDArray[np.float64]] = []
    for matrix in expected:
        corners = project(matrix, _CORNERS)
        middle = corners.mean(axis=0)
        side = np.hypot(*(corners[1] - corners[0]))
        if any(np.hypot(*(middle - other)) < _SAME * side for other in tried):
            continue
        if any(_is_inside(middle, pose.corners) for pose, _ in seen.pages):
            continue
        if sum(_is_inside(each, corners) for each in middles) < _FEW:
            continue
        tried.append(middle)
        kept.append(matrix)
    return kept[:_TRIES]


def _is_inside(place: NDArray[np.float64], corners: NDArray[np.float64]) -> bool:
    """Return whether a place, (2,), is inside four corners, (4, 2)."""
    x, y = place.tolist()
    frame = corners.astype(np.float32)
    return cv2.pointPolygonTest(frame, (x, y), measureDist=False) >= 0


def _read_flat(
    engine: Engine, image: Image, matrix: NDArray[np.float64], page: PageSpec
) -> list[_Line]:
    """Return the lines about where a page is expected, in pixels of the picture."""
    pose = Pose(matrix, {}, ())
    flat, back = flatten(image, pose, page, density=DENSITY, margin=_AROUND)
    lines: list[_Line] = []
    for box in engine.find(even_light(flat)):
        corners = project(back, box.astype(np.float64)).astype(np.float32)
        posterior = engine.spell(image, corners)
        text = "".join(glyph.character for glyph in greedy(posterior))
        line = TextLine(text, Quad.of(corners.tolist()), 1.0)
        lines.append(_Line(line, posterior))
    return lines


def _values(
    lines: Sequence[_Line], matrix: NDArray[np.float64], page: PageSpec
) -> Iterator[Hit]:
    """Yield values that stand about where the page has them, as guesses.

    Args:
        matrix: Where the page is expected.
    """
    back = inverse(matrix)
    aspect = page.size[1] / page.size[0]
    for field in page.fields:
        if not _is_telling(field, page):
            continue
        middle = page.label(field.label or "").at[1]
        for number, line in enumerate(lines):
            left, right = midline(line.text.quad)
            ((x, y),) = project(back, left[None])
            if np.hypot(x - field.left, (y - middle) * aspect) > _NEAR:
                continue
            found = field.rule.read([line.posterior], today=date.max)
            if found and found[0].score - found[0].free > -_BENT:
                height = line_height(line.text.quad)
                yield Hit(field.name, left, right, height, number, sure=False)


def _is_telling(field: FieldSpec, page: PageSpec) -> bool:
    """Return whether not everything is a value of a field: its labels are none."""
    if field.label is None:
        return False
    return not any(field.rule.allows(label.text) for label in page.labels)
