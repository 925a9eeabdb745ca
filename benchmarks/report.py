"""Tables in Markdown, the machine they were measured on, and where they are kept."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).with_name("data") / "printed"
_FLAGS = {
    "AVX2": "avx2",
    "AVX-512": "avx512f",
    "VNNI": "avx512_vnni",
    "BF16": "avx512_bf16",
    "AMX": "amx_tile",
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the first column is text, the others are figures."""
    align = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, align, *rows))


def machine(threads: int) -> str:
    """Return one sentence on the processor and the versions."""
    facts: dict[str, str] = {}
    information = Path("/proc/cpuinfo")
    for row in information.read_text().splitlines() if information.is_file() else ():
        name, _, fact = row.partition(":")
        facts.setdefault(name.strip(), fact.strip())
    flags = facts.get("flags", "").split()
    has = [name for name, flag in _FLAGS.items() if flag in flags]
    parts = ("rapidocr", "onnxruntime", "openvino", "numpy", "opencv-python-headless")
    versions = ", ".join(f"{part} {version(part)}" for part in parts)
    return (
        f"{facts.get('model name', platform.machine())}, {os.cpu_count()} cores "
        f"({', '.join(has) or 'no vector flags known'}), {threads} thread a read; "
        f"Python {platform.python_version()}, {versions}."
    )


def write_block(path: Path, name: str, text: str) -> None:
    """Replace what stands between a document's `name:begin` and `name:end` marks.

    Raises:
        ValueError: The document has no such marks.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    document = path.read_text("utf-8")
    before, mark, rest = document.partition(begin)
    _, closing, after = rest.partition(end)
    if not mark or not closing:
        message = f"{path}: no block from {begin} to {end}"
        raise ValueError(message)
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")
