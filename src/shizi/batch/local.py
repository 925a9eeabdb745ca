"""Reading in processes of this machine."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import cv2

from shizi.ocr.engine import TextEngine
from shizi.ocr.setup import USUAL, Setup
from shizi.pool import Pool
from shizi.reading import read_sheet
from shizi.sandbox.keeper import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from shizi.batch.run import Label
    from shizi.core.sheet import Sheet
    from shizi.ports import Caller, Engine

# 120: seconds after which a page has failed; a server gives one 20, but there somebody
# waits for it.
_PAGE_SECONDS = 120.0
# Bytes that a worker may hold between two pages, as the server's.
_MEMORY = 1024 << 20


class LocalReader:
    """Reads pages with warmed engines, each in a process with one thread."""

    def __init__(
        self,
        *,
        workers: int,
        setup: Setup = USUAL,
        threads: int = 1,
        is_brief: bool = False,
        kind: str | None = None,
        is_required: bool = False,
        is_drawn: bool = False,
    ) -> None:
        """Describe what is read; nothing starts before the block begins.

        Args:
            workers: How many processes.
            setup: How the models are run.
            threads: Threads of each; 0 takes all cores.
            is_brief: Whether each process reads so few pages that it had better begin
                at once than become fast first.
            kind: The kind of document to look for.
            is_required: Whether a picture without it fails.
            is_drawn: Whether to give pictures back with outlines.
        """
        self.width = workers
        self._task = partial(
            read_sheet, kind=kind, is_required=is_required, is_drawn=is_drawn
        )
        self._pool = Pool(
            partial(
                _make_engine,
                TextEngine,
                setup=setup,
                threads=threads,
                is_brief=is_brief,
            ),
            Sandbox,
            workers=workers,
            # As many as are under way when no process is up.
            queue=workers + 1,
            seconds=_PAGE_SECONDS,
            memory=_MEMORY,
        )

    async def __aenter__(self) -> Self:
        """Start the processes and return when all are warm.

        Raises:
            ModelError: A model file is missing or altered.
            EngineError: The inference library is missing or refuses the model.
            WorkerError: A process ended while it started.
        """
        # Ctrl-C at a terminal goes to all processes; these inherit what is blocked.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            await self._pool.open()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for the pages that are being read, and end the processes."""
        await self._pool.close()

    async def read(self, data: bytes, label: Label) -> Sheet:
        """Return what is read of a picture.

        Raises:
            InputError: It cannot be decoded, or shows no document and must.
            ServiceError: The process that read it ended or took too long.
            EngineError: The inference library failed.
        """
        del label
        return await self._pool.run(self._task, data)


def _make_engine(
    make: Callable[..., Engine],
    *,
    caller: Caller,
    **options: Any,  # noqa: ANN401 - the engine's
) -> Engine:
    """Return an engine whose process leaves the other cores to the others."""
    if options["threads"]:
        cv2.setNumThreads(options["threads"])
    return make(caller=caller, **options)
