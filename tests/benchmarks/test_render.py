"""What is drawn on request only: drawings without text, and how curls are posed."""

import json

import numpy as np
import pytest

from benchmarks import score
from benchmarks.render import FAMILIES, album, draw
from benchmarks.render.families import ASKED_KINDS, KINDS
from benchmarks.render.scene import choose_pose

TUNE, REPORT = FAMILIES["tune"], FAMILIES["report"]


def poses(family, kind):
    rng = np.random.default_rng(3)
    return [choose_pose(family.lens, kind, rng) for _ in range(40)]


@pytest.mark.parametrize("family", [TUNE, REPORT], ids=["tune", "report"])
def test_a_drawing_has_no_line_and_needs_no_font(family):
    pictures = [draw(family, 1, number, kinds=("drawing",)) for number in range(3)]
    assert [picture.lines for picture in pictures] == [()] * 3
    assert {picture.kind for picture in pictures} == {"drawing"}
    assert len({picture.jpeg for picture in pictures}) == 3


@pytest.mark.parametrize("family", [TUNE, REPORT], ids=["tune", "report"])
def test_a_curled_page_is_bent_strongly_and_seen_from_an_angle(family):
    for pose in poses(family, "curl"):
        assert 0.5 <= pose.bend <= 0.9
        assert 15 <= abs(pose.pitch) <= 30
    assert {pose.curl for pose in poses(family, "curl")} == {"bow", "gutter"}


def test_no_curl_is_seen_in_both_families():
    ours, theirs = TUNE.lens, REPORT.lens
    assert not set(ours.curls) & set(theirs.curls)
    assert not set(ours.leans) & set(theirs.leans)


@pytest.mark.parametrize("family", [TUNE, REPORT], ids=["tune", "report"])
def test_small_print_is_seen_flat_in_twelve_megapixels(family):
    assert {(pose.bend, pose.longest) for pose in poses(family, "fine")} == {(0, 4000)}


@pytest.mark.parametrize("family", [TUNE, REPORT], ids=["tune", "report"])
def test_a_family_lays_out_every_kind(family):
    assert set(family.layouts) == {*KINDS, *ASKED_KINDS}


def test_a_folder_is_read_back_as_it_was_drawn(tmp_path):
    for first in (0, 1):
        album.write(
            tmp_path, TUNE, [first], seed=2, kinds=("drawing",), append=bool(first)
        )
    truths = score.read_truth(tmp_path)
    names = [f"tune-2-000{number}-drawing.jpg" for number in (0, 1)]
    assert [truth.image for truth in truths] == names
    assert all((tmp_path / name).stat().st_size for name in names)
    assert {truth.lines for truth in truths} == {()}


def test_the_turn_of_a_picture_is_read_from_its_label(tmp_path):
    row = {"image": "a.jpg", "kind": "doc", "turn": 90, "lines": []}
    (tmp_path / "labels.jsonl").write_text(json.dumps(row), "utf-8")
    (truth,) = score.read_truth(tmp_path)
    assert truth.turn == 90
