"""Reading a document in a picture, whatever its kind: the interpreter of the specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shizi.core.card import Card, Field
from shizi.core.errors import CardNotFoundError
from shizi.core.geometry import Quad
from shizi.documents.camera import settle
from shizi.documents.constraints import choose, exchange
from shizi.documents.flat import Flat
from shizi.documents.outline import find_outline
from shizi.documents.pages import find_pages
from shizi.documents.quality import find_faults, overhang
from shizi.documents.rows import count_heads, read_rows
from shizi.documents.told import read_page
from shizi.documents.worth import LEAST, worths

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from shizi.core.image import Image
    from shizi.core.text import Page
    from shizi.documents.pose import Pose
    from shizi.documents.spec import DocumentSpec
    from shizi.documents.value import Find
    from shizi.ports import Engine


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
            told = read_page(engine, image, flat, page, today)
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
