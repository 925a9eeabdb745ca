"""How well lines were read: found, read exactly, read nearly, in which order.

Two lines mean the same one where their outlines overlap by half (intersection over
union); pairs are made greedily, the best overlap first. Texts are compared after NFKC,
without white space, with look-alike quotes, dashes and dots taken for one, and without
a bullet at the start. What was read inside a region marked "ignore" does not count.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.geometry import Outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Corners = tuple[tuple[float, float], ...]

_SAME_LINE = 0.5
_MOSTLY_INSIDE = 0.5
_ALIKE = {
    '"': "\u201c\u201d\u201e\u201f\u2033\u301d\u301e\uff02",
    "'": "\u2018\u2019\u201a\u201b\u2032`\u00b4",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2500\u2501\uff0d\u2212\ufe63",
    "\u00b7": "\u2022\u30fb\u2027\u2219\u25cf",
    "~": "\u301c\uff5e\u223c",
    "\u3002": "\uff61",
    "...": "\u2026\u22ef",
    "x": "\u00d7\u2715\u2716",
    "\u00a5": "\uffe5",
}
_FOLDED = str.maketrans({char: to for to, chars in _ALIKE.items() for char in chars})
_INVISIBLE = frozenset("\u200b\ufeff")


class Line(NamedTuple):
    """A line, true or read."""

    text: str
    quad: Corners
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """What really stands on a picture.

    Attributes:
        image: The file's name inside the data folder.
        kind: What the picture shows, such as "receipt".
        lang: "zh" or "en".
        fold_case: Whether letter case is not to be told apart.
        lines: Its lines; those with `ignore` are regions not judged.
        turn: Degrees clockwise by which it was turned from upright.
    """

    image: str
    kind: str
    lang: str
    fold_case: bool
    lines: tuple[Line, ...]
    turn: int = 0


@dataclass(slots=True)
class Tally:
    """Counts over some pages; add them up, then ask for shares.

    Attributes:
        read: Lines read on pages that have a line to judge.
        items: Lines read on any page.
        kept_chars: True characters that are read on their page, wherever and in
            whatever order.
    """

    pages: int = 0
    lines: int = 0
    read: int = 0
    paired: int = 0
    exact: int = 0
    chars: int = 0
    edits: int = 0
    paired_chars: int = 0
    paired_edits: int = 0
    items: int = 0
    kept_chars: int = 0
    likeness: float = 0.0

    def add(self, other: Tally) -> None:
        """Take in the counts of other pages."""
        for name in (field.name for field in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def shares(self) -> dict[str, float]:
        """Return every figure by name; NaN where there is nothing to judge."""
        return {
            "items": _share(self.items, self.lines),
            "char_R": _share(self.kept_chars, self.chars),
            "det_P": _share(self.paired, self.read),
            "det_R": _share(self.paired, self.lines),
            "det_F1": _share(2 * self.paired, self.lines + self.read),
            "e2e_P": _share(self.exact, self.read),
            "e2e_R": _share(self.exact, self.lines),
            "e2e_F1": _share(2 * self.exact, self.lines + self.read),
            "char_acc": 1 - _share(self.edits, self.chars),
            "rec_char_acc": 1 - _share(self.paired_edits, self.paired_chars),
            "page_NED": _share(self.likeness, self.pages),
        }


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page judged.

    Attributes:
        tally: Its counts.
        exact: For each judged line of the truth, whether it was read exactly.
    """

    tally: Tally
    exact: tuple[bool, ...]


def read_truth(folder: Path) -> list[Truth]:
    """Return the pictures of a folder's `labels.jsonl`."""
    truths = []
    for row in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        if not row.strip():
            continue
        entry = json.loads(row)
        lines = tuple(
            Line(
                line["text"],
                tuple((float(x), float(y)) for x, y in line.get("quad") or ()),
                bool(line.get("ignore")),
            )
            for line in entry["lines"]
        )
        fold = bool(entry.get("fold_case"))
        lang = entry.get("lang", "?")
        turn = int(entry.get("turn", 0))
        truths.append(Truth(entry["image"], entry["kind"], lang, fold, lines, turn))
    return truths


def normalise(text: str, *, fold_case: bool = False) -> str:
    """Return the text in the form in which texts are compared."""
    plain = unicodedata.normalize("NFKC", text.translate(_FOLDED))
    plain = "".join(c for c in plain if not c.isspace() and c not in _INVISIBLE)
    plain = plain.translate(_FOLDED).lstrip("\u00b7")
    return plain.casefold() if fold_case else plain


def edits(a: str, b: str) -> int:
    """Return the fewest insertions, deletions and swaps that make a into b."""
    if a == b or not a or not b:
        return 0 if a == b else max(len(a), len(b))
    codes = np.array([ord(c) for c in b])
    along = np.arange(len(b) + 1)
    row = along.copy()
    for i, char in enumerate(a, 1):
        fresh = np.empty_like(row)
        fresh[0] = i
        np.minimum(row[1:] + 1, row[:-1] + (codes != ord(char)), out=fresh[1:])
        # Insertions run along the row: a running minimum once the slope is taken off.
        row = np.minimum.accumulate(fresh - along) + along
    return int(row[-1])


def judge(truth: Truth, read: Sequence[Line]) -> PageScore:
    """Return how well a page was read."""
    wanted = judged_lines(truth)
    found = _comparable(truth, read)
    true_outlines = [Outline(line.quad) for line in wanted]
    read_outlines = [Outline(line.quad) for line in found]
    pairs = _pair(true_outlines, read_outlines)
    taken = set(pairs.values())
    regions = [Outline(line.quad) for line in truth.lines if line.ignore and line.quad]
    counted = [
        j
        for j, outline in enumerate(read_outlines)
        # A page with nothing to judge has no boxes either: all that was read counts.
        if j in taken or not wanted or not _inside(outline, regions)
    ]
    tally, exact = Tally(pages=1, items=len(counted)), []
    if wanted:
        tally.lines, tally.read = len(wanted), len(counted)
    for i, line in enumerate(wanted):
        size = len(line.text)
        tally.chars += size
        if i not in pairs:
            tally.edits += size
            exact.append(False)
            continue
        answer = found[pairs[i]].text
        distance = edits(line.text, answer)
        exact.append(distance == 0)
        tally.paired += 1
        tally.exact += distance == 0
        tally.edits += distance
        tally.paired_edits += distance
        tally.paired_chars += max(size, len(answer))
    if wanted:
        tally.edits += sum(len(found[j].text) for j in counted if j not in taken)
    a = "".join(line.text for line in in_rows(wanted))
    b = "".join(line.text for line in in_rows([found[j] for j in counted]))
    tally.kept_chars = (Counter(a) & Counter(b)).total()
    tally.likeness = 1 - edits(a, b) / max(1, len(a), len(b))
    return PageScore(tally, tuple(exact))


def judged_lines(truth: Truth) -> list[Line]:
    """Return the lines that count, with their texts as they are compared."""
    return [line for line in _comparable(truth, truth.lines) if not line.ignore]


def nearest(line: Line, read: Sequence[Line]) -> str:
    """Return the text read where a line lies, or nothing."""
    outline = Outline(line.quad)
    overlaps = [(outline.overlap(Outline(other.quad)), other.text) for other in read]
    overlap, text = max(overlaps, default=(0.0, ""))
    return text if overlap else ""


def in_rows(lines: Sequence[Line]) -> list[Line]:
    """Return the lines by rows from the top, and from the left inside a row."""
    spots = []
    for line in lines:
        tops = [y for _, y in line.quad]
        low, high = min(tops), max(tops)
        spots.append(((low + high) / 2, high - low, min(x for x, _ in line.quad), line))
    spots.sort(key=lambda spot: spot[0])
    rows: list[list[tuple[float, float, float, Line]]] = []
    for spot in spots:
        head = rows[-1][0] if rows else None
        if head and abs(spot[0] - head[0]) < 0.5 * min(spot[1], head[1]):
            rows[-1].append(spot)
        else:
            rows.append([spot])
    return [s[3] for row in rows for s in sorted(row, key=lambda s: s[2])]


def by_group(
    truths: Iterable[Truth], scores: Mapping[str, PageScore]
) -> dict[str, Tally]:
    """Return the counts for "ALL", each language, and each kind and language."""
    groups: dict[str, Tally] = {"ALL": Tally()}
    for truth in truths:
        names = ("ALL", f"lang {truth.lang}", f"kind {truth.kind} {truth.lang}")
        for name in names:
            groups.setdefault(name, Tally()).add(scores[truth.image].tally)
    rest = sorted(name for name in groups if name != "ALL")
    return {name: groups[name] for name in ("ALL", *rest)}


def sign_test(gained: int, lost: int) -> float:
    """Return how likely a split at least as uneven is by chance, both ways, 0 to 1."""
    count = gained + lost
    tail = sum(math.comb(count, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / (1 << count))


def gained_and_lost(
    ours: Mapping[str, PageScore], theirs: Mapping[str, PageScore]
) -> tuple[Counter[str], Counter[str]]:
    """Return, by picture, the lines that only we and only they read exactly."""
    gained, lost = Counter[str](), Counter[str]()
    for image, score in ours.items():
        for mine, other in zip(score.exact, theirs[image].exact, strict=True):
            gained[image] += mine and not other
            lost[image] += other and not mine
    return +gained, +lost


def _comparable(truth: Truth, lines: Iterable[Line]) -> list[Line]:
    plain = (
        line._replace(text=normalise(line.text, fold_case=truth.fold_case))
        for line in lines
    )
    return [line for line in plain if line.text and line.quad]


def _pair(wanted: list[Outline], found: list[Outline]) -> dict[int, int]:
    overlaps = sorted(
        (
            (a.overlap(b), i, j)
            for i, a in enumerate(wanted)
            for j, b in enumerate(found)
        ),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for overlap, i, j in overlaps:
        if overlap < _SAME_LINE:
            break
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _inside(outline: Outline, regions: list[Outline]) -> bool:
    if not outline.area:
        return False
    return sum(r.shared(outline) for r in regions) / outline.area > _MOSTLY_INSIDE


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
