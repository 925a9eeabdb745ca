"""BMP files with every header, depth and packing, and with headers that lie."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.hostile.sample import Fate, Sample, gradient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_WIDTH, _HEIGHT = 37, 29
_RGB, _RLE8, _RLE4, _FIELDS = 0, 1, 2, 3
# Sizes of the headers: OS/2's, Windows 3's, and those that came after.
_CORE, _INFO, _V2, _V3, _V4, _V5 = 12, 40, 52, 56, 108, 124


def build(
    pixels: bytes,
    *,
    header: int = _INFO,
    size: tuple[int, int] = (_WIDTH, _HEIGHT),
    depth: int = 24,
    packing: int = _RGB,
    planes: int = 1,
    colours: int = 0,
    table: bytes = b"",
    offset: int | None = None,
) -> bytes:
    """Return a file; what it says of itself need not be true.

    Args:
        pixels: The rows, the lowest first.
        header: Size of the second header in bytes.
        size: Width and height in pixels; a negative height means the highest first.
        depth: Bits of a pixel.
        packing: How the rows are packed.
        planes: Always 1.
        colours: Entries of the table of colours.
        table: The masks or the colours behind the header.
        offset: Where the pixels begin.
    """
    if header == _CORE:
        core = (size[0] & 0xFFFF, size[1] & 0xFFFF, planes, depth)
        second = struct.pack("<IHHHH", header, *core)
    else:
        second = struct.pack(
            "<IiiHHIIiiII",
            *(header, *size, planes, depth, packing, len(pixels), 0, 0, colours, 0),
        )
        second += table[: max(0, header - 40)].ljust(max(0, header - 40), b"\0")
        table = table if header <= _INFO else table[header - 40 :]
    start = 14 + len(second) + len(table) if offset is None else offset
    total = 14 + len(second) + len(table) + len(pixels)
    return struct.pack("<2sIHHI", b"BM", total, 0, 0, start) + second + table + pixels


def samples() -> Iterator[Sample]:
    """Yield the well-formed files with their pixels, then the others."""
    yield from _suite()
    yield from _misfits()


def _suite() -> Iterator[Sample]:
    colours = gradient(_WIDTH, _HEIGHT)
    rows = _rows(colours[::-1, :, ::-1])
    yield Sample("bmp 24", build(rows), Fate.READ, colours)
    highest = _rows(colours[:, :, ::-1])
    upside = build(highest, size=(_WIDTH, -_HEIGHT))
    yield Sample("bmp 24 highest first", upside, Fate.READ, colours)
    yield Sample("bmp 24 of OS/2", build(rows, header=_CORE), Fate.READ, colours)
    for header in (_V4, _V5):
        made = build(rows, header=header)
        yield Sample(f"bmp 24 with header of {header}", made, Fate.READ, colours)
    wide = np.dstack([colours[::-1, :, ::-1], np.zeros((_HEIGHT, _WIDTH, 1), np.uint8)])
    yield Sample("bmp 32", build(_rows(wide), depth=32), Fate.READ, colours)
    five = (colours.astype(np.uint16) >> 3)[::-1]
    shown = (five[::-1].astype(np.uint32) * 255 // 31).astype(np.uint8)
    words = (five[:, :, 0] << 10 | five[:, :, 1] << 5 | five[:, :, 2]).astype("<u2")
    packed = _rows(words.view(np.uint8).reshape(_HEIGHT, -1, 1))
    yield Sample("bmp 16", build(packed, depth=16), Fate.READ, shown)
    masks = struct.pack("<III", 0x7C00, 0x3E0, 0x1F)
    fields = build(packed, depth=16, packing=_FIELDS, table=masks)
    yield Sample("bmp 16 with masks", fields, Fate.READ, shown)
    for depth in (1, 4, 8):
        yield from _tabled(depth)


def _tabled(depth: int) -> Iterator[Sample]:
    """Yield the files with a table of colours, packed and not."""
    values = (gradient(_WIDTH, _HEIGHT)[:, :, 0] >> (8 - depth)).astype(np.uint8)
    entries = np.array(
        [[i * 5 % 256, i * 3 % 256, 255 - i % 256] for i in range(1 << depth)], np.uint8
    )
    shown = entries[values]
    blue_first = np.zeros((1 << depth, 4), np.uint8)
    blue_first[:, :3] = entries[:, ::-1]
    table = blue_first.tobytes()
    bits = (values[::-1, :, None] >> np.arange(depth - 1, -1, -1)) & 1
    packed = np.packbits(bits.reshape(_HEIGHT, -1), axis=1)[:, :, None]
    made = build(_rows(packed), depth=depth, table=table, colours=1 << depth)
    yield Sample(f"bmp {depth}", made, Fate.READ, shown)
    core = build(
        _rows(packed), depth=depth, header=_CORE, table=blue_first[:, :3].tobytes()
    )
    yield Sample(f"bmp {depth} of OS/2", core, Fate.READ, shown)
    if depth == 1:
        return
    runs = b"".join(_runs(row, depth) + b"\0\0" for row in values[::-1]) + b"\0\1"
    packing = _RLE8 if depth == 8 else _RLE4
    made = build(runs, depth=depth, table=table, colours=1 << depth, packing=packing)
    yield Sample(f"bmp {depth} in runs", made, Fate.READ, shown)


def _rows(rows: NDArray[np.uint8]) -> bytes:
    """Return rows, (H, W, C), each filled up to four bytes."""
    flat = rows.reshape(rows.shape[0], -1)
    return np.pad(flat, ((0, 0), (0, -flat.shape[1] % 4))).tobytes()


def _runs(row: NDArray[np.uint8], depth: int) -> bytes:
    """Return a row of pixels as runs of one."""
    shift = 4 if depth == 4 else 0
    return b"".join(bytes([1, int(value) << shift]) for value in row)


def _misfits() -> Iterator[Sample]:
    rows = _rows(gradient(_WIDTH, _HEIGHT))
    good = build(rows)
    for name, made in {
        "start only": b"BM",
        "first header only": good[:14],
        "second header cut off": good[:30],
        "cut off in its pixels": good[:-500],
        "header of 0": build(rows, header=0),
        "header of 4 GB": good[:14] + b"\xff\xff\xff\xff" + good[18:],
        "header of 41": good[:14] + b"\x29\0\0\0" + good[18:],
        "packing 4, which is JPEG": build(rows, packing=4),
        "packing 7": build(rows, packing=7),
        "packing 4 billion": build(rows, packing=0xFFFFFFFF),
        "runs at 24 bits": build(rows, packing=_RLE8),
        "masks of zeros": build(rows, depth=32, packing=_FIELDS, table=bytes(12)),
        "masks that overlap": build(
            rows, depth=16, packing=_FIELDS, table=b"\xff\xff\0\0" * 3
        ),
        "no height": build(rows, size=(_WIDTH, 0)),
        "no width": build(rows, size=(0, _HEIGHT)),
        "runs that never end": build(
            b"\xff\1" * 99, depth=8, packing=_RLE8, table=bytes(1024), size=(999, 999)
        ),
        "a table of 4 billion": build(rows, depth=8, colours=0xFFFFFFFF),
    }.items():
        yield Sample(f"bmp {name}", made, Fate.EITHER)
    for depth in (0, 2, 3, 5, 7, 9, 12, 15, 17, 31, 33, 48, 64, 0xFFFF):
        yield Sample(f"bmp depth {depth}", build(rows, depth=depth), Fate.REFUSED)
    for size in (
        (-5, 5),
        (2**31 - 1, 2**31 - 1),
        (2**31 - 1, 1),
        (1, 2**31 - 1),
        (1, -(2**31)),
        (30_000, 30_000),
        (6_325, 6_325),
    ):
        name = f"bmp of {size[0]} x {size[1]}"
        yield Sample(name, build(rows, size=size), Fate.REFUSED)
    for offset in (0, 13, 0xFFFFFFFF, len(good), len(good) * 2):
        name = f"bmp with pixels at {offset}"
        yield Sample(name, build(rows, offset=offset), Fate.EITHER)
    for planes in (0, 2, 0xFFFF):
        yield Sample(f"bmp of {planes} planes", build(rows, planes=planes), Fate.EITHER)
    for moves in (b"\0\2\xff\xff", b"\0\3ab\0", b"\0\xff", b"\0\2\0", b"\0", b""):
        made = build(moves * 50, depth=8, packing=_RLE8, table=bytes(1024))
        yield Sample(f"bmp in runs of {moves!r}", made, Fate.EITHER)
