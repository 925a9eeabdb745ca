"""The signatures of cloud calls, in the two schemes that WeChat's SDKs use.

From 2.1 on `wx-server-sdk` signs by TC3-HMAC-SHA256, Tencent Cloud's third version,
with rules of its own for what is signed; before that by the second, over HMAC-SHA1,
which leaves the picture unsigned. Both are computed here again and compared elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from shizi.core.errors import SignatureError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

# What JavaScript's `trim` takes away; Python's `strip` takes other characters.
_SPACES: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)

# The parameters that say what is called; unsigned they would be anyone's.
_CALL: Final = frozenset({"action", "apiname"})
_DATA: Final = "requestdata"

_TC3: Final = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/,\s]+)/(?P<scope>[^/,]+/tcb/tc3_request), "
    r"SignedParams=(?P<params>[^,\s]*), SignedHeaders=(?P<headers>[^,\s]*), "
    r"Signature=(?P<value>[0-9a-f]{64})"
)
_OLDER: Final = re.compile(
    r"q-sign-algorithm=sha1&q-ak=(?P<id>[^&]+)&q-sign-time=(?P<begin>\d{1,12});"
    r"(?P<end>\d{1,12})&q-key-time=(?P<key_time>\d{1,12};\d{1,12})&q-header-list="
    r"(?P<headers>[^&]*)&q-url-param-list=(?P<params>[^&]*)"
    r"&q-signature=(?P<value>[0-9a-f]{40})"
)


class Target(NamedTuple):
    """Where a call goes, as its first lines spell it.

    Attributes:
        host: With the port, if it is written.
        path: Not decoded.
        query: Not decoded, without the question mark.
    """

    host: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class Tc3Signature:
    """A signature of the newer scheme.

    Attributes:
        app_id: Whose it says it is.
        made_at: When it says it was made, in seconds since 1970.
        value: The signature as it came.
    """

    app_id: str
    made_at: float
    value: str
    scope: str
    text: str

    def compute(self, secret: str) -> str:
        """Return what the signature is if this is the app's secret."""
        key = f"TC3{secret}".encode()
        for step in self.scope.split("/"):
            key = hmac.digest(key, step.encode(), "sha256")
        return hmac.new(key, self.text.encode(), "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class OlderSignature:
    """A signature of the older scheme.

    Attributes:
        app_id: Whose it says it is.
        made_at: When it says it was made, in seconds since 1970.
        value: The signature as it came.
    """

    app_id: str
    made_at: float
    value: str
    key_time: str
    text: str

    def compute(self, secret: str) -> str:
        """Return what the signature is if this is the app's secret."""
        key = hmac.new(secret.encode(), self.key_time.encode(), "sha1").hexdigest()
        return hmac.new(key.encode(), self.text.encode(), "sha1").hexdigest()


def read_signature(
    request: Request, params: Mapping[str, bytes]
) -> Tc3Signature | OlderSignature:
    """Return the signature of a cloud call, to be held against the app's secret.

    Args:
        request: Its head.
        params: What its body holds, by names in lower case.

    Raises:
        SignatureError: There is none, or it does not cover what is called.
    """
    header = request.headers.get("authorization", "")
    if header.startswith("TC3-"):
        return _read_tc3(request, params, header)
    return _read_older(request, params, _text(params.get("authorization", b"")))


def sign(
    app_id: str,
    *,
    target: Target,
    headers: Mapping[str, str],
    params: Mapping[str, bytes],
    now: int,
) -> Tc3Signature:
    """Return what an app has to sign by the newer scheme, without the signature.

    Args:
        app_id: Who signs.
        target: Where the call goes.
        headers: Those that are signed, by names in lower case.
        params: Those that are signed, by names in lower case.
        now: The time, in seconds since 1970.
    """
    date = datetime.fromtimestamp(now, UTC).date().isoformat()
    scope = f"{date}/tcb/tc3_request"
    return Tc3Signature(
        app_id, float(now), "", scope, _tc3_text(target, headers, params, now, scope)
    )


def _read_tc3(
    request: Request, params: Mapping[str, bytes], header: str
) -> Tc3Signature:
    found = _TC3.fullmatch(header)
    if found is None:
        raise SignatureError("the authorization has another form")
    time = request.headers.get("x-timestamp", "")
    if not re.fullmatch(r"\d{1,11}", time):
        raise SignatureError("X-Timestamp is missing")
    keys = found["params"].split(";")
    _check_cover(keys, _CALL | {_DATA})
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope["query_string"]
    signed = sign(
        found["id"],
        target=Target(
            request.headers.get("host", ""),
            path.decode("latin-1"),
            query.decode("latin-1"),
        ),
        headers={key: _header(request, key) for key in found["headers"].split(";")},
        params={key: _signed(key, params.get(key, b"")) for key in keys},
        now=int(time),
    )
    if signed.scope != found["scope"]:
        raise SignatureError("the signature's date is not that of X-Timestamp")
    return replace(signed, value=found["value"])


def _tc3_text(
    target: Target,
    headers: Mapping[str, str],
    params: Mapping[str, bytes],
    now: int,
    scope: str,
) -> str:
    """Return the text that is signed."""
    payload = hashlib.sha256()
    for key, value in params.items():
        if value:
            payload.update(b"&%b=%b\r\n" % (key.encode(), value))
    lines = "".join(f"{key}:{value}\n" for key, value in headers.items())
    canonical = (
        f"post\n//{target.host}{target.path}\n{target.query}\n"
        f"{lines}\n{';'.join(headers)}\n{payload.hexdigest()}"
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return f"TC3-HMAC-SHA256\n{now}\n{scope}\n{digest}"


def _read_older(
    request: Request, params: Mapping[str, bytes], authorization: str
) -> OlderSignature:
    found = _OLDER.fullmatch(authorization)
    if found is None:
        raise SignatureError("the call carries no signature")
    keys = found["params"].split(";")
    # This scheme's SDK signs no bytes: only its JSON is covered whole.
    is_form = request.headers.get("content-type", "").startswith("multipart/")
    _check_cover(keys, _CALL if is_form else _CALL | {_DATA})
    pairs = "&".join(
        f"{_encode(key)}={_encode(_text(params.get(key, b'')))}" for key in keys
    )
    headers = "&".join(
        f"{_encode(key)}={_encode(request.headers.get(key, ''))}"
        for key in found["headers"].split(";")
    )
    canonical = f"post\n/admin\n{pairs}\n{headers}\n"
    digest = hashlib.sha1(canonical.encode(), usedforsecurity=False).hexdigest()
    text = f"sha1\n{found['begin']};{found['end']}\n{digest}\n"
    return OlderSignature(
        found["id"], float(found["begin"]), found["value"], found["key_time"], text
    )


def _check_cover(keys: list[str], needed: frozenset[str]) -> None:
    """Refuse a signature over less than what says what is called, and of what."""
    if not needed <= set(keys):
        raise SignatureError("the signature does not cover the call")


def _signed(key: str, value: bytes) -> bytes:
    """Return a parameter as it is signed: bytes as they are, text without its ends."""
    return value if key == _DATA else _text(value).strip(_SPACES).encode()


def _header(request: Request, key: str) -> str:
    """Return a header as it is signed."""
    value = request.headers.get(key)
    if value is None:
        raise SignatureError(f"the signed header {key!r} did not come")
    if key == "content-type":
        # The boundary is made after the signature.
        return value.partition(";")[0] if value.startswith("multipart/") else value
    return value.strip(_SPACES).lower()


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _encode(text: str) -> str:
    """Return a text as the SDK's `camSafeUrlEncode` writes it."""
    return quote(text, safe="")
