"""Files of other formats, some with names of ours on them, and no formats at all."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from benchmarks.hostile.sample import Fate, Sample, encode, photo

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGINNINGS = {
    "jpeg": b"\xff\xd8\xff\xe0",
    "png": b"\x89PNG\r\n\x1a\n",
    "gif": b"GIF89a",
    "bmp": b"BM",
    "webp": b"RIFF\xff\xff\0\0WEBPVP8 ",
}
_OTHERS = {
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "EPS with its binary head": b"\xc5\xd0\xd3\xc6" + bytes(26) + b"%!PS-Adobe-3.0\n",
    "PDF": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/>"
    b"</svg>",
    "MVG": b"push graphic-context\nimage over 0,0 0,0 'https://example.com/a'\n",
    "PSD": b"8BPS\0\1" + bytes(60),
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60),
    "JPEG XL": b"\xff\x0a" + bytes(60),
    "HEIC": b"\0\0\0\x18ftypheic" + bytes(60),
    "AVIF": b"\0\0\0\x18ftypavif" + bytes(60),
    "ICNS": b"icns\0\0\0\x40" + bytes(56),
    "FLI": bytes(4) + b"\x11\xaf" + bytes(200),
    "FITS": b"SIMPLE  =                    T" + bytes(2850),
    "XBM": b"#define a_width 8\n#define a_height 8\nstatic char a_bits[] = {0};\n",
    "WMF": b"\xd7\xcd\xc6\x9a" + bytes(60),
    "ZIP": b"PK\x03\x04" + bytes(60),
    "ELF": b"\x7fELF" + bytes(60),
    "script": b"#!/bin/sh\nid > /tmp/pwned\n",
    "HTML": b"<html><script>fetch('/')</script>",
    "XML with entities": b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "pickle": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
    "WAV": b"RIFF\xff\xff\0\0WAVEfmt " + bytes(60),
    "nothing": b"",
    "one byte": b"\xff",
    "text": "没有图片".encode(),
    "zeros": bytes(9999),
}


def samples() -> Iterator[Sample]:
    """Yield files that are all refused."""
    for name, data in _OTHERS.items():
        yield Sample(f"stray {name}", data, Fate.REFUSED)
    for kind in ("TIFF", "ICO", "PPM", "TGA", "PCX", "SGI", "PDF", "DDS", "JPEG2000"):
        data = encode(photo(), kind)
        yield Sample(f"stray {kind} by Pillow", data, Fate.REFUSED)
        for ours, beginning in _BEGINNINGS.items():
            if kind in {"TIFF", "PDF"}:
                made = beginning + data
                yield Sample(f"stray {kind} that begins as {ours}", made, Fate.REFUSED)
    chance = random.Random(7)
    for name, beginning in _BEGINNINGS.items():
        for size in (0, 1, 9, 99, 9999):
            made = beginning + chance.randbytes(size)
            yield Sample(f"stray {name} and {size} by chance", made, Fate.REFUSED)
        for filler in (b"\0", b"\xff"):
            made = beginning + filler * 5000
            yield Sample(f"stray {name} and {filler!r}", made, Fate.REFUSED)
