"""Which pages of a document a picture shows, and how they lie in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.documents.label import find_labels, line_height
from shizi.documents.pose import Pose, find_pose, inverse, moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.text import Page, TextLine
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
# Grey that paper becomes in even light, and the darkest that counts as light.
_PAPER, _DARKEST = 200.0, 16.0


def find_pages(
    engine: Engine, image: Image, text: Page, spec: DocumentSpec
) -> dict[str, Pose]:
    """Return how each page that can be seen lies, by the page's name.

    The picture is looked at again, larger and evenly lit, when its text is small or
    too faint for all that speaks of the document to fit.

    Args:
        engine: What reads.
        image: The picture: uint8, (H, W, 3), RGB.
        text: Its text at first sight.
        spec: The document.

    Raises:
        EngineError: The inference library failed.
    """
    poses = _poses(text.lines, spec)
    if len(poses) == len(spec.pages) or not _is_worth(text.lines, poses, spec):
        return poses
    again, back = _enhance(image, text.lines, poses)
    found = _poses(engine.read(again).lines, spec)
    for name, pose in found.items():
        if name not in poses or len(pose.hits) > len(poses[name].hits):
            poses[name] = moved(pose, back)
    return poses


def names(spec: DocumentSpec) -> list[str]:
    """Return the labels and titles of all pages, each once."""
    texts = [label.text for page in spec.pages for label in page.labels]
    texts += [title for page in spec.pages for title in page.titles]
    return list(dict.fromkeys(texts))


def _poses(lines: Sequence[TextLine], spec: DocumentSpec) -> dict[str, Pose]:
    """Return the poses that the labels in some lines tell."""
    hits = find_labels(lines, names(spec))
    poses: dict[str, Pose] = {}
    for page in spec.pages:
        pose = find_pose(hits, page)
        if pose is not None:
            poses[page.name] = pose
    return poses


def _is_worth(
    lines: Sequence[TextLine], poses: Mapping[str, Pose], spec: DocumentSpec
) -> bool:
    """Return whether a second look may find a page that the first did not."""
    hits = find_labels(lines, names(spec))
    used = {hit.line for pose in poses.values() for hit in pose.hits}
    # Labels of a page that was not found.
    if any(hit.line not in used for hit in hits):
        return True
    return bool(hits) and _median_height(lines) < _SMALL


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


def even_light(image: Image) -> Image:
    """Return a picture divided by its own light: uint8, (H, W, 3), RGB."""
    height, width = image.shape[:2]
    small = cv2.resize(image, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((3, 3), np.uint8)), (0, 0), 9)
    light = np.maximum(cv2.resize(paper, (width, height)), _DARKEST)
    return np.clip(image / light * _PAPER, 0, 255).astype(np.uint8)
