"""Constraints between fields: the kinds there are, as specifications name them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from shizi.documents.checks import vin_years

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from shizi.documents.table import Table


@dataclass(frozen=True, slots=True)
class Constraint:
    """What some fields have to do with each other.

    Attributes:
        name: A name of `RELATIONS`.
        fields: The fields' names; a constraint tells nothing when one was not read.
        weight: By how many nats a combination that breaks it is less likely.
        parts: What of each field's text counts, see `part_of`.
        table: For what the first part says, what the second begins with.
        ranges: For what the first part says, from where to where the second is.
        slack: By how much sums and years may be off.
    """

    name: str
    fields: tuple[str, ...]
    weight: float
    parts: tuple[str, ...] = ()
    table: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )
    ranges: Mapping[str, tuple[float, float]] = field(
        default_factory=dict[str, tuple[float, float]]
    )
    slack: tuple[float, float] = (0.0, 0.0)

    def holds(self, texts: Sequence[str], today: date) -> bool:
        """Return whether texts, one a field, fit; so do those it tells nothing of."""
        return RELATIONS[self.name].holds(self, texts, today)


def make_constraint(
    table: Table, names: Sequence[str], lists: Mapping[str, Sequence[str]]
) -> Constraint:
    """Return the constraint that a specification's table describes.

    Args:
        names: The document's fields.
        lists: What a constraint may name instead of giving its own table.

    Raises:
        SpecError: The table is malformed.
    """
    name = table.text("name")
    if name not in RELATIONS:
        raise table.fault(f"no constraint is named {name!r}")
    table.place = table.place.rpartition(":")[0] + f": constraint {name}"
    kind = RELATIONS[name]
    fields = table.texts("fields")
    for each in fields:
        if each not in names:
            raise table.fault(f"no field is named {each!r}")
    if len(fields) != kind.fields or len(set(fields)) != kind.fields:
        raise table.fault(f"it is about {kind.fields} different fields")
    weight = table.number("weight")
    if weight <= 0:
        raise table.fault("weight is not above nought")
    parts = table.texts("parts", ("whole",) * kind.fields) if kind.parts else ()
    for part in parts:
        if not _PART.fullmatch(part):
            raise table.fault(f"no part is named {part!r}")
    if kind.parts and len(parts) != kind.fields:
        raise table.fault(f"it is about {kind.fields} parts")
    rows = _rows(table, lists) if name == "table" else {}
    ranges = table.table("ranges") if name == "range" else None
    slack = table.numbers("slack", 2) if kind.slack else (0.0, 0.0)
    constraint = Constraint(
        name,
        fields,
        weight,
        parts,
        rows,
        {key: _pair(ranges, key) for key in ranges.names()} if ranges else {},
        (slack[0], slack[1]),
    )
    if ranges and not constraint.ranges:
        raise table.fault("ranges is empty")
    table.end()
    return constraint


def _rows(
    table: Table, lists: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return the table of a constraint, which is a list of lines of several words."""
    lines: Sequence[str]
    if table.has("list"):
        name = table.text("list")
        if name not in lists:
            raise table.fault(f"no list is named {name!r}")
        lines = lists[name]
    else:
        lines = table.texts("table")
    rows: dict[str, tuple[str, ...]] = {}
    for line in lines:
        key, *values = line.split()
        if not values or key in rows:
            raise table.fault(f"table: {line!r} says nothing new")
        rows[key] = tuple(values)
    if not rows:
        raise table.fault("table is empty")
    return rows


def _pair(table: Table, key: str) -> tuple[float, float]:
    least, most = table.numbers(key, 2)
    if least > most:
        raise table.fault(f"{key} runs downwards")
    return least, most


# What of a text counts: all; so many characters at its start or end; all its digits
# as one number; the sum of its numbers; the digit of a model that tells its class
# (GB 9417: the first behind the maker's letters).
_PART = re.compile(r"whole|digits|sum|class|(start|end) [1-9]")
_CLASS = re.compile(r"[A-Z]+([0-9])[0-9]{3}")


def part_of(name: str, text: str) -> str | None:
    """Return what of a text counts; None if it lacks that."""
    kind, _, length = name.partition(" ")
    if kind == "start":
        return text[: int(length)]
    if kind == "end":
        return text[-int(length) :]
    if kind == "digits":
        return re.sub("[^0-9]", "", text) or None
    if kind == "sum":
        numbers = re.findall("[0-9]+", text)
        return str(sum(map(int, numbers))) if numbers else None
    if kind == "class":
        found = _CLASS.search(text)
        return found[1] if found else None
    return text


def with_part(name: str, text: str, part: str) -> str | None:
    """Return a text whose start or end is changed; None if that is not what counts."""
    kind, _, length = name.partition(" ")
    if kind not in {"start", "end"} or int(length) != len(part):
        return None
    if kind == "start":
        return part + text[len(part) :]
    return text[: -len(part)] + part


def _number(text: str) -> int | None:
    part = part_of("digits", text)
    return None if part is None else int(part)


def _equal(_constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    return texts[0] == texts[1]


def _ordered(_constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    """Return whether a number or day is not above another."""
    first, second = map(_number, texts)
    return first is None or second is None or first <= second


def _table(constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    """Return whether the second part begins as the table has it for the first."""
    first, second = map(part_of, constraint.parts, texts)
    if first is None or second is None or first not in constraint.table:
        return True
    return second.startswith(constraint.table[first])


def _range(constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    """Return whether the second part is a number that is usual for the first."""
    first, second = map(part_of, constraint.parts, texts)
    if first is None or second is None or first not in constraint.ranges:
        return True
    least, most = constraint.ranges[first]
    return second.isdecimal() and least <= int(second) <= most


def _model_year(constraint: Constraint, texts: Sequence[str], today: date) -> bool:
    """Return whether a vehicle's number tells a year about that of its first day."""
    years = vin_years(texts[0], today)
    if not years or not texts[1][:4].isdecimal():
        return True
    before, after = constraint.slack
    day = int(texts[1][:4])
    return any(day - before <= year <= day + after for year in years)


def _sum(constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    """Return whether a total is that of mass, load and persons of 65 to 75 kg."""
    numbers = [_number(text) for text in texts]
    if None in numbers:
        return True
    total, mass, load, persons = (number or 0 for number in numbers)
    least, most = (mass + load + each * persons for each in constraint.slack)
    return least <= total <= most


class _Kind(NamedTuple):
    """A kind of constraint: its function, number of fields, and what it is given."""

    holds: Callable[[Constraint, Sequence[str], date], bool]
    fields: int = 2
    parts: bool = False
    slack: bool = False


RELATIONS: Mapping[str, _Kind] = {
    "equal": _Kind(_equal),
    "ordered": _Kind(_ordered),
    "table": _Kind(_table, parts=True),
    "range": _Kind(_range, parts=True),
    "model_year": _Kind(_model_year, slack=True),
    "sum": _Kind(_sum, fields=4, slack=True),
}
