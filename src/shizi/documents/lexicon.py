"""Names that values begin or end with: places, brands, kinds of companies."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from shizi.core.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    # Each name with the names that may follow it.
    Tree: TypeAlias = dict[str, "Tree"]

# Names up to this length are alike with one character changed, longer ones with two;
# one character at least must stay.
_SHORT = 3
# How many readings of one text are tried.
_MOST = 12


class Lexicon:
    """A tree of names; on the way down one level may be left out."""

    def __init__(self, tree: Tree, *, from_end: bool = False) -> None:
        """Take each name with those that may follow it.

        Args:
            from_end: The names are what texts end with; the one before the last
                follows the last.
        """
        self._tree = _turned(tree) if from_end else tree
        self._step = -1 if from_end else 1

    def depth(self, text: str) -> int:
        """Return how many of the names, one after the other, a text begins with."""
        text = text[:: self._step]
        depth, place, tree = 0, 0, self._tree
        while found := _next(tree, text, place):
            name, tree = found
            depth, place = depth + 1, place + len(name)
        return depth

    def near(self, text: str) -> list[str]:
        """Return the texts that names would make of one that begins much like them."""
        found: list[str] = []
        for turned in _repaired(self._tree, text[:: self._step], 0):
            other = turned[:: self._step]
            if other != text and other not in found:
                found.append(other)
            if len(found) == _MOST:
                break
        return found


def _turned(tree: Tree) -> Tree:
    """Return a tree whose names are spelled backwards."""
    return {name[::-1]: _turned(below) for name, below in tree.items()}


def _repaired(tree: Tree, text: str, place: int) -> Iterator[str]:
    """Yield a text with the names from a place on put right."""
    if found := _next(tree, text, place):
        yield from _repaired(found[1], text, place + len(found[0]))
        return
    yield text
    for name, below in _choices(tree):
        end = place + len(name)
        if _is_like(name, text[place:end]):
            yield from _repaired(below, text[:place] + name + text[end:], end)


def _next(tree: Tree, text: str, place: int) -> tuple[str, Tree] | None:
    """Return the longest name at a place of a text, and what may follow it."""
    best: tuple[str, Tree] | None = None
    for name, below in _choices(tree):
        if text.startswith(name, place) and (best is None or len(name) > len(best[0])):
            best = name, below
    return best


def _choices(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield the names of a level, and of the one below it."""
    yield from tree.items()
    for below in tree.values():
        yield from below.items()


def _is_like(name: str, text: str) -> bool:
    if len(text) != len(name):
        return False
    changed = sum(one != other for one, other in zip(name, text, strict=True))
    return changed <= (1 if len(name) <= _SHORT else 2) and changed < len(name)


@cache
def load_lexicon(name: str, *, from_end: bool = False) -> Lexicon:
    """Return a lexicon that comes with the package.

    Its lines are `name/name: name name`: what follows a path of names. A line of names
    alone is of those that follow none.

    Raises:
        SpecError: There is none of that name.
    """
    tree: Tree = {}
    for line in _lines(name):
        path, colon, names = line.rpartition(":")
        here = tree
        for step in path.split("/") if colon else ():
            here = here.setdefault(step, {})
        for each in names.split():
            here.setdefault(each, {})
    return Lexicon(tree, from_end=from_end)


def load_names(name: str) -> list[str]:
    """Return the names of a lexicon that has no paths.

    Raises:
        SpecError: There is none of that name.
    """
    return [each for line in _lines(name) for each in line.split()]


def _lines(name: str) -> list[str]:
    """Return the lines of a lexicon, comments left out."""
    source = resources.files("shizi.documents") / "lexicons" / f"{name}.txt"
    if not name.isidentifier() or not source.is_file():
        raise SpecError(f"no lexicon is named {name!r}")
    lines = source.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]
