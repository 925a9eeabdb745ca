"""Searchable PDF: the pages as they are, with what was read lying over them unseen.

OCRmyPDF makes them, in a process of its own, through the plug-in that it finds our
engine by; the pages are handed over as they were read and are not read again.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from typing import TYPE_CHECKING

from shizi.core.errors import ImageDecodeError, TaskError
from shizi.formats.exchange import dump_pages

if TYPE_CHECKING:
    from pathlib import Path

    from shizi.formats.scan import Scan

# Seconds for one file, and for each page of it; a page takes about one.
_FILE_SECONDS, _PAGE_SECONDS = 60.0, 30.0

_MAIN = "from shizi.ocrmypdf.binding import attend; attend()"


def is_there() -> bool:
    """Return whether the packages are installed."""
    return find_spec("ocrmypdf") is not None


class Binder:
    """Makes searchable PDF; its methods block and belong to one thread at a time."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None

    def bind(self, source: Path, scan: Scan, target: Path) -> None:
        """Write a file's searchable PDF.

        Args:
            source: The file.
            scan: What was read of it.
            target: Where the PDF goes.

        Raises:
            ImageDecodeError: OCRmyPDF refuses the file.
            TaskError: Its process ended or took too long.
            OSError: Something cannot be written.
        """
        with tempfile.TemporaryDirectory(prefix="shizi-") as folder:
            pages = f"{folder}/pages.json"
            with open(pages, "w", encoding="ascii") as file:  # noqa: PTH123 - a name
                file.write(dump_pages(scan))
            made = f"{folder}/made.pdf"
            asked = {"source": str(source), "pages": pages, "target": made}
            seconds = _FILE_SECONDS + _PAGE_SECONDS * len(scan.leaves)
            fault = self._ask(json.dumps(asked), seconds)
            if fault is not None:
                raise ImageDecodeError(fault)
            with open(made, "rb") as file, target.open("wb") as copy:  # noqa: PTH123
                while part := file.read(1 << 20):
                    copy.write(part)
                copy.flush()
                os.fsync(copy.fileno())

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, row: str, seconds: float) -> str | None:
        """Return what the process answers to a row."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter
                [sys.executable, "-c", _MAIN],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Ctrl-C at a terminal is the caller's business.
                process_group=0,
            )
        answer = b""
        asking, answering = self._process.stdin, self._process.stdout
        assert asking is not None  # noqa: S101 - piped
        assert answering is not None  # noqa: S101 - piped
        with contextlib.suppress(OSError):
            asking.write(row.encode() + b"\n")
            asking.flush()
            if select.select([answering], [], [], seconds)[0]:
                answer = answering.readline()
        if not answer.endswith(b"\n"):
            self.close()
            raise TaskError("no searchable PDF: its process ended or took too long")
        fault: str | None = json.loads(answer)
        return fault
