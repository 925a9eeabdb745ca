"""Claims about the messages of cloud calls."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shizi.core.errors import ImageMissingError, ImageSizeError, MessageError
from shizi.wechat.message import pack_error, pack_reply, read_packed, read_plain
from shizi.wechat.protobuf import read_fields, write_bytes, write_int
from shizi.wechat.requests import Picture

URL = "http://example.com/a.png"


def pair(key: str, value: bytes, name: str | None = None) -> bytes:
    fields = write_bytes(1, key.encode()) + write_bytes(2, value)
    return fields if name is None else fields + write_bytes(4, name.encode())


def packed(*pairs: bytes) -> bytes:
    data = b"".join(write_bytes(1, one) for one in pairs)
    return write_int(1, 0) + write_bytes(2, data)


def picture(data: bytes | None, url: str | None) -> Picture:
    return Picture(data, url, is_detailed=False)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (packed(pair("img", b"\x00\xff", "img.png")), picture(b"\x00\xff", None)),
        (packed(pair("other", b"a", "")), picture(b"a", None)),
        (packed(pair("img", b"a") + write_bytes(3, b"image/png")), picture(b"a", None)),
        (
            packed(pair("img", b"", "a"), pair("img", b"a", "a")),
            picture(b"a", None),
        ),
        (packed(pair("img_url", f'"{URL}"'.encode())), picture(None, URL)),
        (packed(pair("imgUrl", f'"{URL}"'.encode())), picture(None, URL)),
        (packed(pair("img_url", URL.encode())), picture(None, URL)),
        (
            packed(pair("type", b'"scan"'), pair("img_url", f'"{URL}"'.encode())),
            picture(None, URL),
        ),
        (packed(pair("img_url", b'"a"'), pair("img_url", b'"b"')), picture(None, "a")),
        (packed(pair("img_url", b'"a"'), pair("img", b"b", "b")), picture(b"b", None)),
        (
            packed(pair("img_url", b'"http%3A%2F%2Fh%2Fa%2520b"')),
            picture(None, "http://h/a%20b"),
        ),
        (packed(pair("img_url", b'"http://h/a%20b"')), picture(None, "http://h/a%20b")),
        (
            packed(pair("img_url", '"http://h/图"'.encode())) + write_bytes(6, b"wx"),
            picture(None, "http://h/图"),
        ),
    ],
)
def test_a_packed_picture_is_found(message: bytes, found: Picture) -> None:
    assert read_packed(message) == found


@pytest.mark.parametrize(
    ("value", "told"), [(b"1", True), (b'"1"', True), (b"0", False)]
)
def test_a_detail_may_be_asked_for(value: bytes, *, told: bool) -> None:
    message = packed(pair("detail", value), pair("img", b"a", "a"))
    assert read_packed(message).is_detailed is told


@pytest.mark.parametrize(
    "message",
    [
        b"",
        packed(),
        packed(b""),
        packed(pair("img", b"", "img.png")),
        packed(pair("img_url", b'""')),
        packed(pair("img_url", b"null")),
        packed(pair("img_url", b"{}")),
        packed(pair("img_url", b"true")),
        packed(pair("img", b'{"content_type": "image/png"}')),
        write_int(1, 2) + write_bytes(4, b"\x0a\x01a"),
    ],
)
def test_a_message_without_a_picture_brings_none(message: bytes) -> None:
    with pytest.raises(ImageMissingError):
        read_packed(message)


@pytest.mark.parametrize(
    "message",
    [
        b"\x12\x05a",
        b"\x12\x04\x0a\x05ab",
        write_int(2, 1),
        packed(pair("img", b"a", "a")[:-1]),
        packed(write_int(1, 5) + write_bytes(2, b"a")),
        b"\xff" * 40,
    ],
)
def test_a_damaged_message_is_refused(message: bytes) -> None:
    with pytest.raises(MessageError):
        read_packed(message)


@pytest.mark.parametrize(("size", "is_read"), [(2**21 - 1, True), (2**21, False)])
def test_a_packed_file_has_the_limit_of_an_uploaded_one(
    size: int, *, is_read: bool
) -> None:
    message = packed(pair("img", bytes(size), "img.png"))
    if is_read:
        assert len(read_packed(message).data or b"") == size
    else:
        with pytest.raises(ImageSizeError):
            read_packed(message)


@pytest.mark.parametrize("key", ["img_url", "imgUrl"])
def test_a_plain_call_brings_an_address(key: str) -> None:
    text = json.dumps({key: URL, "type": "scan"}).encode()
    assert read_plain(text) == picture(None, URL)


@pytest.mark.parametrize("text", [b"{}", b'{"img": {"value": "a"}}', b'{"img_url": 0}'])
def test_a_plain_call_without_an_address_brings_nothing(text: bytes) -> None:
    with pytest.raises(ImageMissingError):
        read_plain(text.replace(b"0", b"null"))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"1", b"\xff"])
def test_a_plain_call_is_an_object(text: bytes) -> None:
    with pytest.raises(MessageError):
        read_plain(text)


def test_a_reply_is_packed_with_its_type() -> None:
    assert dict(read_fields(pack_reply(b"{}"))) == {
        1: b"{}",
        2: b"application/json; charset=UTF-8",
        4: 200,
    }


def test_an_error_is_packed_as_a_number() -> None:
    assert dict(read_fields(pack_error(-604100))) == {3: 2**64 - 604100}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_refused(data: bytes) -> None:
    for message in (data, packed(data), packed(pair("img_url", data))):
        try:
            read_packed(message)
        except (MessageError, ImageMissingError):
            continue


@given(st.binary(max_size=60), st.integers(0, 200), st.integers(0, 255))
def test_a_mutated_message_is_a_picture_or_refused(
    data: bytes, place: int, byte: int
) -> None:
    message = bytearray(packed(pair("img", data, "img.png"), pair("type", b'"scan"')))
    message[place % len(message)] = byte
    try:
        read_packed(bytes(message))
    except (MessageError, ImageMissingError):
        return
