"""Which pages of a document a picture shows, and how they lie in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.core.geometry import Quad
from shizi.documents.flat import DENSITY, clear, even_light, flatten, grey
from shizi.documents.homography import inverse, project, spanned
from shizi.documents.label import all_labels, line_height
from shizi.documents.paper import find_papers
from shizi.documents.pose import Pose, find_pose
from shizi.documents.trace import Seen, trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.text import Page, TextLine
    from shizi.documents.label import Hit
    from shizi.documents.spec import DocumentSpec, PageSpec
    from shizi.ports import Engine

# Characters of about 3 mm should be so many pixels high for a second look.
_WANTED = 30.0
# Longest side of what is looked at again, in pixels; the engine sees no more.
_LONGEST = 2000
# Lines lower than this are looked at again, larger, if a page is missing.
_SMALL = 24.0
# How far from a page that was found the other is looked for, in widths and heights.
_BESIDE = 1.25
# So many sheets are tried, if fewer lines than that were read at first sight: a page of
# text is a bright sheet, too; and read as a whole picture is, if fewer than that were.
_PAPERS, _MANY, _DARK = 2, 40, 20
# Two pages in one picture differ by less than this factor, in pixels.
_LARGER = 2.0
# Millimetres around a sheet, whose corners are found roughly.
_AROUND = 6.0
# Titles have more characters than this.
_TITLE = 8


def find_pages(
    engine: Engine, image: Image, text: Page, spec: DocumentSpec
) -> dict[str, Pose]:
    """Return how each page that can be seen lies, by the page's name.

    The picture is looked at again, larger and evenly lit, when its text is small or
    too faint for all that speaks of the document to fit, and evenly lit and in grey
    when hardly a line was found in it; so are bright sheets in it,
    laid flat, when no page is found; and where a sheet, a title, values or another page
    tell that a page may lie, it is laid flat and looked for there.

    Args:
        engine: What reads.
        image: The picture: uint8, (H, W, 3), RGB.
        text: Its text at first sight.
        spec: The document.

    Raises:
        EngineError: The inference library failed.
    """
    sight = _Sight(engine, image, spec)
    sight.add(text.lines)
    sight.is_dark = len(text.lines) < _DARK
    if sight.is_whole:
        return sight.poses
    if _is_worth(text.lines, sight.hits, sight.poses):
        sight.look(*_enhance(image, text.lines, sight.poses))
    if not sight.poses:
        _look_at_paper(sight, image, text, spec.pages[0])
        if not sight.poses:
            sight.trace()
    if sight.poses and not sight.is_whole:
        sight.papers = [
            corners
            for corners in find_papers(image, spec.pages[0])
            if _is_another(corners, sight.poses)
        ][:_PAPERS]
        if sight.looks or sight.papers:
            sight.trace()
    return sight.poses


class _Sight:
    """What has been seen of a document in a picture.

    Attributes:
        lines: Those that were read, in pixels of the picture.
        hits: The labels and titles among them.
        poses: The pages found, and how they lie.
        papers: Corners of sheets that may be pages, (4, 2) each, in pixels.
        looks: How often the picture was looked at again.
        is_dark: Whether fewer lines were read at first sight than pages have.
    """

    def __init__(self, engine: Engine, image: Image, spec: DocumentSpec) -> None:
        self._engine = engine
        self._image = image
        self._spec = spec
        self.lines: list[TextLine] = []
        self.hits: list[Hit] = []
        self.poses: dict[str, Pose] = {}
        self.papers: list[NDArray[np.float64]] = []
        self.looks = 0
        self.is_dark = False

    @property
    def is_whole(self) -> bool:
        """Whether each page is found."""
        return len(self.poses) == len(self._spec.pages)

    def add(self, lines: Iterable[TextLine]) -> None:
        """Note lines that were read; a page told by more labels lies as these tell."""
        read = list(lines)
        self.lines += read
        self.hits += all_labels(read, names(self._spec))
        for page in self._spec.pages:
            pose, known = find_pose(self.hits, page), self.poses.get(page.name)
            if pose and (known is None or len(pose.hits) > len(known.hits)):
                self.poses[page.name] = pose

    def look(self, again: Image, back: NDArray[np.float64]) -> None:
        """Read the picture as something else shows it.

        Args:
            again: What shows it: uint8, (H, W, 3), RGB.
            back: What takes pixels of that to those of the picture: (3, 3).
        """
        self.looks += 1
        self.add(_moved(line, back) for line in self._engine.read(again).lines)

    def trace(self) -> None:
        """Look for pages where a sheet, a title or another page may tell of them."""
        missing = [page for page in self._spec.pages if page.name not in self.poses]
        others = [
            (self.poses[page.name], page)
            for page in self._spec.pages
            if page.name in self.poses
        ]
        seen = Seen(self.lines, self.hits, others, self.papers, self.is_dark)
        traced = trace(self._engine, self._image, seen, missing, names(self._spec))
        if not self.poses and len(traced) > 1:
            # One place may pass for two pages: the one that more tells of stays, and
            # the others are looked for beside it.
            name = max(traced, key=lambda each: len(traced[each].hits))
            traced = {name: traced[name]}
        self.poses |= traced


def _look_at_paper(sight: _Sight, image: Image, text: Page, page: PageSpec) -> None:
    """Look at a picture in which no page is found: at all of it, then at its sheets."""
    if sight.is_dark:
        sight.look(clear(grey(image)), np.eye(3))
    if sight.poses or len(text.lines) >= _MANY:
        return
    sight.papers = find_papers(image, page)[:_PAPERS]
    if sight.is_dark:
        for corners in sight.papers:
            sight.look(*_laid_flat(image, corners, page))


def names(spec: DocumentSpec) -> list[str]:
    """Return the labels and titles of all pages, and titles like them, each once."""
    texts = [label.text for page in spec.pages for label in page.labels]
    texts += [title for page in spec.pages for title in page.titles]
    return list(dict.fromkeys([*texts, *spec.unlike]))


def _moved(line: TextLine, matrix: NDArray[np.float64]) -> TextLine:
    """Return a line in another picture, given what takes pixels to that one's."""
    quad = project(matrix, np.array(line.quad, np.float64))
    return replace(line, quad=Quad.of(quad.tolist()))


def _is_worth(
    lines: Sequence[TextLine], hits: Sequence[Hit], poses: Mapping[str, Pose]
) -> bool:
    """Return whether a second look may find a page that the first did not."""
    used = {hit.line for pose in poses.values() for hit in pose.hits}
    telling = [hit for hit in hits if hit.sure or len(hit.text) > _TITLE]
    # Labels of a page that was not found.
    if any(hit.line not in used for hit in telling):
        return True
    return bool(telling) and _median_height(lines) < _SMALL


def _median_height(lines: Iterable[TextLine]) -> float:
    """Return the usual height of lines in pixels."""
    return float(np.median([line_height(line.quad) for line in lines]))


def _is_another(corners: NDArray[np.float64], poses: Mapping[str, Pose]) -> bool:
    """Return whether a sheet is none of the pages found, and about as large."""
    area, middle = cv2.contourArea(corners.astype(np.float32)), corners.mean(axis=0)
    for pose in poses.values():
        frame = pose.corners.astype(np.float32)
        if cv2.pointPolygonTest(frame, middle.tolist(), measureDist=False) >= 0:
            return False
        if not 1 / _LARGER < area / cv2.contourArea(frame) < _LARGER:
            return False
    return True


def _laid_flat(
    image: Image, corners: NDArray[np.float64], page: PageSpec
) -> tuple[Image, NDArray[np.float64]]:
    """Return a sheet laid flat, in grey and even light, and the way back.

    Args:
        image: uint8, (H, W, 3), RGB.
        corners: The sheet's, (4, 2), in pixels.
        page: What it may be.

    Returns:
        As of `_enhance`.
    """
    pose = Pose(spanned(corners), {}, ())
    flat, back = flatten(image, pose, page, density=DENSITY, margin=_AROUND)
    return clear(grey(flat)), back


def _enhance(
    image: Image, lines: Sequence[TextLine], poses: Mapping[str, Pose]
) -> tuple[Image, NDArray[np.float64]]:
    """Return the picture larger, evenly lit, with less noise, and upright if known.

    Returns:
        The picture, uint8, (H, W, 3), RGB, and what takes its pixels to those of the
        one given: float64, (3, 3).
    """
    height, width = image.shape[:2]
    factor = max(_WANTED / _median_height(lines), 1.0)
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    turn = 1 + 0j
    for pose in poses.values():
        top = complex(*(pose.corners[1] - pose.corners[0]))
        turn = abs(top) / top
        # Another page lies beside this one, or above, or below.
        low, high = pose.corners.min(axis=0), pose.corners.max(axis=0)
        reach = _BESIDE * (high - low)
        frame = np.clip(
            np.array(
                [
                    [low - reach, [high[0] + reach[0], low[1] - reach[1]]],
                    [high + reach, [low[0] - reach[0], high[1] + reach[1]]],
                ]
            ).reshape(4, 2),
            0,
            (width, height),
        )
        break
    turn *= factor
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    seen = frame @ linear.T
    size = seen.max(axis=0) - seen.min(axis=0)
    shrink = min(1.0, _LONGEST / float(size.max()))
    matrix = np.eye(3)
    matrix[:2, :2] = linear * shrink
    matrix[:2, 2] = -seen.min(axis=0) * shrink
    again = cv2.warpAffine(
        cv2.GaussianBlur(image, (0, 0), 1.0),
        matrix[:2],
        (max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink))),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return even_light(np.asarray(again, np.uint8)), inverse(matrix)
