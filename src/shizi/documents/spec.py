"""A document as data: what is printed where on its pages, and how a field is read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from shizi.core.errors import SpecError
from shizi.documents.pattern import parse
from shizi.documents.relations import Constraint, make_constraint
from shizi.documents.rules import Rule, make_rule
from shizi.documents.script import han, traditional
from shizi.documents.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """A label as printed on the form.

    Attributes:
        text: What it says.
        at: Its centre, in hundredths of the page's width and height.
        width: In hundredths of the page's width.
        also: Other things that are printed with it or in its place.
    """

    text: str
    at: tuple[float, float]
    width: float
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Where a value is printed and how it is read.

    Attributes:
        name: The field's name, `plate_number`.
        label: The text of its label; None for a value without one.
        left: In hundredths of the page's width, as `right`.
        right: Where the room for the value ends.
        top: In hundredths of the page's height, as `bottom`; of a value with a label,
            the room around the label's centre.
        bottom: Where the room for the value ends.
        lines: How many lines the value may have.
        rule: How it is read.
    """

    name: str
    label: str | None
    left: float
    right: float
    top: float
    bottom: float
    lines: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page of a document.

    Attributes:
        name: The page's name, `front`.
        size: Width and height in millimetres.
        titles: What is printed as its title; none of a page without one.
        title_at: The centre of the title, in hundredths of width and height.
        title_width: In hundredths of the page's width.
        labels: The labels on it.
        fields: The fields on it.
    """

    name: str
    size: tuple[float, float]
    titles: tuple[str, ...]
    title_at: tuple[float, float]
    title_width: float
    labels: tuple[LabelSpec, ...]
    fields: tuple[FieldSpec, ...]

    def label(self, text: str) -> LabelSpec:
        """Return the label that says so."""
        return next(label for label in self.labels if label.text == text)

    def telling(self) -> list[tuple[FieldSpec, LabelSpec]]:
        """Return the fields with a label of which not every text is a value."""
        return [
            (field, self.label(field.label))
            for field in self.fields
            if field.label is not None
            and not any(field.rule.allows(label.text) for label in self.labels)
        ]


@dataclass(frozen=True, slots=True)
class RowSpec:
    """A row of the document where it is shown as rows of labels and values.

    Attributes:
        labels: What the row may be headed by.
        field: The name of the field; None for a row that is not read.
    """

    labels: tuple[str, ...]
    field: str | None


@dataclass(frozen=True, slots=True)
class PartSpec:
    """A field that is part of another one's text.

    Attributes:
        name: The field's name.
        source: The name of the field that holds it.
        pattern: What to look for; of several finds the last counts.
        form: How the pattern's groups are written, `{0}-{1}`.
    """

    name: str
    source: str
    pattern: re.Pattern[str]
    form: str

    def find(self, text: str) -> str:
        """Return the part of a text, or nothing."""
        found = list(self.pattern.finditer(text))
        return self.form.format(*found[-1].groups()) if found else ""


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A kind of document.

    Attributes:
        kind: Its name, `vehicle_licence`.
        word: What a screen that shows it says of it; none if it is never on one.
        unlike: Titles of other documents that differ little from its own.
        pages: Its pages.
        rows: Its rows, where it is shown on a screen; none if it never is.
        parts: Fields that are parts of others.
        rules: The rules of its fields, by name.
        constraints: What its fields have to do with each other.
    """

    kind: str
    word: str
    unlike: tuple[str, ...]
    pages: tuple[PageSpec, ...]
    rows: tuple[RowSpec, ...]
    parts: tuple[PartSpec, ...]
    rules: Mapping[str, Rule]
    constraints: tuple[Constraint, ...]


@cache
def load_spec(kind: str) -> DocumentSpec:
    """Return a document that comes with the package.

    Raises:
        SpecError: There is none of that kind, or its file is malformed.
    """
    source = resources.files("shizi.documents") / "specs" / f"{kind}.toml"
    if not kind.isidentifier() or not source.is_file():
        raise SpecError(f"{kind}: no such kind of document")
    spec = parse_spec(source.read_text(encoding="utf-8"))
    if spec.kind != kind:
        raise SpecError(f"{kind}: its file is of the kind {spec.kind!r}")
    return spec


def parse_spec(text: str) -> DocumentSpec:
    """Return the document that a TOML text describes.

    Raises:
        SpecError: The text is malformed; the message names the document's kind, the
            page, field or rule, and the fault.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"not TOML: {error}") from error
    kind = Table("a document without a kind", values).text("kind")
    table = Table(kind, values)
    table.text("kind")
    word = table.text("word", "")
    unlike = table.texts("unlike", ())
    rules = _rules(table)
    pages = tuple(_page(page, rules) for page in table.tables("page"))
    if not pages:
        raise table.fault("it has no page")
    _unique(table, "page", [page.name for page in pages])
    names = [field.name for page in pages for field in page.fields]
    _unique(table, "field", names)
    given = table.table("list")
    lists = {name: given.texts(name) for name in given.names()}
    constraints = tuple(
        make_constraint(each, names, lists) for each in table.tables("constraint")
    )
    rows = tuple(_row(each, names) for each in table.tables("row"))
    _unique(table, "row label", [label for row in rows for label in row.labels])
    parts = tuple(_part(each, names) for each in table.tables("part"))
    table.end()
    return DocumentSpec(kind, word, unlike, pages, rows, parts, rules, constraints)


def _rules(table: Table) -> dict[str, Rule]:
    """Return the rules by name."""
    aliases = dict(traditional())
    given = table.table("alias")
    for character in given.names():
        others = given.text(character)
        if len(character) != 1:
            raise given.fault(f"{character!r} is not one character")
        aliases[character] = aliases.get(character, "") + others
    sets = {"han": han()}
    named = table.table("set")
    for name in named.names():
        content = named.text(name)
        parsed = named.attempt(parse, f"[{content}]", sets)
        sets[name] = parsed.parts[0].characters
    tables = table.table("rule")
    rules: dict[str, Rule] = {}
    for name in tables.names():
        rule = tables.table(name)
        rules[name] = make_rule(name, rule, sets, aliases)
    if not rules:
        raise table.fault("it has no rule")
    return rules


def _page(table: Table, rules: Mapping[str, Rule]) -> PageSpec:
    """Return one page."""
    name = table.text("name")
    table.place = table.place.rpartition(":")[0] + f": page {name}"
    width, height = table.numbers("size", 2)
    if min(width, height) <= 0:
        raise table.fault("its size is not above nought")
    titles = table.texts("title", ())
    at, title_width = (50.0, 0.0), 0.0
    if titles:
        at, title_width = _point(table, "title_at"), table.number("title_width")
    labels = tuple(_label(each) for each in table.tables("label"))
    _unique(table, "label", [label.text for label in labels])
    fields = tuple(_field(each, labels, rules) for each in table.tables("field"))
    if not labels or not fields:
        raise table.fault("a page needs labels and fields")
    table.end()
    return PageSpec(name, (width, height), titles, at, title_width, labels, fields)


def _label(table: Table) -> LabelSpec:
    """Return one label."""
    text = table.text("text")
    table.place = table.place.rpartition(":")[0] + f": label {text}"
    at, width = _point(table, "at"), table.number("width")
    if not 0 < width <= _WHOLE:
        raise table.fault("its width is not from 0 to 100")
    label = LabelSpec(text, at, width, table.texts("also", ()))
    table.end()
    return label


def _part(table: Table, names: list[str]) -> PartSpec:
    """Return a field that is part of another."""
    name, source, form = table.text("name"), table.text("of"), table.text("form")
    if source not in names:
        raise table.fault(f"no field is named {source!r}")
    try:
        pattern = re.compile(table.text("pattern"))
        form.format(*range(pattern.groups))
    except (re.error, IndexError, KeyError, ValueError) as error:
        raise table.fault(f"pattern and form do not fit: {error}") from error
    table.end()
    return PartSpec(name, source, pattern, form)


def _row(table: Table, names: list[str]) -> RowSpec:
    """Return one row."""
    labels = table.texts("labels")
    field = table.text("field") if table.has("field") else None
    if field is not None and field not in names:
        raise table.fault(f"no field is named {field!r}")
    table.end()
    return RowSpec(labels, field)


def _field(
    table: Table, labels: tuple[LabelSpec, ...], rules: Mapping[str, Rule]
) -> FieldSpec:
    """Return one field."""
    name = table.text("name")
    table.place = table.place.rpartition(":")[0] + f": field {name}"
    label = None
    if table.has("label"):
        text = table.text("label")
        label = next((each for each in labels if each.text == text), None)
        if label is None:
            raise table.fault(f"no label says {text!r}")
    lines = table.number("lines", 1.0)
    if lines < 1 or lines != int(lines):
        raise table.fault("lines is not a whole number from 1")
    middle = label.at[1] if label else None
    half = _HALF_ROW * lines
    top = table.number("top", None if middle is None else middle - half)
    bottom = table.number("bottom", None if middle is None else middle + half)
    left, right = table.number("left"), table.number("right")
    if not (0 <= left < right <= _WHOLE and -half <= top < bottom <= _WHOLE + half):
        raise table.fault("its sides are not in order or off the page")
    rule = table.text("rule")
    if rule not in rules:
        raise table.fault(f"no rule is named {rule!r}")
    table.end()
    return FieldSpec(
        name,
        label.text if label else None,
        left,
        right,
        top,
        bottom,
        int(lines),
        rules[rule],
    )


# Half the distance of two rows, in hundredths of a page's height.
_HALF_ROW = 5.0
_WHOLE = 100.0


def _point(table: Table, key: str) -> tuple[float, float]:
    """Return a place on the page."""
    across, down = table.numbers(key, 2)
    if not (0 <= across <= _WHOLE and 0 <= down <= _WHOLE):
        raise table.fault(f"{key} is off the page")
    return across, down


def _unique(table: Table, what: str, names: list[str]) -> None:
    """Refuse a name that is given twice."""
    for name in names:
        if names.count(name) > 1:
            raise table.fault(f"the {what} {name!r} is there twice")
