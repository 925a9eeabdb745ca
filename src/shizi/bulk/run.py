"""A run: what is not done yet is read, written, and told to the journal, in this order.

A row is in the table if and only if the journal says so: rows are on the disk before
the journal tells of them, and rows that it does not tell of are cut off when the run is
taken up again. So each id is there once, however often the run was killed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shizi.journal import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from shizi.bulk.item import Item
    from shizi.bulk.row import Outcome
    from shizi.bulk.writer import Writer
    from shizi.journal import Journal


def run(
    items: Iterable[Item],
    read: Callable[[Iterable[Item]], Iterator[Outcome]],
    writer: Writer,
    journal: Journal,
) -> Generator[Outcome]:
    """Read what the journal does not tell of as done; give what is safe on the disk.

    Args:
        items: All pictures of the source; of two with one id the first counts.
        read: Gives what came of pictures, in any order, of some perhaps twice.
        writer: Where rows go.
        journal: What was done before, and is told what is done now.

    Raises:
        SourceError: The source cannot be read to its end; what came is safe.
        SetupError: The installation is not fit to run.
        OSError: The table or the journal cannot be written.
    """
    writer.cut(journal)
    waiting: list[Outcome] = []
    given: set[str] = set()
    since = time.monotonic()
    try:
        for outcome in read(_pending(items, journal)):
            if outcome.id in given:
                continue
            given.add(outcome.id)
            if not waiting:
                since = time.monotonic()
            waiting.append(outcome)
            is_due = time.monotonic() - since >= writer.seconds
            if is_due or len(waiting) >= writer.rows:
                _keep(waiting, writer, journal)
                yield from waiting
                waiting = []
    finally:
        # What has been read is kept, whatever has ended the run.
        _keep(waiting, writer, journal)
    yield from waiting


def _pending(items: Iterable[Item], journal: Journal) -> Iterator[Item]:
    """Give what is not done, each id once."""
    given: set[str] = set()
    for item in items:
        if item.id not in given and not journal.is_done(item.id):
            given.add(item.id)
            yield item


def _keep(outcomes: list[Outcome], writer: Writer, journal: Journal) -> None:
    """Write rows, then tell the journal what came of each picture."""
    rows = [outcome.row for outcome in outcomes if outcome.row is not None]
    ends = iter(writer.write(rows) if rows else ())
    for outcome in outcomes:
        read = outcome.row is not None
        journal.add(
            Entry(
                id=outcome.id,
                error=outcome.error,
                pages=int(read),
                ends=next(ends) if read else {},
                at=time.time(),
            )
        )
