"""How much of a picture is still read once it has been turned or rotated."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks import report, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.score import Line, Truth
    from benchmarks.systems import System

# Degrees clockwise: on its sides, on its head, and held askew both ways.
ANGLES = (90, 180, 270, 5, -10, 15, -20)
# So good a JPEG that a rotated picture loses no character to it.
_QUALITY = 95

Kept = dict[str, dict[int, float]]


def measure(system: System, folder: Path, truths: Sequence[Truth]) -> Kept:
    """Return by picture and angle the share of the upright reading that is kept.

    A picture that is labelled as turned is first set upright. Pictures in which nothing
    is read are left out.
    """
    shares: Kept = {}
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "turned.jpg"

        def read(picture: NDArray[np.uint8]) -> list[Line]:
            cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
            return system.read(path).lines

        for truth in truths:
            raw = np.fromfile(folder / truth.image, np.uint8)
            picture = np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR), np.uint8)
            upright = rotate(picture, -truth.turn)
            reference = bag(read(upright))
            if reference:
                shares[truth.image] = {
                    angle: kept(reference, bag(read(rotate(upright, angle))))
                    for angle in ANGLES
                }
    return shares


def rotate(picture: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """Return a picture rotated clockwise, in a frame that holds all of it."""
    quarters, rest = divmod(degrees, 90)
    if not rest:
        return np.ascontiguousarray(np.rot90(picture, -quarters))
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    size = (
        round(width * cosine + height * sine),
        round(width * sine + height * cosine),
    )
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    rotated = cv2.warpAffine(
        picture,
        turn,
        size,
        flags=cv2.INTER_CUBIC,
        borderValue=np.median(edge, axis=0).tolist(),
    )
    return np.asarray(rotated, np.uint8)


def bag(lines: Iterable[Line]) -> Counter[str]:
    """Return how often each character stands in some lines."""
    return Counter("".join(score.normalise(line.text) for line in lines))


def kept(reference: Counter[str], other: Counter[str]) -> float:
    """Return the share of a bag's characters that another one has too, 0 to 1."""
    return (reference & other).total() / reference.total()


def mean(shares: Kept) -> dict[int, float]:
    """Return for each angle the mean over the pictures, each counting as one."""
    return {
        angle: float(np.mean([row[angle] for row in shares.values()]))
        for angle in ANGLES
    }


def tell(shares: Mapping[str, Mapping[int, float]], system: str) -> str:
    """Return a table of the means and the worst picture by angle."""
    if not shares:
        return f"{system} reads nothing in the upright pictures."
    rows = []
    for angle in ANGLES:
        worst = min(shares, key=lambda image: shares[image][angle])
        share = f"{np.mean([row[angle] for row in shares.values()]):.4f}"
        least = f"{shares[worst][angle]:.4f}"
        rows.append([f"{angle:+}°", system, share, least, worst])
    head = ["turned by", "system", "characters kept", "least", "in"]
    return report.table(head, rows)
