from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shizi.bulk.item import Item
from shizi.bulk.row import Outcome
from shizi.bulk.run import run
from shizi.bulk.writer import JsonLines
from shizi.core.errors import JournalError
from shizi.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Killed(BaseException):
    """Ends a run as nothing foreseen does."""


class Readers:
    """Stands for the pool: tells what it was asked for."""

    def __init__(self, *, bad: Iterable[str] = (), until: int = 1000) -> None:
        self.asked: list[str] = []
        self._bad = set(bad)
        self._until = until

    def __call__(self, items: Iterable[Item]) -> Iterator[Outcome]:
        for item in items:
            if len(self.asked) == self._until:
                raise Killed
            self.asked.append(item.id)
            if item.id in self._bad:
                yield Outcome(item.id, None, "no picture")
            else:
                yield Outcome(item.id, {"id": item.id, "text": "字"})


ITEMS = [Item(f"{number:02}.jpg", "") for number in range(20)]
NAMES = [item.id for item in ITEMS]


class Table:
    """A table and its journal in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "out.jsonl"
        self.log = folder / "out.journal"

    def fill(
        self, readers: Readers, items: Iterable[Item] = ITEMS, rows: int = 100
    ) -> list[str]:
        """Run, and return the ids of what was told to be safe."""
        writer = JsonLines(self.path)
        writer.rows = rows
        with Journal(self.log, run={}, resume=True) as journal:
            try:
                return [each.id for each in run(items, readers, writer, journal)]
            finally:
                writer.close()

    def ids(self) -> list[str]:
        return [json.loads(line)["id"] for line in self.path.read_text().splitlines()]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def test_each_picture_has_a_row(table: Table) -> None:
    assert table.fill(Readers()) == NAMES
    assert table.ids() == NAMES


def test_a_run_that_ended_early_is_gone_on_with(table: Table) -> None:
    with pytest.raises(Killed):
        table.fill(Readers(until=7))
    again = Readers()
    table.fill(again)
    assert again.asked == NAMES[7:]
    assert sorted(table.ids()) == NAMES


def test_rows_that_the_journal_does_not_tell_of_are_cut_off(table: Table) -> None:
    with pytest.raises(Killed):
        table.fill(Readers(until=7))
    # As if it had been killed after the rows and before the journal.
    lines = table.log.read_bytes().splitlines(keepends=True)
    table.log.write_bytes(b"".join(lines[:4]))
    assert len(table.ids()) == 7
    table.fill(Readers())
    assert sorted(table.ids()) == NAMES


def test_a_line_that_was_cut_short_is_written_anew(table: Table) -> None:
    with pytest.raises(Killed):
        table.fill(Readers(until=7))
    table.log.write_bytes(table.log.read_bytes()[:-5])
    table.fill(Readers())
    assert sorted(table.ids()) == NAMES


def test_rows_that_are_gone_are_missed(table: Table) -> None:
    with pytest.raises(Killed):
        table.fill(Readers(until=7))
    table.path.write_bytes(table.path.read_bytes()[:-9])
    with pytest.raises(JournalError, match="shorter than the journal"):
        table.fill(Readers())


def test_what_failed_is_tried_again_and_has_no_row(table: Table) -> None:
    assert sorted(table.fill(Readers(bad=["03.jpg", "11.jpg"]))) == NAMES
    assert len(table.ids()) == 18
    again = Readers(bad=["03.jpg"])
    assert table.fill(again) == ["03.jpg", "11.jpg"]
    assert again.asked == ["03.jpg", "11.jpg"]
    assert sorted(table.ids()) == [name for name in NAMES if name != "03.jpg"]


def test_of_two_with_one_id_the_first_counts(table: Table) -> None:
    table.fill(Readers(), [*ITEMS, Item("00.jpg", "elsewhere")])
    assert table.ids() == NAMES


def test_an_outcome_that_comes_twice_is_written_once(table: Table) -> None:
    def twice(items: Iterable[Item]) -> Iterator[Outcome]:
        for outcome in Readers()(items):
            yield outcome
            yield outcome

    table.fill(twice, rows=1)  # type: ignore[arg-type]
    assert table.ids() == NAMES
