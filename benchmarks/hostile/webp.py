"""WebP files of its three kinds, and containers that lie about them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from benchmarks.hostile.sample import Fate, Sample, encode, gradient, photo

if TYPE_CHECKING:
    from collections.abc import Iterator


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk, padded to an even length."""
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def whole(*chunks: bytes) -> bytes:
    """Return a file of some chunks."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def canvas(width: int, height: int, flags: int = 0) -> bytes:
    """Return the chunk that tells of an extended file."""
    sides = [(side - 1).to_bytes(3, "little") for side in (width, height)]
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + b"".join(sides))


def samples() -> Iterator[Sample]:
    """Yield the well-formed files, then the others."""
    clear = photo().convert("RGBA")
    clear.putalpha(99)
    for quality in (1, 60, 100):
        data = encode(photo(), "WEBP", quality=quality)
        yield Sample(f"webp quality {quality}", data, Fate.READ)
        data = encode(clear, "WEBP", quality=quality)
        yield Sample(f"webp quality {quality} see-through", data, Fate.READ)
        data = encode(photo(), "WEBP", lossless=True, quality=quality)
        yield Sample(f"webp lossless {quality}", data, Fate.READ, gradient(64, 48))
    moving = encode(
        clear, "WEBP", save_all=True, append_images=[photo().convert("RGBA")] * 30
    )
    yield Sample("webp of 31 frames", moving, Fate.READ)
    yield from _misfits(moving)


def _misfits(moving: bytes) -> Iterator[Sample]:
    lossy = encode(photo(), "WEBP", quality=60)[12:]
    lossless = encode(photo(), "WEBP", lossless=True)[12:]
    for name, data in {
        "start only": b"RIFF\0\0\0\0WEBP",
        "without a picture": whole(canvas(64, 48)),
        "unknown picture": whole(chunk(b"VP9 ", lossy[8:])),
        "lossy says lossless": whole(chunk(b"VP8L", lossy[8:])),
        "lossless says lossy": whole(chunk(b"VP8 ", lossless[8:])),
        "lossy of zeros": whole(chunk(b"VP8 ", bytes(99))),
        "lossless of zeros": whole(chunk(b"VP8L", b"\x2f" + bytes(99))),
        "lossy without its start": whole(chunk(b"VP8 ", lossy[18:])),
        "canvas of 16 777 216": whole(canvas(1 << 24, 1 << 24), lossy),
        "canvas of 40 000 x 2 000": whole(canvas(40_000, 2_000), lossy),
        "lossless of 16 384": whole(chunk(b"VP8L", b"\x2f\xff\xff\xff\xff" + bytes(9))),
        "lossy of 16 383": whole(
            chunk(b"VP8 ", b"\x10\2\0\x9d\1\x2a\xff\x3f\xff\x3f" + bytes(99))
        ),
        "cut off": moving[: len(moving) // 3][:40],
    }.items():
        yield Sample(f"webp {name}", data, Fate.REFUSED)
    for name, data in {
        "length of zero": b"RIFF\0\0\0\0WEBP" + lossy,
        "length of 4 GB": b"RIFF\xff\xff\xff\xffWEBP" + lossy,
        "chunk of 4 GB": whole(lossy[:4] + b"\xff\xff\xff\xff" + lossy[8:]),
        "canvas smaller than its picture": whole(canvas(9, 9), lossy),
        "canvas larger than its picture": whole(canvas(99, 99), lossy),
        "canvas that says it moves": whole(canvas(64, 48, 2), lossy),
        "alpha of garbage": whole(
            canvas(64, 48, 16), chunk(b"ALPH", b"\xff" * 99), lossy
        ),
        "alpha that is packed": whole(canvas(64, 48, 16), chunk(b"ALPH", b"\1"), lossy),
        "profile of garbage": whole(
            canvas(64, 48, 32), chunk(b"ICCP", b"\xff" * 9999), lossy
        ),
        "EXIF of garbage": whole(
            canvas(64, 48, 8), lossy, chunk(b"EXIF", b"II*\0" + b"\xff" * 99)
        ),
        "unknown chunks by the thousand": whole(
            canvas(64, 48), chunk(b"ABCD", b"") * 9_999, lossy
        ),
        "frame beyond its canvas": whole(
            canvas(64, 48, 2),
            chunk(b"ANIM", bytes(6)),
            chunk(b"ANMF", b"\xff" * 6 + bytes(10) + lossy),
        ),
        "something behind its end": whole(lossy) + b"\0" * 99_999,
    }.items():
        yield Sample(f"webp {name}", data, Fate.EITHER)
