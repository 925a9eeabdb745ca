"""Claims about the wire format of protocol buffers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shizi.core.errors import MessageError
from shizi.wechat.protobuf import read_fields, write_bytes, write_int


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (write_int(1, 150), b"\x08\x96\x01"),
        (write_int(1, 0), b"\x08\x00"),
        (write_int(3, -604100), b"\x18" + b"\xbc\x90\xdb" + b"\xff" * 6 + b"\x01"),
        (write_int(16, 1), b"\x80\x01\x01"),
        (write_bytes(2, b"testing"), b"\x12\x07testing"),
        (write_bytes(2, b""), b"\x12\x00"),
        (write_bytes(1, b"a" * 300)[:3], b"\x0a\xac\x02"),
    ],
)
def test_a_field_is_written_as_documented(field: bytes, written: bytes) -> None:
    assert field == written


def test_fields_are_read_in_their_order() -> None:
    data = b"\x12\x02hi\x08\x96\x01\x12\x00\x1d1234\x2112345678"
    assert list(read_fields(data)) == [
        (2, b"hi"),
        (1, 150),
        (2, b""),
        (3, b"1234"),
        (4, b"12345678"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"\x08",
        b"\x08\xff",
        b"\x08" + b"\xff" * 10,
        b"\x80",
        b"\x12\x05abc",
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a",
        b"\x1d123",
        b"\x21",
        b"\x0b\x0c",
        b"\x0e",
        b"\x00\x01",
        b"\x02\x00",
        b"\x08\x01" * 257,
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(MessageError):
        list(read_fields(data))


def test_as_many_fields_as_are_allowed_are_read() -> None:
    assert len(list(read_fields(b"\x08\x01" * 256))) == 256


@given(st.integers(1, 2**29 - 1), st.integers(-(2**63), 2**63 - 1))
def test_an_integer_comes_back(number: int, value: int) -> None:
    assert list(read_fields(write_int(number, value))) == [(number, value % 2**64)]


@given(st.integers(1, 2**29 - 1), st.binary(max_size=400))
def test_bytes_come_back(number: int, value: bytes) -> None:
    assert list(read_fields(write_bytes(number, value))) == [(number, value)]


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        fields = list(read_fields(data))
    except MessageError:
        return
    assert sum(len(v) for _, v in fields if isinstance(v, bytes)) <= len(data)
