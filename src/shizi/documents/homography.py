"""Maps between a flat page and a picture of it: homographies, (3, 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The corners of a page, clockwise from its top left, in units of its width times 100
# and its height times 100.
PAGE = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], np.float64)


def inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what undoes a homography, (3, 3)."""
    return np.asarray(np.linalg.inv(matrix), np.float64)


def project(
    matrix: NDArray[np.float64], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return points, (N, 2), moved by a homography, (3, 3)."""
    spread = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(spread[:, :2] / spread[:, 2:], np.float64)


def spanned(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what takes `PAGE` to four corners, (4, 2): (3, 3)."""
    matrix = cv2.getPerspectiveTransform(
        PAGE.astype(np.float32), corners.astype(np.float32)
    )
    return np.asarray(matrix, np.float64)
