"""Which part of a page belongs to which field."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from shizi.documents.spec import FieldSpec, LabelSpec, PageSpec

# Millimetres by which a value may begin before its label's end: it is printed later, by
# another machine, up to 1.2 mm off.
_OVERLAP = 1.6
# Millimetres by which a text that begins with the label may miss the label's start, and
# by which it must go beyond its end.
_BEFORE, _BEYOND = 4.5, 3.0
# Millimetres between two lines of one value.
_LINE = 3.4


# Labels of one row, of one column, are nominally so near, in hundredths of the page.
_ROW, _COLUMN = 3.0, 20.0


class Cell(NamedTuple):
    """Where the value of a field may stand, in millimetres on the page.

    Attributes:
        field: The field.
        start: Where its label starts.
        left: Where the value starts at the earliest.
        end: Where its label ends.
        right: Where it ends at the latest.
        y: The middle of its row.
        reach: How far from there its lines may stand, up or down.
    """

    field: FieldSpec
    start: float
    left: float
    end: float
    right: float
    y: float
    reach: float


class Part(NamedTuple):
    """A piece of text on the page, in millimetres.

    Attributes:
        left: Where it starts.
        right: Where it ends.
        y: Its middle.
        height: Its height.
        key: What the caller knows it by.
    """

    left: float
    right: float
    y: float
    height: float
    key: int


def place_labels(
    page: PageSpec, found: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Return start and end of every label of a page, in millimetres, (2, 2) each.

    A label that was not found is put where the page has it, moved as the nearest ones
    that were found.

    Args:
        page: The page.
        found: The labels that were found, likewise.
    """
    scale = np.array(page.size, np.float64) / 100
    nominal = {label.text: _ends(label) * scale for label in page.labels}
    seen = {text: ends for text, ends in found.items() if text in nominal}
    placed = dict(seen)
    for text, ends in nominal.items():
        if text in seen:
            continue
        if not seen:
            placed[text] = ends
            continue
        away = {
            other: np.hypot(*((nominal[other][0] - ends[0]) * (0.5, 1)))
            for other in seen
        }
        nearest = sorted(away, key=lambda other: away[other])[:3]
        shift = np.mean([seen[o][0] - nominal[o][0] for o in nearest], axis=0)
        placed[text] = ends + shift
    return placed


def _ends(label: LabelSpec) -> NDArray[np.float64]:
    (x, y), half = label.at, label.width / 2
    return np.array([[x - half, y], [x + half, y]], np.float64)


def lay_cells(page: PageSpec, labels: Mapping[str, NDArray[np.float64]]) -> list[Cell]:
    """Return the cell of every field that has a label.

    Args:
        page: The page.
        labels: Start and end of each label, in millimetres.
    """
    nominal = {label.text: _ends(label)[0] for label in page.labels}
    cells: list[Cell] = []
    for field in page.fields:
        if field.label is None:
            continue
        start, end = labels[field.label]
        place = nominal[field.label]
        # The rows are those of the form: the labels of one may stand askew.
        after = [
            float(labels[text][0][0])
            for text, other in nominal.items()
            if abs(other[1] - place[1]) < _ROW and other[0] > place[0]
        ]
        away = [
            abs(float(labels[text][0][1] - start[1]))
            for text, other in nominal.items()
            if abs(other[1] - place[1]) > _ROW and abs(other[0] - place[0]) < _COLUMN
        ]
        pitch = min(away, default=2 * _LINE)
        reach = min(pitch, 2 * _LINE) * 0.55 + (field.lines - 1) * _LINE / 2
        right = min(after, default=float(page.size[0]) + 2.0)
        left = float(start[0] + end[0]) / 2
        y = float(start[1] + end[1]) / 2
        cells.append(Cell(field, float(start[0]), left, float(end[0]), right, y, reach))
    return cells


def assign(cells: Sequence[Cell], parts: Sequence[Part]) -> dict[str, list[Part]]:
    """Return the parts of each field, in reading order.

    The values' layer is shifted and turned a little against the labels': how much is
    told by those that are assigned at first, before all are assigned again.

    Args:
        cells: The cells of a page.
        parts: The texts on it that are no labels.
    """
    slope, shift = 0.0, 0.0
    given: dict[str, list[Part]] = {}
    for _ in range(2):
        given = {}
        offsets: list[tuple[float, float]] = []
        for part in parts:
            y = part.y - shift - slope * (part.left + part.right) / 2
            cell = _cell_of(part, y, cells)
            if cell is None:
                continue
            given.setdefault(cell.field.name, []).append(part)
            if cell.field.lines == 1:
                offsets.append(((part.left + part.right) / 2, part.y - cell.y))
        slope, shift = _layer(offsets)
    return {name: _in_order(found) for name, found in given.items()}


def _cell_of(part: Part, y: float, cells: Sequence[Cell]) -> Cell | None:
    """Return the cell that a part at a corrected height lies in."""
    best, nearest = None, np.inf
    for cell in cells:
        middle = (part.left + part.right) / 2
        if (
            cell.start - _BEFORE < part.left < cell.left
            and part.right > cell.end + _BEYOND
        ):
            # Label and value in one, the label misread.
            middle = (cell.end + part.right) / 2
        elif part.left < cell.left:
            continue
        if not cell.end - _OVERLAP < middle < cell.right:
            continue
        away = abs(y - cell.y)
        if away > cell.reach:
            continue
        away = max(0.0, away - (cell.field.lines - 1) * _LINE / 2)
        # Of two cells of one row the later one that still starts before the part.
        away -= cell.left * 1e-3
        if away < nearest:
            best, nearest = cell, away
    return best


def _layer(offsets: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return slope and shift of the values' layer from (x, dy) of its parts."""
    if len(offsets) < 3:  # noqa: PLR2004
        return 0.0, float(np.median([dy for _, dy in offsets])) if offsets else 0.0
    x, dy = np.array(offsets).T
    pairs = [
        (dy[j] - dy[i]) / (x[j] - x[i])
        for i in range(len(x))
        for j in range(i)
        if abs(x[j] - x[i]) > 20  # noqa: PLR2004 - millimetres
    ]
    # Theil and Sen's estimator: the median slope between pairs.
    slope = float(np.clip(np.median(pairs), -0.03, 0.03)) if pairs else 0.0
    return slope, float(np.median(dy - slope * x))


def _in_order(parts: Sequence[Part]) -> list[Part]:
    """Return parts line by line, each from left to right."""
    lines: list[list[Part]] = []
    for part in sorted(parts, key=lambda part: part.y):
        if lines and part.y - np.mean([p.y for p in lines[-1]]) < _LINE * 0.55:
            lines[-1].append(part)
        else:
            lines.append([part])
    return [part for line in lines for part in sorted(line, key=lambda part: part.left)]
