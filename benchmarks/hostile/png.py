"""PNG files of every kind the standard has, and of many kinds it forbids."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.hostile.sample import Fate, Sample, encode, gradient, photo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_CHANNELS = {_GREY: 1, _RGB: 3, _PALETTE: 1, _GREY_ALPHA: 2, _RGBA: 4}
_DEPTHS = {
    _GREY: (1, 2, 4, 8, 16),
    _RGB: (8, 16),
    _PALETTE: (1, 2, 4, 8),
    _GREY_ALPHA: (8, 16),
    _RGBA: (8, 16),
}
# Adam7: first x, first y, step of x, step of y of each pass.
_PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_WIDTH, _HEIGHT = 37, 29


def chunk(kind: bytes, data: bytes, *, sum_off: int = 0) -> bytes:
    """Return one chunk; its checksum is off by a number."""
    check = (zlib.crc32(kind + data) + sum_off) & 0xFFFFFFFF
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def head(
    width: int, height: int, depth: int = 8, kind: int = _GREY, *rest: int
) -> bytes:
    """Return the first chunk; `rest` is compression, filter and interlacing."""
    tail = (*rest, 0, 0, 0)[:3]
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, *tail))


def whole(*chunks: bytes) -> bytes:
    """Return a file of some chunks."""
    return SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")


def samples() -> Iterator[Sample]:
    """Yield the well-formed files with their pixels, then the others."""
    yield from _suite()
    yield from _misfits()


def _suite() -> Iterator[Sample]:
    for kind, depths in _DEPTHS.items():
        for depth in depths:
            values = _values(kind, depth)
            for interlaced in (False, True):
                for row_filter in (0, 1, 2, 3, 4) if not interlaced else (0,):
                    packed = _pack(values, depth, row_filter, interlaced=interlaced)
                    extra = _palette() if kind == _PALETTE else b""
                    name = f"png kind {kind} depth {depth} filter {row_filter}"
                    yield Sample(
                        name + " interlaced" * interlaced,
                        whole(
                            head(_WIDTH, _HEIGHT, depth, kind, 0, 0, int(interlaced)),
                            extra,
                            chunk(b"IDAT", zlib.compress(packed)),
                        ),
                        Fate.READ,
                        _shown(values, kind, depth),
                    )


def _values(kind: int, depth: int) -> NDArray[np.uint16]:
    """Return the values of each pixel and channel, (H, W, C), within the depth."""
    wide = np.concatenate([gradient(_WIDTH, _HEIGHT)] * 2, axis=2).astype(np.uint16)
    wide = wide[:, :, : _CHANNELS[kind]] * 257
    return (wide >> (16 - depth)).astype(np.uint16)


def _palette() -> bytes:
    entries = bytes(
        value * factor % 256 for value in range(256) for factor in (1, 3, 7)
    )
    return chunk(b"PLTE", entries)


def _shown(values: NDArray[np.uint16], kind: int, depth: int) -> NDArray[np.uint8]:
    """Return the colours on white paper, by exact arithmetic."""
    if kind == _PALETTE:
        shades = [values[:, :, 0] * factor % 256 for factor in (1, 3, 7)]
        return np.stack(shades, axis=2).astype(np.uint8)
    if depth == 16 and kind == _GREY:
        grey = ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
        return np.repeat(grey, 3, axis=2)
    if depth == 16:  # Pillow takes the higher byte of colours and of alpha
        eight = (values >> 8).astype(np.uint8)
    else:
        eight = (values.astype(np.uint32) * 255 // ((1 << depth) - 1)).astype(np.uint8)
    if kind in {_GREY, _RGB}:
        return np.broadcast_to(eight, (_HEIGHT, _WIDTH, 3)).copy()
    colour = eight[:, :, :-1].astype(np.uint32)
    alpha = eight[:, :, -1:].astype(np.uint32)
    # Pillow's rounding of a division by 255.
    mixed = colour * alpha + 255 * (255 - alpha) + 128
    flat = ((mixed >> 8) + mixed >> 8).astype(np.uint8)
    return np.broadcast_to(flat, (_HEIGHT, _WIDTH, 3)).copy()


def _pack(
    values: NDArray[np.uint16], depth: int, row_filter: int, *, interlaced: bool
) -> bytes:
    """Return the filtered rows of a picture, or of its seven passes."""
    parts = (
        [values[y::down, x::right] for x, y, right, down in _PASSES]
        if interlaced
        else [values]
    )
    packed = bytearray()
    for part in parts:
        if 0 in part.shape:
            continue
        before: NDArray[np.uint8] | None = None
        step = max(1, part.shape[2] * depth // 8)
        for row in part:
            raw = _row(row.reshape(-1), depth)
            above = np.zeros_like(raw) if before is None else before
            packed += bytes([row_filter])
            packed += _filtered(raw, above, step, row_filter).tobytes()
            before = raw
    return bytes(packed)


def _row(values: NDArray[np.uint16], depth: int) -> NDArray[np.uint8]:
    if depth == 16:
        return np.frombuffer(values.astype(">u2").tobytes(), np.uint8)
    if depth == 8:
        return values.astype(np.uint8)
    bits = (values[:, None] >> np.arange(depth - 1, -1, -1)) & 1
    return np.packbits(bits.reshape(-1).astype(np.uint8))


def _filtered(
    raw: NDArray[np.uint8], above: NDArray[np.uint8], step: int, row_filter: int
) -> NDArray[np.uint8]:
    """Return a row as one of the five filters of the standard leaves it."""
    row, up = raw.astype(np.int32), above.astype(np.int32)
    left, corner = np.zeros_like(row), np.zeros_like(row)
    left[step:], corner[step:] = row[:-step], up[:-step]
    guess = left + up - corner
    distances = [abs(guess - other) for other in (left, up, corner)]
    nearest = np.where(
        (distances[0] <= distances[1]) & (distances[0] <= distances[2]),
        left,
        np.where(distances[1] <= distances[2], up, corner),
    )
    taken = (np.zeros_like(row), left, up, (left + up) // 2, nearest)[row_filter]
    return ((row - taken) % 256).astype(np.uint8)


def _misfits() -> Iterator[Sample]:
    body = chunk(b"IDAT", zlib.compress(b"\0" * 65 * 48))
    good = (head(64, 48), body)
    data = encode(photo(), "PNG")
    first = data.index(b"IDAT") - 4
    for name, made in _broken(good, body).items():
        yield Sample(f"png {name}", made, Fate.REFUSED)
    for name, made in _doubtful(good, data, first).items():
        yield Sample(f"png {name}", made, Fate.EITHER)
    for kind in range(8):
        for depth in (0, 1, 2, 3, 4, 5, 8, 9, 16, 32, 255):
            if depth not in _DEPTHS.get(kind, ()):
                yield Sample(
                    f"png kind {kind} depth {depth}",
                    whole(head(64, 48, depth, kind), body),
                    Fate.REFUSED,
                )
    for width, height in _outsized():
        yield Sample(
            f"png of {width} x {height}",
            whole(head(width, height), chunk(b"IDAT", zlib.compress(b"\0" * 9999))),
            Fate.REFUSED,
        )


def _outsized() -> Sequence[tuple[int, int]]:
    most = 2**31 - 1
    return (
        (0, 0),
        (0, 5),
        (5, 0),
        (most, most),
        (most, 1),
        (1, most),
        (2**32 - 1, 1),
        (30_000, 30_000),
        (6_325, 6_325),
        (1, 40_000_001),
        (40_000_001, 1),
        (1, 100_000_000),
        (65_535, 65_535),
    )


def _broken(good: Sequence[bytes], body: bytes) -> dict[str, bytes]:
    first, _ = good
    return {
        "signature only": SIGNATURE,
        "signature of text mode": b"\x89PNG\n\x1a\n" + first + body,
        "without header": whole(body),
        "without pixels": whole(first),
        "header cut off": SIGNATURE + first[:20],
        "pixels before header": whole(body, first),
        "pixels not packed": whole(first, chunk(b"IDAT", b"\0" * 3120)),
        "pixels too few": whole(first, chunk(b"IDAT", zlib.compress(b"\0" * 99))),
        "unknown filter": whole(first, chunk(b"IDAT", zlib.compress(b"\x09" * 3120))),
        "header length 4 GB": SIGNATURE + b"\xff\xff\xff\xff" + first[4:],
        "names of zeros": whole(first, chunk(b"\0\0\0\0", b""), body),
        "text that unpacks to 80 MB": whole(
            first, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 80_000_000)), body
        ),
        "texts that unpack to 64 times 1 MB and more": whole(
            first,
            *[chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 1_040_000))] * 70,
            body,
        ),
    }


def _doubtful(good: Sequence[bytes], data: bytes, first: int) -> dict[str, bytes]:
    start, body = good
    text = b"k\0\1\0\0\0" + zlib.compress(b"\0" * 80_000_000)
    return {
        "chunk length 2 GB": whole(start, b"\x7f\xff\xff\xffIDAT" + body[8:]),
        "header sum wrong": whole(chunk(start[4:8], start[8:-4], sum_off=1), body),
        "pixels' sum wrong": whole(start, chunk(b"IDAT", body[8:-4], sum_off=1)),
        "palette missing": whole(head(64, 48, 8, _PALETTE), body),
        "palette of 4 entries": whole(
            head(64, 48, 8, _PALETTE),
            chunk(b"PLTE", bytes(12)),
            chunk(b"IDAT", zlib.compress(b"\0" + b"\xff" * 64) * 48),
        ),
        "palette of 7 bytes": whole(
            head(64, 48, 8, _PALETTE), chunk(b"PLTE", bytes(7)), body
        ),
        "palette after pixels": whole(
            head(64, 48, 8, _PALETTE), body, chunk(b"PLTE", bytes(768))
        ),
        "two headers": whole(start, head(640, 480), body),
        "two ends": whole(start, body, chunk(b"IEND", b""), body),
        "unknown critical chunk": whole(start, chunk(b"ABCD", b"x"), body),
        "unknown compression": whole(head(64, 48, 8, 0, 1), body),
        "unknown filter method": whole(head(64, 48, 8, 0, 0, 1), body),
        "unknown interlacing": whole(head(64, 48, 8, 0, 0, 0, 9)[:-4] + b"abcd", body),
        "too many pixels": whole(
            start, chunk(b"IDAT", zlib.compress(b"\0" * 30_000_000))
        ),
        "ten thousand chunks": whole(start, *[chunk(b"tEXt", b"a\0b")] * 10_000, body),
        "pixels in chunks of one byte": whole(
            start,
            *[chunk(b"IDAT", body[8:-4][at : at + 1]) for at in range(len(body) - 12)],
        ),
        "empty pixels before": whole(start, *[chunk(b"IDAT", b"")] * 999, body),
        "profile that unpacks to 80 MB": whole(
            start, chunk(b"iCCP", b"p\0\0" + zlib.compress(b"\0" * 80_000_000)), body
        ),
        "long text that unpacks to 80 MB": whole(start, chunk(b"iTXt", text), body),
        "EXIF of garbage": whole(start, chunk(b"eXIf", b"II*\0" + b"\xff" * 90), body),
        "EXIF that points to itself": whole(
            start,
            chunk(b"eXIf", b"II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0"),
            body,
        ),
        "transparency too long": whole(start, chunk(b"tRNS", bytes(999)), body),
        "animation without frames": whole(start, chunk(b"acTL", bytes(8)), body),
        "animation of 4 billion frames": whole(
            start, chunk(b"acTL", b"\xff\xff\xff\xff\0\0\0\0"), body
        ),
        "frame beyond its picture": whole(
            start,
            chunk(b"acTL", struct.pack(">II", 2, 0)),
            chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 9999, 9999, 9, 9, 1, 1, 0, 0)),
            body,
        ),
        "something behind its end": data + b"\xff\xd8\xff" * 999,
        "something before its pixels": data[:first] + b"junk" + data[first:],
    }
