"""The text gate: what must hold of what is read before a speed counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import report, score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.score import PageScore, Truth

# The bars: points of exact lines lost at most, over all and of each kind, and how far
# the number of items may be from that of the lines.
MOST_LOST, ITEMS = 0.5, 0.01
# Kinds with fewer pictures are judged together: one line is a tenth of such a kind.
_FEWEST = 5
_REST = "the other kinds"


class Kind(NamedTuple):
    """The lines of one kind of pictures.

    Attributes:
        name: The kind, or what stands for several with few pictures.
        pictures: How many there are.
        lines: How many lines are judged on them.
        gained: Lines that only we read exactly.
        lost: Lines that only the other system reads exactly.
    """

    name: str
    pictures: int
    lines: int
    gained: int
    lost: int

    @property
    def points(self) -> float:
        """Exact lines won, in percent of all; less than nought where they are lost."""
        return 100 * (self.gained - self.lost) / max(1, self.lines)


class Gate(NamedTuple):
    """Two systems held against each other on the same pictures.

    Attributes:
        whole: All pictures.
        kinds: The same by kind.
        items: How many items each of them gives, ours first.
    """

    whole: Kind
    kinds: Sequence[Kind]
    items: tuple[int, int]

    def failures(self) -> list[str]:
        """Return what does not hold, a sentence each."""
        ours, theirs = (abs(each / self.whole.lines - 1) for each in self.items)
        failed = [
            f"{-kind.points:.2f} points of the lines of {kind.name} are lost"
            for kind in (self.whole, *self.kinds)
            if kind.points < -MOST_LOST
        ]
        # Nearer to the truth than they are is no fault.
        if ours > max(ITEMS, theirs):
            failed.append(f"the items are {ours:.1%} away from the lines")
        return failed


def hold(
    truths: Sequence[Truth],
    ours: Mapping[str, PageScore],
    theirs: Mapping[str, PageScore],
) -> Gate:
    """Return how our pages compare with another system's."""
    gained, lost = score.gained_and_lost(ours, theirs)
    pictures = Counter(truth.kind for truth in truths)

    def kind(name: str, among: Sequence[Truth]) -> Kind:
        images = [truth.image for truth in among]
        lines = sum(len(ours[image].exact) for image in images)
        up, down = (sum(each[image] for image in images) for each in (gained, lost))
        return Kind(name, len(images), lines, up, down)

    groups: dict[str, list[Truth]] = {}
    for truth in truths:
        name = truth.kind if pictures[truth.kind] >= _FEWEST else _REST
        groups.setdefault(name, []).append(truth)
    kinds = [kind(name, groups[name]) for name in sorted(groups, key=_last)]
    items = [sum(page.tally.items for page in each.values()) for each in (ours, theirs)]
    return Gate(kind("all pictures", truths), kinds, (items[0], items[1]))


def tell(gate: Gate, name: str) -> str:
    """Return the table by kind, the paired test, and whether the gate holds.

    Args:
        name: The other system's.
    """
    whole = gate.whole
    rows = [
        [kind.name, *(str(each) for each in kind[1:]), f"{kind.points:+.2f}"]
        for kind in (*gate.kinds, whole)
    ]
    head = ["lines read exactly", "pictures", "lines", "gained", "lost", "points"]
    chance = score.sign_test(whole.gained, whole.lost)
    failed = gate.failures()
    verdict = "does not hold: " + "; ".join(failed) if failed else "holds"
    return (
        f"{report.table(head, rows)}\n\n"
        f"Against {name}: {whole.gained} lines gained, {whole.lost} lost (sign test "
        f"p = {chance:.3f}); {gate.items[0]} items, {gate.items[1]} of theirs, on "
        f"{whole.lines} lines. The text gate {verdict}."
    )


def _last(name: str) -> tuple[bool, str]:
    return name == _REST, name
