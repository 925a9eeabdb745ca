from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from shizi.ocr.detect import Box
from shizi.ocr.tile import joined, tiles


def box(left: float, top: float, right: float, bottom: float) -> Box:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return Box(np.array(corners, np.float32), 0.9)


@pytest.mark.parametrize(
    "size", [(1280, 720), (4000, 3000), (1080, 2400), (2000, 40), (6000, 3000)]
)
def test_common_pictures_stay_whole(size: tuple[int, int]) -> None:
    assert tiles(*size, 2000) == [(0, 0, *size)]


@pytest.mark.parametrize("size", [(1080, 8000), (20_000, 40), (40, 20_000), (2001, 1)])
def test_long_pictures_are_cut_into_overlapping_parts_that_cover_them(
    size: tuple[int, int],
) -> None:
    parts = tiles(*size, 2000)
    assert len(parts) > 1
    assert (parts[0].left, parts[0].top) == (0, 0)
    assert (parts[-1].right, parts[-1].bottom) == size
    along = 0 if size[0] > size[1] else 1
    for one, two in pairwise(parts):
        assert one[along + 2] - two[along] == 160
        assert max(one[2] - one[0], one[3] - one[1]) <= max(2000, 2 * min(size)) + 1


def test_boxes_of_one_part_are_left_alone() -> None:
    boxes = [box(0, 0, 100, 20), box(0, 10, 100, 30)]
    assert joined([boxes]) == boxes


def test_a_line_that_two_parts_saw_is_one_line() -> None:
    (found,) = joined([[box(0, 100, 300, 120)], [box(0, 101, 300, 121)]])
    assert found.corners[0] == pytest.approx([0, 100], abs=1)
    assert found.corners[2] == pytest.approx([300, 121], abs=1)


def test_a_line_that_runs_through_three_parts_is_one_line() -> None:
    parts = [[box(0, 5, 2000, 30)], [box(1840, 5, 3840, 30)], [box(3680, 5, 5000, 30)]]
    (found,) = joined(parts)
    assert found.corners[0] == pytest.approx([0, 5], abs=1)
    assert found.corners[2] == pytest.approx([5000, 30], abs=1)


def test_lines_below_each_other_stay_two() -> None:
    assert len(joined([[box(0, 0, 100, 20)], [box(0, 18, 100, 40)]])) == 2
