from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from shizi.core.errors import JournalError
from shizi.journal import Entry, Journal, version_of

if TYPE_CHECKING:
    from pathlib import Path

RUN = {"formats": "json"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_what_was_added_is_there_again(path: Path) -> None:
    entries = [
        Entry("a.jpg", "1-2", pages=1, ends={"read.csv": 17}, at=5.0),
        Entry("b.jpg", error="no picture"),
    ]
    with Journal(path, run=RUN) as journal:
        for entry in entries:
            journal.add(entry)
    with Journal(path, run=RUN, resume=True) as journal:
        assert list(journal.entries.values()) == entries
        assert journal.ends == {"read.csv": 17}


def test_an_item_is_done_until_it_changes(path: Path) -> None:
    with Journal(path, run=RUN) as journal:
        journal.add(Entry("a.jpg", "1-2"))
        journal.add(Entry("b.jpg", "1-2", error="busy"))
        assert journal.is_done("a.jpg", "1-2")
        assert not journal.is_done("a.jpg", "1-3")
        assert not journal.is_done("b.jpg", "1-2")
        assert not journal.is_done("c.jpg")
        journal.add(Entry("b.jpg", "1-2"))
        assert journal.is_done("b.jpg", "1-2")


def test_a_journal_begins_anew_unless_it_is_resumed(path: Path) -> None:
    with Journal(path, run=RUN) as journal:
        journal.add(Entry("a.jpg"))
    with Journal(path, run={"formats": "csv"}) as journal:
        assert not journal.entries
    assert json.loads(path.read_text()) == {"journal": 1, "run": {"formats": "csv"}}


def test_to_resume_what_is_not_there_begins_it(path: Path) -> None:
    with Journal(path, run=RUN, resume=True) as journal:
        journal.add(Entry("a.jpg"))
    assert len(path.read_text().splitlines()) == 2


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_line_cut_short_is_dropped_and_the_file_goes_on(path: Path, cut: int) -> None:
    with Journal(path, run=RUN) as journal:
        journal.add(Entry("a.jpg"))
        journal.add(Entry("b"))
    os.truncate(path, path.stat().st_size - cut)
    with Journal(path, run=RUN, resume=True) as journal:
        assert set(journal.entries) == {"a.jpg"}
        journal.add(Entry("c.jpg"))
    with Journal(path, run=RUN, resume=True) as journal:
        assert set(journal.entries) == {"a.jpg", "c.jpg"}


def test_a_name_of_any_bytes_is_kept(path: Path) -> None:
    name = os.fsdecode(b"scans/\xff\xfe\n.jpg")
    with Journal(path, run=RUN) as journal:
        journal.add(Entry(name))
    with Journal(path, run=RUN, resume=True) as journal:
        assert journal.is_done(name)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"hello\n", "no line of a journal", id="text"),
        pytest.param(b"[1]\n", "no line of a journal", id="a list"),
        pytest.param(b"{}\n", "no journal of this format", id="JSON"),
        pytest.param(b'{"journal": 2}\n', "no journal of this format", id="later"),
        pytest.param(
            b'{"journal": 1, "run": {"formats": "csv"}}\n',
            "begun with formats = 'csv', not 'json'",
            id="another run",
        ),
        pytest.param(
            b'{"journal": 1, "run": {"formats": "json"}}\n{"name": 1}\n',
            "line 2 is no line of a journal",
            id="an entry that is none",
        ),
    ],
)
def test_what_is_no_journal_of_the_run_is_refused_and_kept(
    path: Path, content: bytes, reason: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalError, match=reason):
        Journal(path, run=RUN, resume=True)
    assert path.read_bytes() == content


def test_two_runs_do_not_share_a_journal(path: Path) -> None:
    with Journal(path, run=RUN) as journal:
        journal.add(Entry("a.jpg"))
        with pytest.raises(JournalError, match="another process"):
            Journal(path, run=RUN)
    with Journal(path, run=RUN, resume=True) as journal:
        assert journal.is_done("a.jpg")


def test_a_version_changes_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(b"1")
    os.utime(file, ns=(1, 1))
    first = version_of(file)
    os.utime(file, ns=(2, 2))
    second = version_of(file)
    file.write_bytes(b"12")
    os.utime(file, ns=(2, 2))
    assert len({first, second, version_of(file)}) == 3
