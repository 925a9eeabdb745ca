"""Claims about signatures as proof of an app's secret."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from shizi.access.apps import add_app, remove_app
from shizi.access.signatures import SIGNED_SECONDS, check_signature
from shizi.access.tables import signatures
from shizi.core.errors import SignatureError

if TYPE_CHECKING:
    from tests.places import Place

    from shizi.access.store import Store

NOW = 1_800_000_000.0


@dataclass(frozen=True)
class Signed:
    """A scheme in which the signature is the secret itself, and a number."""

    app_id: str = "wx1"
    made_at: float = NOW
    value: str = "secret 1"

    def compute(self, secret: str) -> str:
        return f"{secret} {self.value.split()[-1]}"


@pytest.fixture(autouse=True)
async def app(store: Store) -> None:
    await add_app(store, "app", app_id="wx1", secret="secret", now=NOW)
    await add_app(store, "other", app_id="wx2", secret="secret", now=NOW)


async def test_a_signature_names_its_app(store: Store) -> None:
    assert (await check_signature(store, Signed(), now=NOW)).id == "wx1"


async def test_a_wrong_signature_is_refused(store: Store) -> None:
    with pytest.raises(SignatureError, match="not the app's"):
        await check_signature(store, Signed(value="other 1"), now=NOW)


@pytest.mark.parametrize("app_id", ["wx3", "", "w x", "x" * 100])
async def test_the_signature_of_no_app_is_refused(store: Store, app_id: str) -> None:
    with pytest.raises(SignatureError, match="not the app's"):
        await check_signature(store, Signed(app_id), now=NOW)


async def test_a_removed_app_signs_no_more(store: Store) -> None:
    await remove_app(store, "wx1")
    with pytest.raises(SignatureError):
        await check_signature(store, Signed(), now=NOW)


@pytest.mark.parametrize("offset", [-SIGNED_SECONDS, SIGNED_SECONDS])
async def test_a_clock_may_be_wrong_by_the_time_that_is_allowed(
    store: Store, offset: float
) -> None:
    await check_signature(store, Signed(), now=NOW + offset)


@pytest.mark.parametrize("offset", [-SIGNED_SECONDS - 1, SIGNED_SECONDS + 1])
async def test_a_stale_signature_is_refused(store: Store, offset: float) -> None:
    with pytest.raises(SignatureError, match="clock"):
        await check_signature(store, Signed(), now=NOW + offset)


@pytest.mark.parametrize("later", [0, 1, 2 * SIGNED_SECONDS])
async def test_a_signature_is_good_for_one_call(store: Store, later: float) -> None:
    signature = Signed(made_at=NOW + SIGNED_SECONDS)
    await check_signature(store, signature, now=NOW)
    with pytest.raises(SignatureError, match="used before"):
        await check_signature(store, signature, now=NOW + later)


async def test_two_apps_may_sign_alike(store: Store) -> None:
    await check_signature(store, Signed(), now=NOW)
    await check_signature(store, Signed("wx2"), now=NOW)


async def test_a_wrong_signature_leaves_the_right_one_good(store: Store) -> None:
    for _ in range(2):
        with pytest.raises(SignatureError, match="not the app's"):
            await check_signature(store, Signed(value="other 1"), now=NOW)
    await check_signature(store, Signed(), now=NOW)


async def test_one_of_many_repetitions_is_taken_in_all_processes(
    store: Store, place: Place
) -> None:
    async with await place.open() as second:
        calls = (
            check_signature(place, Signed(), now=NOW)
            for place in (store, second)
            for _ in range(10)
        )
        results = await asyncio.gather(*calls, return_exceptions=True)
    refused = [result for result in results if isinstance(result, SignatureError)]
    assert len(refused) == 19


async def test_old_signatures_are_forgotten(store: Store) -> None:
    for number in range(3):
        await check_signature(store, Signed(value=f"secret {number}"), now=NOW)
    later = NOW + SIGNED_SECONDS + 1
    await check_signature(store, replace(Signed(), made_at=later), now=later)
    async with store.reading() as connection:
        count = select(func.count()).select_from(signatures)
        assert await connection.scalar(count) == 1
