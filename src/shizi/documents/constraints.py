"""What fields have to do with each other: a joint choice among their candidates.

A constraint takes nothing away: it makes combinations less likely, by some nats. Only
what the recogniser itself gives a share is chosen from.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from shizi.documents.relations import part_of, with_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from shizi.core.posterior import Posterior
    from shizi.documents.decode import Candidate
    from shizi.documents.relations import Constraint
    from shizi.documents.rules import Rule

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
    told = [each for each in constraints if options.keys() >= set(each.fields)]
    choices: dict[str, Choice] = {}
    for group in _groups(options, told):
        choices |= _choose(group, options, told, today)
    return {name: choices[name] for name in options}


def _groups(
    options: Mapping[str, Sequence[Candidate]], constraints: Sequence[Constraint]
) -> list[list[str]]:
    """Return the fields in groups that no constraint joins, each the surest first.

    A field that can only say one thing passes nothing on, and is a group by itself.
    """
    groups = {name: [name] for name in options}
    for constraint in constraints:
        open_fields = [name for name in constraint.fields if len(options[name]) > 1]
        for other in open_fields[1:]:
            group, joined = groups[open_fields[0]], groups[other]
            if joined is not group:
                group += joined
                groups |= dict.fromkeys(joined, group)
    unique = {id(group): group for group in groups.values()}
    return [sorted(group, key=lambda n: len(options[n])) for group in unique.values()]


def _choose(
    group: Sequence[str],
    options: Mapping[str, Sequence[Candidate]],
    constraints: Sequence[Constraint],
    today: date,
) -> dict[str, Choice]:
    """Return the best combination of the candidates of joined fields."""
    places = {name: place for place, name in enumerate(group)}
    due: list[list[_Judge]] = [[] for _ in group]
    for constraint in constraints:
        inside = [places[name] for name in constraint.fields if name in places]
        if inside:
            due[max(inside)].append(_Judge(constraint, options, places, today))
    beams: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for name, judges in zip(group, due, strict=True):
        best = options[name][0].score
        longer: list[tuple[float, tuple[int, ...]]] = []
        for score, chosen in beams:
            for number, candidate in enumerate(options[name]):
                row = (*chosen, number)
                cost = sum(judge.cost(row) for judge in judges)
                longer.append((score + candidate.score - best - cost, row))
        longer.sort(key=lambda beam: -beam[0])
        least = longer[0][0] - _FOLLOWED
        beams = [beam for beam in longer[:_BEAM] if beam[0] >= least]
    best, chosen = beams[0]
    return {
        name: Choice(
            options[name][chosen[place]],
            min(
                (best - score for score, row in beams if row[place] != chosen[place]),
                default=math.inf,
            ),
        )
        for place, name in enumerate(group)
    }


class _Judge:
    """A constraint on the candidates of a group, each combination judged once."""

    def __init__(
        self,
        constraint: Constraint,
        options: Mapping[str, Sequence[Candidate]],
        places: Mapping[str, int],
        today: date,
    ) -> None:
        self._constraint = constraint
        self._options = [options[name] for name in constraint.fields]
        # A field outside the group can only say one thing.
        self._places = [places.get(name) for name in constraint.fields]
        self._today = today
        self._costs: dict[tuple[int, ...], float] = {}

    def cost(self, row: Sequence[int]) -> float:
        """Return by how many nats a combination is less likely.

        Args:
            row: The number of the candidate of each field of the group.
        """
        key = tuple(0 if place is None else row[place] for place in self._places)
        if key not in self._costs:
            texts = [
                candidates[number].text
                for candidates, number in zip(self._options, key, strict=True)
            ]
            holds = self._constraint.holds(texts, self._today)
            self._costs[key] = 0.0 if holds else self._constraint.weight
        return self._costs[key]


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
        told = part_of(constraint.parts[1], readings[other].candidates[0].text)
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
                if (changed := with_part(constraint.parts[0], text, key)) is not None
            ],
        )
