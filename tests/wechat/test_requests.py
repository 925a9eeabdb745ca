"""Claims about the forms in which clients bring a picture."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from starlette.requests import ClientDisconnect, Request

from shizi.core.errors import ImageMissingError, ImageSizeError
from shizi.web import body as body_module
from shizi.web.body import FILE_LIMIT, Body
from shizi.wechat.requests import (
    Picture,
    read_picture,
    read_query,
    read_token,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.types import Message

PNG = b"\x89PNG\r\n\x1a\n\r\n--\r\n--bounX\x00\xff"
URL = "http://example.com/a.png"


class Channel:
    """An ASGI channel that brings given chunks, then waits or breaks off."""

    def __init__(self, chunks: Iterable[bytes], *, cut: bool, hang: bool) -> None:
        self._messages: list[Message] = [
            {"type": "http.request", "body": chunk, "more_body": True}
            for chunk in chunks
        ]
        if cut:
            self._messages.append({"type": "http.disconnect"})
        elif not hang:
            self._messages.append({"type": "http.request", "body": b""})
        self.left = len(self._messages)

    async def __call__(self) -> Message:
        if not self.left:
            await asyncio.Event().wait()
        self.left -= 1
        return self._messages.pop(0)


async def read(
    chunks: bytes | Sequence[bytes],
    kind: str = "multipart/form-data; boundary=bound",
    query: str | bytes = "",
    *,
    cut: bool = False,
    hang: bool = False,
    announced: int = 0,
) -> Picture:
    whole = [chunks] if isinstance(chunks, bytes) else chunks
    raw = query.encode() if isinstance(query, str) else query
    given = [(b"content-type", kind.encode())] if kind else []
    scope = {
        "type": "http",
        "method": "POST",
        "query_string": raw,
        "headers": given,
    }
    sent = Body(Channel(whole, cut=cut, hang=hang), announced)
    return await read_picture(Request(scope), sent)


def part(content: bytes, *head: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in head).encode()
    return b"--bound\r\n" + lines + b"\r\n" + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--bound--\r\n"


def upload(disposition: str, *head: str, content: bytes = PNG) -> bytes:
    return form(part(content, f"Content-Disposition: {disposition}", *head))


def text(name: str, value: str) -> bytes:
    return part(value.encode(), f'Content-Disposition: form-data; name="{name}"')


FILE = part(PNG, 'Content-Disposition: form-data; name="img"; filename="a.png"')


@pytest.mark.parametrize(
    "sent",
    [
        upload('form-data; name="img"; filename="a.png"', "Content-Type: image/png"),
        upload('form-data; name="img"; filename="a.png"'),
        upload(
            'form-data; name="file"; filename="行驶证.jpg"',
            "Content-Type: application/octet-stream",
            "Content-Transfer-Encoding: binary",
        ),
        upload('form-data; name=""; filename="a.png"'),
        upload('form-data; filename="a.png"'),
        upload("form-data; name=img; filename=a.png"),
        upload('form-data; name="img"'),
        upload('form-data; name="media"'),
        upload('form-data; name="other"; filename=""'),
        upload("form-data; name=\"other\"; filename*=UTF-8''%E5%9B%BE.png"),
        upload('form-data; name="other"', "Content-Type: application/octet-stream"),
        upload('form-data; name="other"', "Content-Type: image/jpeg; x=y"),
        upload('form-data; name="img"; filename="C:\\\\a\\\\b.png"'),
        upload(f'form-data; name="img"; filename="{"很" * 600}.png"'),
        upload(
            'form-data; name="img"; filename="a.png"', f"Content-Length: {len(PNG)}"
        ),
        form(part(PNG)),
        form(part(PNG, "content-disposition: form-data; NAME=img; FILENAME=a")),
        form(text("type", "photo"), FILE),
        form(FILE, text("type", "photo")),
        form(part(b"", 'Content-Disposition: form-data; name="a"; filename=""'), FILE),
        form(
            FILE, part(b"2", 'Content-Disposition: form-data; name="b"; filename="b"')
        ),
        FILE + b"--bound\r\nContent-Disposition: cut off",
        b"\r\n" + form(FILE),
        b"This is a message with multiple parts.\r\n" + form(FILE),
        b"--boun\r\n not --bound\r\n" + form(FILE),
        form(FILE) + b"epilogue",
        FILE + b"--bound",
        FILE + b"--bound-",
        FILE,
        FILE[:-2],
    ],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_a_file_is_found_in_a_form(sent: bytes, size: int) -> None:
    chunks = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert await read(chunks) == Picture(PNG, None, is_detailed=False)


@pytest.mark.parametrize(
    ("boundary", "kind"),
    [
        ("--BOUNDARY--8dd", 'multipart/form-data; boundary="--BOUNDARY--8dd"'),
        ("--BOUNDARY--8dd", "multipart/form-data; boundary=--BOUNDARY--8dd"),
        ("a b", 'multipart/form-data;boundary="a b"'),
        ("b", "Multipart/Form-Data; charset=utf-8; Boundary=b"),
        ("a'()+_,-./:=?", 'multipart/form-data; boundary="a\'()+_,-./:=?"'),
        ("x" * 70, f"multipart/form-data; boundary={'x' * 70}"),
    ],
)
async def test_a_boundary_may_have_any_form(boundary: str, kind: str) -> None:
    sent = form(FILE).replace(b"--bound\r\nC", f"--{boundary}\r\nC".encode())
    sent = sent.replace(b"--bound--", f"--{boundary}--".encode())
    assert (await read(sent, kind)).data == PNG


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"--bound--\r\n",
        b"not a form",
        b"--other\r\n" + form(FILE)[9:],
        FILE[:-40],
        form(FILE)[:60],
        form(text("type", "photo")),
        form(text("other", "a" * 100_000)),
        upload('form-data; name="img"; filename="a.png"', content=b""),
        upload('form-data; name="img"; filename="a.png"', "X: " + "a" * 9000),
        upload('form-data; name="img"; filename="a"', *["X: " + "a" * 900] * 10),
        upload('form-data; name="img"; filename="a"', "no colon here"),
        form(*[text("a", "b")] * 200, FILE),
        b"\x00\xff" * 100,
        b"\r\n" * 5000,
    ],
)
async def test_a_form_without_a_whole_file_brings_no_picture(sent: bytes) -> None:
    with pytest.raises(ImageMissingError):
        await read(sent)


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=wrong",
        f"multipart/form-data; boundary={'x' * 300}",
        "text/plain",
        "application/json",
        "application/x-www-form-urlencoded",
        "",
        ";;;",
        "é",
    ],
)
async def test_a_form_under_a_wrong_type_brings_no_picture(kind: str) -> None:
    with pytest.raises(ImageMissingError):
        await read(form(FILE), kind)


async def test_two_hundred_parts_are_read() -> None:
    assert (await read(form(*[text("a", "b")] * 199, FILE))).data == PNG


@pytest.mark.parametrize(
    ("query", "url"),
    [
        (f"img_url={quote_plus(URL)}", URL),
        (f"access_token=a&img_url={URL}", URL),
        ("img_url=http://h/a?b=c", "http://h/a?b=c"),
        ("img_url=http%3A%2F%2Fh%2Fa%3Fb%3Dc%26d%3De", "http://h/a?b=c&d=e"),
        ("img_url=http://h/a+b", "http://h/a b"),
        ("img_url=http://h/a%2Bb", "http://h/a+b"),
        ("img_url=http://h/%25E5", "http://h/%E5"),
        ("img_url=http://h/图.png", "http://h/图.png"),
        (f"img_url={quote('http://h/图.png')}", "http://h/图.png"),
        (b"img_url=http://h/\xff", "http://h/\ufffd"),
        ("img_url=one&img_url=two", "one"),
    ],
)
async def test_an_address_in_the_url_is_decoded_once(
    query: str | bytes, url: str
) -> None:
    assert await read(b"", "", query) == Picture(None, url, is_detailed=False)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"", ""),
        (b"", "application/json"),
        (b"{}", "application/json"),
        (b"null", "application/json"),
        (b"{", "application/json"),
        (b"--b--\r\n", "multipart/form-data; boundary=b"),
        (b"anything", "multipart/form-data"),
        (form(FILE), "multipart/form-data; boundary=bound"),
    ],
)
async def test_an_address_in_the_url_makes_the_body_mean_nothing(
    sent: bytes, kind: str
) -> None:
    assert (await read(sent, kind, f"img_url={URL}", hang=True)).url == URL


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (f"img_url={quote_plus(URL)}".encode(), "application/x-www-form-urlencoded"),
        (f"a=b&img_url={URL}".encode(), "application/x-www-form-urlencoded; charset=x"),
        (f'{{"img_url": "{URL}", "a": 1}}'.encode(), "application/json; charset=utf-8"),
        (form(text("img_url", URL)), "multipart/form-data; boundary=bound"),
    ],
)
async def test_an_address_in_the_body_is_taken(sent: bytes, kind: str) -> None:
    assert (await read(sent, kind)).url == URL


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b'{"img_url": 1}',
        b'{"img_url": ""}',
        b"[" * 60_000,
    ],
)
async def test_json_without_an_address_brings_no_picture(sent: bytes) -> None:
    with pytest.raises(ImageMissingError):
        await read(sent, "application/json")


async def test_a_file_wins_over_an_address_in_the_body() -> None:
    picture = await read(form(text("img_url", URL), FILE))
    assert (picture.data, picture.url) == (PNG, None)


async def test_an_empty_address_leaves_the_file() -> None:
    assert (await read(form(FILE), query="img_url=")).data == PNG


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream"])
async def test_a_body_may_be_the_file_itself(kind: str) -> None:
    assert (await read(PNG, kind)).data == PNG


@pytest.mark.parametrize(
    ("sent", "query"),
    [
        (form(FILE), "type="),
        (form(FILE), "type=scan"),
        (form(FILE), "type=other"),
        (form(text("type", "scan"), FILE), ""),
        (form(FILE, text("type", "scan")), "type=photo"),
    ],
)
async def test_a_mode_in_the_url_or_the_form_is_no_picture(
    sent: bytes, query: str
) -> None:
    assert (await read(sent, query=query)).data == PNG


@pytest.mark.parametrize(
    ("sent", "query", "is_detailed"),
    [
        (form(FILE), "", False),
        (form(FILE), "detail=1", True),
        (form(FILE), "detail=true", False),
        (form(FILE, text("detail", "1")), "", True),
        (form(FILE, text("detail", "1")), "detail=", True),
        (form(FILE, text("detail", "1")), "detail=0", False),
        (b"", f"img_url={URL}&detail=1", True),
    ],
)
async def test_a_detail_is_asked_for_in_the_url_or_the_form(
    sent: bytes, query: str, *, is_detailed: bool
) -> None:
    assert (await read(sent, query=query)).is_detailed is is_detailed


async def test_an_empty_address_in_the_url_leaves_the_one_in_the_body() -> None:
    assert (await read(form(text("img_url", URL)), query="img_url=")).url == URL


def sized(size: int) -> bytes:
    return upload('form-data; name="img"; filename="a"', content=b"\xff" * size)


async def test_a_file_of_the_largest_size_is_taken() -> None:
    data = (await read(sized(FILE_LIMIT - 1))).data
    assert data == b"\xff" * (FILE_LIMIT - 1)


@pytest.mark.parametrize("size", [FILE_LIMIT, FILE_LIMIT + 70_000])
async def test_a_file_of_two_mebibytes_is_too_large(size: int) -> None:
    with pytest.raises(ImageSizeError):
        await read(sized(size))


@pytest.mark.parametrize("kind", ["image/png", "application/json", "text/plain"])
async def test_no_body_may_be_larger_than_a_form_with_a_file(kind: str) -> None:
    with pytest.raises(ImageSizeError):
        await read([b"a" * 70_000] * 40, kind)


async def test_a_body_is_not_read_past_its_limit() -> None:
    channel = Channel([b"a" * 65_536] * 100, cut=False, hang=False)
    scope: dict[str, object] = {"type": "http", "query_string": b"", "headers": []}
    with pytest.raises(ImageSizeError):
        await read_picture(Request(scope), Body(channel))
    assert channel.left == 101 - 34


async def test_of_a_body_that_must_be_short_no_more_is_held() -> None:
    channel = Channel([b"a" * 1000] * 100, cut=False, hang=False)
    with pytest.raises(ImageSizeError):
        await Body(channel).read(2500)
    assert channel.left == 101 - 3


async def test_a_size_announced_too_large_is_refused_at_once() -> None:
    with pytest.raises(ImageSizeError):
        await read([], hang=True, announced=10_000_000)


async def test_a_client_that_leaves_is_no_error_of_the_picture() -> None:
    with pytest.raises(ClientDisconnect):
        await read(form(FILE)[:60], cut=True)


async def test_a_body_that_does_not_arrive_brings_no_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body_module, "READ_SECONDS", 0.02)
    with pytest.raises(ImageMissingError):
        await read(form(FILE)[:60], hang=True)


@pytest.mark.parametrize(
    ("query", "token"),
    [
        ("", None),
        ("access_token=", None),
        ("access_token=a", "a"),
        ("cloudbase_access_token=b", "b"),
        ("access_token=&cloudbase_access_token=b", "b"),
        ("access_token=a%2Bb", "a+b"),
    ],
)
def test_a_token_is_read_from_the_url(query: str, token: str | None) -> None:
    request = Request({"type": "http", "query_string": query.encode(), "headers": []})
    assert read_token(read_query(request)) == token
