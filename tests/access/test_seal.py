import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shizi.access.seal import make_key, read_seal
from shizi.core.errors import StoreError


def test_a_sealed_text_opens_again(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    sealed = read_seal(tmp_path / "key").encrypt("secret")
    assert "secret" not in sealed
    assert read_seal(tmp_path / "key").decrypt(sealed) == "secret"


def test_another_key_does_not_open_a_text(tmp_path: Path) -> None:
    make_key(tmp_path / "one")
    make_key(tmp_path / "two")
    sealed = read_seal(tmp_path / "one").encrypt("secret")
    with pytest.raises(StoreError, match="another key"):
        read_seal(tmp_path / "two").decrypt(sealed)


def test_a_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_many_who_make_a_key_at_once_find_the_same_one(tmp_path: Path) -> None:
    def make_and_read(_: int) -> bytes:
        make_key(tmp_path / "key")
        return (tmp_path / "key").read_bytes()

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(make_and_read, range(64)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="key is missing"):
        read_seal(tmp_path / "key")


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 44], ids=repr)
def test_a_damaged_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(StoreError, match="32 bytes"):
        read_seal(tmp_path / "key")
