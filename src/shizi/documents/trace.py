"""A page looked for where a sheet, a title or another page lets one expect it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.core.geometry import Quad
from shizi.core.text import TextLine
from shizi.documents.ctc import greedy
from shizi.documents.evidence import EXPECTED, LIKELY, UNTOLD
from shizi.documents.flat import DENSITY, clear, flatten, grey
from shizi.documents.guess import beside, by_title, find_values
from shizi.documents.homography import PAGE, inverse, project, spanned
from shizi.documents.label import Hit, all_labels, line_height
from shizi.documents.piece import Piece, split, tails
from shizi.documents.pose import Pose, guess_pose, is_elsewhere, near_pose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.posterior import Posterior
    from shizi.documents.spec import FieldSpec, LabelSpec, PageSpec
    from shizi.ports import Engine

# A page is looked for at so many places, where so many lines are; places nearer to each
# other than this share of its width are one. Millimetres around it.
_TRIES, _FEW, _SAME, _AROUND = 4, 4, 0.2, 8.0
# How often a page is put where what was read tells, and looked at from there.
_ROUNDS = 2
# A value is known by its rule if that bends it by fewer nats, and it begins within so
# many hundredths of the page's width of its place.
_BENT, _NEAR = 3.0, 7.5


class Seen(NamedTuple):
    """What is known of a picture.

    Attributes:
        lines: What was read in it.
        hits: The labels and titles among that.
        pages: The pages that were found, and how they lie.
        papers: Corners of sheets that may be pages, (4, 2) each, in pixels; from the
            start of one long side or the other.
        is_dark: Whether lines on a page may not have been found.
    """

    lines: Sequence[TextLine]
    hits: Sequence[Hit]
    pages: Sequence[tuple[Pose, PageSpec]]
    papers: Sequence[NDArray[np.float64]] = ()
    is_dark: bool = False


class _Line(NamedTuple):
    """A line about an expected page, and what the recogniser believes of it."""

    text: TextLine
    posterior: Posterior


def trace(
    engine: Engine,
    image: Image,
    seen: Seen,
    pages: Sequence[PageSpec],
    labels: Sequence[str],
) -> dict[str, Pose]:
    """Return how pages lie that too few labels told, those that are found, by name.

    Args:
        engine: What finds and reads lines.
        image: The picture: uint8, (H, W, 3), RGB.
        seen: What is known of it.
        pages: Those that may be there.
        labels: Labels and titles of the document.

    Raises:
        EngineError: The inference library failed.
    """
    best: dict[str, Pose] = {}
    # Labels of one page may be printed on another, too.
    free = [hit for hit in seen.hits if not _is_taken(hit.right, seen)]

    def test(
        matrix: NDArray[np.float64], tested: Sequence[PageSpec], least: float
    ) -> None:
        """Note the pages that lie where one is expected."""
        lines = _read_flat(engine, image, matrix, tested[0])
        for page in tested:
            pose = _found(lines, matrix, page, labels, least)
            if pose is None or is_elsewhere(pose.to_image, pose.hits, free, page):
                continue
            if page.name not in best or len(pose.hits) > len(best[page.name].hits):
                best[page.name] = pose

    for matrix in _upright(seen):
        test(matrix, pages, LIKELY if seen.pages else UNTOLD)
    for page in pages:
        for matrix, least in _places(seen, page):
            test(matrix, [page], least)
    return best


def _found(
    lines: Sequence[_Line],
    expected: NDArray[np.float64],
    page: PageSpec,
    labels: Sequence[str],
    least: float,
) -> Pose | None:
    """Return how a page lies among lines read where it is expected, or nothing."""
    hits = all_labels([line.text for line in lines], labels)
    pose: Pose | None = Pose(expected, {}, ())
    for _ in range(_ROUNDS):
        if pose is not None:
            values = _values(lines, pose.to_image, page)
            pose = near_pose([*hits, *values], page, pose.to_image, least=least)
    return pose


def _places(seen: Seen, page: PageSpec) -> list[tuple[NDArray[np.float64], float]]:
    """Return where a page may lie, the likeliest first, and what must be found there.

    The places are as poses' `to_image`.
    """
    expected = [(matrix, EXPECTED) for matrix in by_title(seen.hits, page)]
    values = find_values(seen.lines, page)
    if (guessed := guess_pose([*seen.hits, *values], page)) is not None:
        expected.append((guessed, EXPECTED if seen.pages else UNTOLD))
    for pose, other in seen.pages:
        beyond = beside(pose, other, seen.hits, page)
        expected += [(matrix, EXPECTED) for matrix in beyond]
    middles = [np.mean(line.quad, axis=0) for line in seen.lines]
    few = 0 if seen.is_dark else _FEW
    tried: list[NDArray[np.float64]] = []
    kept: list[tuple[NDArray[np.float64], float]] = []
    for matrix, least in expected:
        corners = project(matrix, PAGE)
        middle = corners.mean(axis=0)
        side = np.hypot(*(corners[1] - corners[0]))
        if any(np.hypot(*(middle - other)) < _SAME * side for other in tried):
            continue
        if _is_taken(middle, seen):
            continue
        if sum(_is_inside(each, corners) for each in middles) < few:
            continue
        tried.append(middle)
        kept.append((matrix, least))
    return kept[:_TRIES]


def _upright(seen: Seen) -> Iterator[NDArray[np.float64]]:
    """Yield where pages lie if sheets are pages, turned as the lines on them are.

    If none is on it, as the pages that were found.
    """
    for corners in seen.papers:
        along = sum(
            (
                line.quad[1] - np.array(line.quad[0], np.float64)
                for line in seen.lines
                if _is_inside(np.mean(line.quad, axis=0), corners)
            ),
            np.zeros(2),
        )
        if not along.any():
            for pose, _ in seen.pages:
                along += pose.corners[1] - pose.corners[0]
        is_turned = along @ (corners[1] - corners[0]) < 0
        yield spanned(np.roll(corners, 2, axis=0) if is_turned else corners)


def _is_taken(place: NDArray[np.float64], seen: Seen) -> bool:
    """Return whether a place, (2,), is on a page that was found."""
    return any(_is_inside(place, pose.corners) for pose, _ in seen.pages)


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
    for box in engine.find(clear(grey(flat))):
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

    A line may hold a label before the value and the next one behind it, both misread.

    Args:
        matrix: Where the page is expected.
    """
    scale = np.array(page.size, np.float64) / 100
    back, near = inverse(matrix), _NEAR * scale[0]
    pieces = [
        Piece(
            project(back, np.array(line.text.quad, np.float64)) * scale,
            line.text.text,
            line.posterior,
        )
        for line in lines
    ]
    for field, label in page.telling():
        across, down = np.array([field.left, label.at[1]]) * scale
        for number, piece in enumerate(pieces):
            if abs(piece.y - down) > near:
                continue
            part = _value(piece, field, label, page)
            if part is None or np.hypot(part.left - across, part.y - down) > near:
                continue
            ends = np.array([[part.left, part.y], [part.right, part.y]]) / scale
            left, right = project(matrix, ends)
            height = line_height(lines[number].text.quad)
            yield Hit(field.name, left, right, height, number, sure=False)


def _value(
    piece: Piece, field: FieldSpec, label: LabelSpec, page: PageSpec
) -> Piece | None:
    """Return the part of a piece that may be a field's value, if there is one."""
    scale = page.size[0] / 100
    starts = [
        (other.at[0] - other.width / 2) * scale
        for other in page.labels
        if other.at[0] > field.left and other.at[1] == label.at[1]
    ]
    best, least = None, -_BENT
    for whole in split(piece, starts):
        for part in (whole, *tails(whole)):
            if abs(part.left - field.left * scale) > _NEAR * scale:
                continue
            found = field.rule.read([part.posterior], today=date.max)
            if not found or not field.rule.allows(found[0].text):
                continue
            straight = found[0].score - found[0].free
            if straight > least:
                best, least = part, straight
    return best
