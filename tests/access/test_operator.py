from pathlib import Path

import pytest

from shizi.access.operator import (
    check_password,
    end_logins,
    find_generation,
    make_password,
    set_password,
)
from shizi.access.store import Store, open_store
from shizi.core.errors import PasswordError, PasswordUnsetError

PASSWORD = "correct horse"


async def test_the_right_password_opens(store: Store) -> None:
    await set_password(store, PASSWORD)
    assert await check_password(store, PASSWORD) == await find_generation(store)


@pytest.mark.parametrize("wrong", ["", "correct hors", "correct horse ", "x" * 5000])
async def test_a_wrong_password_does_not(store: Store, wrong: str) -> None:
    await set_password(store, PASSWORD)
    with pytest.raises(PasswordError):
        await check_password(store, wrong)


async def test_without_a_password_nobody_comes_in(store: Store) -> None:
    assert await find_generation(store) is None
    await end_logins(store)
    with pytest.raises(PasswordUnsetError):
        await check_password(store, "")


@pytest.mark.parametrize("length", [0, 9, 1025])
async def test_a_password_has_a_length(store: Store, length: int) -> None:
    with pytest.raises(ValueError, match="10 to 1024"):
        await set_password(store, "a" * length)


async def test_a_new_password_and_a_log_out_end_the_log_ins(store: Store) -> None:
    await set_password(store, PASSWORD)
    generations = [await find_generation(store)]
    await end_logins(store)
    generations.append(await check_password(store, PASSWORD))
    await set_password(store, PASSWORD)
    generations.append(await find_generation(store))
    assert len(set(generations)) == 3


async def test_a_password_is_made_once(store: Store) -> None:
    made = await make_password(store)
    assert made is not None
    assert await check_password(store, made)
    assert await make_password(store) is None


async def test_neither_password_nor_hash_is_in_the_files(tmp_path: Path) -> None:
    async with await open_store(tmp_path) as store:
        await set_password(store, PASSWORD)
    files = [file.read_bytes() for file in tmp_path.iterdir()]
    assert len(files) >= 2
    for data in files:
        assert PASSWORD.encode() not in data
        assert b"argon2" not in data
