"""Look-alikes settled by their neighbours, among what the recogniser itself allows.

A character is changed only to one that the recogniser gives a share of the probability
at that very place, and only where the rest of the word speaks for it: a nought among
letters, a letter among digits, a 一 that continues a dash. No words are looked up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Word characters as codes, prices and Latin words have them; not Han.
_WORD = re.compile(r"[0-9A-Za-z]+")
# A word speaks for letters or for digits when it has so many of one and none of the
# other, the doubtful character left out.
_WITNESSES = 2


def settle(text: str, allows: Callable[[int, str], bool]) -> str:
    """Return a line's text with its look-alikes settled.

    Args:
        text: What the recogniser likes best.
        allows: Whether it gives another character a share at a place of the text.
    """
    characters = list(text)
    for word in _WORD.finditer(text):
        for place in range(word.start(), word.end()):
            other = _expected(text[word.start() : word.end()], place - word.start())
            if other is not None and allows(place, other):
                characters[place] = other
    for place in range(1, len(text)):
        if text[place] != "一":
            continue
        dashes = len(text[:place]) - len(text[:place].rstrip("—"))
        spans = text[place - 1].isdigit() and text[place + 1 : place + 2].isdigit()
        if (dashes % 2 or spans) and allows(place, "—"):
            characters[place] = "—"
    return "".join(characters)


def _expected(word: str, place: int) -> str | None:
    """Return what a character of a word should rather be, by the others."""
    character, rest = word[place], word[:place] + word[place + 1 :]
    digits = sum(each.isdigit() for each in rest)
    if character in "01" and not digits and len(rest) >= _WITNESSES:
        around = rest[max(0, place - 1) : place + 1]
        return {"0": "oO", "1": "lI"}[character][around[-1].isupper()]
    if character in "OolI" and digits == len(rest) >= _WITNESSES:
        return "0" if character in "Oo" else "1"
    return None
