"""The run: files in, pages read side by side, results out in the files' order.

Bounded throughout: so many pictures are in memory as are being read, one more to go on
with, and results wait for their turn in a short queue.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from shizi.batch.pages import DPI, pages_of
from shizi.core.errors import (
    ImageDecodeError,
    InputError,
    OutputError,
    QuotaError,
    ServiceError,
)
from shizi.formats.scan import Leaf, Scan
from shizi.journal import Entry, version_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from shizi.batch.inputs import Input
    from shizi.batch.outputs import Outputs
    from shizi.batch.pages import Picture
    from shizi.core.sheet import Sheet
    from shizi.journal import Journal

# Results that wait for a slow one before them.
_QUEUE = 64


class Label(NamedTuple):
    """What a picture is called.

    Attributes:
        name: The file.
        number: Which page of it, from 1 on; none where the file is one picture.
    """

    name: str
    number: int | None

    def __str__(self) -> str:
        """Return both."""
        return self.name if self.number is None else f"{self.name}, page {self.number}"


class SheetReader(Protocol):
    """Reads pictures, several at a time.

    Attributes:
        width: How many.
    """

    width: int

    async def read(self, data: bytes, label: Label) -> Sheet:
        """Return what is read of a picture.

        Raises:
            InputError: The picture cannot be used.
            ServiceError: It was not read for another reason.
            QuotaError: Nothing more is read today.
            ShiziError: Nothing can be read.
        """
        ...


class Watch(Protocol):
    """Sees how a run goes; called on the event loop."""

    def advance(self, pages: int) -> None:
        """A file is done, or has failed; so many pages were read of it."""
        ...

    def fail(self, name: str, reason: str) -> None:
        """A file, or a page of it, failed."""
        ...


@dataclass(slots=True)
class Outcome:
    """How a run went.

    Attributes:
        done: Files that were read.
        skipped: Files that an earlier run has read.
        failed: Files that failed, wholly or in part.
        pages: Pages that were read.
        unread: Files that the run did not come to.
        is_used_up: Whether the server reads nothing more today.
    """

    done: int = 0
    skipped: int = 0
    failed: int = 0
    pages: int = 0
    unread: int = 0
    is_used_up: bool = False


class _Begin(NamedTuple):
    item: Input
    version: str


class _Page(NamedTuple):
    number: int
    is_paged: bool
    reading: asyncio.Task[Sheet]


class _End(NamedTuple):
    """The end of a file: why there is no more of it, or whether the run was stopped."""

    fault: str | None = None
    is_cut: bool = False


class _Broken(NamedTuple):
    error: Exception


@dataclass(slots=True)
class _Open:
    """A file whose pages come in."""

    item: Input
    version: str
    leaves: list[Leaf] = field(default_factory=list[Leaf])
    faults: list[str] = field(default_factory=list[str])


async def read_all(
    inputs: Sequence[Input],
    *,
    reader: SheetReader,
    outputs: Outputs,
    watch: Watch,
    stop: asyncio.Event,
    journal: Journal | None = None,
    dpi: int = DPI,
) -> Outcome:
    """Read files and write what they say.

    Args:
        inputs: The files.
        reader: What reads their pages.
        outputs: Where the results go.
        watch: Who sees how it goes.
        stop: Set to end after the pages that are being read.
        journal: Where it is told what is done; what is done already is left out.
        dpi: Pixels an inch of a PDF's pages.

    Raises:
        OutputError: The results cannot be written.
        ShiziError: Nothing can be read.
    """
    run = _Run(
        reader=reader, outputs=outputs, watch=watch, stop=stop, journal=journal, dpi=dpi
    )
    return await run.run(inputs)


class _Run:
    def __init__(
        self,
        *,
        reader: SheetReader,
        outputs: Outputs,
        watch: Watch,
        stop: asyncio.Event,
        journal: Journal | None,
        dpi: int,
    ) -> None:
        self._reader = reader
        self._outputs = outputs
        self._watch = watch
        self._stop = stop
        self._journal = journal
        self._dpi = dpi
        self._outcome = Outcome()
        self._steps: asyncio.Queue[_Begin | _Page | _End | _Broken | None] = (
            asyncio.Queue(_QUEUE)
        )
        # One more than are read: the next page is there when a reader is free.
        self._room = asyncio.Semaphore(reader.width + 1)
        self._readings: set[asyncio.Task[Sheet]] = set()

    async def run(self, inputs: Sequence[Input]) -> Outcome:
        feeding = asyncio.create_task(self._feed_all(inputs))
        try:
            await self._collect()
        finally:
            for task in (feeding, *self._readings):
                task.cancel()
            await asyncio.gather(feeding, *self._readings, return_exceptions=True)
        outcome = self._outcome
        seen = outcome.done + outcome.failed + outcome.skipped
        outcome.unread = len(inputs) - seen
        return outcome

    async def _feed_all(self, inputs: Sequence[Input]) -> None:
        """Begin to read file after file, and say that there are no more."""
        try:
            for item in inputs:
                if self._stop.is_set():
                    break
                await self._feed(item)
        except Exception as error:  # noqa: BLE001 - raised again where it is awaited
            await self._steps.put(_Broken(error))
        else:
            await self._steps.put(None)

    async def _feed(self, item: Input) -> None:
        """Begin to read the pages of one file."""
        version = ""
        with suppress(OSError):  # told when it is opened
            version = version_of(item.path)
        if self._journal is not None and self._journal.is_done(item.name, version):
            self._skip(item, self._journal.entries[item.name])
            return
        await self._steps.put(_Begin(item, version))
        await self._steps.put(await self._feed_pages(item))

    async def _feed_pages(self, item: Input) -> _End:
        """Begin to read a file's pages; return how that ended."""
        try:
            async with aclosing(pages_of(item.path, dpi=self._dpi)) as pages:
                while (picture := await self._next(pages)) is not None:
                    if self._stop.is_set() and picture.number > 1:
                        self._room.release()
                        return _End(is_cut=True)
                    page = _Page(
                        picture.number, picture.is_paged, self._begin(item, picture)
                    )
                    await self._steps.put(page)
        except InputError as error:
            return _End(str(error))
        except OSError as error:
            return _End(error.strerror or type(error).__name__)
        return _End()

    async def _next(self, pages: AsyncGenerator[Picture]) -> Picture | None:
        """Return the next page once there is room for it; none behind the last."""
        await self._room.acquire()
        try:
            picture = await anext(pages, None)
        except BaseException:
            self._room.release()
            raise
        if picture is None:
            self._room.release()
        return picture

    def _begin(self, item: Input, picture: Picture) -> asyncio.Task[Sheet]:
        """Begin to read a page; its room is free again when it is read."""
        reading = asyncio.create_task(self._read(item, picture))
        self._readings.add(reading)

        def end(task: asyncio.Task[Sheet]) -> None:
            self._readings.discard(task)
            self._room.release()
            # Asked for here: behind an error that ends the run nobody awaits it.
            if not task.cancelled():
                task.exception()

        reading.add_done_callback(end)
        return reading

    async def _read(self, item: Input, picture: Picture) -> Sheet:
        if picture.fault is not None:
            raise ImageDecodeError(picture.fault)
        number = picture.number if picture.is_paged else None
        return await self._reader.read(picture.data, Label(item.name, number))

    async def _collect(self) -> None:
        """Take the pages as they were begun, and write the files that are whole."""
        current: _Open | None = None
        while (step := await self._steps.get()) is not None:
            if isinstance(step, _Broken):
                raise step.error
            if isinstance(step, _Begin):
                current = _Open(step.item, step.version)
            elif current is not None and isinstance(step, _Page):
                await self._take(current, step)
            elif current is not None and isinstance(step, _End):
                await self._finish(current, step)

    async def _take(self, current: _Open, page: _Page) -> None:
        """Add a page to its file once it is read."""
        number = page.number if page.is_paged else None
        try:
            sheet = await page.reading
        except QuotaError as error:
            self._outcome.is_used_up = True
            self._stop.set()
            self._fault(current, number, str(error))
        except (InputError, ServiceError) as error:
            self._fault(current, number, str(error))
        else:
            if sheet.drawn is not None:
                await asyncio.to_thread(
                    self._outputs.draw, current.item, number, sheet.drawn
                )
            current.leaves.append(Leaf(page.number, replace(sheet, drawn=None)))

    def _fault(self, current: _Open, number: int | None, reason: str) -> None:
        told = reason if number is None else f"page {number}: {reason}"
        current.faults.append(told)
        self._watch.fail(current.item.name, told)

    async def _finish(self, current: _Open, end: _End) -> None:
        """Write what was read of a file, and then say so in the journal."""
        if end.is_cut or (current.faults and self._outcome.is_used_up):
            # Read anew when the run is taken up; a part would not be told from a whole.
            return
        if end.fault is not None:
            self._fault(current, None, end.fault)
        scan = Scan(current.item.name, tuple(current.leaves))
        if current.leaves:
            try:
                await asyncio.to_thread(self._outputs.bind, current.item, scan)
            except (InputError, ServiceError) as error:
                self._fault(current, None, str(error))
        entry = Entry(
            current.item.name,
            current.version,
            error="; ".join(current.faults) or None,
            pages=len(current.leaves),
            at=round(time.time(), 3),
        )
        if current.leaves:
            ends = await asyncio.to_thread(self._outputs.write, current.item, scan)
            entry = replace(entry, ends=ends)
        if self._journal is not None:
            try:
                self._journal.add(entry)
            except OSError as error:
                raise OutputError(f"cannot write: {error.strerror}") from error
        self._count(entry)

    def _skip(self, item: Input, entry: Entry) -> None:
        """Leave out what an earlier run has done, but tell again what failed of it."""
        if entry.error is not None:
            self._watch.fail(item.name, entry.error)
            self._outcome.failed += 1
        else:
            self._outcome.skipped += 1
        self._watch.advance(0)

    def _count(self, entry: Entry) -> None:
        if entry.error is None:
            self._outcome.done += 1
        else:
            self._outcome.failed += 1
        self._outcome.pages += entry.pages
        self._watch.advance(entry.pages)
