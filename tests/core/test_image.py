"""Claims about how a file becomes upright pixels."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest

from shizi.core.errors import ImageDecodeError
from shizi.core.image import MAX_SCANS, check_image, decode_image

if TYPE_CHECKING:
    from numpy.typing import NDArray

WHITE = (255, 255, 255)
CORNERS = np.array(
    [[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[0, 0, 0], [90, 90, 90], [255, 255, 0]]],
    dtype=np.uint8,
)


def encode(picture: PIL.Image.Image, format_name: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, format_name, **options)
    return target.getvalue()


def colours() -> PIL.Image.Image:
    """Return six colours, 3 x 2."""
    return PIL.Image.fromarray(CORNERS)


def noise(width: int = 120, height: int = 80) -> PIL.Image.Image:
    return PIL.Image.effect_noise((width, height), 60).convert("RGB")


def png(width: int, height: int, body: bytes = b"", *, depth: int = 8) -> bytes:
    """Return a grey PNG whose header claims a size."""
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def webp(chunk: bytes, header: bytes) -> bytes:
    body = b"WEBP" + chunk + struct.pack("<I", len(header)) + header
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("format_name", "options"),
    [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True}), ("GIF", {})],
)
def test_a_lossless_file_gives_its_pixels(
    format_name: str, options: dict[str, Any]
) -> None:
    assert np.array_equal(
        decode_image(encode(colours(), format_name, **options)), CORNERS
    )


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_gives_the_pixels_of_the_decoder(progressive: bool) -> None:
    data = encode(noise(), "JPEG", progressive=progressive)
    expected = np.array(PIL.Image.open(io.BytesIO(data)))
    assert np.array_equal(decode_image(data), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["PNG", "WEBP"])
def test_the_picture_is_upright(format_name: str, orientation: int) -> None:
    stored = {
        1: CORNERS,
        2: CORNERS[:, ::-1],
        3: CORNERS[::-1, ::-1],
        4: CORNERS[::-1],
        5: CORNERS.transpose(1, 0, 2),
        6: np.rot90(CORNERS, 1),
        7: CORNERS[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(CORNERS, -1),
    }[orientation]
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    picture = PIL.Image.fromarray(np.ascontiguousarray(stored))
    data = encode(picture, format_name, exif=exif, lossless=True)
    assert np.array_equal(decode_image(data), CORNERS)


def test_a_turned_jpeg_has_the_size_of_the_upright_picture() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    assert decode_image(encode(noise(120, 80), "JPEG", exif=exif)).shape == (120, 80, 3)


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\x00\x00",
        b"Exif\x00\x00II*\x00\xff\xff\xff\xff",
        b"Exif\x00\x00" + b"\xff" * 40,
    ],
)
def test_damaged_metadata_does_not_cost_the_picture(exif: bytes) -> None:
    assert decode_image(encode(noise(), "JPEG", exif=exif)).shape == (80, 120, 3)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_unknown_orientation_leaves_the_picture(orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    assert decode_image(encode(noise(), "JPEG", exif=exif)).shape == (80, 120, 3)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("RGBA", (10, 20, 30, 0), WHITE),
        ("RGBA", (10, 20, 30, 255), (10, 20, 30)),
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("LA", (0, 0), WHITE),
        ("LA", (40, 255), (40, 40, 40)),
        ("L", 77, (77, 77, 77)),
        ("1", 1, WHITE),
        ("I;16", 0xFFFF, WHITE),
        ("I;16", 0x8080, (128, 128, 128)),
        ("I;16", 0x0101, (1, 1, 1)),
    ],
)
def test_a_mode_becomes_colours_on_white_paper(
    mode: str, colour: int | tuple[int, ...], expected: tuple[int, int, int]
) -> None:
    data = encode(PIL.Image.new(mode, (2, 2), colour), "PNG")
    assert tuple(decode_image(data)[1, 1]) == expected


@pytest.mark.parametrize("format_name", ["PNG", "GIF"])
def test_a_transparent_palette_colour_becomes_white(format_name: str) -> None:
    picture = PIL.Image.new("P", (2, 1), 0)
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putpixel((1, 0), 1)
    image = decode_image(encode(picture, format_name, transparency=1))
    assert image.tolist() == [[[10, 20, 30], list(WHITE)]]


def test_a_transparent_colour_of_a_png_becomes_white() -> None:
    picture = PIL.Image.new("RGB", (1, 1), (1, 2, 3))
    data = encode(picture, "PNG", transparency=(1, 2, 3))
    assert decode_image(data).tolist() == [[list(WHITE)]]


def test_a_cmyk_jpeg_is_read_in_its_colours() -> None:
    data = encode(PIL.Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG")
    red, green, blue = decode_image(data)[4, 4].tolist()
    assert (red > 250, green < 5, blue < 5) == (True, True, True)


def test_a_profile_changes_no_pixel() -> None:
    data = encode(colours(), "PNG", icc_profile=b"no profile at all")
    assert np.array_equal(decode_image(data), CORNERS)


@pytest.mark.parametrize("format_name", ["GIF", "PNG", "WEBP"])
def test_the_first_frame_is_taken(format_name: str) -> None:
    frames = [PIL.Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    options = {"lossless": True} if format_name == "WEBP" else {}
    data = encode(
        frames[0], format_name, save_all=True, append_images=frames[1:], **options
    )
    assert decode_image(data)[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_a_file_that_is_cut_off_is_refused(format_name: str, part: float) -> None:
    data = encode(noise(), format_name)
    with pytest.raises(ImageDecodeError):
        decode_image(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="eps"),
        pytest.param(encode(noise(), "TIFF"), id="tiff"),
        pytest.param(encode(noise(), "PPM"), id="ppm"),
        pytest.param(encode(noise(), "ICO"), id="ico"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(b"%PDF-1.7\n", id="pdf"),
        pytest.param(b"\xff\xd8\xff\xe0", id="jpeg-start"),
        pytest.param(b"\xff\xd8\xff\xd9", id="jpeg-without-picture"),
        pytest.param(b"BM" + b"\x00" * 60, id="bmp-of-zeros"),
        pytest.param(b"BM" + b"\xff" * 60, id="bmp-of-ones"),
        pytest.param(b"GIF89a" + b"\x00" * 40, id="gif-of-zeros"),
        pytest.param(b"GIF89a\xff\xff\xff\xff" + b"\x00" * 40, id="gif-giant"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBP", id="webp-start"),
        pytest.param(png(30000, 30000), id="png-of-900-megapixels"),
        pytest.param(png(0, 5), id="png-without-width"),
        pytest.param(png(2**31 - 1, 2**31 - 1), id="png-giant"),
        pytest.param(png(5, 5, b"not zlib"), id="png-damaged"),
        pytest.param(
            webp(b"VP8X", b"\x10\0\0\0" + b"\xff" * 6), id="webp-canvas-giant"
        ),
        pytest.param(webp(b"VP8L", b"\x2f\xff\xff\xff\xff"), id="webp-lossless-giant"),
        pytest.param(
            webp(b"VP8 ", b"\x10\x02\x00\x9d\x01\x2a\xff\x3f\xff\x3f"),
            id="webp-lossy-giant",
        ),
        pytest.param(webp(b"ALPH", b"\x00" * 20), id="webp-unknown-chunk"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ImageDecodeError):
        decode_image(data)


def test_a_strip_of_a_hundred_megapixels_is_refused_before_it_is_unpacked() -> None:
    body = zlib.compress(b"\x00" * 200_000)
    with pytest.raises(ImageDecodeError, match="too many pixels"):
        decode_image(png(1, 100_000_000, body))


def test_a_frame_larger_than_its_gif_counts() -> None:
    data = bytearray(encode(PIL.Image.new("P", (4, 4)), "GIF"))
    frame = data.index(b"\x2c\x00\x00\x00\x00\x04\x00\x04\x00")
    data[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(ImageDecodeError, match="pixels"):
        decode_image(bytes(data))


def test_a_jpeg_of_very_many_scans_is_refused() -> None:
    data = encode(noise(), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(ImageDecodeError, match="scans"):
        decode_image(data[:-2] + scan * MAX_SCANS + data[-2:])


def test_a_png_with_a_text_that_unpacks_to_much_is_refused() -> None:
    text = b"a\x00\x00" + zlib.compress(b"\x00" * 80_000_000)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + text))
    data = encode(colours(), "PNG")
    with pytest.raises(ImageDecodeError):
        decode_image(data[:33] + chunk + data[33:])


def test_damaged_bytes_raise_no_other_error() -> None:
    generator = np.random.default_rng(7)
    for format_name in ("JPEG", "PNG", "WEBP", "BMP", "GIF"):
        whole = encode(noise(40, 30), format_name)
        for _ in range(60):
            data = bytearray(whole)
            for place in generator.integers(8, min(len(data), 300), 4):
                data[place] = int(generator.integers(0, 256))
            try:
                image = decode_image(bytes(data))
            except ImageDecodeError:
                continue
            assert image.shape[2] == 3


def test_a_refusal_tells_no_bytes_of_the_file() -> None:
    with pytest.raises(ImageDecodeError) as caught:
        decode_image(b"a secret that is no picture")
    assert "secret" not in str(caught.value)


def test_a_grey_array_becomes_an_image() -> None:
    grey = np.array([[1, 2]], dtype=np.uint8)
    assert check_image(grey).tolist() == [[[1, 1, 1], [2, 2, 2]]]


def test_an_image_passes_as_it_is() -> None:
    assert check_image(CORNERS) is CORNERS


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 2, 3), np.float32),
        np.zeros((2, 2, 4), np.uint8),
        np.zeros((2, 2, 1), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 2, 3), np.uint8),
        np.zeros((2, 0), np.uint8),
        np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (10_000, 10_000, 3)),
    ],
    ids=lambda array: f"{array.dtype}-{array.shape}",
)
def test_an_array_that_is_no_image_is_refused(array: NDArray[Any]) -> None:
    with pytest.raises(ImageDecodeError):
        check_image(array)


@pytest.mark.parametrize("is_lossless", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_webp_has_the_pixels_that_pillow_gives(
    mode: str, orientation: int, *, is_lossless: bool
) -> None:
    rng = np.random.default_rng(1)
    blocks = rng.integers(0, 256, (31, 43, len(mode)), np.uint8)
    picture = PIL.Image.fromarray(np.kron(blocks, np.ones((4, 4, 1), np.uint8)))
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    picture.save(file, "WEBP", lossless=is_lossless, exif=exif.tobytes())
    upright = PIL.ImageOps.exif_transpose(PIL.Image.open(file)).convert("RGBA")
    paper = PIL.Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    assert np.array_equal(decode_image(file.getvalue()), np.asarray(paper))
