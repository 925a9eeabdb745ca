"""The wire format of protocol buffers, as far as cloud calls need it.

Described at https://protobuf.dev/programming-guides/encoding/. What is read comes from
strangers: every length is checked, and a message may hold only so many fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shizi.core.errors import MessageError

if TYPE_CHECKING:
    from collections.abc import Iterator

# How a value is written, by the last three bits of its key.
_VARINT: Final = 0
_FIXED64: Final = 1
_BYTES: Final = 2
_FIXED32: Final = 5

_FIXED_SIZES: Final = {_FIXED64: 8, _FIXED32: 4}

# 256: the messages of the cloud call have at most a dozen; keeps reading short.
_FIELD_LIMIT: Final = 256

# 10 bytes of 7 bits hold 64.
_LONGEST_VARINT: Final = 10
_WORD: Final = (1 << 64) - 1


def read_fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and the value of each field, in the order of the message.

    Integers are yielded without their sign; a value of fixed size as its bytes.

    Raises:
        MessageError: The bytes are no message, or one of too many fields.
    """
    place = 0
    for _ in range(_FIELD_LIMIT):
        if place == len(data):
            return
        key, place = _read_varint(data, place)
        number, kind = key >> 3, key & 7
        if not number:
            raise MessageError("a field has the number 0")
        if kind == _VARINT:
            value, place = _read_varint(data, place)
            yield number, value
            continue
        if kind == _BYTES:
            size, place = _read_varint(data, place)
        elif kind in _FIXED_SIZES:
            size = _FIXED_SIZES[kind]
        else:
            raise MessageError(f"a field has the unknown type {kind}")
        if size > len(data) - place:
            raise MessageError("a field ends beyond its message")
        yield number, data[place : place + size]
        place += size
    if place != len(data):
        raise MessageError(f"a message has more than {_FIELD_LIMIT} fields")


def write_bytes(number: int, value: bytes) -> bytes:
    """Return a field that holds bytes, text or a message."""
    return _write_varint(number << 3 | _BYTES) + _write_varint(len(value)) + value


def write_int(number: int, value: int) -> bytes:
    """Return a field that holds an integer; a negative one takes ten bytes."""
    return _write_varint(number << 3 | _VARINT) + _write_varint(value & _WORD)


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    """Return an integer and the place behind it."""
    value = 0
    for count, byte in enumerate(data[place : place + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            return value & _WORD, place + count + 1
    raise MessageError("an integer has no end")


def _write_varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
