"""Claims about the signatures of cloud calls, on calls that the SDK signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shizi.core.errors import SignatureError
from shizi.wechat.signature import read_signature
from tests.wechat.captured import APP_ID, NAMES, SECRET, Call, load

if TYPE_CHECKING:
    from shizi.wechat.signature import OlderSignature, Tc3Signature

NEWER = [name for name in NAMES if name[0] in "234" and not name.startswith("2.0")]
OLDER = [name for name in NAMES if name not in NEWER]


def params(call: Call) -> dict[str, bytes]:
    """Return the parameters, by a reader other than the program's."""
    kind = call.headers["content-type"]
    if "json" in kind:
        members = json.loads(call.body)
        return {
            name.lower(): (text if isinstance(text, str) else json.dumps(text)).encode()
            for name, text in members.items()
        }
    boundary = b"\r\n--" + kind.partition("boundary=")[2].encode()
    found = {}
    for part in (b"\r\n" + call.body).split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        found[name.lower()] = content
    return found


def read(call: Call) -> Tc3Signature | OlderSignature:
    return read_signature(call.request, params(call))


@pytest.mark.parametrize("name", NAMES)
def test_what_the_sdk_signed_is_the_app_s(name: str) -> None:
    signature = read(load(name))
    assert signature.app_id == APP_ID
    assert signature.made_at == load(name).made_at
    assert signature.compute(SECRET) == signature.value


@pytest.mark.parametrize("name", NAMES)
def test_another_secret_signs_otherwise(name: str) -> None:
    signature = read(load(name))
    assert signature.compute(SECRET[:-1] + "0") != signature.value


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("old", "new"),
    [(b"ocr.", b"ocr_"), (b"any", b"some"), (b"wx.", b"wy.")],
    ids=["api", "env", "action"],
)
def test_an_altered_parameter_is_noticed(name: str, old: bytes, new: bytes) -> None:
    signature = read(load(name).replaced(old, new))
    assert signature.compute(SECRET) != signature.value


@pytest.mark.parametrize("name", [*NEWER, "1.8.3-plain", "2.0.4-plain"])
def test_an_altered_picture_is_noticed(name: str) -> None:
    old = b"\x00\xff" if "file" in name else b"example.com"
    signature = read(load(name).replaced(old, old[::-1]))
    assert signature.compute(SECRET) != signature.value


@pytest.mark.parametrize("name", NEWER)
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "other:80"},
        {"user_agent": "other"},
        {"x_client_timestamp": "1"},
        {"content_type": "text/plain; a=b"},
    ],
    ids=str,
)
def test_an_altered_header_is_noticed(name: str, headers: dict[str, str]) -> None:
    call = load(name)
    signature = read_signature(call.altered(**headers).request, params(call))
    assert signature.compute(SECRET) != signature.value


@pytest.mark.parametrize("name", NEWER)
def test_an_altered_query_or_path_is_noticed(name: str) -> None:
    call = load(name)
    for target in (call.target + "1", call.target.replace("/admin", "/admim")):
        signature = read(Call(target, call.headers, call.body))
        assert signature.compute(SECRET) != signature.value


@pytest.mark.parametrize("name", OLDER)
def test_an_altered_time_of_the_older_signature_is_noticed(name: str) -> None:
    call = load(name)
    begin = f"{call.made_at:.0f};".encode()
    later = f"{call.made_at + 1:.0f};".encode()
    signature = read(call.replaced(b"sign-time=" + begin, b"sign-time=" + later))
    assert signature.made_at == call.made_at + 1
    assert signature.compute(SECRET) != signature.value


def test_text_is_signed_without_the_spaces_that_javascript_trims() -> None:
    call = load("4.0.2-url")
    values = params(call)
    values["envname"] = "\ufeff\u3000any \n".encode()
    signature = read_signature(call.request, values)
    assert signature.compute(SECRET) == signature.value


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": ""},
        {"authorization": "Basic YTpi"},
        {"authorization": "TC3-HMAC-SHA256 Credential=a"},
        {"x_timestamp": ""},
        {"x_timestamp": "-1"},
        {"x_timestamp": "1e9"},
        {"x_timestamp": "9" * 30},
        {"x_timestamp": "99999999999"},
        {"x_timestamp": "1700000000"},
    ],
    ids=str,
)
def test_a_damaged_head_is_refused(headers: dict[str, str]) -> None:
    call = load("4.0.2-url")
    with pytest.raises(SignatureError):
        read_signature(call.altered(**headers).request, params(call))


@pytest.mark.parametrize("missing", ["action;", "apiname;", ";requestdata"])
def test_a_signature_must_cover_what_is_called(missing: str) -> None:
    call = load("4.0.2-url")
    whole = call.headers["authorization"]
    assert missing in whole
    short = call.altered(authorization=whole.replace(missing, "", 1))
    with pytest.raises(SignatureError, match="cover"):
        read(short)


@pytest.mark.parametrize("missing", [b"action;", b"apiname;", b"requestdata;"])
def test_an_older_signature_must_cover_what_is_called(missing: bytes) -> None:
    with pytest.raises(SignatureError, match="cover"):
        read(load("1.8.3-plain").replaced(missing, b""))


def test_a_signed_header_must_come() -> None:
    call = load("4.0.2-url")
    headers = {k: v for k, v in call.headers.items() if k != "x-sdk-version"}
    with pytest.raises(SignatureError, match="x-sdk-version"):
        read_signature(Call(call.target, headers, call.body).request, params(call))


@given(st.text(max_size=300), st.text(max_size=12), st.binary(max_size=300))
def test_any_head_is_read_or_refused(header: str, time: str, field: bytes) -> None:
    request = (
        load("4.0.2-url")
        .altered(
            authorization=header.encode("utf-8", "replace").decode("latin-1"),
            x_timestamp=time.encode("utf-8", "replace").decode("latin-1"),
        )
        .request
    )
    with pytest.raises(SignatureError):
        read_signature(request, {"authorization": field})


@given(st.sampled_from(NAMES), st.data())
def test_a_mutated_call_is_never_taken_for_another(
    name: str, data: st.DataObject
) -> None:
    call = load(name)
    values = params(call)
    where = call.headers.get("authorization") or values["authorization"].decode()
    place = data.draw(st.integers(0, len(where) - 1))
    mutated = (
        where[:place] + data.draw(st.characters(max_codepoint=126)) + where[place + 1 :]
    )
    if mutated == where:
        return
    if "authorization" in values:
        values["authorization"] = mutated.encode()
    else:
        call = call.altered(authorization=mutated)
    try:
        signature = read_signature(call.request, values)
    except SignatureError:
        return
    if signature.compute(SECRET) == signature.value:
        # The name of a parameter without a value; as a repetition it is refused.
        assert signature.value == read(load(name)).value
