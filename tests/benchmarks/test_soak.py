from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from benchmarks import plot, soak
from benchmarks.mixture import CARD_PATH, PAGE_PATH, Mixture
from benchmarks.soak import Moment, Soak

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1 << 20


@pytest.fixture(scope="module")
def mixture() -> Mixture:
    return Mixture(3, drawn=0, damaged=20)


def test_the_same_number_is_the_same_call_and_no_two_are_alike(
    mixture: Mixture,
) -> None:
    items = [mixture.item(number) for number in range(30)]
    assert items[7] == mixture.item(7)
    pages = [item.data for item in items if item.name == "page"]
    assert len(set(pages)) == len(pages) > 20
    assert all(len(item.data) < 2 << 20 for item in items)


def test_cards_go_where_cards_are_read_and_all_else_where_text_is(
    mixture: Mixture,
) -> None:
    items = [mixture.item(number) for number in range(60)]
    assert {item.path for item in items if item.name == "card"} == {CARD_PATH}
    assert {item.path for item in items if item.name != "card"} == {PAGE_PATH}


class FakeServer:
    """Answers all with one code, and holds as much as it is told."""

    def __init__(self, memory: Callable[[], int], code: int = 0) -> None:
        self._memory, self._code = memory, code
        self.calls = 0
        self._turn = threading.Lock()

    def call(self, _client: object, _path: str, _data: bytes) -> dict[str, int]:
        with self._turn:
            self.calls += 1
        return {"errcode": self._code}

    def memory(self) -> dict[str, int]:
        return {"server": 0, "workers": self._memory() * MIB, "decoders": 0}


def test_every_picture_is_sent_once_and_a_wrong_answer_is_told(
    mixture: Mixture,
) -> None:
    server = FakeServer(lambda: 100, code=-1)
    seen = soak.run(server, mixture, 12, step=0.01)  # type: ignore[arg-type] # a fake
    assert (server.calls, seen.done, len(seen.wrong)) == (12, 12, 12)


def test_a_run_ends_with_its_time(mixture: Mixture) -> None:
    server = FakeServer(lambda: 100)
    seen = soak.run(server, mixture, 10**9, seconds=1)  # type: ignore[arg-type] # a fake
    assert 0 < seen.done == server.calls


def grown(start: float, end: float) -> Soak:
    """Return a run whose memory went evenly from one figure to another, in MiB."""
    run = Soak()
    run.codes[0] = 5000
    for done in range(0, 5001, 10):
        held = start + (end - start) * done / 5000
        roles = {"server": 0, "workers": int(held * MIB), "decoders": 0}
        run.moments.append(Moment(done, roles))
    return run


def test_growth_is_counted_from_picture_five_hundred() -> None:
    verdict = soak.judge(grown(1000, 2000))
    assert verdict.beginning == 500
    assert verdict.before == pytest.approx(1100 * MIB, rel=0.01)
    assert verdict.after == pytest.approx(1975 * MIB, rel=0.01)
    assert verdict.growth > soak.GROWTH
    assert soak.judge(grown(1000, 1000)).growth == 0


def test_what_a_worker_held_early_and_late_is_told_of_a_long_run() -> None:
    told = soak.tell_workers(grown(1000, 2000))
    assert "520 MiB around picture 200 and 700 MiB around picture 2000" in told
    assert "(+34.6%)" in told
    short = grown(1000, 2000)
    short.codes[0] = 1999
    assert soak.tell_workers(short) == ""


def test_the_plot_is_a_picture_of_every_line() -> None:
    points = [(0.0, 10.0), (5000.0, 1234.0)]
    drawn = plot.draw(
        [plot.Series("a < b", points), plot.Series("c", points)],
        across="pictures",
        up="MiB",
        upright=500,
        level=1300,
    )
    root = ET.fromstring(drawn)
    texts = [
        "".join(each.itertext()) for each in root.iter() if each.tag[-4:] == "text"
    ]
    assert {"a < b", "c", "pictures", "MiB", "5000"} <= set(texts)
    lines = [each for each in root.iter() if each.tag.endswith("polyline")]
    corners = itertools.chain(*(each.attrib["points"].split() for each in lines))
    assert len(lines) == 2
    assert all(0 <= float(n) <= 860 for pair in corners for n in pair.split(","))
