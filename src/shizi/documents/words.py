"""Words that texts are made of, wherever in a text they stand."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from shizi.documents.lexicon import load_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    # Characters, and numbers as a whole.
    Tokens: TypeAlias = tuple[str, ...]

# What a list of words writes for any number, for any capital letter of Latin script.
_NUMBER, _LETTER = "0", "A"
_TOKEN = re.compile(r"[0-9]+|.", re.DOTALL)
# How many words are put right one by one, beside all of them together: without, .663
# of 86 addresses on hard photographs are likeliest, with them .686 (tune, seed 101).
_ALONE = 8
# Of two words that a text may hold in one place the one with more characters is the
# likelier; a character that would have to change weighs so much of one.
_CHANGED = 1.6


class Words:
    """A list of words; in it 0 is any number, A any capital letter."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words, of two characters or more each."""
        self._words = frozenset(_kinds(_tokens(word)) for word in words)
        self._longest = max(map(len, self._words), default=0)
        self._places: dict[str, list[tuple[Tokens, int]]] = {}
        for word in sorted(self._words):
            for place, kind in enumerate(word):
                if kind not in {_NUMBER, _LETTER}:
                    self._places.setdefault(kind, []).append((word, place))

    def depth(self, text: str) -> int:
        """Return how many characters of a text stand behind others of their word.

        The words do not overlap; those are meant that make it most. A text that is one
        word alone has none: what nobody can read is like some short word or other.
        """
        kinds = _kinds(_tokens(text))
        count = self._cover(kinds)[0]
        return count if count < len(kinds) - 1 else 0

    def near(self, text: str) -> list[str]:
        """Return the texts that words would make of one that holds much like them.

        First with all of them put right that go together, then with one each.
        """
        tokens = _tokens(text)
        kinds = _kinds(tokens)
        order = sorted(self._like(kinds), key=lambda each: (-each[0], each[1]))
        together, taken = list(tokens), set[int]()
        _, right = self._cover(kinds)
        for _, start, word in order:
            changed = _changed(word, kinds, start)
            if right.isdisjoint(changed) and taken.isdisjoint(
                range(start, start + len(word))
            ):
                taken.update(range(start, start + len(word)))
                together = _with(together, kinds, word, start)
        found = ["".join(together)]
        found += [
            "".join(_with(tokens, kinds, word, start))
            for _, start, word in order[:_ALONE]
        ]
        return [each for each in dict.fromkeys(found) if each != text]

    def _cover(self, kinds: Tokens) -> tuple[int, frozenset[int]]:
        """Return how many characters are behind others of words, and all of the words.

        Returns:
            Their number, and the places of all characters of those words.
        """
        best: list[tuple[int, frozenset[int]]] = [(0, frozenset())]
        for end in range(1, len(kinds) + 1):
            best.append(best[-1])
            for length in range(2, min(self._longest, end) + 1):
                start = end - length
                count = best[start][0] + length - 1
                if count > best[end][0] and kinds[start:end] in self._words:
                    best[end] = count, best[start][1] | set(range(start, end))
        return best[-1]

    def _like(self, kinds: Tokens) -> set[tuple[float, int, Tokens]]:
        """Return words that a text may hold misread: how likely, where, which."""
        found: set[tuple[float, int, Tokens]] = set()
        for place, kind in enumerate(kinds):
            for word, at in self._places.get(kind, ()):
                start = place - at
                if start < 0 or start + len(word) > len(kinds):
                    continue
                changed = _changed(word, kinds, start)
                # Numbers are there or not, and half of the word at least.
                if any(
                    kinds[each] == _NUMBER or word[each - start] in {_NUMBER, _LETTER}
                    for each in changed
                ):
                    continue
                written = sum(each not in {_NUMBER, _LETTER} for each in word)
                if 0 < len(changed) <= written / 2:
                    rank = len(word) - _CHANGED * len(changed)
                    found.add((rank, start, word))
        return found


def _tokens(text: str) -> Tokens:
    """Return a text's characters, and its numbers as a whole."""
    return tuple(_TOKEN.findall(text))


def _kinds(tokens: Iterable[str]) -> Tokens:
    """Return tokens as words have them."""
    return tuple(map(_kind, tokens))


def _kind(token: str) -> str:
    """Return a token as words have it."""
    if token.isdigit():
        return _NUMBER
    return _LETTER if "A" <= token <= "Z" else token


def _changed(word: Tokens, kinds: Tokens, start: int) -> list[int]:
    """Return the places of a text that a word would change that starts in one."""
    return [place for place, kind in enumerate(word, start) if kinds[place] != kind]


def _with(tokens: Sequence[str], kinds: Tokens, word: Tokens, start: int) -> list[str]:
    """Return tokens with a word put right that starts in a place."""
    return [
        *tokens[:start],
        *(
            token if kind == wanted else wanted
            for token, kind, wanted in zip(
                tokens[start:], kinds[start:], word, strict=False
            )
        ),
        *tokens[start + len(word) :],
    ]


@cache
def load_words(name: str) -> Words:
    """Return a list of words that comes with the package.

    Raises:
        SpecError: There is none of that name.
    """
    return Words(load_names(name))
