from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import pytest

from shizi.core.geometry import Quad
from shizi.core.posterior import Posterior
from shizi.core.text import TextLine
from shizi.documents.homography import project
from shizi.documents.label import Hit, all_labels
from shizi.documents.pages import names
from shizi.documents.pose import Pose
from shizi.documents.spec import PageSpec, load_spec
from shizi.documents.trace import Seen, trace

if TYPE_CHECKING:
    from shizi.ports import Engine

SPEC = load_spec("vehicle_licence")
FRONT, BACK = SPEC.pages
LABELS = names(SPEC)
CORNERS = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)
CHARACTERS = sorted({*"".join(LABELS), *"0123456789-ABCDEFGHJKLMNPRSTUVWXYZ粤"})
CLASSES = {each: number for number, each in enumerate(CHARACTERS, 1)}
# Ten pixels a millimetre, turned by four degrees.
TURN = np.deg2rad(4)
MATRIX = np.array(
    [
        [8.8 * np.cos(TURN), -6 * np.sin(TURN), 160],
        [8.8 * np.sin(TURN), 6 * np.cos(TURN), 120],
        [0, 0, 1],
    ]
)
# The second page 70 millimetres below the first.
BELOW = MATRIX @ np.array([[1, 0, 0], [0, 1, 70 / 0.6], [0, 0, 1]])
HALF = 3.0


class Printed(NamedTuple):
    """A line of a picture: what it says, and its corners in pixels."""

    text: str
    quad: np.ndarray


def printed(page: PageSpec, matrix: np.ndarray) -> list[Printed]:
    """Return a page's labels as lines of a picture."""
    lines: list[Printed] = []
    for label in page.labels:
        (x, y), half = label.at, label.width / 2
        box = [(-half, -HALF), (half, -HALF), (half, HALF), (-half, HALF)]
        lines.append(Printed(label.text, project(matrix, np.add(box, (x, y)))))
    return lines


def drawn(lines: list[Printed]) -> np.ndarray:
    image = np.full((1500, 1200, 3), 255, np.uint8)
    for line in lines:
        cv2.fillPoly(image, [line.quad.round().astype(np.int32)], (0, 0, 0))
    return image


class Eye:
    """Finds dark bars, and knows what is printed in each place of the picture."""

    def __init__(self, lines: list[Printed]) -> None:
        self.lines = lines
        self.looks = 0

    def find(self, image: np.ndarray) -> list[np.ndarray]:
        self.looks += 1
        dark = (image[:, :, 0] < 100).astype(np.uint8)
        _, _, boxes, _ = cv2.connectedComponentsWithStats(dark)
        return [
            np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)
            for x, y, w, h, _ in boxes[1:].tolist()
        ]

    def spell(self, _image: np.ndarray, corners: np.ndarray) -> Posterior:
        middle = corners.mean(axis=0)
        away = [np.hypot(*(line.quad.mean(axis=0) - middle)) for line in self.lines]
        text = self.lines[int(np.argmin(away))].text if min(away) < 30 else ""
        width, height = np.hypot(*(corners[1] - corners[0])), 60 * 10 * HALF / 50
        # As on a strip 48 pixels high with a step each 8 of them.
        steps = max(round(6 * width / height), 2 * len(text) + 1)
        shares = np.full((steps, len(CLASSES) + 1), 1e-5)
        shares[:, 0] = 1
        for number, each in enumerate(text):
            place = int((number + 0.5) * steps / len(text))
            shares[place, [0, CLASSES[each]]] = 1e-5, 1
        shares /= shares.sum(axis=1, keepdims=True)
        return Posterior(np.log(shares).astype(np.float32), CLASSES, 8, 8 * steps)


def traced(
    lines: list[Printed],
    page: PageSpec,
    *,
    hits: list[Hit],
    pages: list[tuple[Pose, PageSpec]] | None = None,
    papers: list[np.ndarray] | None = None,
) -> tuple[Pose | None, int]:
    """Return what is traced in a picture of lines, and how often it was looked at."""
    read = [TextLine("", Quad.of(line.quad), 1.0) for line in lines]
    eye = Eye(lines)
    engine: Engine = eye  # type: ignore[assignment] # a fake
    seen = Seen(read, hits, pages or [], papers or [])
    found = trace(engine, drawn(lines), seen, [page], LABELS)
    return found.get(page.name), eye.looks


def title(matrix: np.ndarray) -> Hit:
    """Return the first page's title, read a degree and two millimetres off."""
    (x, y), half = FRONT.title_at, FRONT.title_width / 2
    left, right = project(matrix, np.array([(x - half, y), (x + half, y)]))
    return Hit(FRONT.titles[0], np.add(left, 14), np.add(right, (14, 20)), 30, 0)


def label(text: str, matrix: np.ndarray) -> Hit:
    (line,) = (line for line in printed(BACK, matrix) if line.text == text)
    left_top, right_top, right_bottom, left_bottom = line.quad
    return Hit(
        text, (left_top + left_bottom) / 2, (right_top + right_bottom) / 2, 36, 0
    )


def stray(pose: Pose | None, matrix: np.ndarray) -> float:
    """Return how many pixels the corners lie beside where they are."""
    assert pose is not None
    return float(np.abs(pose.corners - project(matrix, CORNERS)).max())


def test_a_page_is_put_where_the_labels_about_its_title_tell() -> None:
    pose, _ = traced(printed(FRONT, MATRIX), FRONT, hits=[title(MATRIX)])
    assert stray(pose, MATRIX) < 15
    assert pose is not None
    assert len(pose.hits) == len(FRONT.labels)


def test_a_page_is_found_beside_the_other_one() -> None:
    lines = printed(FRONT, MATRIX) + printed(BACK, BELOW)
    hits = [label(text, BELOW) for text in ("总质量", "整备质量")]
    pose, _ = traced(lines, BACK, hits=hits, pages=[(Pose(MATRIX, {}, ()), FRONT)])
    assert stray(pose, BELOW) < 15


@pytest.mark.parametrize("turns", [0, 2])
def test_a_page_is_found_on_its_sheet(turns: int) -> None:
    sheet = np.roll(project(MATRIX, CORNERS) + 20, turns, axis=0)
    pose, _ = traced(printed(FRONT, MATRIX), FRONT, hits=[], papers=[sheet])
    assert stray(pose, MATRIX) < 15


def test_values_behind_misread_labels_tell_a_page() -> None:
    values = {
        "车辆识别代号": "LMGZMAXB220369402",
        "发动机号码": "1010633",
        "注册日期": "2002-04-08",
        "号牌号码": "粤B2X58R",
    }
    (x, y), half = FRONT.title_at, FRONT.title_width / 2
    box = [(x - half, y - HALF), (x + half, y - HALF), (x + half, y + HALF)]
    box.append((x - half, y + HALF))
    lines = [Printed(FRONT.titles[0], project(MATRIX, np.array(box)))]
    for label in FRONT.labels:
        if label.text in values:
            (x, y), half = label.at, label.width / 2
            count = len(label.text)
            end = x - half + label.width * (1 + len(values[label.text]) / count)
            box = [(x - half, y - HALF), (end, y - HALF), (end, y + HALF)]
            box.append((x - half, y + HALF))
            # Some of the label, but no more than that.
            text = "质" * count + values[label.text]
            lines.append(Printed(text, project(MATRIX, np.array(box))))
    pose, _ = traced(lines, FRONT, hits=[title(MATRIX)])
    assert pose is not None
    assert {hit.text for hit in pose.hits} >= {"vin", "engine_number", "plate_number"}


def test_a_page_is_not_where_most_of_its_labels_are_elsewhere() -> None:
    lines = printed(FRONT, MATRIX)
    page = traced(lines[:5], FRONT, hits=[title(MATRIX)])[0]
    assert page is not None
    below = [TextLine(line.text, Quad.of(line.quad + 500), 1.0) for line in lines[4:]]
    elsewhere = all_labels(below, LABELS)
    hits = [title(MATRIX), *elsewhere]
    assert traced(lines[:5], FRONT, hits=hits)[0] is None


def test_nothing_is_looked_for_where_few_lines_are() -> None:
    lines = printed(FRONT, MATRIX)[:3]
    assert traced(lines, FRONT, hits=[title(MATRIX)]) == (None, 0)


def test_a_place_is_looked_at_once() -> None:
    _, looks = traced(printed(FRONT, MATRIX), FRONT, hits=[title(MATRIX)] * 3)
    assert looks == 1


def test_another_page_is_not_taken_for_the_one_looked_for() -> None:
    lines = printed(BACK, MATRIX)
    pages = [(Pose(MATRIX, {}, ()), BACK)]
    assert traced(lines, FRONT, hits=[title(MATRIX)], pages=pages) == (None, 0)


@pytest.mark.parametrize("known", [0, 1])
def test_lines_that_say_something_else_tell_no_page(known: int) -> None:
    lines = printed(FRONT, MATRIX)
    other = [Printed("检", line.quad) for line in lines[known:]]
    pose, looks = traced([*lines[:known], *other], FRONT, hits=[title(MATRIX)])
    assert pose is None
    assert looks == 1
