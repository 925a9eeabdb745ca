"""Claims about which files are read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from shizi.batch.inputs import find_inputs, read_list

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        (b"a.jpg\n\n b c.png\n", ["a.jpg", " b c.png"]),
        (b"a.jpg\r\nb.jpg", ["a.jpg", "b.jpg"]),
        (b"\xef\xbb\xbfa.jpg\n", ["a.jpg"]),
        (b"a\nb.jpg\0c.jpg\0", ["a\nb.jpg", "c.jpg"]),
        (b"\xff.jpg\n", [os.fsdecode(b"\xff.jpg")]),
        (b"", []),
    ],
    ids=["lines", "windows", "mark", "zero bytes", "no text", "nothing"],
)
def test_a_list_names_a_file_a_line(data: bytes, paths: list[str]) -> None:
    assert read_list(data) == paths


def test_a_link_to_a_folder_is_not_followed_without_end(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "self").symlink_to(".")
    found = find_inputs([str(tmp_path)], is_deep=True)
    assert [item.name for item in found.inputs] == [str(tmp_path / "a.jpg")]


def test_what_is_no_file_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "lost.png").symlink_to("nowhere")
    (tmp_path / "folder.jpg").mkdir()
    assert find_inputs([str(tmp_path)], is_deep=True).inputs == ()
