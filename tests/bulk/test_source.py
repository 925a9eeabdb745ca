from __future__ import annotations

import io
import json
import os
import tarfile
from typing import TYPE_CHECKING

import pytest

from shizi.bulk.item import LARGEST, Item, load
from shizi.bulk.source import find_items
from shizi.core.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with pictures, and with what is none."""
    (tmp_path / "b").mkdir()
    for name in ("z.jpg", "b/a.PNG", "notes.txt"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def _pack(path: Path, names: list[str]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name in names:
            data = name.encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def _loaded(source: Path | str) -> dict[str, bytes]:
    return {item.id: load(item) for item in find_items(str(source))}


def test_a_folder_s_pictures_are_found_in_the_same_order_each_time(
    folder: Path,
) -> None:
    assert [item.id for item in find_items(str(folder))] == ["z.jpg", "b/a.PNG"]
    assert _loaded(folder) == {"z.jpg": b"z.jpg", "b/a.PNG": b"b/a.PNG"}


def test_what_is_no_file_is_passed_over(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    (folder / "lost.png").symlink_to("nowhere")
    (folder / "c.jpg").mkdir()
    assert [item.id for item in find_items(str(folder))] == ["z.jpg", "b/a.PNG"]


def test_pictures_lie_in_archives(tmp_path: Path) -> None:
    shard = _pack(tmp_path / "0.tar", ["a.jpg", "a.json", "deep/b.webp"])
    assert _loaded(shard) == {"a.jpg": b"a.jpg", "deep/b.webp": b"deep/b.webp"}


def test_archives_lie_in_folders(folder: Path) -> None:
    _pack(folder / "b" / "0.tar", ["a.jpg"])
    assert _loaded(folder)["b/0.tar/a.jpg"] == b"a.jpg"


@pytest.mark.parametrize("name", ["list.csv", "list.jsonl"])
def test_a_list_names_files_and_perhaps_their_ids(folder: Path, name: str) -> None:
    listed = folder / name
    rows = [{"id": "one", "path": "z.jpg"}, {"path": f"{folder}/b/a.PNG"}]
    if listed.suffix == ".csv":
        listed.write_text(
            "\ufeffid,path\n"
            + "".join(f"{r.get('id', '')},{r['path']}\n" for r in rows)
        )
    else:
        listed.write_text("\n\n".join(map(json.dumps, rows)))
    assert _loaded(listed) == {"one": b"z.jpg", f"{folder}/b/a.PNG": b"b/a.PNG"}


def test_a_list_may_name_addresses(folder: Path) -> None:
    listed = folder / "list.csv"
    listed.write_text("url\ns3://shop/a.jpg\n")
    assert list(find_items(str(listed))) == [Item("s3://shop/a.jpg", "s3://shop/a.jpg")]


def test_a_name_that_is_no_text_is_a_picture_s_all_the_same(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.jpg")
    (tmp_path / name).write_bytes(b"here")
    assert _loaded(tmp_path) == {name: b"here"}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("none", None, "no such folder"),
        ("empty/", None, "no pictures"),
        ("a.tar.gz", "", "plain tar"),
        ("a.tar", "no archive, but long enough for a header", "a.tar"),
        ("a.csv", "name\na.jpg\n", "row 1 has none of path"),
        ("a.jsonl", '{"path": 3}', "row 1 has none of path"),
        ("a.jsonl", "{}\n", "row 1 has none of path"),
        ("a.jsonl", "[]", "line 1 is no JSON object"),
        ("a.jsonl", "{", "line 1 is no JSON"),
        ("a.csv", "path\n\udcff.jpg\n", "utf-8"),
    ],
)
def test_a_source_that_is_none_is_told(
    tmp_path: Path, name: str, text: str | None, told: str
) -> None:
    path = tmp_path / name
    if name.endswith("/"):
        path.mkdir()
    elif text is not None:
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(SourceError, match=told):
        list(find_items(str(path)))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        load(Item("a", str(tmp_path / "a.jpg")))


def test_a_file_that_is_too_large_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(SourceError, match="larger than 64 MiB"):
        load(Item("a", str(path)))
