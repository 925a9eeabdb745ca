"""Reading a document in a picture, whatever its kind: the interpreter of the specs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shizi.core.card import Card, Field
from shizi.core.errors import CardNotFoundError
from shizi.core.geometry import Quad, Size
from shizi.documents.camera import settle
from shizi.documents.cell import Part, assign, lay_cells, place_labels
from shizi.documents.constraints import choose, exchange
from shizi.documents.flat import Flat
from shizi.documents.label import Hit
from shizi.documents.outline import find_outline
from shizi.documents.pages import find_pages
from shizi.documents.piece import (
    Beginning,
    beginnings,
    endings,
    read_pieces,
    spell,
    spelled,
    split,
    stretched,
)
from shizi.documents.quality import find_faults, overhang
from shizi.documents.rows import count_heads, read_rows
from shizi.documents.value import best_of, decode_value
from shizi.documents.worth import LEAST, worths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from shizi.core.image import Image
    from shizi.core.text import Page
    from shizi.documents.cell import Cell
    from shizi.documents.piece import Piece
    from shizi.documents.pose import Pose
    from shizi.documents.spec import DocumentSpec, FieldSpec, PageSpec
    from shizi.documents.value import Find
    from shizi.ports import Engine


# Millimetres by which labels stray from where the others let one expect them.
_ACROSS, _DOWN = 5.0, 2.5
# Millimetres: where no line was found, a short value is looked for on so much; half the
# height of a line; what stands nearer to an end goes on beyond it.
_SHORT, _HALF, _APART = 12.0, 1.9, 0.5
# Millimetres by which a value may go on over the next label, or have been cut off by
# one; by which one read anew may be shorter.
_REST, _LOST = 4.0, 1.5
# What was read on a page laid flat is in no line of the picture.
_LAID_FLAT = -1
# Texts of more lines, as remarks, are not looked at in grey: there are many, and they
# are never quite as their rules have them.
_FEW = 2
# So many characters more are no specks behind a value.
_MORE = 2
# A page that reaches so far out of the picture, in its widths, may be rows of a screen:
# .47 where two columns were taken for one; of 157 pages of hard photographs none .01.
_BEYOND = 0.25
# Specks and rules are read as these; no value begins or ends with one.
_MARKS = " .·、,;:"


def read_document(
    engine: Engine, image: Image, text: Page, spec: DocumentSpec, *, today: date
) -> Card:
    """Return a document's fields.

    Args:
        engine: What finds and reads lines.
        image: The picture: uint8, (H, W, 3), RGB, upright.
        text: What the engine read in it.
        spec: The kind of document.
        today: No date on it is later.

    Raises:
        CardNotFoundError: The picture shows no such document.
        EngineError: The inference library failed.
    """
    found = find_pages(engine, image, text, spec)
    poses = {
        page.name: settle(found[page.name], page, text.size)
        for page in spec.pages
        if page.name in found
    }
    finds: dict[str, Find] = {}
    if not poses or _is_screen(text, poses.values(), spec):
        finds = read_rows(engine, image, text.lines, spec, today)
    if finds:
        poses = {}
    if not poses and not finds:
        raise CardNotFoundError(f"no {spec.kind} in the picture")
    faults: list[str] = []
    for page in spec.pages:
        if page.name in poses:
            flat = Flat(image, poses[page.name], page)
            faults += find_faults(image, flat.image, flat.pose, page)
            told = _read_page(engine, image, flat, page, today)
            finds |= told.finds
            poses[page.name] = told.pose
    readings = exchange(
        {name: find.reading for name, find in finds.items()},
        spec.constraints,
        today=today,
    )
    choices = choose(
        {name: reading.candidates for name, reading in readings.items()},
        spec.constraints,
        today=today,
    )
    fields: dict[str, Field] = {}
    scores = worths(choices, finds, today)
    for name, choice in choices.items():
        score = scores[name]
        value = choice.candidate.text.strip(_MARKS)
        if value and score >= LEAST:
            quad = Quad.of(finds[name].corners.tolist())
            fields[name] = Field(value, score, quad)
    for part in spec.parts:
        whole = fields.get(part.source)
        if part.name not in fields and whole and (value := part.find(whole.text)):
            fields[part.name] = Field(value, whole.score, whole.quad)
    return Card(
        spec.kind,
        text.size,
        fields,
        {
            page.name: Quad.of(find_outline(image, poses[page.name], page).tolist())
            for page in spec.pages
            if page.name in poses
        },
        tuple(dict.fromkeys(faults)),
    )


def _is_screen(text: Page, poses: Iterable[Pose], spec: DocumentSpec) -> bool:
    """Return whether rows on a screen may have been taken for a page.

    Two columns of them do stand as the labels of a page, half of which is then outside
    of the picture; and there are more of them.
    """
    found = list(poses)
    if all(overhang(pose.corners, text.size) < _BEYOND for pose in found):
        return False
    return count_heads(text.lines, spec) > sum(len(pose.hits) for pose in found)


class _Told(NamedTuple):
    """What a page that was laid flat tells.

    Attributes:
        finds: What its fields may say.
        pose: How it lies, as the labels that were read there tell as well.
    """

    finds: dict[str, Find]
    pose: Pose


def _read_page(
    engine: Engine, image: Image, flat: Flat, page: PageSpec, today: date
) -> _Told:
    """Return what a page tells."""
    scale = np.array(page.size, np.float64) / 100
    known = {name: ends * scale for name, ends in flat.pose.labels.items()}
    pieces, found = read_pieces(engine, image, flat, known, page)
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
            find = _value(engine, image, flat, cell, group, today=today)
            places = [piece.corners for piece in find.pieces if find.is_doubtful]
        elif field.lines == 1:
            # Faint print is like a dash: the whole cell is looked at again.
            left = max(cell.end, field.left * page.size[0] / 100)
            group = [_spelled(engine, image, flat, cell, left)]
            find = _value(engine, image, flat, cell, group, today=today)
            places = [_corners(cell, left, cell.right - _APART)]
        else:
            continue
        if places:
            again = [
                [
                    spelled(engine.spell(view, flat.to_pixels(corners)), corners)
                    for corners in places
                ]
                for view in (flat.views if field.lines <= _FEW else [flat.clear])
            ]
            find = find.seen_again(again, today)
        finds[field.name] = find
    for field in page.fields:
        if field.label is None and (group := _inside(pieces, field, page)):
            finds[field.name] = decode_value(field.rule, group, flat.to_picture, today)
    height, width = image.shape[:2]
    pose = settle(_with_labels(flat, near), page, Size(width, height))
    return _Told(finds, pose)


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
    image: Image,
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
        ended = endings(others, last, cell.right - _REST, cell.right + _REST)
        whole = Beginning(list(find.pieces))
        find = best_of(rule, [whole, *ended], flat.to_picture, today)
        *others, last = find.pieces
    if find.is_bent and cell.field.lines == 1:
        # Some of it may have been taken for the next label, misread: on 100 hard
        # photographs the last digit of eight dates of registration (tune, seed 101).
        longer = spell(engine, image, flat, stretched(last, last.right + _REST))
        ended = endings(others, longer, last.right - _LOST, math.inf)
        whole = Beginning(list(find.pieces))
        find = best_of(rule, [whole, *ended], flat.to_picture, today)
    candidates = find.reading.candidates
    if rule.outside is None or not candidates or rule.allows(candidates[0].text):
        return find
    *others, last = pieces
    longer = spell(engine, image, flat, stretched(last, cell.right - _APART))
    if len(longer.text) < len(last.text) + _MORE:
        return find
    begun = beginnings([*others, longer], label, cell.end)
    return best_of(rule, begun, flat.to_picture, today)


def _is_near(ends: NDArray[np.float64], expected: NDArray[np.float64]) -> bool:
    """Return whether a label was read where it may stand, in millimetres."""
    across, down = np.abs(ends[0] - expected[0])
    return bool(across < _ACROSS and down < _DOWN)


def _spelled(
    engine: Engine, image: Image, flat: Flat, cell: Cell, left: float
) -> Piece:
    """Return what stands in a cell in which no line was found: something short, if any.

    Where it goes on to the end of what is looked at, the whole cell is read.

    Args:
        left: Where the value may begin, in millimetres.
    """
    most = max(cell.right - _APART, left + _APART)
    for right in (min(most, left + _SHORT), most):
        piece = spell(engine, image, flat, _corners(cell, left, right))
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
