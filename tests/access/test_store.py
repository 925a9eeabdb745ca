import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest

from shizi.access.apps import add_app, authenticate, list_apps
from shizi.access.migrations import HEAD
from shizi.access.sqlite import DATABASE, KEY
from shizi.access.stable import stable_token
from shizi.access.store import Store, look_at_store, open_store
from shizi.access.tables import apps
from shizi.access.tokens import issue_token
from shizi.core.errors import StoreError

NOW = 1_800_000_000.0

OPENER = """
import asyncio, sys
from pathlib import Path
from shizi.access.apps import add_app
from shizi.access.store import open_store

async def main():
    sys.stdin.readline()
    async with await open_store(Path(sys.argv[1])) as store:
        await add_app(store, "app", now=0)

asyncio.run(main())
"""


@pytest.fixture
async def store(data_dir: Path) -> AsyncGenerator[Store]:
    """Open SQLite's store alone: these claims are about its files."""
    async with await open_store(data_dir) as store:
        yield store


async def test_an_opened_store_is_private(store: Store, data_dir: Path) -> None:
    await add_app(store, "app", now=NOW)
    modes = _modes(data_dir)
    assert modes.pop(".") == 0o700
    assert set(modes) >= {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEY}
    assert set(modes.values()) == {0o600}


async def test_files_that_others_could_read_become_private(data_dir: Path) -> None:
    await (await open_store(data_dir)).close()
    before = _modes(data_dir)
    for name, mode in before.items():
        (data_dir / name).chmod(mode | 0o055)
    await (await open_store(data_dir)).close()
    assert _modes(data_dir) == before


async def test_every_connection_is_durable_and_strict(store: Store) -> None:
    async def pragmas() -> list[object]:
        async with store.reading() as connection:
            await barrier.wait()
            return [
                (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
                for name in (
                    "journal_mode",
                    "synchronous",
                    "foreign_keys",
                    "busy_timeout",
                )
            ]

    barrier = asyncio.Barrier(4)
    found = await asyncio.gather(*(pragmas() for _ in range(4)))
    assert found == [["wal", 2, 1, 30_000]] * 4


async def test_a_store_at_the_newest_revision_opens_without_alembic(
    data_dir: Path,
) -> None:
    await (await open_store(data_dir)).close()
    script = OPENER + "assert 'alembic' not in sys.modules"
    assert await _run(script, data_dir, count=1) == [(0, "")]


async def test_several_processes_may_make_one_store_at_once(data_dir: Path) -> None:
    assert await _run(OPENER, data_dir, count=4) == [(0, "")] * 4
    async with await open_store(data_dir) as store:
        assert len(await list_apps(store)) == 4


async def test_one_process_may_open_a_store_many_times_at_once(data_dir: Path) -> None:
    stores = await asyncio.gather(*(open_store(data_dir) for _ in range(12)))
    await asyncio.gather(*(add_app(store, "app", now=NOW) for store in stores))
    assert len(await list_apps(stores[0])) == 12
    for store in stores:
        await store.close()


async def test_a_look_at_a_store_makes_and_changes_nothing(data_dir: Path) -> None:
    assert await look_at_store(data_dir) == (str(data_dir), None)
    assert not data_dir.exists()
    await (await open_store(data_dir)).close()
    before = _modes(data_dir)
    assert await look_at_store(data_dir) == (str(data_dir), HEAD)
    assert _modes(data_dir) == before


@pytest.mark.real
async def test_a_look_at_postgresql_tells_no_password(
    database: str, data_dir: Path
) -> None:
    before = await look_at_store(data_dir, database=database)
    await (await open_store(data_dir, database=database)).close()
    after = await look_at_store(data_dir, database=database)
    assert (before.revision, after.revision) == (None, HEAD)
    assert after.place.startswith("database ")
    assert "://" not in after.place


async def test_a_relative_directory_with_odd_characters_can_hold_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd = Path("数据 100%?#&x=1")
    async with await open_store(odd) as store:
        assert await list_apps(store) == ()
    assert (odd / DATABASE).is_file()


async def test_neither_secrets_nor_tokens_are_in_the_files(
    store: Store, data_dir: Path
) -> None:
    credentials = await add_app(store, "findable", now=NOW)
    issued = await issue_token(store, credentials.app_id, now=NOW)
    stable = await stable_token(store, credentials.app_id, now=NOW)
    content = _content(data_dir)
    assert b"findable" in content
    for private in (credentials.secret, issued.token, stable.token):
        assert private.encode() not in content


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match="not a database"):
        await open_store(tmp_path)


async def test_a_damaged_database_is_refused(data_dir: Path) -> None:
    await (await open_store(data_dir)).close()
    with (data_dir / DATABASE).open("r+b") as file:
        file.seek(100)
        file.write(b"\xa5" * 8000)
    with pytest.raises(StoreError, match="malformed"):
        await open_store(data_dir)


async def test_the_database_of_a_later_release_is_refused(data_dir: Path) -> None:
    await (await open_store(data_dir)).close()
    with closing(sqlite3.connect(data_dir / DATABASE)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'later'")
    with pytest.raises(StoreError, match="another release"):
        await open_store(data_dir)


async def test_a_failed_migration_leaves_nothing_behind(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("CREATE TABLE usage (x)")
    with pytest.raises(StoreError, match="usage already exists"):
        await open_store(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("usage",)]


async def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="Not a directory"):
        await open_store(tmp_path / "file" / "data")


async def test_a_read_only_database_is_refused(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await open_store(data_dir)).close()
    # Patched, for tests that run as root may write to everything.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StoreError, match="is read-only"):
        await open_store(data_dir)


async def test_a_lost_key_is_not_replaced(data_dir: Path) -> None:
    await (await open_store(data_dir)).close()
    (data_dir / KEY).unlink()
    with pytest.raises(StoreError, match="restore it"):
        await open_store(data_dir)
    assert not (data_dir / KEY).exists()


async def test_a_full_disk_is_told_and_changes_nothing(store: Store) -> None:
    async def fill() -> None:
        for _ in range(1000):
            await add_app(store, "app" * 60, now=NOW)

    async with store.reading() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="full"):
        await fill()
    before = await list_apps(store)
    with pytest.raises(StoreError, match="full"):
        await add_app(store, "app" * 60, now=NOW)
    assert await list_apps(store) == before


async def test_an_app_survives_a_process_that_is_killed(data_dir: Path) -> None:
    ending = "        import os; os.kill(os.getpid(), 9)"
    added = "app_id='mine', secret='mine', now=0)"
    script = OPENER.replace("now=0)", f"{added}\n{ending}")
    assert await _run(script, data_dir, count=1) == [(-9, "")]
    async with await open_store(data_dir) as store:
        assert (await authenticate(store, "mine", "mine")).id == "mine"


async def test_changes_before_an_error_are_taken_back(store: Store) -> None:
    async def fail() -> None:
        async with store.writing() as connection:
            statement = store.insert(apps).values(
                id="x",
                name="x",
                sealed_secret="",
                plan="unlimited",
                limits={},
                token_seconds=1,
                created_at=NOW,
            )
            await connection.execute(statement)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await list_apps(store) == ()


async def test_a_cancelled_writer_leaves_its_turn_to_the_next(store: Store) -> None:
    writers = [asyncio.create_task(add_app(store, "app", now=NOW)) for _ in range(20)]
    await asyncio.sleep(0)
    for writer in writers[::2]:
        writer.cancel()
    outcomes = await asyncio.gather(*writers, return_exceptions=True)
    assert not [x for x in outcomes[1::2] if isinstance(x, BaseException)]
    await add_app(store, "last", now=NOW)


async def _run(
    script: str, data_dir: Path, *, count: int
) -> list[tuple[int | None, str]]:
    """Run a script in processes that start together; return codes and errors."""
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            script,
            str(data_dir),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(count)
    ]
    ended = await asyncio.gather(*(each.communicate(b"go\n") for each in processes))
    return [
        (each.returncode, errors.decode())
        for each, (_, errors) in zip(processes, ended, strict=True)
    ]


def _modes(data_dir: Path) -> dict[str, int]:
    names = [".", *(path.name for path in data_dir.iterdir())]
    return {name: stat.S_IMODE((data_dir / name).stat().st_mode) for name in names}


def _content(data_dir: Path) -> bytes:
    return b"".join(path.read_bytes() for path in data_dir.iterdir())
