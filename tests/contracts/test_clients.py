"""Claims about the clients that people have: each runs its example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.examples import RUNNING, Example
from tests.contracts.stand import CASES, Stand

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.contract

# A licence takes a second to read; the short form reads one for each client.
LONG = pytest.param("driving", marks=pytest.mark.slow)


@pytest.fixture(params=RUNNING.values(), ids=RUNNING)
def example(request: pytest.FixtureRequest) -> Example:
    return request.param


@pytest.mark.parametrize("api", CASES)
def test_an_upload_is_read(
    example: Example, stand: Stand, api: str, tmp_path: Path
) -> None:
    picture = stand.pictures / CASES[api].picture
    reply = example.reply(tmp_path, stand.environment(), api, picture)
    assert CASES[api].told(reply) == CASES[api].expected


@pytest.mark.parametrize("api", ["comm", LONG])
def test_a_picture_behind_an_address_is_read(
    example: Example, stand: Stand, api: str, tmp_path: Path
) -> None:
    address = f"{stand.host}/{CASES[api].picture}"
    reply = example.reply(tmp_path, stand.environment(), api, address)
    assert CASES[api].told(reply) == CASES[api].expected


@pytest.mark.parametrize("api", CASES)
def test_an_error_reaches_the_caller(
    example: Example, stand: Stand, api: str, tmp_path: Path
) -> None:
    done = example.run(tmp_path, stand.environment(), api, stand.pictures / "none.jpg")
    told = done.stdout + done.stderr
    assert "101002" in told
    assert "decode image failed" in told


def test_a_picture_without_a_licence_is_told_so(
    example: Example, stand: Stand, tmp_path: Path
) -> None:
    picture = stand.pictures / CASES["comm"].picture
    done = example.run(tmp_path, stand.environment(), "driving", picture)
    told = done.stdout + done.stderr
    assert "101001" in told
    assert "certificate not found" in told


@pytest.mark.parametrize("state", ["unknown", "expired"])
@pytest.mark.parametrize("api", ["comm", LONG])
def test_a_token_of_no_use_is_replaced(
    example: Example, stand: Stand, api: str, state: str, tmp_path: Path
) -> None:
    token = stand.expired if state == "expired" else "unknown"
    picture = stand.pictures / CASES[api].picture
    reply = example.reply(tmp_path, stand.environment(), api, picture, token=token)
    assert CASES[api].told(reply) == CASES[api].expected


def test_a_token_from_before_is_used(
    example: Example, stand: Stand, tmp_path: Path
) -> None:
    # With a wrong secret no other token can be had.
    environment = stand.environment() | {"SHIZI_SECRET": "wrong"}
    picture = stand.pictures / CASES["comm"].picture
    reply = example.reply(tmp_path, environment, "comm", picture, token=stand.token)
    assert reply["errcode"] == 0


def test_a_wrong_secret_reaches_the_caller(
    example: Example, stand: Stand, tmp_path: Path
) -> None:
    environment = stand.environment() | {"SHIZI_SECRET": "wrong"}
    picture = stand.pictures / CASES["comm"].picture
    done = example.run(tmp_path, environment, "comm", picture)
    assert "appsecret" in done.stdout + done.stderr
