"""JPEG files: each way to write one, and each of its segments missing or lying."""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING

import PIL.Image

from benchmarks.hostile.sample import Fate, Sample, encode, photo

if TYPE_CHECKING:
    from collections.abc import Iterator

_START, _END, _SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA


def segment(marker: int, data: bytes) -> bytes:
    """Return a segment with its true length."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def segments(data: bytes) -> list[bytes]:
    """Return start, segments and, as the last, the scan with all behind it."""
    parts, at = [data[:2]], 2
    while data[at + 1] != _SCAN:
        (length,) = struct.unpack_from(">H", data, at + 2)
        parts.append(data[at : at + 2 + length])
        at += 2 + length
    return [*parts, data[at:]]


def samples() -> Iterator[Sample]:
    """Yield the well-formed files, then the others."""
    for progressive, subsampling, quality, mode in itertools.product(
        (False, True), (0, 1, 2), (1, 60, 100), ("RGB", "L", "CMYK")
    ):
        data = encode(
            photo().convert(mode),
            "JPEG",
            progressive=progressive,
            subsampling=subsampling,
            quality=quality,
        )
        name = f"jpeg {mode} {subsampling} quality {quality}"
        yield Sample(name + " progressive" * progressive, data, Fate.READ)
    for rows in (1, 3):
        data = encode(photo(), "JPEG", restart_marker_rows=rows)
        yield Sample(f"jpeg restarts every {rows} rows", data, Fate.READ)
    for size in ((1, 1), (1, 300), (300, 1), (7, 9), (65_500, 1)):
        data = encode(photo(*size), "JPEG")
        yield Sample(f"jpeg of {size[0]} x {size[1]}", data, Fate.READ)
    yield from _misfits()
    yield from _metadata()


def _misfits() -> Iterator[Sample]:
    data = encode(photo(), "JPEG")
    parts = segments(data)
    for number, part in enumerate(parts[1:-1], 1):
        kind = f"{part[1]:02x}"
        rest = parts[:number], parts[number + 1 :]
        for name, instead in {
            "missing": b"",
            "twice": part * 2,
            "empty": segment(part[1], b""),
            "of zeros": segment(part[1], bytes(len(part) - 4)),
            "of ones": segment(part[1], b"\xff" * (len(part) - 4)),
            "cut": segment(part[1], part[4:-3]),
            "with length 0": part[:2] + b"\0\0" + part[4:],
            "with length 65535": part[:2] + b"\xff\xff" + part[4:],
        }.items():
            made = b"".join([*rest[0], instead, *rest[1]])
            yield Sample(f"jpeg {number} ({kind}) {name}", made, Fate.EITHER)
    frame = next(part for part in parts if part[1] == 0xC0)
    for width, height in ((0, 48), (64, 0), (65_535, 65_535), (8_000, 8_000)):
        lies = frame[:5] + struct.pack(">HH", height, width) + frame[9:]
        yield Sample(
            f"jpeg says {width} x {height}", data.replace(frame, lies), Fate.REFUSED
        )
    for marker in (0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCF):
        lies = bytes([0xFF, marker]) + frame[2:]
        made = data.replace(frame, lies)
        yield Sample(f"jpeg of kind {marker:02x}", made, Fate.EITHER)
    for depth in (0, 7, 12, 16, 255):
        lies = frame[:4] + bytes([depth]) + frame[5:]
        made = data.replace(frame, lies)
        yield Sample(f"jpeg of {depth} bits", made, Fate.REFUSED)
    for count in (0, 2, 4, 5, 255):
        lies = frame[:9] + bytes([count]) + frame[10:]
        made = data.replace(frame, lies)
        yield Sample(f"jpeg of {count} colours", made, Fate.EITHER)
    for sampling in (0x00, 0x01, 0x10, 0x55, 0xFF):
        lies = frame[:11] + bytes([sampling]) + frame[12:]
        made = data.replace(frame, lies)
        yield Sample(f"jpeg sampled {sampling:02x}", made, Fate.EITHER)
    yield Sample("jpeg without its end", data[:-2], Fate.EITHER)
    yield Sample("jpeg start and end", _START + _END, Fate.REFUSED)
    yield Sample("jpeg starts only", _START * 5000, Fate.REFUSED)
    yield Sample("jpeg fill bytes only", _START + b"\xff" * 9999, Fate.REFUSED)
    yield Sample("jpeg with junk behind", data + b"PK\x03\x04" * 99, Fate.READ)
    yield Sample(
        "jpeg within a jpeg", data[:2] + segment(0xE1, data) + data[2:], Fate.READ
    )
    yield from _scans()


def _scans() -> Iterator[Sample]:
    """Yield progressive files with ever more scans."""
    data = encode(photo(), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    for more in (50, 120, 5_000, 60_278):
        made = data[:-2] + last * more + data[-2:]
        fate = Fate.EITHER if more < 100 else Fate.REFUSED
        yield Sample(f"jpeg of {more} scans more", made, fate)
    empty = data[: data.index(b"\xff\xda")]
    yield Sample("jpeg without scans", empty + _END, Fate.REFUSED)


def _metadata() -> Iterator[Sample]:
    data = encode(photo(), "JPEG")

    def with_segment(marker: int, content: bytes) -> bytes:
        return data[:2] + segment(marker, content) + data[2:]

    loop = b"II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\0\0\0\0"
    for name, content in {
        "empty": b"",
        "of garbage": b"\xff" * 900,
        "that points to itself": loop,
        "that points behind its end": b"II*\0\xff\xff\xff\x7f",
        "of 65 535 entries": b"MM\0*\0\0\0\x08\xff\xff" + bytes(900),
        "with an orientation of text": b"MM\0*\0\0\0\x08\0\1\1\x12\0\2\0\0\0\4abc\0",
        "with 4 billion orientations": b"MM\0*\0\0\0\x08\0\1\1\x12\0\3"
        b"\xff\xff\xff\xff\0\1",
    }.items():
        made = with_segment(0xE1, b"Exif\0\0" + content)
        yield Sample(f"jpeg EXIF {name}", made, Fate.READ)
    for orientation in (0, 9, 255, 65_535):
        exif = PIL.Image.Exif()
        exif[0x0112] = orientation
        made = encode(photo(), "JPEG", exif=exif)
        yield Sample(f"jpeg orientation {orientation}", made, Fate.READ)
    for marker, content in {
        0xE0: b"JFIF\0\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        0xE2: b"ICC_PROFILE\0\1\xff" + b"\0" * 60_000,
        0xED: b"Photoshop 3.0\x008BIM" + b"\xff" * 900,
        0xEE: b"Adobe\0\x64\0\0\0\0\xff",
        0xFE: b"\0" * 65_000,
    }.items():
        made = with_segment(marker, content)
        yield Sample(f"jpeg segment {marker:02x} of lies", made, Fate.EITHER)
    index = b"MPF\0II*\0\x08\0\0\0" + b"\xff" * 90
    yield Sample(
        "jpeg with an index of garbage", with_segment(0xE2, index), Fate.EITHER
    )
    many = data[:2] + segment(0xFE, b"a" * 9) * 9_999 + data[2:]
    yield Sample("jpeg with ten thousand comments", many, Fate.READ)
