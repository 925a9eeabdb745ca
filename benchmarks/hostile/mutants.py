"""Well-formed files with damage put in by chance, the same for the same seed."""

from __future__ import annotations

import random
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from benchmarks.hostile import bmp, gif, jpeg, png, webp
from benchmarks.hostile.sample import Fate, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Larger files show nothing that smaller ones do not.
_MOST_BYTES = 40_000
# Numbers at which programs that count bytes go wrong.
_EDGES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\1")


def samples(count: int, *, seed: int) -> Iterator[Sample]:
    """Yield so many damaged files."""
    chance = random.Random(seed)
    whole = _victims()
    for number in range(count):
        victim = chance.choice(whole)
        ways = [chance.choice(_WAYS) for _ in range(chance.choice((1, 1, 2, 4)))]
        data = victim.data
        for damage in ways:
            data = damage(data, chance)
        how = ", ".join(way.__name__.strip("_") for way in ways)
        yield Sample(f"mutant {seed}.{number} {victim.name}: {how}", data, Fate.EITHER)


@cache
def _victims() -> tuple[Sample, ...]:
    made = chain.from_iterable(kind.samples() for kind in (png, bmp, gif, jpeg, webp))
    return tuple(
        each for each in made if each.fate is Fate.READ and len(each.data) < _MOST_BYTES
    )


def _flip(data: bytes, chance: random.Random) -> bytes:
    """Return the file with a few bits turned over."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _flip_head(data: bytes, chance: random.Random) -> bytes:
    """Return the file with a byte of its first sixty-four changed."""
    changed = bytearray(data)
    if len(changed) > 4:
        changed[chance.randrange(4, min(64, len(changed)))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _drop(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 4, 99)) :]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((1, 8, 500)))
    return data[:end] + data[start:end] * chance.choice((1, 3, 200)) + data[end:]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.choice((1, 2, 64))) + data[at:]


def _edge(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    number = chance.choice(_EDGES)
    return data[:at] + number + data[at + len(number) :]


def _swap(data: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:first] + data[second:] + data[first:second]


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip,
    _flip_head,
    _cut,
    _drop,
    _repeat,
    _insert,
    _edge,
    _swap,
)
