"""Claims about unmodified versions of wx-server-sdk that call this server."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.contracts.cloud.sdk import (
    WAYS,
    Gateway,
    Step,
    Way,
    call,
    run_example,
)
from tests.contracts.stand import CASES, Stand
from tests.running import serving, shizi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.contract

HOST = "tcb-open.tencentcloudapi.com"
TEXT = "openapi.ocr.printedText"

# The newest version, for what the server does alike for all.
NEWEST = WAYS[-1]


def issue(folder: Path) -> tuple[Path, Path, Path]:
    """Return the files of an authority's certificate, a server's, and its key."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Own authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)

    def certificate(
        name: x509.Name, public: ec.EllipticCurvePublicKey, *extensions: Any
    ) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        made = builder.sign(authority_key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM)

    files = folder / "authority.pem", folder / "server.pem", folder / "server.key"
    files[0].write_bytes(
        certificate(
            issuer,
            authority_key.public_key(),
            x509.BasicConstraints(ca=True, path_length=None),
        )
    )
    names = x509.SubjectAlternativeName([x509.DNSName(HOST)])
    files[1].write_bytes(certificate(subject, key.public_key(), names))
    files[2].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@pytest.fixture(scope="module")
def gateway(
    stand: Stand, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("tls")
    authority, certificate, key = issue(folder)
    # Two servers on one data folder: an app of one is an app of the other.
    options = ("--fetch-allow", "127.0.0.1")
    options += ("--tls-cert", str(certificate), "--tls-key", str(key))
    (folder / "data").symlink_to(stand.data)
    with serving(folder / "data", *options) as running:
        yield Gateway(stand.url, running.url, authority, stand.app_id, stand.secret)


APIS = {"comm": TEXT, "driving": "openapi.ocr.vehicleLicense"}


def steps(stand: Stand) -> dict[str, Step]:
    """Return what each version is asked to do, by what the tests call it."""
    page = f"{stand.host}/{CASES['comm'].picture}"
    calls: dict[str, Step] = {
        "no picture": (TEXT, {"img": {"path": str(stand.pictures / "none.jpg")}}),
        "closed": (TEXT, {"imgUrl": f"{stand.host}/nothing.jpg"}),
        "nothing": (TEXT, {}),
        "largest": (TEXT, {"img": {"zeros": 2 * 1024 * 1024 - 1}}),
        "large": (TEXT, {"img": {"zeros": 2 * 1024 * 1024}}),
        "huge": (TEXT, {"img": {"zeros": 3 * 1024 * 1024}}),
        "other": ("openapi.security.msgSecCheck", {"content": "a"}),
        "unknown": ("openapi.ocr.none", {}),
        "plain": (
            "callOpenAPI",
            {"api": "ocr.printedText", "data": {"img_url": page}},
        ),
        "plain closed": (
            "callOpenAPI",
            {"api": "ocr.printedText", "data": {"img_url": "http://10.0.0.1/"}},
        ),
        "open data": ("getOpenData", {"list": ["a"]}),
    }
    for api, case in CASES.items():
        image = {"path": str(stand.pictures / case.picture)}
        address = f"{stand.host}/{case.picture}"
        calls[f"{api} file"] = (APIS[api], {"type": "photo", "img": image})
        calls[f"{api} url"] = (APIS[api], {"type": "scan", "imgUrl": address})
    return calls


def short(way: Way) -> bool:
    """Return whether a way is the one of its version that the short form takes."""
    others = [other for other in WAYS if other.version == way.version]
    return way == others[-1]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(way, marks=() if short(way) else pytest.mark.slow) for way in WAYS
    ],
    ids=str,
)
def answers(
    request: pytest.FixtureRequest, gateway: Gateway, stand: Stand
) -> dict[str, dict[str, Any]]:
    """Return what one version got of each step, all from one process."""
    asked = steps(stand)
    if request.param.version == "0.4.3":
        del asked["open data"]  # it has no such call
    got = call(request.param, gateway, list(asked.values()))
    return dict(zip(asked, got, strict=True))


def snake(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result with the keys that a case looks for."""
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in key): value
        for key, value in result.items()
    }


@pytest.mark.parametrize("form", ["file", "url"])
@pytest.mark.parametrize("api", CASES)
def test_a_picture_is_read(
    answers: dict[str, dict[str, Any]], api: str, form: str
) -> None:
    result = answers[f"{api} {form}"]["result"]
    assert (result["errCode"], result["errMsg"]) == (0, f"{APIS[api]}:ok")
    assert set(result["imgSize"]) == {"w", "h"}
    assert CASES[api].told(snake(result)) == CASES[api].expected


@pytest.mark.parametrize(
    ("step", "code", "text"),
    [
        ("no picture", 101002, "decode image failed"),
        ("closed", 101000, "invalid image url"),
        ("nothing", 41005, "media data missing"),
        ("largest", 101002, "decode image failed"),
        ("large", 40006, "invalid media size"),
        ("huge", 40006, "invalid media size"),
    ],
)
def test_an_error_is_thrown_with_the_code_of_the_documents(
    answers: dict[str, dict[str, Any]], step: str, code: int, text: str
) -> None:
    assert answers[step]["errCode"] == code
    assert answers[step]["errMsg"].startswith(f"{TEXT}:fail {text} rid: ")


@pytest.mark.parametrize("step", ["other", "unknown", "open data"])
def test_another_api_is_not_found(
    answers: dict[str, dict[str, Any]], step: str
) -> None:
    if step in answers:
        assert answers[step]["errCode"] == -604100


def test_the_older_call_gives_the_reply_as_it_is(
    answers: dict[str, dict[str, Any]],
) -> None:
    read = answers["plain"]["result"]["result"]
    assert CASES["comm"].told(read) == CASES["comm"].expected
    assert answers["plain closed"]["result"]["result"]["errcode"] == 101000


@pytest.mark.parametrize("version", ["2.3.3", "4.0.2"])
@pytest.mark.parametrize("api", CASES)
def test_the_example_reads_a_picture(
    version: str, gateway: Gateway, stand: Stand, api: str
) -> None:
    case = CASES[api]
    for picture in (stand.pictures / case.picture, f"{stand.host}/{case.picture}"):
        result = json.loads(run_example(version, gateway, api, picture))
        assert case.told(snake(result)) == case.expected


def test_the_example_tells_an_error(gateway: Gateway, stand: Stand) -> None:
    told = run_example("4.0.2", gateway, "comm", stand.pictures / "none.jpg")
    assert told.startswith("101002 openapi.ocr.printedText:fail decode image failed")


@pytest.mark.parametrize("way", [WAYS[1], WAYS[3], NEWEST], ids=str)
def test_a_wrong_secret_is_refused(way: Way, gateway: Gateway, stand: Stand) -> None:
    other = replace(gateway, secret=f"{gateway.secret[:-1]}!")
    [thrown] = call(way, other, [steps(stand)["comm file"]])
    assert thrown["errCode"] == -501001
    assert "the signature is not the app's" in thrown["errMsg"]


def add(stand: Stand, *options: str) -> dict[str, str]:
    made = shizi("app", "add", "cloud", *options, "--data", stand.data, "--json")
    app: dict[str, str] = json.loads(made)
    return app


def test_an_api_that_the_app_may_not_call_is_told(
    gateway: Gateway, stand: Stand
) -> None:
    app = add(stand, "--api", "vehicle_licence")
    own = replace(gateway, app_id=app["appid"], secret=app["secret"])
    [thrown] = call(NEWEST, own, [steps(stand)["comm file"]])
    assert thrown["errCode"] == -604101


def test_https_and_cloud_calls_share_a_quota(gateway: Gateway, stand: Stand) -> None:
    app = add(stand, "--limit", "printed_text=2")
    token = shizi("token", "issue", app["appid"], "--data", stand.data).strip()
    picture = stand.pictures / CASES["comm"].picture
    own = replace(gateway, app_id=app["appid"], secret=app["secret"])
    step = steps(stand)["comm file"]

    def by_https() -> int:
        reply = httpx.post(
            f"{stand.url}/cv/ocr/comm",
            params={"access_token": token},
            files={"img": picture.read_bytes()},
            timeout=60,
        )
        code: int = reply.json()["errcode"]
        return code

    assert call(NEWEST, own, [step])[0]["result"]["errCode"] == 0
    assert by_https() == 0
    assert call(NEWEST, own, [step])[0]["errCode"] == 101003
    assert by_https() == 101003
