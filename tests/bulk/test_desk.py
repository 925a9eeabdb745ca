from __future__ import annotations

import io
from typing import TYPE_CHECKING

import psutil
import pytest
from PIL import Image

import shizi.bulk.desk
from shizi.bulk.crowd import read_here
from shizi.bulk.desk import Desk, Order
from shizi.bulk.item import Item
from tests.fakes import IdleEngine, die
from tests.running import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.real


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(shizi.bulk.desk, "TextEngine", IdleEngine)
    made = Desk(Order())
    yield made
    made.close()


def test_a_picture_becomes_a_row(desk: Desk) -> None:
    outcome = desk.read("a", lambda: BLANK)
    assert outcome.error is None
    assert outcome.row == {
        "id": "a",
        "width": 64,
        "height": 64,
        "text": "识字",
        "lines": [
            {
                "text": "识字",
                "score": 1.0,
                "quad": [[0, 0], [64, 0], [64, 64], [0, 64]],
            }
        ],
    }


def test_a_file_that_is_no_picture_is_told(desk: Desk) -> None:
    outcome = desk.read("a", lambda: b"text")
    assert outcome.row is None
    assert outcome.error


def test_a_picture_that_ends_its_worker_costs_itself_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(desk, "_task", die)
        outcome = desk.read("a", lambda: BLANK)
        assert outcome.row is None
        assert "ended" in str(outcome.error)
    assert desk.read("b", lambda: BLANK).error is None


def test_many_are_read_at_once_and_each_has_an_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shizi.bulk.desk, "TextEngine", IdleEngine)
    for number in range(20):
        file = io.BytesIO()
        Image.new("RGB", (8 + number, 8)).save(file, "PNG")
        (tmp_path / f"{number}.png").write_bytes(file.getvalue())
    (tmp_path / "7.png").write_bytes(b"none")
    items = [Item(str(n), str(tmp_path / f"{n}.png")) for n in range(21)]
    outcomes = {each.id: each for each in read_here(items, Order(), workers=2)}
    assert set(outcomes) == {item.id for item in items}
    assert {name for name, each in outcomes.items() if each.error} == {"7", "20"}
    widths = {int(n): e.row["width"] for n, e in outcomes.items() if e.row is not None}
    assert widths == {n: 8 + n for n in range(20) if n != 7}


def test_whoever_stops_early_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shizi.bulk.desk, "TextEngine", IdleEngine)
    path = tmp_path / "a.png"
    path.write_bytes(BLANK)
    outcomes = read_here(
        [Item(str(n), str(path)) for n in range(50)], Order(), workers=2
    )
    before = set(psutil.Process().children())
    next(outcomes)
    children = set(psutil.Process().children()) - before
    assert len(children) == 2
    outcomes.close()
    assert not any(child.is_running() for child in children)
