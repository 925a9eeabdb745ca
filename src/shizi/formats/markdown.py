"""Markdown: paragraphs and headings by the lines' places; of a document a table."""

from __future__ import annotations

import re
import statistics
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shizi.core.card import Card
    from shizi.core.text import TextLine
    from shizi.formats.scan import Leaf, Scan

# Heights of the usual line: from the first on a line is a heading, from the second on
# the paper between two lines parts paragraphs.
_HEADING, _PARAGRAPH = 1.5, 0.8
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
# What makes a row a list, heading or quotation when it begins with it.
_START = re.compile(r"^(\s*)([-+#>=]|\d+(?=[.)](\s|$)))")


def write(scan: Scan) -> str:
    """Return a scan as Markdown."""
    parts = [f"# {_escaped(scan.title)}"]
    for leaf in scan.leaves:
        if len(scan.leaves) > 1:
            parts.append(f"## {leaf.number}")
        parts += _blocks(leaf)
    return "\n\n".join(parts) + "\n"


def _blocks(leaf: Leaf) -> list[str]:
    if leaf.sheet.card is not None:
        return [_table(leaf.sheet.card)]
    lines = leaf.sheet.page.lines
    if not lines:
        return []
    usual = statistics.median(map(_height, lines))
    blocks: list[str] = []
    for group in _groups(lines, usual):
        if len(group) == 1 and _height(group[0]) >= _HEADING * usual:
            blocks.append(f"### {_escaped(group[0].text)}")
        else:
            # A backslash at a row's end breaks the line where the paper does.
            blocks.append("\\\n".join(_escaped(line.text) for line in group))
    return blocks


def _groups(lines: Sequence[TextLine], usual: float) -> list[list[TextLine]]:
    """Return the lines in paragraphs: what follows closely below."""
    groups = [[lines[0]]]
    for line in lines[1:]:
        before = groups[-1][-1]
        gap = _top(line) - _bottom(before)
        is_alike = abs(_height(line) - _height(before)) < (_HEADING - 1) * usual
        if -usual < gap < _PARAGRAPH * usual and is_alike:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _table(card: Card) -> str:
    rows = [
        f"| {name} | {_escaped(field.text)} | {field.score:.2f} |"
        for name, field in card.fields.items()
    ]
    return "\n".join(["| field | text | score |", "| --- | --- | ---: |", *rows])


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    shown = _SPECIAL.sub(r"\\\1", text)
    return _START.sub(
        lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", shown
    )


def _height(line: TextLine) -> float:
    quad = line.quad
    return float(np.hypot(*(np.array(quad.left_bottom) - np.array(quad.left_top))))


def _top(line: TextLine) -> float:
    return min(point.y for point in line.quad)


def _bottom(line: TextLine) -> float:
    return max(point.y for point in line.quad)
