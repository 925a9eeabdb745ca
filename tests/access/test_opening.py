"""Claims about opening a store, whatever database it is in."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet
from sqlalchemy import Connection, text
from tests.access.door import check_token
from tests.places import Place
from tests.postgresql import Cluster

from shizi.access import migrations
from shizi.access.apps import add_app, authenticate, find_app, list_apps, reveal_secret
from shizi.access.postgresql import Postgresql
from shizi.access.quotas import Quota, find_quota, grant_calls, shanghai_day
from shizi.access.seal import Seal, make_key
from shizi.access.sqlite import KEY, Sqlite
from shizi.access.stable import stable_token
from shizi.access.store import Store, open_store
from shizi.access.tables import metadata
from shizi.access.tokens import digest
from shizi.core.api import Api
from shizi.core.errors import StoreError

NOW = 1_800_000_000.0
TOKEN = "a-token-of-long-ago"


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "shizi.access:migrations")
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


REVISIONS = [each.revision for each in scripts().walk_revisions()][::-1]


async def test_the_tables_are_those_of_the_newest_revision(store: Store) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with store.reading() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_revision_is_the_one_named() -> None:
    assert scripts().get_heads() == [migrations.HEAD]


def test_revisions_stand_in_one_line() -> None:
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS


async def fill(place: Place, revision: str) -> None:
    """Make a database as a release of the revision left it."""
    place.data_dir.mkdir()
    make_key(place.data_dir / KEY)
    seal = Seal((place.data_dir / KEY).read_bytes())
    kind = Sqlite(place.data_dir) if place.database is None else None
    database = kind or Postgresql(place.database or "")
    row = {
        "sealed": seal.encrypt("mine"),
        "digest": digest(TOKEN),
        "expires": NOW + 7200,
        "day": shanghai_day(NOW),
    }
    async with database.opening() as connection:
        await connection.run_sync(migrations.upgrade, revision)
        for statement in (
            (
                "INSERT INTO apps (id, name, sealed_secret, plan, limits,"
                " token_seconds, created_at) VALUES ('wx1', '店', :sealed,"
                """ 'documented', '{"printed_text": 7}', 7200, 1)"""
            ),
            (
                "INSERT INTO tokens (digest, app_id, is_replaceable, expires_at)"
                " VALUES (:digest, 'wx1', TRUE, :expires)"
            ),
            (
                "INSERT INTO usage (app_id, api, day, used)"
                " VALUES ('wx1', 'printed_text', :day, 3)"
            ),
        ):
            known = {name for name in row if f":{name}" in statement}
            await connection.execute(
                text(statement), {name: row[name] for name in known}
            )
    await database.engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
async def test_what_any_release_kept_is_there_after_an_upgrade(
    place: Place, revision: str
) -> None:
    await fill(place, revision)
    async with await place.open() as store:
        app = await authenticate(store, "wx1", "mine")
        assert (app.name, app.limits[Api.PRINTED_TEXT]) == ("店", 7)
        assert await check_token(store, TOKEN, now=NOW) == app
        assert app.apis == frozenset(Api)
        await grant_calls(store, "wx1", Api.PRINTED_TEXT, 5, now=NOW)
        day = shanghai_day(NOW)
        quota = await find_quota(store, app, Api.PRINTED_TEXT, day=day)
        assert quota == Quota(7, 3, 5)
        await stable_token(store, app.id, now=NOW)


@pytest.mark.parametrize("revision", REVISIONS)
async def test_every_revision_can_be_taken_back(place: Place, revision: str) -> None:
    await fill(place, revision)
    async with await place.open() as store, store.writing() as connection:
        await connection.run_sync(migrations.downgrade, revision)
        statement = text("SELECT used FROM usage")
        assert (await connection.execute(statement)).scalar() == 3
        await connection.run_sync(migrations.upgrade)
    async with await place.open() as store:
        assert len(await list_apps(store)) == 1


async def test_a_store_may_be_opened_many_times_at_once(place: Place) -> None:
    stores = await asyncio.gather(*(place.open() for _ in range(5)))
    await asyncio.gather(*(add_app(store, "app", now=NOW) for store in stores))
    assert len(await list_apps(stores[0])) == 5
    for store in stores:
        await store.close()


async def test_the_database_of_a_later_release_is_refused(place: Place) -> None:
    async with await place.open() as store, store.writing() as connection:
        await connection.execute(
            text("UPDATE alembic_version SET version_num = 'later'")
        )
    with pytest.raises(StoreError, match="another release"):
        await place.open()


async def test_a_key_of_ones_own_takes_the_place_of_the_files(place: Place) -> None:
    key = Fernet.generate_key()

    async def opened(folder: str) -> Store:
        return await open_store(
            place.data_dir / folder, database=place.database, key=key
        )

    async with await opened("a") as store:
        await add_app(store, "app", app_id="wx1", secret="mine", now=NOW)
    assert not list(place.data_dir.rglob(KEY))
    # Another server, with a folder of its own, which shares the database.
    folder = "a" if place.database is None else "b"
    async with await opened(folder) as store:
        assert await reveal_secret(store, "wx1") == "mine"


@pytest.mark.parametrize("has_app", [True, False])
async def test_another_key_than_the_databases_is_refused(
    place: Place, has_app: bool
) -> None:
    async with await place.open() as store:
        if has_app:
            await add_app(store, "app", now=NOW)
    (place.data_dir / KEY).write_bytes(Fernet.generate_key())
    with pytest.raises(StoreError, match="another key"):
        await place.open()


async def test_another_key_than_an_old_databases_is_refused(place: Place) -> None:
    await fill(place, "0001")
    (place.data_dir / KEY).write_bytes(Fernet.generate_key())
    with pytest.raises(StoreError, match="another key"):
        await place.open()


async def test_a_key_of_another_form_is_refused(place: Place) -> None:
    with pytest.raises(StoreError, match="32 bytes"):
        await open_store(place.data_dir, database=place.database, key=b"short")


async def test_a_lost_key_is_not_replaced(place: Place) -> None:
    await (await place.open()).close()
    (place.data_dir / KEY).unlink()
    with pytest.raises(StoreError, match="restore it"):
        await place.open()
    assert not (place.data_dir / KEY).exists()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://root@127.0.0.1/shizi", "begins with postgresql://"),
        ("shizi", "begins with postgresql://"),
        ("postgresql://me:hidden@[/shizi", "cannot be read"),
    ],
)
async def test_a_url_of_something_else_is_refused(
    tmp_path: Path, url: str, reason: str
) -> None:
    with pytest.raises(StoreError, match=reason) as caught:
        await open_store(tmp_path, database=url)
    assert "hidden" not in str(caught.value)


async def test_a_missing_driver_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StoreError, match=r"pip install 'shizi\[postgresql\]'"):
        await open_store(tmp_path, database="postgresql://127.0.0.1/shizi")


@pytest.mark.real
async def test_a_database_that_is_not_there_is_told(
    postgresql: Cluster, tmp_path: Path
) -> None:
    url = postgresql.url("absent")
    with pytest.raises(StoreError, match='database "absent" does not exist') as caught:
        await open_store(tmp_path, database=url)
    assert "unused" not in str(caught.value)


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(StoreError, match=r"database shizi on 127\.0\.0\.1: "):
        await open_store(tmp_path, database=f"postgresql://a:b@127.0.0.1:{port}/shizi")


@pytest.mark.real
async def test_a_server_that_was_away_is_used_again(
    database: str, tmp_path: Path
) -> None:
    async with await open_store(tmp_path, database=database) as store:
        await add_app(store, "app", app_id="wx1", now=NOW)
        async with store.writing() as connection:
            # As after a restart: no connection of the pool is alive.
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )
        assert (await find_app(store, "wx1")).id == "wx1"


@contextmanager
def hanging(cluster: Cluster) -> Iterator[None]:
    """Stop every process of a server for a while."""
    server = psutil.Process(cluster.process.pid)
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


@pytest.mark.real
async def test_a_server_that_hangs_is_told_and_used_again(
    postgresql: Cluster,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_CONNECT_SECONDS", "_STATEMENT_SECONDS"):
        monkeypatch.setattr(f"shizi.access.postgresql.{name}", 1.0)
    async with await open_store(tmp_path, database=database) as store:
        await add_app(store, "app", app_id="wx1", now=NOW)
        with hanging(postgresql):
            outcomes = await asyncio.gather(
                *(find_app(store, "wx1") for _ in range(20)), return_exceptions=True
            )
            assert {type(each) for each in outcomes} == {StoreError}
        monkeypatch.undo()
        for _ in range(20):
            assert (await find_app(store, "wx1")).id == "wx1"
