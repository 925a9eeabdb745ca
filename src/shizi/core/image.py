"""Upright pixels, and the one way from the bytes of a file to them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import cv2
import numpy as np

# Asked for a format that is not loaded yet, Pillow loads every plug-in it has, the one
# that starts Ghostscript among them; with these five loaded it never has to.
import PIL.BmpImagePlugin  # pyright: ignore[reportUnusedImport]
import PIL.GifImagePlugin  # pyright: ignore[reportUnusedImport]
import PIL.Image
import PIL.JpegImagePlugin  # pyright: ignore[reportUnusedImport]

# Used inside the five; they import them when a file asks, which a process that may open
# no more files cannot do.
import PIL.MpoImagePlugin  # pyright: ignore[reportUnusedImport]
import PIL.PngImagePlugin  # pyright: ignore[reportUnusedImport]
import PIL.TiffImagePlugin  # pyright: ignore[reportUnusedImport]
import PIL.WebPImagePlugin  # pyright: ignore[reportUnusedImport]
from numpy.typing import NDArray

from shizi.core.errors import ImageDecodeError
from shizi.core.geometry import Size

# The pixels of an upright image: uint8, (H, W, 3), RGB.
Image: TypeAlias = NDArray[np.uint8]

# Gives an array of a shape (H, W, 3), to be filled with the pixels.
Allocate: TypeAlias = Callable[[tuple[int, int, int]], Image]

# 40 megapixels: a 57-byte PNG that claims 900 made a decoder take 2.1 GB of memory; a
# telephone's picture that fits into 2 MB has 12 to 24.
MAX_PIXELS = 40_000_000

# 48 MB: pixels of a telephone's picture of 16 megapixels. What larger ones take, few as
# they are, is given back at once: two workers at two of 40 would hold 2.7 GB.
LARGE = 48_000_000

# 100 scans: a JPEG with 60 278 of them ran past 25 s; encoders write about ten. At this
# limit 40 megapixels take 2 s (one core of a 2-core laptop-class machine).
MAX_SCANS = 100

# A scan starts with these two bytes; picture data never holds them. Metadata may, about
# once in 64 KiB, so that their count is never below the number of scans.
_SCAN_MARKER = b"\xff\xda"

_EXIF_ORIENTATION = 0x0112

# How an upright image looks as it is stored, by the orientation of the EXIF standard
# (CIPA DC-008, tag 0x0112).
_STORED: dict[int, Callable[[Image], Image]] = {
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.transpose(1, 0, 2),
    6: np.rot90,
    7: lambda image: image[::-1, ::-1].transpose(1, 0, 2),
    8: lambda image: np.rot90(image, -1),
}
# From this orientation on the sides change places.
_SIDEWAYS = 5

_WITH_ALPHA = 4

# Pixels are taken out of Pillow by parts, at most so wide and of so many pixels: a copy
# of the whole, in its four bytes a pixel, would double the memory of a large picture.
_PART_WIDTH, _PART_PIXELS = 4096, 4096 * 128


def _allocate(shape: tuple[int, int, int]) -> Image:
    return np.empty(shape, np.uint8)


def decode_image(data: bytes, allocate: Allocate = _allocate) -> Image:
    """Return the upright pixels of a JPEG, PNG, WebP, BMP or GIF file.

    Of a file with several frames the first is taken. Transparent pixels become white,
    colour profiles are ignored. Runs in one thread of a process at a time.

    Args:
        data: The file.
        allocate: Gives the memory for the pixels.

    Raises:
        ImageDecodeError: The bytes are none of these formats, are damaged or cut off,
            or the image is beyond the limits.
    """
    format_name = find_format(data)
    if format_name is None:
        raise ImageDecodeError("the file is no JPEG, PNG, WebP, BMP or GIF")
    if format_name == "WEBP":
        # Pillow allocates the whole canvas when it opens the file.
        check_size(_webp_size(data))
    if format_name == "JPEG" and data.count(_SCAN_MARKER) > MAX_SCANS:
        raise ImageDecodeError(f"the JPEG has more than {MAX_SCANS} scans")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(io.BytesIO(data), formats=[format_name]) as picture:
                size = Size(*picture.size)
                check_size(size)
                if format_name == "WEBP" and getattr(picture, "n_frames", 1) == 1:
                    return _webp_pixels(data, size, _orientation(picture), allocate)
                picture.load()
                return pixels_of(picture, allocate)
    except ImageDecodeError:
        raise
    except (
        PIL.Image.DecompressionBombError,
        PIL.Image.DecompressionBombWarning,
    ) as error:
        raise ImageDecodeError(
            f"the {format_name} file holds too many pixels"
        ) from error
    except Exception as error:  # a damaged file makes Pillow raise almost anything
        raise ImageDecodeError(
            f"the {format_name} file is damaged or cut off"
        ) from error


def check_image(array: NDArray[Any]) -> Image:
    """Return an array that a caller made as an image, grey spread to three channels.

    Args:
        array: uint8, (H, W, 3) in RGB or (H, W) in grey.

    Raises:
        ImageDecodeError: The array has another type or shape, or too many pixels.
    """
    grey = array.ndim == 2  # noqa: PLR2004
    colour = array.ndim == 3 and array.shape[2] == 3  # noqa: PLR2004
    if array.dtype != np.uint8 or not (grey or colour):
        raise ImageDecodeError(
            "an image is a uint8 array of shape (H, W, 3) in RGB or (H, W) in grey, "
            f"not {array.dtype} of shape {array.shape}"
        )
    check_size(Size(array.shape[1], array.shape[0]))
    return np.repeat(array[:, :, None], 3, axis=2) if grey else array


def find_format(data: bytes) -> str | None:
    """Return Pillow's name of the format that the first bytes tell, if it is known."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"BM"):
        return "BMP"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def check_size(size: Size) -> None:
    """Refuse a size before memory is taken for it.

    Raises:
        ImageDecodeError: It is beyond the limits.
    """
    if min(size) < 1 or size.width * size.height > MAX_PIXELS:
        raise ImageDecodeError(
            f"an image of {size.width} x {size.height} pixels is beyond the limits"
        )


def _webp_size(data: bytes) -> Size:
    """Return the size in the first chunk of a WebP file (RFC 9649, section 2)."""
    chunk, header = data[12:16], data[20:30]
    if chunk == b"VP8X" and len(header) == 10:  # noqa: PLR2004
        return Size(
            int.from_bytes(header[4:7], "little") + 1,
            int.from_bytes(header[7:10], "little") + 1,
        )
    if chunk == b"VP8L" and len(header) >= 5 and header[0] == 0x2F:  # noqa: PLR2004
        bits = int.from_bytes(header[1:5], "little")
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if chunk == b"VP8 " and header[3:6] == b"\x9d\x01\x2a":
        return Size(
            int.from_bytes(header[6:8], "little") & 0x3FFF,
            int.from_bytes(header[8:10], "little") & 0x3FFF,
        )
    raise ImageDecodeError("the WebP file has no picture at its start")


def _orientation(picture: PIL.Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 where there is none."""
    try:
        told = int(picture.getexif().get(_EXIF_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - damaged metadata must not cost the picture
        return 1
    return told if told in _STORED else 1


def pixels_of(picture: PIL.Image.Image, allocate: Allocate = _allocate) -> Image:
    """Return the upright pixels of a loaded picture in any mode."""
    width, height = picture.size
    image, stored = _canvas(Size(width, height), _orientation(picture), allocate)
    across = min(width, _PART_WIDTH)
    down = _PART_PIXELS // across
    for top in range(0, height, down):
        bottom = min(top + down, height)
        for left in range(0, width, across):
            right = min(left + across, width)
            part = picture.crop((left, top, right, bottom))
            stored[top:bottom, left:right] = _colours(part)
    return image


def _canvas(size: Size, orientation: int, allocate: Allocate) -> tuple[Image, Image]:
    """Return memory for upright pixels, and the same as the file's rows go into it."""
    width, height = size
    sides = (width, height) if orientation >= _SIDEWAYS else (height, width)
    image = allocate((*sides, 3))
    return image, _STORED[orientation](image) if orientation > 1 else image


def _webp_pixels(
    data: bytes, size: Size, orientation: int, allocate: Allocate
) -> Image:
    """Return the upright pixels of a WebP file of one frame.

    Pillow takes each WebP file for a film: of 40 megapixels it holds 520 MB beside what
    is returned, OpenCV 120 (peak resident memory of a process that decodes one).

    Args:
        data: The file.
        size: As its head tells.
        orientation: As EXIF numbers it.
        allocate: Gives the array to be filled.

    Raises:
        ImageDecodeError: It is damaged, or of another size than its head tells.
    """
    stored = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.shape[1::-1] != size:
        raise ImageDecodeError("the WEBP file is damaged or cut off")
    channels = stored.shape[2]
    image, rows = _canvas(size, orientation, allocate)
    down = max(1, _PART_PIXELS // size.width)
    for top in range(0, size.height, down):
        part = stored[top : top + down]
        colours = part[:, :, 2::-1]
        if channels == _WITH_ALPHA:
            # On white, rounded as Pillow does.
            paper: NDArray[np.uint16] = 255 - part[:, :, 3:].astype(np.uint16)
            mixed = colours.astype(np.uint16) * (255 - paper) + paper * 255 + 128
            colours = ((mixed + (mixed >> 8)) >> 8).astype(np.uint8)
        rows[top : top + down] = colours
    return image


def _colours(part: PIL.Image.Image) -> NDArray[np.uint8]:
    """Return a part of a picture as (H, W, 3), or (H, W, 1) where it is grey."""
    if part.mode.startswith("I"):
        # Pillow cuts 16 bits off at 255 where they need scaling.
        deep = np.clip(np.asarray(part), 0, 0xFFFF).astype(np.uint32)
        grey: NDArray[np.uint8] = ((deep + 128) // 257).astype(np.uint8)
        return grey[:, :, None]
    if part.has_transparency_data:
        layer = part.convert("RGBA")
        paper = PIL.Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return np.asarray(paper)
    return np.asarray(part if part.mode == "RGB" else part.convert("RGB"))
