"""What a page that was found tells: its fields' values, and how it lies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shizi.core.geometry import Size
from shizi.documents.camera import settle
from shizi.documents.cell import Part, assign, lay_cells, place_labels
from shizi.documents.flat import Flat
from shizi.documents.homography import inverse, project, spanned
from shizi.documents.label import Hit
from shizi.documents.outline import find_outline
from shizi.documents.piece import (
    REST,
    Beginning,
    beginnings,
    endings,
    read_pieces,
    spell,
    spelled,
    split,
    stretched,
)
from shizi.documents.pose import Pose
from shizi.documents.value import best_of, decode_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.documents.cell import Cell
    from shizi.documents.flat import View
    from shizi.documents.piece import Piece
    from shizi.documents.spec import FieldSpec, PageSpec
    from shizi.documents.value import Find
    from shizi.ports import Engine


# Millimetres by which labels stray from where the others let one expect them.
_ACROSS, _DOWN = 5.0, 2.5
# Millimetres: where no line was found, a short value is looked for on so much; half the
# height of a line; what stands nearer to an end goes on beyond it.
_SHORT, _HALF, _APART = 12.0, 1.9, 0.5
# Millimetres by which a value that is read further may be shorter: a digit is 1.5 wide.
_LOST = 1.5
# What was read on a page laid flat is in no line of the picture.
_LAID_FLAT = -1
# Texts of more lines, as remarks, are not looked at in grey: there are many, and they
# are never quite as their rules have them.
_FEW = 2
# So many characters more are no specks behind a value.
_MORE = 2
# Where so many of a page's values are doubtful, it is read anew. Of 1284 values on 100
# hard photographs 83.7 % are right and 2.5 wrong so, with the words of `words.py`; 81.5
# and 2.6 with neither (tune, seed 101).
_DOUBTFUL = 0.5


class Told(NamedTuple):
    """What a page that was laid flat tells.

    Attributes:
        finds: What its fields may say.
        pose: How it lies, as the labels that were read there tell as well.
        values: Those of them that are short and have labels.
    """

    finds: dict[str, Find]
    pose: Pose
    values: list[str]


def read_page(
    engine: Engine, image: Image, flat: Flat, page: PageSpec, today: date
) -> Told:
    """Return what a page tells; one that is hard to read is laid flat and read anew.

    Args:
        engine: What finds and reads lines.
        image: The picture: uint8, (H, W, 3), RGB.
        flat: The page, laid flat as its labels tell.
        page: The page.
        today: No date on it is later.

    Raises:
        EngineError: The inference library failed.
    """
    height, width = image.shape[:2]
    size = Size(width, height)
    told = _look(engine, flat, flat.first, page, size, today=today)
    values = [told.finds[name] for name in told.values if name in told.finds]
    doubtful = sum(find.is_doubtful for find in values)
    if doubtful < _DOUBTFUL * len(told.values):
        return told
    # Labels that are hard to read tell roughly where a page lies; its borders show.
    outline = find_outline(image, told.pose, page)
    back = inverse(spanned(outline))
    labels = {
        hit.text: project(back, np.array([hit.left, hit.right]))
        for hit in told.pose.hits
        if hit.sure
    }
    flat = Flat(image, Pose(spanned(outline), labels, told.pose.hits), page)
    again = _look(engine, flat, flat.second, page, size, today=today)
    finds = told.finds | again.finds
    for name in told.finds.keys() & again.finds.keys():
        finds[name] = _better(told.finds[name], again.finds[name], today)
    return again._replace(finds=finds)


def _better(first: Find, second: Find, today: date) -> Find:
    """Return which of two finds for a field its rule bends less, the other seen too."""
    best, other = sorted((first, second), key=lambda find: -find.straightness)
    return best.seen_again([other.pieces], today) if best.is_doubtful else best


def _look(
    engine: Engine,
    flat: Flat,
    view: View,
    page: PageSpec,
    size: Size,
    *,
    today: date,
) -> Told:
    """Return what a page tells as something shows it.

    Args:
        size: The picture's, in pixels.
    """
    scale = np.array(page.size, np.float64) / 100
    known = {name: ends * scale for name, ends in flat.pose.labels.items()}
    pieces, found = read_pieces(engine, flat, view, known, page)
    expected = place_labels(page, known)
    near = {
        name: ends
        for name, ends in found.items()
        if name not in expected or _is_near(ends, expected[name])
    }
    labels = place_labels(page, known | near)
    cells = lay_cells(page, labels)
    pieces = [
        part
        for piece in pieces
        for part in split(
            piece,
            [
                float(ends[0][0])
                for ends in labels.values()
                if abs(ends[:, 1].mean() - piece.y) < _DOWN
            ],
        )
    ]
    parts = [
        Part(piece.left, piece.right, piece.y, piece.height, number)
        for number, piece in enumerate(pieces)
    ]
    given = {
        name: [pieces[part.key] for part in group]
        for name, group in assign(cells, parts).items()
    }
    finds: dict[str, Find] = {}
    for cell in cells:
        field = cell.field
        group = given.get(field.name, [])
        if group:
            find = _value(engine, view, flat, cell, group, today=today)
            places = [piece.corners for piece in find.pieces if find.is_doubtful]
        elif field.lines == 1:
            # Faint print is like a dash: the whole cell is looked at again.
            left = max(cell.end, field.left * page.size[0] / 100)
            group = [_spelled(engine, view, cell, left)]
            find = _value(engine, view, flat, cell, group, today=today)
            places = [_corners(cell, left, cell.right - _APART)]
        else:
            continue
        if places:
            again = [
                [
                    spelled(engine.spell(other, flat.to_pixels(corners)), corners)
                    for corners in places
                ]
                for other in (flat.views if field.lines <= _FEW else [flat.clear])
                if other is not view.image
            ]
            find = find.seen_again(again, today)
        finds[field.name] = find
    for field in page.fields:
        if field.label is None and (group := _inside(pieces, field, page)):
            finds[field.name] = decode_value(field.rule, group, flat.to_picture, today)
    return Told(
        finds,
        settle(_with_labels(flat, near), page, size),
        [cell.field.name for cell in cells if cell.field.lines <= _FEW],
    )


def _with_labels(flat: Flat, found: Mapping[str, NDArray[np.float64]]) -> Pose:
    """Return a page's pose with labels that were read on it laid flat.

    With them 149 of 156 pages of hard photographs share nine tenths of their area with
    where they lie, 145 without (tune, seed 101).

    Args:
        flat: The page.
        found: Start and end of each label, in millimetres, (2, 2).
    """
    hits = [hit for hit in flat.pose.hits if hit.text not in found]
    for name, ends in found.items():
        left, right = flat.to_picture(ends).astype(np.float64)
        # Characters are about as high as they are wide.
        height = float(np.hypot(*(right - left))) / len(name)
        hits.append(Hit(name, left, right, height, _LAID_FLAT))
    return flat.pose._replace(hits=tuple(hits))


def _value(
    engine: Engine,
    view: View,
    flat: Flat,
    cell: Cell,
    pieces: Sequence[Piece],
    *,
    today: date,
) -> Find:
    """Return what the pieces of a cell say; a strange value is read to the cell's end.

    Of faint print only the beginning may have been found.
    """
    rule, label = cell.field.rule, cell.field.label or ""
    begun = beginnings(pieces, label, cell.end)
    find = best_of(rule, begun, flat.to_picture, today)
    *others, last = find.pieces
    if find.is_doubtful and last.right > cell.right:
        ended = endings(others, last, cell.right - REST, cell.right + REST)
        whole = Beginning(list(find.pieces))
        find = best_of(rule, [whole, *ended], flat.to_picture, today)
        *others, last = find.pieces
    if find.is_bent and cell.field.lines == 1:
        # Some of it may have been taken for the next label, misread: on 100 hard
        # photographs the last digit of eight dates of registration (tune, seed 101).
        longer = spell(engine, view, stretched(last, last.right + REST))
        ended = endings(others, longer, last.right - _LOST, math.inf)
        whole = Beginning(list(find.pieces))
        find = best_of(rule, [whole, *ended], flat.to_picture, today)
    candidates = find.reading.candidates
    if rule.outside is None or not candidates or rule.allows(candidates[0].text):
        return find
    *others, last = pieces
    longer = spell(engine, view, stretched(last, cell.right - _APART))
    if len(longer.text) < len(last.text) + _MORE:
        return find
    begun = beginnings([*others, longer], label, cell.end)
    return best_of(rule, begun, flat.to_picture, today)


def _is_near(ends: NDArray[np.float64], expected: NDArray[np.float64]) -> bool:
    """Return whether a label was read where it may stand, in millimetres."""
    across, down = np.abs(ends[0] - expected[0])
    return bool(across < _ACROSS and down < _DOWN)


def _spelled(engine: Engine, view: View, cell: Cell, left: float) -> Piece:
    """Return what stands in a cell in which no line was found: something short, if any.

    Where it goes on to the end of what is looked at, the whole cell is read.

    Args:
        left: Where the value may begin, in millimetres.
    """
    most = max(cell.right - _APART, left + _APART)
    for right in (min(most, left + _SHORT), most):
        piece = spell(engine, view, _corners(cell, left, right))
        if piece.ends_before(right - _APART):
            break
    return piece


def _corners(cell: Cell, left: float, right: float) -> NDArray[np.float64]:
    """Return the corners of a part of a cell, (4, 2), in millimetres."""
    top, bottom = cell.y - _HALF, cell.y + _HALF
    right = max(right, left + _APART)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _inside(pieces: Sequence[Piece], field: FieldSpec, page: PageSpec) -> list[Piece]:
    """Return the pieces inside the room of a field without a label, in order."""
    (width, height) = page.size
    return sorted(
        (
            piece
            for piece in pieces
            if field.left <= (piece.left + piece.right) / 2 / width * 100 <= field.right
            and field.top <= piece.y / height * 100 <= field.bottom
        ),
        key=lambda piece: piece.y,
    )
