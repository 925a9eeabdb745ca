"""How a document's page lies in a picture, told by the labels printed on it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from shizi.documents.evidence import EXPECTED, HALF, LEAST, count, is_enough
from shizi.documents.homography import PAGE, inverse, project
from shizi.documents.spec import LabelSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from shizi.documents.label import Hit
    from shizi.documents.spec import PageSpec

# Labels of real cards lie some millimetres from where the standard draws them, so that
# the first guess, from two of them, may miss the others by 7 % of the page's width.
_FIRST, _LAST = 0.075, 0.05
# A page is not where more than this share of its labels is elsewhere.
_ASTRAY = 0.5
# What lets one expect a page where labels or values stand as on it; so many are paired.
_LEAST_GUESS, _MOST = 1.5, 24
# Lens and tilt change a page's proportions by less than this factor.
_STRETCH = 1.6
# How strongly the perspective is held back, in halves of the page's width: labels stray
# by a twentieth of that, a view from the side bends by a tenth.
_STIFF = 0.6
# How much each corner of the page counts where it is expected, against one label.
_EXPECTED = 0.3
# Hundredths of the page's width between the room for a value and where it begins.
_BEGINS = 2.0


class Pose(NamedTuple):
    """Where a page lies.

    Attributes:
        to_image: float64, (3, 3); takes a place on the page, in units of its width
            times 100 and its height times 100, to pixels of the image.
        labels: The labels that were found, by text: start and end on the page,
            float64, (2, 2), in the same units.
        hits: Where they were read.
    """

    to_image: NDArray[np.float64]
    labels: Mapping[str, NDArray[np.float64]]
    hits: tuple[Hit, ...]

    @property
    def corners(self) -> NDArray[np.float64]:
        """Return the page's corners in pixels: (4, 2), clockwise from its top left."""
        return project(self.to_image, PAGE)


def find_pose(hits: Sequence[Hit], page: PageSpec) -> Pose | None:
    """Return how a page lies, or nothing if its labels do not stand as on it.

    Args:
        hits: Labels read or guessed in the picture, those of other pages among them.
        page: The page.
    """
    specs = _printed(page)
    mine = [hit for hit in hits if hit.text in specs]
    found = _by_pairs([hit for hit in mine if hit.sure], mine, page)
    return found and _settled(found.hits, mine, page, LEAST)


def guess_pose(hits: Sequence[Hit], page: PageSpec) -> NDArray[np.float64] | None:
    """Return where a page may lie that too few labels tell, (3, 3), or nothing.

    Args:
        hits: Labels read or guessed in the picture; values too, guesses named as their
            fields.
        page: The page.
    """
    specs = _printed(page)
    mine = [hit for hit in hits if hit.text in specs]
    values = {field.name for field in page.fields}
    telling = [hit for hit in mine if hit.sure or hit.text in values]
    found = _by_pairs(telling[:_MOST], mine, page)
    if found is None or count(found.hits, page) < _LEAST_GUESS:
        return None
    return found.matrix


class _Agreed(NamedTuple):
    """Where two hits put a page, and all that agree."""

    matrix: NDArray[np.float64]
    hits: list[Hit]


def _by_pairs(
    hits: Sequence[Hit], others: Sequence[Hit], page: PageSpec
) -> _Agreed | None:
    """Return where the two hits put a page with which most others agree.

    Args:
        hits: What may tell where the page lies, two and two.
        others: All that may agree.
        page: The page.
    """
    specs = _printed(page)
    best, best_score = None, 0.0
    for first, second in combinations(hits, 2):
        if first.text == second.text:
            continue
        # Two guesses at what one line says.
        if first.line == second.line and not (first.sure or second.sure):
            continue
        matrix = _similarity(first, second, specs, page)
        if matrix is None:
            continue
        inliers, score = _agreeing(matrix, others, specs, page, _FIRST)
        if score > best_score:
            best, best_score = _Agreed(matrix, inliers), score
    return best


def near_pose(
    hits: Sequence[Hit],
    page: PageSpec,
    expected: NDArray[np.float64],
    *,
    least: float = EXPECTED,
) -> Pose | None:
    """Return how a page lies that is expected somewhere, or nothing if it is not there.

    Args:
        hits: Labels read or guessed in the picture; values too, guesses named as their
            fields.
        page: The page.
        expected: Where it may lie, (3, 3), as a pose's `to_image`.
        least: What they must count together: labels one, guesses half.
    """
    specs = _printed(page)
    mine = [hit for hit in hits if hit.text in specs]
    best, _ = _agreeing(expected, mine, specs, page, _FIRST)
    return _settled(best, mine, page, least, expected)


def _settled(
    best: Sequence[Hit],
    hits: Sequence[Hit],
    page: PageSpec,
    least: float,
    expected: NDArray[np.float64] | None = None,
) -> Pose | None:
    """Return the pose that fits some labels, and all that agree with it.

    Args:
        best: The labels to begin with.
        hits: All that the page has.
        page: The page.
        least: What they must count together.
        expected: Where the page is expected, if anywhere.
    """
    specs = _printed(page)
    if not is_enough(best, page, least):
        return None
    for _ in range(2):
        matrix = _fit(best, page, expected)
        if not _is_plausible(matrix, page):
            return None
        best, _ = _agreeing(matrix, hits, specs, page, _LAST)
        if not is_enough(best, page, least):
            return None
    matrix = _fit(best, page, expected)
    if is_elsewhere(matrix, best, hits, page) or not _is_plausible(matrix, page):
        return None
    back = inverse(matrix)
    return Pose(
        matrix,
        {
            hit.text: project(back, np.array([hit.left, hit.right]))
            for hit in best
            if hit.sure
        },
        tuple(best),
    )


def is_elsewhere(
    matrix: NDArray[np.float64],
    best: Sequence[Hit],
    hits: Sequence[Hit],
    page: PageSpec,
) -> bool:
    """Return whether too many of a page's labels are not where a pose has them.

    As rows on a screen, a few of which stand as on a page.

    Args:
        matrix: The pose, (3, 3).
        best: The labels and values that agree with it.
        hits: Labels read in the picture.
        page: The page.
    """
    texts = {*page.titles, *(label.text for label in page.labels)}
    sure = [hit for hit in hits if hit.sure and hit.text in texts]
    there, _ = _agreeing(matrix, sure, _printed(page), page, _LAST)
    near = {hit.text for hit in (*best, *there)} & texts
    return len({hit.text for hit in sure} - near) > _ASTRAY * len(near)


def _printed(page: PageSpec) -> dict[str, LabelSpec]:
    """Return what a page shows: labels and titles by text, values by the field."""
    printed = {label.text: label for label in page.labels}
    for title in page.titles:
        printed[title] = LabelSpec(title, page.title_at, page.title_width)
    for field in page.fields:
        if field.label is not None:
            at = (field.left + _BEGINS, page.label(field.label).at[1])
            printed[field.name] = LabelSpec(field.name, at, 0.0)
    return printed


def _ends(label: LabelSpec) -> NDArray[np.float64]:
    """Return where a label starts and ends on the page, (2, 2)."""
    (x, y), half = label.at, label.width / 2
    return np.array([[x - half, y], [x + half, y]], np.float64)


def _anchor(
    hit: Hit, specs: Mapping[str, LabelSpec], page: PageSpec
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a point on the page, (2,), and where it is seen: a label's start.

    Starts vary less than ends: labels are left-aligned, spaced at will. Titles stand in
    the middle.
    """
    ends = _ends(specs[hit.text])
    if hit.text in page.titles:
        return ends.mean(axis=0), (hit.left + hit.right) / 2
    return ends[0], hit.left


def anchors(
    hits: Sequence[Hit], page: PageSpec
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return points of a page, where they are seen, and how much each counts.

    Returns:
        Points in units of the page's width times 100 and its height times 100, (N, 2);
        in pixels of the picture, (N, 2); and weights, (N,).
    """
    specs = _printed(page)
    pairs = [_anchor(hit, specs, page) for hit in hits]
    return (
        np.array([place for place, _ in pairs]),
        np.array([point for _, point in pairs]),
        np.array([1.0 if hit.sure else HALF for hit in hits]),
    )


def _scale(page: PageSpec) -> NDArray[np.float64]:
    """Return what takes a place on the page to millimetres."""
    return np.array(page.size, np.float64) / 100


def _similarity(
    first: Hit, second: Hit, specs: Mapping[str, LabelSpec], page: PageSpec
) -> NDArray[np.float64] | None:
    """Return the turn, scale and shift that two labels tell, or nothing.

    The lines' own directions must agree with it.
    """
    scale = _scale(page)
    (a, p), (b, q) = (_anchor(hit, specs, page) for hit in (first, second))
    a, b = a * scale, b * scale
    span, seen = complex(*(b - a)), complex(*(q - p))
    if abs(span) < 5 or abs(seen) < 1:  # noqa: PLR2004 - millimetres, pixels
        return None
    turn = seen / span
    for hit in (first, second):
        along = complex(*(hit.right - hit.left))
        if not along or abs(np.angle(along / turn)) > 0.3:  # noqa: PLR2004 - radians
            return None
        width = specs[hit.text].width * scale[0]
        if width and not 1 / _STRETCH < abs(along) / (abs(turn) * width) < _STRETCH:
            return None
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    matrix = np.eye(3)
    matrix[:2, :2] = linear * scale
    matrix[:2, 2] = p - linear @ a
    return matrix


def _agreeing(
    matrix: NDArray[np.float64],
    hits: Sequence[Hit],
    specs: Mapping[str, LabelSpec],
    page: PageSpec,
    tolerance: float,
) -> tuple[list[Hit], float]:
    """Return the labels near where a pose puts them, one each, and how well they fit.

    Args:
        matrix: The pose.
        hits: Labels that the page has.
        specs: The labels by text.
        page: The page.
        tolerance: In widths of the page.
    """
    back = inverse(matrix)
    scale = _scale(page)
    kept: dict[str, tuple[bool, float, Hit]] = {}
    for hit in hits:
        expected, seen = _anchor(hit, specs, page)
        off = (project(back, seen[None])[0] - expected) * scale
        distance = float(np.hypot(*off)) / page.size[0]
        rank = not hit.sure, distance
        if distance < tolerance and (hit.text not in kept or rank < kept[hit.text][:2]):
            kept[hit.text] = *rank, hit
    score = sum(
        (HALF if guessed else 1.0) * (1 - distance / tolerance / 2)
        for guessed, distance, _ in kept.values()
    )
    return [hit for _, _, hit in kept.values()], score


def _fit(
    hits: Sequence[Hit],
    page: PageSpec,
    expected: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the pose that fits labels best, with as much perspective as it takes.

    Labels stray by millimetres and stand on one side of the page, so that the other
    would be anywhere if they alone told the perspective; it is held back (ridge
    regression of the direct linear transform). Where the page is expected somewhere,
    its corners there count as labels do, for less.
    """
    scale = _scale(page)
    middle = np.array(page.size) / 2
    places, seen, weights = anchors(hits, page)
    if expected is not None:
        places = np.concatenate([places, PAGE])
        seen = np.concatenate([seen, project(expected, PAGE)])
        weights = np.concatenate([weights, np.full(4, _EXPECTED)])
    places = (places * scale - middle) / middle[0]
    centre = seen.mean(axis=0)
    spread = float(np.sqrt(((seen - centre) ** 2).sum() / ((places**2).sum() + 1e-9)))
    aims = (seen - centre) / spread
    x, y = places.T
    one, none = np.ones(len(x)), np.zeros(len(x))
    u, v = aims.T
    across = np.column_stack([x, y, one, none, none, none, -u * x, -u * y])
    down = np.column_stack([none, none, none, x, y, one, -v * x, -v * y])
    share = weights[:, None]
    rows = np.concatenate([across * share, down * share, np.eye(8)[6:] * _STIFF])
    sides = np.concatenate([u * weights, v * weights, [0, 0]])
    found = np.linalg.lstsq(rows, sides, rcond=None)[0]
    matrix = np.append(found, 1.0).reshape(3, 3)
    to_unit = np.diag([*(scale / middle[0]), 1.0])
    to_unit[:2, 2] = -middle / middle[0]
    to_pixels = np.diag([spread, spread, 1.0])
    to_pixels[:2, 2] = centre
    return np.asarray(to_pixels @ matrix @ to_unit, np.float64)


def _is_plausible(matrix: NDArray[np.float64], page: PageSpec) -> bool:
    """Return whether a pose shows the front of a page of about its proportions."""
    corners = project(matrix, PAGE)
    if not cv2.isContourConvex(corners.astype(np.float32)):
        return False
    if cv2.contourArea(corners.astype(np.float32), oriented=True) <= 0:
        return False
    top, right, bottom, left = (
        float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))) for i in range(4)
    )
    stretch = (top + bottom) / (left + right) / (page.size[0] / page.size[1])
    pairs = (top / bottom, left / right, stretch)
    return all(1 / _STRETCH < ratio < _STRETCH for ratio in pairs)
