"""Han script: which characters are another one's traditional form."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def simplified() -> Mapping[str, str]:
    """Return the simplified form of each traditional or variant character."""
    source = resources.files("shizi.documents").joinpath("script.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return dict(zip(table["traditional"], table["simplified"], strict=True))


@cache
def han() -> frozenset[str]:
    """Return the characters of Han script that stand in simplified text.

    The unified ideographs of Unicode's first block and extension A.
    """
    ideographs = map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)))
    return frozenset(each for each in ideographs if each not in simplified())


@cache
def traditional() -> Mapping[str, str]:
    """Return the traditional and variant forms of each simplified character."""
    forms: dict[str, str] = {}
    for form, character in simplified().items():
        forms[character] = forms.get(character, "") + form
    return forms
