"""Which pages of a document a picture shows, and how they lie in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.core.geometry import Quad
from shizi.documents.flat import even_light
from shizi.documents.label import all_labels, line_height
from shizi.documents.pose import find_pose, inverse, project
from shizi.documents.trace import Seen, trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.text import Page, TextLine
    from shizi.documents.label import Hit
    from shizi.documents.pose import Pose
    from shizi.documents.spec import DocumentSpec
    from shizi.ports import Engine

# Characters of about 3 mm should be so many pixels high for a second look.
_WANTED = 30.0
# Longest side of what is looked at again, in pixels; the engine sees no more.
_LONGEST = 2000
# Lines lower than this are looked at again, larger, if a page is missing.
_SMALL = 24.0
# How far from a page that was found the other is looked for, in widths and heights.
_BESIDE = 1.25
# Titles have more characters than this.
_TITLE = 8


def find_pages(
    engine: Engine, image: Image, text: Page, spec: DocumentSpec
) -> dict[str, Pose]:
    """Return how each page that can be seen lies, by the page's name.

    The picture is looked at again, larger and evenly lit, when its text is small or
    too faint for all that speaks of the document to fit; and where a title or another
    page tells that a page may lie, it is laid flat and looked for there.

    Args:
        engine: What reads.
        image: The picture: uint8, (H, W, 3), RGB.
        text: Its text at first sight.
        spec: The document.

    Raises:
        EngineError: The inference library failed.
    """
    hits = _hits(text.lines, spec)
    poses = _poses(hits, spec)
    if len(poses) == len(spec.pages) or not _is_worth(text.lines, hits, poses):
        return poses
    again, back = _enhance(image, text.lines, poses)
    lines = [_moved(line, back) for line in engine.read(again).lines]
    hits += _hits(lines, spec)
    for name, pose in _poses(hits, spec).items():
        if name not in poses or len(pose.hits) > len(poses[name].hits):
            poses[name] = pose
    for page in spec.pages:
        if page.name in poses:
            continue
        others = [(poses[each.name], each) for each in spec.pages if each.name in poses]
        seen = Seen([*text.lines, *lines], hits, others)
        traced = trace(engine, image, seen, page, names(spec))
        if traced is not None:
            poses[page.name] = traced
    return poses


def names(spec: DocumentSpec) -> list[str]:
    """Return the labels and titles of all pages, each once."""
    texts = [label.text for page in spec.pages for label in page.labels]
    texts += [title for page in spec.pages for title in page.titles]
    return list(dict.fromkeys(texts))


def _hits(lines: Sequence[TextLine], spec: DocumentSpec) -> list[Hit]:
    """Return the labels and titles that some lines say, and those guessed in them."""
    return all_labels(lines, names(spec))


def _poses(hits: Sequence[Hit], spec: DocumentSpec) -> dict[str, Pose]:
    """Return the poses that labels tell, and those beside them."""
    poses: dict[str, Pose] = {}
    for page in spec.pages:
        pose = find_pose(hits, page)
        if pose is not None:
            poses[page.name] = pose
    return poses


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
