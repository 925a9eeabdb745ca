"""What fields have to do with each other: a joint choice among their candidates.

A constraint takes nothing away: it makes combinations less likely, by some nats. Only
what the recogniser itself gives a share is chosen from.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from shizi.documents.checks import vin_years

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from shizi.core.posterior import Posterior
    from shizi.documents.decode import Candidate
    from shizi.documents.rules import Rule
    from shizi.documents.table import Table

# A candidate this far below a field's best, in nats, is not chosen, whatever speaks
# for it; how many are chosen from, passed on to an equal field, and passed on with
# their beginning or end changed.
_SHARE, _CHOICES, _PASSED, _CHANGED = 8.0, 16, 8, 3
# How many combinations are followed, and how far below the best, in nats.
_BEAM, _FOLLOWED = 256, 20.0


class Reading(NamedTuple):
    """What one field may say, and what that was read from."""

    rule: Rule
    views: Sequence[Posterior]
    candidates: Sequence[Candidate]


class Choice(NamedTuple):
    """What a field says beside the others.

    Attributes:
        candidate: The chosen one.
        margin: By how many nats the best combination in which the field says something
            else is worse; infinity if there is none.
    """

    candidate: Candidate
    margin: float


@dataclass(frozen=True, slots=True)
class Constraint:
    """What some fields have to do with each other.

    Attributes:
        name: A name of `CONSTRAINTS`.
        fields: The fields' names; a constraint tells nothing when one was not read.
        weight: By how many nats a combination that breaks it is less likely.
        parts: What of each field's text counts; see `PARTS`.
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
        return CONSTRAINTS[self.name].holds(self, texts, today)


def choose(
    candidates: Mapping[str, Sequence[Candidate]],
    constraints: Sequence[Constraint],
    *,
    today: date,
) -> dict[str, Choice]:
    """Return the best combination of the fields' candidates.

    Args:
        candidates: For each field what it may say, best first; fields without any are
            left out.
    """
    options = {
        name: [
            each for each in found[:_CHOICES] if each.score > found[0].score - _SHARE
        ]
        for name, found in candidates.items()
        if found
    }
    # Fields that are sure first: constraints on them are settled early.
    order = sorted(options, key=lambda name: len(options[name]))
    settled = {name: place for place, name in enumerate(order)}
    ready: list[list[Constraint]] = [[] for _ in order]
    for constraint in constraints:
        if all(name in settled for name in constraint.fields):
            ready[max(settled[name] for name in constraint.fields)].append(constraint)
    beams: list[tuple[float, tuple[Candidate, ...]]] = [(0.0, ())]
    for name, due in zip(order, ready, strict=True):
        longer: list[tuple[float, tuple[Candidate, ...]]] = []
        for score, chosen in beams:
            for candidate in options[name]:
                row = (*chosen, candidate)
                total = score + candidate.score - options[name][0].score
                for constraint in due:
                    texts = [row[settled[each]].text for each in constraint.fields]
                    if not constraint.holds(texts, today):
                        total -= constraint.weight
                longer.append((total, row))
        longer.sort(key=lambda beam: -beam[0])
        least = longer[0][0] - _FOLLOWED
        beams = [beam for beam in longer[:_BEAM] if beam[0] >= least]
    best, chosen = beams[0]
    return {
        name: Choice(
            chosen[place],
            min(
                (
                    best - score
                    for score, row in beams
                    if row[place].text != chosen[place].text
                ),
                default=math.inf,
            ),
        )
        for place, name in enumerate(order)
    }


def exchange(
    readings: Mapping[str, Reading], constraints: Sequence[Constraint], *, today: date
) -> dict[str, Reading]:
    """Return the readings, each scored for what others would have it say too.

    That is, for a field that is equal to another one, what that one may say; for one
    whose beginning or end another one tells, its candidates with that changed.
    """
    known = {name: each for name, each in readings.items() if each.candidates}
    wanted: dict[str, list[str]] = {name: [] for name in known}
    for constraint in constraints:
        if all(name in known for name in constraint.fields):
            for name, texts in _proposed(constraint, known):
                wanted[name] += texts
    result = dict(readings)
    for name, texts in wanted.items():
        reading = known[name]
        if not {each.text for each in reading.candidates}.issuperset(texts):
            found = reading.rule.read(reading.views, today=today, extra=texts)
            result[name] = reading._replace(candidates=found)
    return result


def _proposed(
    constraint: Constraint, readings: Mapping[str, Reading]
) -> Iterator[tuple[str, list[str]]]:
    """Yield fields with the texts that a constraint would have them say."""
    if constraint.name == "equal":
        first, second = constraint.fields
        for name, other in ((first, second), (second, first)):
            yield name, [each.text for each in readings[other].candidates[:_PASSED]]
    elif constraint.name == "table":
        name, other = constraint.fields
        told = _part(constraint.parts[1], readings[other].candidates[0].text)
        keys = [
            key
            for key, values in constraint.table.items()
            if told is not None and told.startswith(values)
        ]
        texts = [each.text for each in readings[name].candidates[:_CHANGED]]
        yield (
            name,
            [
                changed
                for key in keys
                for text in texts
                if (changed := _with_part(constraint.parts[0], text, key)) is not None
            ],
        )


def _with_part(name: str, text: str, part: str) -> str | None:
    """Return a text whose start or end is changed; None if that is not what counts."""
    kind, _, length = name.partition(" ")
    if kind not in {"start", "end"} or int(length) != len(part):
        return None
    if kind == "start":
        return part + text[len(part) :]
    return text[: -len(part)] + part


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
    if name not in CONSTRAINTS:
        raise table.fault(f"no constraint is named {name!r}")
    table.place = table.place.rpartition(":")[0] + f": constraint {name}"
    kind = CONSTRAINTS[name]
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


def _part(name: str, text: str) -> str | None:
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


def _number(text: str) -> int | None:
    part = _part("digits", text)
    return None if part is None else int(part)


def _equal(_constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    return texts[0] == texts[1]


def _ordered(_constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    """Return whether a number or day is not above another."""
    first, second = map(_number, texts)
    return first is None or second is None or first <= second


def _table(constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    """Return whether the second part begins as the table has it for the first."""
    first, second = map(_part, constraint.parts, texts)
    if first is None or second is None or first not in constraint.table:
        return True
    return second.startswith(constraint.table[first])


def _range(constraint: Constraint, texts: Sequence[str], _today: date) -> bool:
    """Return whether the second part is a number that is usual for the first."""
    first, second = map(_part, constraint.parts, texts)
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


CONSTRAINTS: Mapping[str, _Kind] = {
    "equal": _Kind(_equal),
    "ordered": _Kind(_ordered),
    "table": _Kind(_table, parts=True),
    "range": _Kind(_range, parts=True),
    "model_year": _Kind(_model_year, slack=True),
    "sum": _Kind(_sum, fields=4, slack=True),
}
