from __future__ import annotations

from benchmarks.start import Start, tell


def test_the_first_start_is_told_apart_from_the_later_ones() -> None:
    starts = [
        Start(9.0, 12.0, 0.0),
        *(Start(each, 6.0, 0.1) for each in (3.0, 4.0, 8.0)),
    ]
    text = tell(starts, 2)
    assert "| the first | 9.0 | 15 | 12.0 | 0% |" in text
    assert "| later ones, median | 4.0 | 5 | 6.0 | 10% |" in text
