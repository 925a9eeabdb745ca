"""The made pictures' outlines lie where their ink does."""

import numpy as np
import pytest

from benchmarks.render import camera
from benchmarks.render.camera import Pose

POSES = {
    "flat": Pose(longest=600),
    "tilted": Pose(pitch=16, yaw=-9, roll=4, longest=600),
    "bowed": Pose(pitch=16, roll=2, bend=0.5, longest=600),
    "gutter": Pose(pitch=-12, yaw=8, bend=0.6, curl="gutter", longest=600),
}


@pytest.mark.parametrize("pose", POSES.values(), ids=POSES.keys())
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_spot_is_seen_where_its_point_is_said_to_lie(pose, quarters):
    spots = np.array([[60.0, 50.0], [330.0, 70.0], [200.0, 250.0], [345.0, 455.0]])
    seen = camera.project(400, 500, pose)
    ground = np.full((seen.height, seen.width, 3), 255, np.float32)
    told = camera.turn(seen.points(spots), seen.width, seen.height, quarters)
    for spot, place in zip(spots, told, strict=True):
        sheet = np.full((500, 400, 3), 255, np.uint8)
        x, y = spot.astype(int)
        sheet[y - 3 : y + 3, x - 3 : x + 3] = 0
        frame = camera.develop(sheet, seen, ground)
        picture = np.rot90(frame, -quarters)
        ink = np.clip(250 - picture[..., 0], 0, None)
        near = np.zeros_like(ink)
        left, top = (place - 12).astype(int)
        near[top : top + 24, left : left + 24] = ink[top : top + 24, left : left + 24]
        rows, columns = np.indices(near.shape) + 0.5
        middle = (columns * near).sum() / near.sum(), (rows * near).sum() / near.sum()
        assert middle == pytest.approx(tuple(place), abs=0.35)


def test_a_bent_sheet_looks_narrower():
    straight = camera.project(400, 500, Pose(longest=500))
    bent = camera.project(400, 500, Pose(bend=0.5, longest=500))
    assert bent.width < straight.width


def test_turning_four_times_gives_the_point_back():
    point = np.array([[10.0, 20.0]])
    size = (300, 200)
    for _ in range(4):
        point = camera.turn(point, *size, 1)
        size = size[::-1]
    assert point.tolist() == [[10.0, 20.0]]
