import pytest

from shizi.access.admission import Admission, TokenMode
from shizi.access.apps import add_app, remove_app
from shizi.access.recent import Recent
from shizi.access.store import Store
from shizi.access.tokens import issue_token
from shizi.core.errors import (
    ApiForbiddenError,
    TokenError,
    TokenExpiredError,
    TokenFormError,
    TokenMissingError,
)

NOW = 1_800_000_000.0


@pytest.fixture
async def store(store: Store) -> Store:
    for app_id in ("mine", "other", "guest"):
        await add_app(store, app_id, app_id=app_id, now=NOW)
    return store


def admission(mode: str) -> Admission:
    return Admission(TokenMode(mode), fixed={"fixed": "other"}, guest="guest")


@pytest.mark.parametrize("mode", TokenMode)
async def test_a_token_issued_here_opens_the_door_in_every_mode(
    store: Store, mode: TokenMode
) -> None:
    token = (await issue_token(store, "mine", now=NOW)).token  # type: ignore[arg-type]
    assert (await admission(mode).admit(store, token, now=NOW)).id == "mine"


@pytest.mark.parametrize(
    ("mode", "token", "trusted", "outcome"),
    [
        ("issue", "fixed", True, TokenError),
        ("issue", "unknown", True, TokenError),
        ("issue", None, True, TokenMissingError),
        ("static", "fixed", False, "other"),
        ("static", "unknown", True, TokenError),
        ("static", "", False, TokenMissingError),
        ("foreign", "unknown", True, "guest"),
        ("foreign", "unknown", False, TokenError),
        ("foreign", "fixed", False, TokenError),
        ("foreign", None, True, TokenMissingError),
        ("foreign", "令牌", True, TokenFormError),
        ("open", None, False, "guest"),
        ("open", "unknown", False, "guest"),
        ("open", "令牌", False, "guest"),
    ],
)
async def test_the_mode_tells_what_else_opens_the_door(
    store: Store,
    mode: str,
    token: str | None,
    trusted: bool,
    outcome: str | type[Exception],
) -> None:
    door = admission(mode)
    if isinstance(outcome, str):
        app = await door.admit(store, token, now=NOW, trusted=trusted)
        assert app.id == outcome
        return
    with pytest.raises(outcome) as caught:
        await door.admit(store, token, now=NOW, trusted=trusted)
    assert caught.type is outcome


async def test_our_own_token_that_expired_is_no_foreign_one(store: Store) -> None:
    issued = await issue_token(store, "mine", now=NOW, seconds=0)  # type: ignore[arg-type]
    with pytest.raises(TokenExpiredError):
        await admission("foreign").admit(store, issued.token, now=NOW, trusted=True)


async def test_a_fixed_token_ends_with_its_app(store: Store) -> None:
    await remove_app(store, "other")
    with pytest.raises(TokenError):
        await admission("static").admit(store, "fixed", now=NOW)


@pytest.mark.parametrize("mode", ["foreign", "open"])
async def test_without_the_guests_app_strangers_may_not_call(
    store: Store, mode: str
) -> None:
    await remove_app(store, "guest")
    with pytest.raises(ApiForbiddenError):
        await admission(mode).admit(store, "unknown", now=NOW, trusted=True)


class Ticks:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("issue", TokenError),
        ("static", TokenError),
        ("foreign", ApiForbiddenError),
    ],
)
async def test_what_ended_is_admitted_for_no_longer_than_an_answer_holds(
    store: Store, mode: str, error: type[Exception]
) -> None:
    ticks = Ticks()
    door = Admission(
        TokenMode(mode),
        fixed={"fixed": "mine"},
        guest="mine",
        recent=Recent(3, ticks=ticks),
    )
    issued = (await issue_token(store, "mine", now=NOW)).token  # type: ignore[arg-type]
    token = {"issue": issued, "static": "fixed", "foreign": "unknown"}[mode]
    assert (await door.admit(store, token, now=NOW, trusted=True)).id == "mine"
    await remove_app(store, "mine")
    ticks.now = 2.9
    assert (await door.admit(store, token, now=NOW, trusted=True)).id == "mine"
    ticks.now = 3
    with pytest.raises(error):
        await door.admit(store, token, now=NOW, trusted=True)


async def test_a_remembered_token_ends_at_its_time(store: Store) -> None:
    door = Admission(recent=Recent(3, ticks=Ticks()))
    token = (await issue_token(store, "mine", now=NOW, seconds=1)).token  # type: ignore[arg-type]
    assert (await door.admit(store, token, now=NOW)).id == "mine"
    with pytest.raises(TokenExpiredError):
        await door.admit(store, token, now=NOW + 1)
