from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from shizi.core.errors import ModelError
from shizi.ocr import calibration
from shizi.ocr.calibration import draw_pages, find_fonts

if TYPE_CHECKING:
    from pathlib import Path


def test_fonts_are_found_that_hold_chinese() -> None:
    found = find_fonts()
    assert 1 <= len(found) <= 12
    assert not any("DejaVu" in path.name for path in found)


def test_pages_are_the_same_for_the_same_fonts_and_seed() -> None:
    fonts = find_fonts()[:2]
    pages, again, other = (draw_pages(3, fonts, seed=seed) for seed in (1, 1, 2))
    assert [page.shape for page in pages] == [
        (1312, 736, 3),
        (1280, 960, 3),
        (736, 1312, 3),
    ]
    assert all(map(np.array_equal, pages, again))
    assert not any(map(np.array_equal, pages, other))
    assert all(page.dtype == np.uint8 and np.ptp(page) > 60 for page in pages)


def test_a_system_without_a_font_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    monkeypatch.setattr(calibration, "_FONTS", (tmp_path, tmp_path / "absent"))
    with pytest.raises(ModelError, match="no font with simplified Chinese"):
        find_fonts()
