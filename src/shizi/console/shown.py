"""What was read, as the pages show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from shizi.documents.spec import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shizi.core.card import Card, Field
    from shizi.core.geometry import Quad, Size
    from shizi.core.text import Page

# .95: what docs/performance.md tells as sure. .85: between that and the .7 under which
# a card's value is not given at all.
_SURE: Final = 0.95
_LIKELY: Final = 0.85


class Box(NamedTuple):
    """Something that was read, and where.

    Attributes:
        name: What it is: a field's name; none of a line of text.
        text: The characters.
        score: Probability that they are right, 0 to 1.
        points: The corners as SVG writes them.
    """

    name: str | None
    text: str
    score: float
    points: str

    @property
    def level(self) -> str:
        """How far it can be trusted: `sure`, `likely` or `check`."""
        if self.score >= _SURE:
            return "sure"
        return "likely" if self.score >= _LIKELY else "check"


class Row(NamedTuple):
    """A field of a card's page, read or not."""

    name: str
    box: Box | None


class Side(NamedTuple):
    """A page of a card.

    Attributes:
        name: `front` or `back`.
        points: Its corners as SVG writes them; none if it is not in the picture.
        rows: Its fields, in the order in which they are printed.
    """

    name: str
    points: str | None
    rows: Sequence[Row]

    @property
    def is_seen(self) -> bool:
        """Whether anything of it was found."""
        return self.points is not None or any(row.box for row in self.rows)


class Shown(NamedTuple):
    """What one picture shows.

    Attributes:
        size: Of the upright picture, in pixels.
        boxes: Everything that was read, in order; the fields of a card, too.
        sides: The pages of a card; none of plain text.
        warnings: What makes a card hard to read.
    """

    size: Size
    boxes: Sequence[Box]
    sides: Sequence[Side] = ()
    warnings: Sequence[str] = ()


def show_text(page: Page) -> Shown:
    """Return the lines of a page as they are shown."""
    return Shown(
        page.size,
        [Box(None, line.text, line.score, _points(line.quad)) for line in page.lines],
    )


def show_card(card: Card) -> Shown:
    """Return the fields of a card as they are shown."""
    boxes = {name: _box(name, field) for name, field in card.fields.items()}
    sides = [
        Side(
            name,
            _points(card.pages[name]) if name in card.pages else None,
            [Row(each, boxes.get(each)) for each in names],
        )
        for name, names in _layout(card.kind)
    ]
    seen = [row.box for side in sides for row in side.rows if row.box is not None]
    return Shown(card.size, seen, sides, card.warnings)


def _layout(kind: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the pages of a document and the names of the fields on each."""
    spec = load_spec(kind)
    for page in spec.pages:
        names = [field.name for field in page.fields]
        for part in spec.parts:
            if part.source in names and part.name not in names:
                names.append(part.name)
        yield page.name, names


def _box(name: str, field: Field) -> Box:
    return Box(name, field.text, field.score, _points(field.quad))


def _points(quad: Quad) -> str:
    return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in quad)
