"""GIF files: every size of code, frames in odd places, and streams that do not end."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.hostile.sample import Fate, Sample, gradient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_WIDTH, _HEIGHT = 37, 29
_END = b";"


def head(width: int, height: int, bits: int) -> bytes:
    """Return signature, screen and a table of 2 ** bits colours."""
    screen = struct.pack("<HHBBB", width, height, 0x80 | (bits - 1), 0, 0)
    table = bytes(i * factor % 256 for i in range(1 << bits) for factor in (5, 3, 7))
    return b"GIF89a" + screen + table


def frame(
    codes: bytes,
    bits: int,
    *,
    place: tuple[int, int, int, int] = (0, 0, _WIDTH, _HEIGHT),
    flags: int = 0,
) -> bytes:
    """Return one frame: left, top, width and height, and its stream of codes."""
    return b"," + struct.pack("<HHHHBB", *place, flags, bits) + blocks(codes)


def blocks(data: bytes) -> bytes:
    """Return data in blocks of up to 255 bytes and the empty one behind them."""
    parts = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def codes(values: Sequence[int], bits: int) -> bytes:
    """Return values as a stream that never needs a longer code: it is cleared often."""
    width, clear = bits + 1, 1 << bits
    stream = [clear]
    for number, value in enumerate(values):
        if number % (clear - 2) == 0 and number:
            stream.append(clear)
        stream.append(value)
    stream.append(clear + 1)
    numbers = np.array(stream, np.uint16)
    spread = (numbers[:, None] >> np.arange(width)) & 1
    return np.packbits(spread.reshape(-1).astype(np.uint8), bitorder="little").tobytes()


def samples() -> Iterator[Sample]:
    """Yield the well-formed files with their pixels, then the others."""
    for bits in range(2, 9):
        values = (gradient(_WIDTH, _HEIGHT)[:, :, 0] >> (8 - bits)).astype(np.uint8)
        shown = _shown(values)
        start = head(_WIDTH, _HEIGHT, bits)
        body = frame(codes(values.reshape(-1).tolist(), bits), bits)
        yield Sample(f"gif {bits}", start + body + _END, Fate.READ, shown)
        order = [
            y
            for first, step in ((0, 8), (4, 8), (2, 4), (1, 2))
            for y in range(first, _HEIGHT, step)
        ]
        laced = codes(values[order].reshape(-1).tolist(), bits)
        body = frame(laced, bits, flags=0x40)
        yield Sample(f"gif {bits} interlaced", start + body + _END, Fate.READ, shown)
    yield from _misfits()


def _shown(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    shades = [values.astype(np.uint32) * factor % 256 for factor in (5, 3, 7)]
    return np.stack(shades, axis=2).astype(np.uint8)


def _misfits() -> Iterator[Sample]:
    start = head(_WIDTH, _HEIGHT, 8)
    body = frame(codes([7] * (_WIDTH * _HEIGHT), 8), 8)
    for name, data in {
        "start only": b"GIF89a",
        "screen only": start,
        "end only": start + _END,
        "version 88a": b"GIF88a" + start[6:] + body + _END,
        "without end": start + body,
        "frame cut off": start + body[:200],
        "codes of garbage": start + frame(b"\xff" * 2000, 8) + _END,
        "codes of zeros": start + frame(bytes(2000), 8) + _END,
        "codes that only clear": start + frame(b"\x00\x01" * 9000, 8) + _END,
        "no codes": start + frame(b"", 8) + _END,
        "codes too few": start + frame(codes([1] * 9, 8), 8) + _END,
        "codes too many": start + frame(codes([1] * 99_999, 8), 8) + _END,
        "frame of no size": start + frame(b"", 8, place=(0, 0, 0, 0)) + _END,
        "frame beyond its screen": start
        + frame(codes([1] * 99, 8), 8, place=(9999, 9999, 9, 11))
        + _END,
        "frame larger than its screen": start
        + frame(codes([1] * 9999, 8), 8, place=(0, 0, 99, 101))
        + _END,
        "comment without end": start + b"!\xfe" + b"\xff" + b"a" * 99,
        "comments by the thousand": start
        + (b"!\xfe" + blocks(b"a")) * 9999
        + body
        + _END,
        "unknown extension": start + b"!\x77" + blocks(b"abc") + body + _END,
        "unknown block": start + b"\x99" + body + _END,
        "loops for ever": start
        + b"!\xff"
        + blocks(b"NETSCAPE2.0")[:-1]
        + blocks(b"\1\0\0")
        + body
        + _END,
        "three hundred frames": start + body * 300 + _END,
        "no table of colours": b"GIF89a"
        + struct.pack("<HHBBB", 37, 29, 0, 0, 0)
        + body
        + _END,
        "empty comment": start + b"!\xfe\0" + body + _END,
    }.items():
        yield Sample(f"gif {name}", data, Fate.EITHER)
    for bits in (0, 1, 9, 12, 13, 255):
        made = start + frame(codes([1] * 99, 8), bits) + _END
        yield Sample(f"gif codes of {bits} bits", made, Fate.EITHER)
    for place in ((0, 0, 65_535, 65_535), (0, 0, 8000, 8000), (65_535, 65_535, 9, 9)):
        made = start + frame(codes([1] * 99, 8), 8, place=place) + _END
        yield Sample(f"gif frame at {place}", made, Fate.REFUSED)
    for size in ((0, 0), (0, 9), (65_535, 65_535), (8000, 8000)):
        made = head(*size, 8) + body + _END
        fate = Fate.EITHER if 0 in size else Fate.REFUSED
        yield Sample(f"gif of {size[0]} x {size[1]}", made, fate)
