r"""The pattern language of grammars, parsed into a tree.

A pattern is written with

* characters that stand for themselves; one of `\[](){}|?<>` after a backslash,
* `[A-HJ-NP-Z0-9]`, one of several characters; `{name}`, one of a named set, also
  inside the brackets,
* `(..|..)`, one of several patterns; `?`, `{3}`, `{2,5}` and `{2,}` after any of these,
  how often,
* `<-3>`, a weight: the natural logarithm by which what passes here is likelier.

`+`, `*` and `.` stand for themselves. Where characters are repeated without end, the
weights of what else could stand there must not differ by how often.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from shizi.core.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPECIAL = frozenset("\\[](){}|?<>")
_SPECIAL_IN_CLASS = frozenset("\\[]{}")
_TIMES = re.compile(r"\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")
_NAME = re.compile(r"\{([a-z_]+)\}")
_WEIGHT = re.compile(r"<([+-]?\d+(?:\.\d+)?)>")


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a pattern.

    Attributes:
        kind: What it is: one of `characters`; a `weight`; any of its parts; all of
            them in a row; its only part `least` to `most` times, without end if
            that is None.
    """

    kind: Literal["one", "weight", "any of", "row", "times"]
    characters: frozenset[str] = frozenset()
    weight: float = 0.0
    parts: tuple[Node, ...] = ()
    least: int = 0
    most: int | None = None

    def can_be_empty(self) -> bool:
        """Return whether no character at all fits too."""
        if self.kind == "times":
            return self.least == 0 or self.parts[0].can_be_empty()
        if self.kind == "any of":
            return any(part.can_be_empty() for part in self.parts)
        return self.kind != "one" and all(part.can_be_empty() for part in self.parts)


def parse(pattern: str, sets: Mapping[str, frozenset[str]]) -> Node:
    """Return the tree of a pattern.

    Raises:
        SpecError: The pattern is malformed; the message tells what and where.
    """
    parser = _Parser(pattern, sets)
    node = parser.any_of()
    if parser.place < len(pattern):
        raise parser.fault("a ')' that closes nothing")
    return node


class _Parser:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, sets: Mapping[str, frozenset[str]]) -> None:
        self.place = 0
        self._pattern = pattern
        self._sets = sets

    def fault(self, what: str) -> SpecError:
        """Return the error that tells where the pattern is malformed."""
        return SpecError(f"pattern {self._pattern!r}, place {self.place}: {what}")

    def any_of(self) -> Node:
        """Return what stands up to a `)` or the end."""
        parts = [self._row()]
        while self._takes("|"):
            parts.append(self._row())
        return parts[0] if len(parts) == 1 else Node("any of", parts=tuple(parts))

    def _row(self) -> Node:
        parts: list[Node] = []
        while self.place < len(self._pattern) and self._peek() not in "|)":
            part = self._part()
            least, most = self._times()
            if most is None and part.can_be_empty():
                raise self.fault("nothing is repeated without end")
            if (least, most) != (1, 1):
                part = Node("times", parts=(part,), least=least, most=most)
            parts.append(part)
        return Node("row", parts=tuple(parts))

    def _part(self) -> Node:
        first = self._peek()
        if first == "(":
            self.place += 1
            node = self.any_of()
            if not self._takes(")"):
                raise self.fault("a '(' that is not closed")
            return node
        if first == "<":
            return Node("weight", weight=float(self._match(_WEIGHT, "a weight")))
        if first == "[":
            self.place += 1
            return Node("one", characters=self._class())
        if first == "{":
            return Node("one", characters=self._set())
        return Node("one", characters=frozenset(self._character()))

    def _class(self) -> frozenset[str]:
        """Return the characters up to the closing bracket."""
        found: set[str] = set()
        while not self._takes("]"):
            if self._peek() == "{":
                found.update(self._set())
                continue
            first = last = self._character(_SPECIAL_IN_CLASS)
            if self._peek() == "-" and self._pattern[self.place + 1 :][:1] != "]":
                self.place += 1
                last = self._character(_SPECIAL_IN_CLASS)
                if last < first:
                    raise self.fault(f"the range {first}-{last} is upside down")
            found.update(map(chr, range(ord(first), ord(last) + 1)))
        if not found:
            raise self.fault("an empty class")
        return frozenset(found)

    def _set(self) -> frozenset[str]:
        name = self._match(_NAME, "the name of a set")
        if name not in self._sets:
            raise self.fault(f"no set named {name!r}")
        return self._sets[name]

    def _times(self) -> tuple[int, int | None]:
        """Return how often the part that was just read may stand."""
        if self._takes("?"):
            return 0, 1
        found = _TIMES.match(self._pattern, self.place)
        if not found:
            return 1, 1
        least = int(found[1])
        most = int(found[3] or least) if found[3] or not found[2] else None
        if most is not None and not 0 < most >= least:
            raise self.fault(f"{found[0]} is no number of times")
        self.place = found.end()
        return least, most

    def _character(self, special: frozenset[str] = _SPECIAL) -> str:
        character = self._peek()
        if character == "\\":
            self.place += 1
            character = self._peek()
            if character not in _SPECIAL:
                raise self.fault(f"{character!r} needs no backslash")
        elif character in special:
            raise self.fault(f"{character!r} out of place")
        self.place += 1
        return character

    def _match(self, expected: re.Pattern[str], what: str) -> str:
        found = expected.match(self._pattern, self.place)
        if not found:
            raise self.fault(f"not {what}")
        self.place = found.end()
        return found[1]

    def _takes(self, character: str) -> bool:
        """Return whether a character comes next, and pass it if so."""
        if not self._pattern.startswith(character, self.place):
            return False
        self.place += 1
        return True

    def _peek(self) -> str:
        if self.place >= len(self._pattern):
            raise self.fault("ends too early")
        return self._pattern[self.place]
