from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine
from shizi.documents.homography import project
from shizi.documents.pages import find_pages
from shizi.documents.spec import load_spec

if TYPE_CHECKING:
    from shizi.ports import Engine

SPEC = load_spec("vehicle_licence")
# Four pixels a millimetre: one page at the top left, the other one below it.
PLACES = (np.diag([3.52, 2.4, 1.0]), np.diag([3.52, 2.4, 1.0]))
PLACES[1][1, 2] = 280.0


class Reader:
    """Reads the labels of both pages in whatever it is shown."""

    def read(self, image: np.ndarray) -> Page:
        lines: list[TextLine] = []
        for page, matrix in zip(SPEC.pages, PLACES, strict=True):
            for label in page.labels:
                (x, y), half = label.at, label.width / 2
                box = [(-half, -3), (half, -3), (half, 3), (-half, 3)]
                corners = project(matrix, np.add(box, (x, y)).astype(float))
                lines.append(TextLine(label.text, Quad.of(corners.tolist()), 1.0))
        height, width = image.shape[:2]
        return Page(Size(width, height), tuple(lines))


def test_both_pages_may_be_found_on_a_bright_sheet() -> None:
    image = np.full((900, 1200, 3), 30, np.uint8)
    cv2.rectangle(image, (200, 150), (980, 680), (220, 220, 220), -1)
    engine: Engine = Reader()  # type: ignore[assignment] # a fake
    found = find_pages(engine, image, Page(Size(1200, 900), ()), SPEC)
    assert found.keys() == {"front", "back"}
