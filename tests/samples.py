"""Pictures that lie in the repository, and what is printed on them."""

from __future__ import annotations

from pathlib import Path

_SAMPLES = Path(__file__).parents[1] / "src" / "shizi" / "samples"

SAMPLE = _SAMPLES / "page.jpg"
SAMPLE_LINES = (_SAMPLES / "page.txt").read_text(encoding="utf-8").splitlines()
