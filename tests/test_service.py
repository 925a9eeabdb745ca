from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from starlette.requests import Request

from shizi.access.apps import App, add_app, find_app, reveal_secret
from shizi.access.quotas import find_quota, grant_calls, shanghai_day
from shizi.core.api import Api
from shizi.core.errors import (
    ApiForbiddenError,
    BusyError,
    ImageDecodeError,
    PathForbiddenError,
    QuotaError,
    SecretError,
    SignatureError,
    StaleSignatureError,
    ThrottledError,
    TokenError,
    TokenMissingError,
)
from shizi.core.geometry import Size
from shizi.core.text import Page
from shizi.reading import read_card
from shizi.service import Service
from shizi.wechat import names
from shizi.wechat.origin import Friends

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shizi.access.store import Store

NOON = 1_800_000_000.0
HERE = "192.0.2.1"
PAGE = Page(Size(3, 2), ())


class FakePool:
    """Answers every task with one page, or with an error."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.tasks: list[object] = []
        self.began = asyncio.Event()
        self.stuck = False

    async def run(self, task: object, _data: bytes) -> Page:
        self.tasks.append(task)
        self.began.set()
        if self.stuck:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return PAGE


async def picture() -> bytes:
    return b"picture"


@pytest.fixture
def pool() -> FakePool:
    return FakePool()


@pytest.fixture
def service(store: Store, pool: FakePool) -> Service:
    return Service(store, pool, lambda: NOON)  # type: ignore[arg-type] # a fake


async def app_with_token(
    store: Store, service: Service, *, limit: int = -1
) -> tuple[App, str]:
    limits = {Api.PRINTED_TEXT: limit}
    made = await add_app(store, "t", limits=limits, now=NOON)
    app = await service.prove(made.app_id, made.secret, address=HERE)
    issued = await service.issue_token(app)
    return await find_app(store, made.app_id), issued.token


async def count(store: Store, app: App) -> int:
    day = shanghai_day(NOON)
    return (await find_quota(store, app, Api.PRINTED_TEXT, day=day)).used


async def test_an_answered_call_is_counted(store: Store, service: Service) -> None:
    app, token = await app_with_token(store, service)
    assert await service.admit(token) == app
    assert await service.read_text(app, picture) == PAGE
    assert await count(store, app) == 1


@pytest.mark.parametrize("error", [BusyError("full"), ImageDecodeError("no picture")])
async def test_a_call_that_fails_costs_nothing(
    store: Store, service: Service, pool: FakePool, error: Exception
) -> None:
    app, _ = await app_with_token(store, service)
    pool.error = error
    with pytest.raises(type(error)):
        await service.read_text(app, picture)
    assert await count(store, app) == 0


async def test_a_caller_that_leaves_pays_nothing(
    store: Store, service: Service, pool: FakePool
) -> None:
    app, _ = await app_with_token(store, service)
    pool.stuck = True
    call = asyncio.create_task(service.read_text(app, picture))
    await pool.began.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await count(store, app) == 0


async def test_a_call_that_begins_while_the_server_stops_is_refused_and_free(
    store: Store, service: Service
) -> None:
    app, _ = await app_with_token(store, service)
    service.leave()
    with pytest.raises(BusyError):
        await service.read_text(app, picture)
    assert await count(store, app) == 0


async def test_a_call_in_flight_is_answered_while_the_server_stops(
    store: Store, service: Service
) -> None:
    app, _ = await app_with_token(store, service)

    async def upload() -> bytes:
        service.leave()
        return b"picture"

    assert await service.read_text(app, upload) == PAGE


async def test_the_limit_ends_calls(store: Store, service: Service) -> None:
    app, _ = await app_with_token(store, service, limit=1)
    await service.read_text(app, picture)
    with pytest.raises(QuotaError):
        await service.read_text(app, picture)
    assert await count(store, app) == 1


@pytest.mark.parametrize(
    ("token", "error"), [(None, TokenMissingError), ("unknown", TokenError)]
)
async def test_a_stranger_is_not_admitted(
    service: Service, token: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await service.admit(token)


async def test_the_body_of_a_call_too_many_is_not_read(
    store: Store, service: Service
) -> None:
    async def fail() -> bytes:
        pytest.fail("the body was read")

    app, _ = await app_with_token(store, service, limit=0)
    reads: Callable[[], Awaitable[bytes]] = fail
    with pytest.raises(QuotaError):
        await service.read_text(app, reads)


@pytest.mark.parametrize("fails", [True, False])
async def test_a_call_that_a_grant_pays_for_is_refunded_to_it(
    store: Store, service: Service, pool: FakePool, fails: bool
) -> None:
    app, _ = await app_with_token(store, service, limit=0)
    await grant_calls(store, app.id, Api.PRINTED_TEXT, 5, now=NOON)
    if fails:
        pool.error = BusyError("full")
        with pytest.raises(BusyError):
            await service.read_text(app, picture)
    else:
        await service.read_text(app, picture)
    quota = await service.quota(app, Api.PRINTED_TEXT)
    assert quota.granted == (5 if fails else 4)


async def test_an_app_may_call_only_what_it_was_allowed(
    store: Store, service: Service
) -> None:
    made = await add_app(store, "t", apis=[Api.VEHICLE_LICENCE], now=NOON)
    app = await find_app(store, made.app_id)
    with pytest.raises(ApiForbiddenError) as caught:
        await service.read_text(app, picture)
    assert caught.type is ApiForbiddenError
    with pytest.raises(PathForbiddenError):
        await service.quota(app, Api.PRINTED_TEXT)
    await service.quota(app, Api.VEHICLE_LICENCE)


async def test_an_app_may_reset_its_own_counts(store: Store, service: Service) -> None:
    app, _ = await app_with_token(store, service, limit=1)
    await service.read_text(app, picture)
    await service.reset_usage(app)
    await service.read_text(app, picture)


async def test_a_stable_token_is_told_again_until_it_is_renewed(
    store: Store, service: Service
) -> None:
    app, _ = await app_with_token(store, service)
    first = await service.stable_token(app, renew=False)
    assert await service.stable_token(app, renew=False) == first
    assert (await service.stable_token(app, renew=True)).token != first.token
    with pytest.raises(TokenError):
        await service.admit(first.token)


async def test_a_wrong_secret_proves_nothing(store: Store, service: Service) -> None:
    made = await add_app(store, "t", now=NOON)
    with pytest.raises(SecretError):
        await service.prove(made.app_id, "wrong", address=HERE)


async def test_wrong_secrets_close_their_place_and_nothing_else(
    store: Store, service: Service
) -> None:
    app, token = await app_with_token(store, service)
    other = await add_app(store, "t", now=NOON)
    secret = await reveal_secret(store, app.id)
    for _ in range(10):
        with pytest.raises(SecretError):
            await service.prove(app.id, "wrong", address=HERE)
    for tried in ("wrong", secret):
        with pytest.raises(ThrottledError):
            await service.prove(app.id, tried, address=HERE)
    assert await service.admit(token) == app
    assert await service.prove(app.id, secret, address="192.0.2.2") == app
    await service.prove(other.app_id, other.secret, address=HERE)


async def test_guesses_side_by_side_pass_the_brake_no_more_than_in_turn(
    store: Store, service: Service
) -> None:
    made = await add_app(store, "t", now=NOON)
    guesses = [*["wrong"] * 40, made.secret]
    outcomes = await asyncio.gather(
        *(service.prove(made.app_id, guess, address=HERE) for guess in guesses),
        return_exceptions=True,
    )
    assert isinstance(outcomes[-1], ThrottledError)
    signed = [Signed(made.app_id, guess) for guess in guesses]
    outcomes = await asyncio.gather(
        *(service.admit_signed(each, address="192.0.2.2") for each in signed),
        return_exceptions=True,
    )
    assert isinstance(outcomes[-1], ThrottledError)


async def test_a_licence_is_read_and_counted_for_itself(
    store: Store, service: Service, pool: FakePool
) -> None:
    app, _ = await app_with_token(store, service)
    await service.read_card(app, picture)
    assert pool.tasks == [read_card]
    day = shanghai_day(NOON)
    quotas = [await find_quota(store, app, api, day=day) for api in Api]
    assert {quota.used for quota in quotas} == {0, 1}
    assert await count(store, app) == 0


@dataclass(frozen=True)
class Signed:
    """A scheme in which the signature is the secret."""

    app_id: str
    value: str
    made_at: float = NOON

    def compute(self, secret: str) -> str:
        return secret


async def test_who_signs_is_admitted_once(store: Store, service: Service) -> None:
    made = await add_app(store, "t", now=NOON)
    signed = Signed(made.app_id, made.secret)
    assert (await service.admit_signed(signed, address=HERE)).id == made.app_id
    with pytest.raises(StaleSignatureError):
        await service.admit_signed(signed, address=HERE)


async def test_guessed_signatures_close_the_app_to_their_address(
    store: Store, service: Service
) -> None:
    made = await add_app(store, "t", now=NOON)
    for _ in range(10):
        with pytest.raises(SignatureError):
            await service.admit_signed(Signed(made.app_id, "guess"), address=HERE)
    signed = Signed(made.app_id, made.secret)
    with pytest.raises(ThrottledError):
        await service.admit_signed(signed, address=HERE)
    # The same brake as on secrets, and no other address feels it.
    with pytest.raises(ThrottledError):
        await service.prove(made.app_id, made.secret, address=HERE)
    await service.admit_signed(signed, address="192.0.2.2")


async def test_secrets_are_compared_in_constant_time(
    store: Store, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[object] = []
    compare = hmac.compare_digest

    def noted(one: str | bytes, other: str | bytes) -> bool:
        compared.append(other)
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    made = await add_app(store, "t", now=NOON)
    with pytest.raises(SecretError):
        await service.prove(made.app_id, "guess", address=HERE)
    with pytest.raises(SignatureError):
        await service.admit_signed(Signed(made.app_id, "guess"), address=HERE)
    assert compared == [b"guess", "guess"]
    headers = [(names.FRIEND_HEADER.lower().encode(), b"guess")]
    request = Request({"type": "http", "headers": headers, "client": ("::1", 1)})
    assert not Friends(word="word").know(request)
    assert compared[2:] == [b"guess"]


async def test_stale_signatures_close_nothing(store: Store, service: Service) -> None:
    made = await add_app(store, "t", now=NOON)
    late = Signed(made.app_id, made.secret, NOON - 3600)
    for _ in range(12):
        with pytest.raises(StaleSignatureError):
            await service.admit_signed(late, address=HERE)
    await service.admit_signed(Signed(made.app_id, made.secret), address=HERE)
