"""Claims about the cloud call for Python, against the endpoints on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from shizi.cloud import AsyncCloud, Cloud, CloudError, LocalCloud
from shizi.core.errors import (
    ApiForbiddenError,
    CardNotFoundError,
    ImageDecodeError,
    QuotaError,
)
from shizi.core.geometry import Quad, Size
from shizi.core.text import Page, TextLine
from tests.wechat.captured import APP_ID, FILE, SECRET
from tests.wechat.test_replies import TEXTS, card
from tests.wechat.test_routes import Edge

if TYPE_CHECKING:
    from collections.abc import Generator

    from shizi.core.card import Card

ROOT = Path(__file__).parents[2]
PICTURE = {"img": {"contentType": "image/png", "value": FILE}}
PLACE = Quad.of([(1, 1), (7, 1), (7, 3), (1, 3)])


@contextmanager
def serving(edge: Edge) -> Generator[str]:
    """Serve on loopback, as in production."""
    config = uvicorn.Config(edge.app, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def edge() -> Edge:
    return Edge()


@pytest.fixture
def url(edge: Edge) -> Generator[str]:
    with serving(edge) as url:
        yield url


@pytest.fixture
def cloud(url: str) -> Generator[Cloud]:
    with Cloud(url, app_id=APP_ID, secret=SECRET) as cloud:
        yield cloud


class FakeReader:
    """Reads every picture alike; keeps the pictures it was given."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.pictures: list[bytes] = []

    def read_text(self, image: bytes) -> Page:
        self._take(image)
        return Page(Size(8, 4), (TextLine("腾讯", PLACE, 0.9),))

    def read_card(self, image: bytes) -> Card:
        self._take(image)
        return card(TEXTS)

    def _take(self, image: bytes) -> None:
        if self.error:
            raise self.error
        self.pictures.append(image)


def local(reader: FakeReader) -> LocalCloud:
    return LocalCloud(reader, fetch_allow=["127.0.0.1"])  # type: ignore[arg-type] # a fake


def test_a_file_is_read_by_a_server(edge: Edge, cloud: Cloud) -> None:
    assert cloud.openapi.ocr.printedText(PICTURE) == {
        "items": [],
        "imgSize": {"w": 8, "h": 4},
        "errMsg": "openapi.ocr.printedText:ok",
        "errCode": 0,
    }
    assert (edge.calls.kinds, edge.calls.pictures) == (["text"], [FILE])


@pytest.mark.parametrize("name", ["vehicleLicense", "drivingLicense"])
def test_a_licence_is_read_under_both_names(
    edge: Edge, cloud: Cloud, name: str
) -> None:
    call = getattr(cloud.openapi.ocr, name)
    result = call({"type": "photo", "imgUrl": "http://example.com/a.png"})
    assert (result["owner"], result["totalprepareQualityQuality"]) == ("张三", "")
    assert result["errMsg"] == f"openapi.ocr.{name}:ok"
    assert edge.calls.pictures == [b"fetched"]


def test_a_licence_has_the_keys_of_the_document(cloud: Cloud) -> None:
    words = """
        errCode errMsg vehicleType owner addr useCharacter model vin engineNum
        registerDate issueDate plateNumB record passengersNum totalQuality
        totalprepareQualityQuality
    """
    assert set(words.split()) <= set(cloud.openapi.ocr.vehicleLicense(PICTURE))


def test_a_detail_is_told_in_camel_case(cloud: Cloud) -> None:
    result = cloud.openapi.ocr.vehicleLicense({**PICTURE, "detail": 1})
    assert "leftTop" in result["detail"]["fields"]["owner"]["pos"]


def test_the_documents_example_runs(
    edge: Edge, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    example = text.partition("```python\n")[2].partition("```")[0]
    for documented, own in (
        ("https://ocr.example.com", url),
        ("wx0123456789abcdef", APP_ID),
        ('"SECRET"', f'"{SECRET}"'),
    ):
        assert documented in example
        example = example.replace(documented, own)
    names: dict[str, Any] = {"picture": FILE}
    exec(example, names)
    names["cloud"].close()
    assert (edge.calls.pictures, capsys.readouterr().out) == ([FILE], "\n")
    edge.calls.error = QuotaError()
    exec(example, names)
    names["cloud"].close()
    assert capsys.readouterr().out.startswith("101003 openapi.ocr.vehicleLicense:fail")


def test_equal_calls_may_be_made_at_once(edge: Edge, cloud: Cloud) -> None:
    with ThreadPoolExecutor(4) as threads:
        calls = [
            threads.submit(cloud.openapi.ocr.printedText, PICTURE) for _ in range(8)
        ]
        assert [call.result()["errCode"] for call in calls] == [0] * 8
    assert len(edge.calls.pictures) == 8


async def test_calls_can_be_awaited(url: str) -> None:
    async with AsyncCloud(url, app_id=APP_ID, secret=SECRET) as cloud:
        text, licence = await asyncio.gather(
            cloud.openapi.ocr.printedText(PICTURE),
            cloud.openapi.ocr.vehicleLicense(PICTURE),
        )
    assert (text["imgSize"], licence["owner"]) == ({"w": 8, "h": 4}, "张三")


ERRORS = [
    (QuotaError(), 101003, "not enough market quota"),
    (ImageDecodeError(), 101002, "decode image failed"),
    (CardNotFoundError(), 101001, "certificate not found"),
    (ApiForbiddenError(), -604101, "function has no permission to call this API"),
]


@pytest.mark.parametrize(("error", "code", "text"), ERRORS)
def test_an_error_is_raised_as_the_sdk_throws_it(
    edge: Edge, cloud: Cloud, error: Exception, code: int, text: str
) -> None:
    edge.calls.error = error
    with pytest.raises(CloudError) as caught:
        cloud.openapi.ocr.vehicleLicense(PICTURE)
    assert caught.value.errCode == code
    assert caught.value.errMsg.startswith(f"openapi.ocr.vehicleLicense:fail {text}")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, 41005),
        ({"type": "photo"}, 41005),
        ({"imgUrl": "http://other"}, 101000),
        ({"img": {"contentType": "image/png", "value": bytes(2**21)}}, 40006),
        ({"img": {"contentType": "image/png", "value": bytes(2**22)}}, 40006),
    ],
    ids=["nothing", "type", "closed", "large", "huge"],
)
def test_a_call_without_a_picture_is_refused(
    cloud: Cloud, data: dict[str, Any], code: int
) -> None:
    with pytest.raises(CloudError) as caught:
        cloud.openapi.ocr.printedText(data)
    assert caught.value.errCode == code


def test_a_wrong_secret_is_refused(url: str) -> None:
    with (
        Cloud(url, app_id=APP_ID, secret="wrong") as cloud,
        pytest.raises(CloudError, match="the signature is not the app's") as caught,
    ):
        cloud.openapi.ocr.printedText(PICTURE)
    assert caught.value.errCode == -501001


async def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    options = {"app_id": APP_ID, "secret": SECRET}
    with (
        Cloud(f"http://127.0.0.1:{port}", **options) as cloud,
        pytest.raises(CloudError) as caught,
    ):
        cloud.openapi.ocr.printedText(PICTURE)
    assert caught.value.errCode == -501001
    async with AsyncCloud(f"http://127.0.0.1:{port}", **options) as later:
        with pytest.raises(CloudError) as caught:
            await later.openapi.ocr.printedText(PICTURE)
    assert caught.value.errCode == -501001


def test_an_address_that_serves_something_else_is_told(url: str) -> None:
    with (
        Cloud(f"{url}/docs", app_id=APP_ID, secret=SECRET) as cloud,
        pytest.raises(CloudError, match="gave no reply"),
    ):
        cloud.openapi.ocr.printedText(PICTURE)


def test_a_file_of_another_kind_of_bytes_is_sent(edge: Edge, cloud: Cloud) -> None:
    picture = {"contentType": "image/jpeg", "value": bytearray(FILE)}
    cloud.openapi.ocr.printedText({"img": picture})
    assert edge.calls.pictures == [FILE]


def test_what_cannot_be_sent_is_a_mistake_of_the_caller(cloud: Cloud) -> None:
    with pytest.raises(TypeError):
        cloud.openapi.ocr.printedText({"img": FILE})


def test_a_file_is_read_in_process() -> None:
    reader = FakeReader()
    result = local(reader).openapi.ocr.printedText(PICTURE)
    assert (result["items"][0]["text"], result["imgSize"]) == ("腾讯", {"w": 8, "h": 4})
    assert result["items"][0]["pos"]["rightBottom"] == {"x": 7, "y": 3}
    assert (result["errCode"], reader.pictures) == (0, [FILE])


def test_in_process_and_by_a_server_a_licence_looks_alike(cloud: Cloud) -> None:
    here = local(FakeReader()).openapi.ocr.vehicleLicense(PICTURE)
    there = cloud.openapi.ocr.vehicleLicense(PICTURE)
    assert set(here) == set(there)
    assert here["plateNumB"] == TEXTS["plate_number_back"]


@pytest.mark.parametrize(("error", "code", "text"), ERRORS)
def test_an_error_in_process_is_raised_alike(
    error: Exception, code: int, text: str
) -> None:
    with pytest.raises(CloudError) as caught:
        local(FakeReader(error)).openapi.ocr.vehicleLicense(PICTURE)
    assert caught.value.errCode == code
    assert caught.value.errMsg == f"openapi.ocr.vehicleLicense:fail {text}"


async def test_an_address_is_fetched_in_process_beside_a_running_loop(
    url: str,
) -> None:
    reader = FakeReader()
    result = local(reader).openapi.ocr.printedText({"imgUrl": f"{url}/openapi.json"})
    assert (result["errCode"], reader.pictures[0][:1]) == (0, b"{")


def test_a_private_address_is_closed_in_process(url: str) -> None:
    closed = LocalCloud(FakeReader())  # type: ignore[arg-type] # a fake
    with pytest.raises(CloudError) as caught:
        closed.openapi.ocr.printedText({"imgUrl": f"{url}/openapi.json"})
    assert caught.value.errCode == 101000


def test_an_error_is_printed_with_its_code() -> None:
    error = CloudError(101003, "openapi.ocr.printedText:fail not enough market quota")
    assert str(error) == f"{error.errMsg} (101003)"
