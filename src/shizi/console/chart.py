"""Charts of bars, as the numbers of an SVG that the templates draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 720
HEIGHT: Final = 220

# Room for the numbers beside and the names below.
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 6, 10, 24
# Share of a bar's place that stays free.
_GAP: Final = 0.25
# So many names fit side by side.
_NAMES: Final = 10
# Numbers whose half is whole, too, from 4 on.
_ROUND: Final = (1, 2, 4)


class Bar(NamedTuple):
    """One piece of a bar, in the SVG's units.

    Attributes:
        kind: Which of the stacked series it belongs to, from 0.
        x: Of its left side.
        y: Of its top.
        width: To the right.
        height: Downwards.
        value: What it stands for.
        name: What the whole bar is called.
    """

    kind: int
    x: float
    y: float
    width: float
    height: float
    value: int
    name: str


class Mark(NamedTuple):
    """A text beside an axis: where it stands, and what it says."""

    at: float
    text: str


class Chart(NamedTuple):
    """Everything that is drawn.

    Attributes:
        bars: From left to right, stacked from below.
        rules: Heights that are marked with their number.
        names: Places along the foot that are marked with a name.
        foot: Where the bars stand.
    """

    bars: Sequence[Bar]
    rules: Sequence[Mark]
    names: Sequence[Mark]
    foot: float = HEIGHT - _BOTTOM
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    width: int = WIDTH
    height: int = HEIGHT


def draw(names: Sequence[str], series: Sequence[Sequence[int]]) -> Chart:
    """Return a chart of stacked bars.

    Args:
        names: Of each bar.
        series: Of each kind the values of all bars, from below.
    """
    top = _rounded(
        max((sum(values) for values in zip(*series, strict=True)), default=0)
    )
    step = (WIDTH - _LEFT - _RIGHT) / max(len(names), 1)
    unit = (HEIGHT - _TOP - _BOTTOM) / top
    bars: list[Bar] = []
    for place, name in enumerate(names):
        y = float(HEIGHT - _BOTTOM)
        for kind, values in enumerate(series):
            height = values[place] * unit
            y -= height
            x = _LEFT + step * (place + _GAP / 2)
            if height:
                bars.append(
                    Bar(kind, x, y, step * (1 - _GAP), height, values[place], name)
                )
    every = -(-len(names) // _NAMES) or 1
    return Chart(
        bars,
        [Mark(HEIGHT - _BOTTOM - n * unit, f"{n:,}") for n in _steps(top)],
        [
            Mark(_LEFT + step * (place + 0.5), name)
            for place, name in enumerate(names)
            # Counted from the last one, which people look at first.
            if (len(names) - 1 - place) % every == 0
        ],
    )


def _rounded(highest: int) -> int:
    """Return the next round number that is not below one, at least 4."""
    power = 1
    while True:
        for digit in _ROUND:
            if digit * power >= max(highest, 4):
                return digit * power
        power *= 10


def _steps(top: int) -> list[int]:
    """Return the numbers that are marked, of a round number: halves and the whole."""
    return [0, top // 2, top]
