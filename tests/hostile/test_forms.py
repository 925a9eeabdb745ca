"""Claims about bodies that nobody would write by hand."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shizi.core.errors import ImageMissingError, ImageSizeError
from tests.wechat.test_requests import read

if TYPE_CHECKING:
    from shizi.wechat.requests import Picture

# What forms are made of, and what comes near to it.
PIECES = st.sampled_from(
    [
        *(b"--bound", b"--bound--", b"--boun", b"bound", b"--", b"-", b"\r\n", b"\r"),
        *(
            b"\n",
            b"\r\n\r\n",
            b":",
            b";",
            b"=",
            b'"',
            b"\\",
            b" ",
            b"\t",
            b"\0",
            b"\xff",
        ),
        *(b"Content-Disposition: form-data", b"content-disposition:form-data"),
        *(b'; name="img"', b"; name=img_url", b'; name=""', b"; name", b'; name="'),
        *(b'; filename="a.png"', b"; filename*=utf-8''%E5%9B%BE", b"; filename="),
        *(b"Content-Type: image/png", b"Content-Transfer-Encoding: base64"),
        *(b"http://example.com/a", b"picture", b"\x89PNG", b"a" * 300, b"x: y"),
    ]
)
BODIES = st.lists(PIECES | st.binary(max_size=8), max_size=40).map(b"".join)
CUTS = st.lists(st.integers(0, 400), max_size=6)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place for place in places if place < len(body)), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


def outcome(chunks: list[bytes], kind: str, query: bytes = b"") -> Picture | str:
    """Return the picture that a body brings, or the error's name."""
    try:
        return asyncio.run(read(chunks, kind, query))
    except (ImageMissingError, ImageSizeError) as error:
        return type(error).__name__


@given(BODIES, CUTS)
def _same_however_cut(body: bytes, places: list[int]) -> None:
    kind = "multipart/form-data; boundary=bound"
    assert outcome(cut(body, places), kind) == outcome([body], kind)


def test_a_form_means_the_same_however_it_arrives(fuzz: int) -> None:
    settings(max_examples=200 * fuzz)(_same_however_cut)()


NAMES = st.sampled_from(["img", "media", "file", "", "photo", "图片", 'a"b', "a;b"])
FILE_NAMES = st.sampled_from(["a.png", "", "图.jpg", 'a"b.png', "a;b.png", "..\\a"])
FILES = st.binary(min_size=1, max_size=200)


@given(
    st.tuples(NAMES, FILE_NAMES, FILES),
    st.dictionaries(st.sampled_from(["type", "a", "b"]), st.text(max_size=9)),
    st.booleans(),
    st.tuples(st.sampled_from([b"\r\n", b""]), st.binary(max_size=30)),
    CUTS,
)
def _comes_back_whole(
    part: tuple[str, str, bytes],
    fields: dict[str, str],
    file_first: bool,
    around: tuple[bytes, bytes],
    places: list[int],
) -> None:
    name, filename, file = part
    assume(b"--bound" not in file)
    assume(not any("--bound" in text for text in fields.values()))

    def head(part: str, *more: str) -> bytes:
        quoted = part.replace('"', "%22")
        text = f'Content-Disposition: form-data; name="{quoted}"{"".join(more)}'
        return f"--bound\r\n{text}\r\n\r\n".encode()

    told = filename.replace('"', "%22")
    own = head(name, f'; filename="{told}"') + file + b"\r\n"
    others = b"".join(
        head(key) + text.encode("utf-8", "surrogatepass") + b"\r\n"
        for key, text in fields.items()
    )
    parts = own + others if file_first else others + own
    body = around[0] + parts + b"--bound--\r\n" + around[1]
    found = outcome(cut(body, places), "multipart/form-data; boundary=bound")
    assert not isinstance(found, str)
    assert found.data == file


def test_a_file_comes_out_of_a_form_as_it_went_in(fuzz: int) -> None:
    settings(max_examples=200 * fuzz)(_comes_back_whole)()


KINDS = st.sampled_from(
    [
        *("multipart/form-data", "multipart/form-data; boundary=", "image/png", ""),
        *('multipart/form-data; boundary="bo und"', "multipart/x; boundary=bound"),
        *("multipart/form-data; boundary=" + "b" * 300, "application/json"),
        *("application/x-www-form-urlencoded", "text/plain", ";;;=", "a/b; c=\xff"),
        *("multipart/form-data; boundary=bound; boundary=other", "image/png; a=" * 9),
    ]
)


@given(
    st.lists(BODIES | st.binary(max_size=300), max_size=4),
    KINDS | st.text(st.characters(max_codepoint=255), max_size=40),
    st.binary(max_size=60)
    | st.sampled_from(
        [b"img_url=", b"img_url=%", b"img_url=%ff%fe", b"&&&=;=", b"a&a=b"]
    ),
)
def _never_worse_than_our_errors(chunks: list[bytes], kind: str, query: bytes) -> None:
    found = outcome(chunks, kind, query)
    assert isinstance(found, str) or found.data or found.url


def test_any_body_of_any_type_is_a_picture_or_an_error_of_ours(fuzz: int) -> None:
    settings(max_examples=500 * fuzz)(_never_worse_than_our_errors)()
