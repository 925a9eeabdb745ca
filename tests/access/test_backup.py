import asyncio
import gzip
import json
import stat
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from tests.access.door import check_token
from tests.places import KINDS, Place, make_place

from shizi.access import backup
from shizi.access.acts import Act, list_acts, record_act
from shizi.access.apps import (
    App,
    add_app,
    authenticate,
    change_app,
    find_app,
    list_apps,
    remove_app,
    reveal_secret,
)
from shizi.access.backup import load_backup, save_backup
from shizi.access.operator import check_password, set_password
from shizi.access.plans import list_plans, set_plan
from shizi.access.quotas import (
    Charge,
    Quota,
    find_quota,
    grant_calls,
    reset_usage,
    shanghai_day,
    spend,
)
from shizi.access.seal import Seal
from shizi.access.sqlite import KEY
from shizi.access.stable import stable_token
from shizi.access.store import Store, open_store
from shizi.access.tokens import digest, issue_token
from shizi.core.api import Api
from shizi.core.errors import StoreError

NOW = 1_800_000_000.0
DAY = shanghai_day(NOW)
TEXT = Api.PRINTED_TEXT
PASSWORD = "correct horse"
ACT = Act(NOW, "shell", "app.add", "wx1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shizi.backup"


@pytest.fixture(params=KINDS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Another empty store, of either kind."""
    return make_place(request, tmp_path / "elsewhere")


@pytest.fixture
async def other(elsewhere: Place) -> AsyncGenerator[Store]:
    async with await elsewhere.open() as store:
        yield store


def key_of(place: Place) -> bytes:
    return (place.data_dir / KEY).read_bytes().strip()


async def fill(store: Store) -> tuple[App, str, str]:
    """Leave something in every table."""
    await set_plan(store, "gold", {TEXT: 3})
    made = await add_app(
        store, "店 'x'", app_id="wx1", secret="mine", plan="gold", apis=[TEXT], now=NOW
    )
    await change_app(store, made.app_id, limits={Api.VEHICLE_LICENCE: 9})
    app = await find_app(store, made.app_id)
    await issue_token(store, app.id, now=NOW - 1)
    token = (await issue_token(store, app.id, now=NOW)).token
    stable = (await stable_token(store, app.id, now=NOW)).token
    await spend(store, app, TEXT, day=DAY)
    await reset_usage(store, app.id, now=NOW)
    await spend(store, app, TEXT, day=DAY)
    await grant_calls(store, app.id, TEXT, 5, now=NOW)
    await set_password(store, PASSWORD)
    await record_act(store, ACT)
    return app, token, stable


async def test_everything_is_there_after_a_restore(
    store: Store, place: Place, other: Store, file: Path
) -> None:
    app, token, stable = await fill(store)
    saved = await save_backup(store, file, key=key_of(place), now=NOW)
    assert await load_backup(other, file) == saved == 11
    assert await list_apps(other) == (app,)
    assert await authenticate(other, "wx1", "mine") == app
    assert await check_token(other, token, now=NOW) == app
    assert (await stable_token(other, app.id, now=NOW)).token == stable
    assert await find_quota(other, app, TEXT, day=DAY) == Quota(3, 1, 5)
    assert (await list_plans(other))["gold"] == {TEXT: 3}
    assert (await spend(other, app, TEXT, day=DAY)) == Charge(app.id, TEXT, DAY, 1)
    assert await check_password(other, PASSWORD)
    assert await list_acts(other, limit=9) == (ACT,)
    # The resets of the month go on where they were.
    for _ in range(9):
        await reset_usage(other, app.id, now=NOW)
    with pytest.raises(Exception, match="10 resets"):
        await reset_usage(other, app.id, now=NOW)


async def test_a_backup_is_of_one_moment_while_others_write(
    store: Store, place: Place, other: Store, file: Path
) -> None:
    ids = [f"wx{number}" for number in range(30)]
    for app_id in ids:
        await add_app(store, "app", app_id=app_id, now=NOW)
        await issue_token(store, app_id, now=NOW)  # type: ignore[arg-type]

    async def change() -> None:
        for app_id in ids:
            await remove_app(store, app_id)
            await asyncio.sleep(0)

    saving = save_backup(store, file, key=key_of(place), now=NOW)
    await asyncio.gather(saving, change())
    await load_backup(other, file)
    # A token without its app would not have gone in; an app without its token could.
    for app in await list_apps(other):
        assert (await issue_token(other, app.id, now=NOW)).token
    with gzip.open(file) as packed:
        names = [line[0] for line in map(json.loads, packed) if isinstance(line, list)]
    assert names.count("tokens") == names.count("apps")


async def test_the_file_is_private_and_is_replaced_whole(
    store: Store, place: Place, file: Path
) -> None:
    file.write_bytes(b"last one")
    file.chmod(0o644)
    await save_backup(store, file, key=key_of(place), now=NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() != b"last one"
    before = file.read_bytes()
    with pytest.raises(StoreError, match="Not a directory"):
        await save_backup(store, file / "x", key=None, now=NOW)
    assert [file.read_bytes()] == [before]
    assert [each.name for each in file.parent.glob("*.backup*")] == [file.name]


async def test_secrets_and_tokens_are_not_plain_in_the_file(
    store: Store, place: Place, file: Path
) -> None:
    _, token, stable = await fill(store)
    await save_backup(store, file, key=key_of(place), now=NOW)
    content = gzip.decompress(file.read_bytes())
    for private in (b'"mine"', token.encode(), stable.encode()):
        assert private not in content
    assert key_of(place) in content


async def test_without_its_key_a_backup_needs_the_same_key(
    store: Store, place: Place, elsewhere: Place, file: Path
) -> None:
    await fill(store)
    await save_backup(store, file, key=None, now=NOW)
    assert key_of(place) not in gzip.decompress(file.read_bytes())
    async with await elsewhere.open() as other:
        with pytest.raises(StoreError, match="another key"):
            await load_backup(other, file)
        assert await list_apps(other) == ()
    same = await open_store(elsewhere.data_dir.with_name("third"), key=key_of(place))
    async with same:
        await load_backup(same, file)
        assert await reveal_secret(same, "wx1") == "mine"


async def test_apps_that_are_there_are_not_lost_unasked(
    store: Store, place: Place, other: Store, file: Path
) -> None:
    await fill(store)
    await save_backup(store, file, key=key_of(place), now=NOW)
    await add_app(other, "theirs", app_id="wx2", now=NOW)
    with pytest.raises(StoreError, match="--replace"):
        await load_backup(other, file)
    assert [app.id for app in await list_apps(other)] == ["wx2"]
    await load_backup(other, file, replace=True)
    assert [app.id for app in await list_apps(other)] == ["wx1"]


def packed(*lines: object) -> bytes:
    return gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines))


HEAD = {"kind": "shizi backup", "format": 1, "revision": "0001", "key": None}
APP = {
    "id": "wx1",
    "name": "app",
    "sealed_secret": "x",
    "plan": "unlimited",
    "limits": {},
    "token_seconds": 7200,
    "created_at": 1.0,
}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no backup of shizi"),
        (b"no backup", "no backup of shizi"),
        (packed(HEAD)[:-9], "damaged"),
        (packed(HEAD)[:12] + b"\xff" * 20, "damaged"),
        (gzip.compress(b"\xff\n"), "no backup of shizi"),
        (packed([1]), "no backup of shizi"),
        (packed({**HEAD, "kind": "other"}), "no backup of shizi"),
        (packed({**HEAD, "format": 2}), "later release"),
        (packed({**HEAD, "revision": "9999"}), "another release"),
        (packed({**HEAD, "revision": None}), "damaged"),
        (packed({"kind": "shizi backup", "format": 1}), "damaged"),
        (packed(HEAD), "cut off"),
        (packed(HEAD, {"rows": 1}), "damaged"),
        (packed(HEAD, ["apps", APP]), "cut off"),
        (packed(HEAD, ["apps", APP], {"rows": 2}), "damaged"),
        (packed(HEAD, ["apps", {**APP, "colour": 1}], {"rows": 1}), "columns"),
        (packed(HEAD, ["apps", {"id": "wx1"}], {"rows": 1}), "(?i)not.null"),
        (packed(HEAD, ["faces", {"id": 1}], {"rows": 1}), "faces"),
        (packed(HEAD, ["tokens", {"digest": "xy"}], {"rows": 1}), "damaged"),
        (packed(HEAD, ["apps", APP], {"rows": 1}), "another key"),
        (packed({**HEAD, "key": "short"}, ["apps", APP], {"rows": 1}), "32 bytes"),
    ],
    ids=range(21),
)
async def test_what_is_no_whole_backup_changes_nothing(
    other: Store, file: Path, content: bytes, reason: str
) -> None:
    await add_app(other, "theirs", app_id="wx2", now=NOW)
    file.write_bytes(content)
    with pytest.raises(StoreError, match=reason):
        await load_backup(other, file, replace=True)
    assert [app.id for app in await list_apps(other)] == ["wx2"]
    await find_app(other, "wx2")


async def test_a_file_that_is_not_there_is_told(other: Store, file: Path) -> None:
    with pytest.raises(StoreError, match="No such file"):
        await load_backup(other, file)


async def test_a_backup_of_the_first_release_is_brought_up_to_date(
    other: Store, file: Path
) -> None:
    key = Fernet.generate_key()
    sealed = Seal(key).encrypt("mine")
    token: dict[str, Any] = {
        "digest": digest("abc").hex(),
        "app_id": "wx1",
        "is_replaceable": True,
        "expires_at": NOW + 10,
    }
    usage = {"app_id": "wx1", "api": "printed_text", "day": str(DAY), "used": 4}
    file.write_bytes(
        packed(
            {**HEAD, "key": key.decode()},
            ["apps", {**APP, "sealed_secret": sealed}],
            ["tokens", token],
            ["tokens", {**token, "digest": "00", "ends_at": NOW}],
            ["usage", usage],
            {"rows": 4},
        )
    )
    assert await load_backup(other, file) == 4
    app = await authenticate(other, "wx1", "mine")
    assert await check_token(other, "abc", now=NOW) == app
    assert await find_quota(other, app, TEXT, day=DAY) == Quota(-1, 4, 0)
    assert (await stable_token(other, app.id, now=NOW)).token


async def test_many_rows_go_in_parts(
    store: Store,
    place: Place,
    other: Store,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backup, "_ROWS", 3)
    for number in range(10):
        await add_app(store, "app", app_id=f"wx{number}", now=NOW)
    await save_backup(store, file, key=key_of(place), now=NOW)
    await load_backup(other, file)
    assert len(await list_apps(other)) == 10
