from __future__ import annotations

import io
import threading
import time

import pytest
from PIL import Image

from benchmarks import throughput
from benchmarks.throughput import Form, Load


class FakeServer:
    """Reads one picture at a time."""

    def __init__(self, seconds: float = 0.002, code: int = 0) -> None:
        self._seconds, self._code = seconds, code
        self._reading = threading.Lock()
        self._turn = threading.Lock()
        self.waiting = self.most = 0
        self.seen: list[bytes] = []

    def call(self, _client: object, path: str, data: bytes) -> dict[str, int]:
        assert path == "/cv/ocr/comm"
        with self._turn:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            self.seen.append(data)
        with self._reading:
            time.sleep(self._seconds)
        with self._turn:
            self.waiting -= 1
        return {"errcode": self._code}


OURS = Form("shizi", 2)
SLOW, FAST = Form("peer", 1, "openvino", 0), Form("peer", 2, "openvino", 1)


def test_each_system_is_measured_with_each_number_of_callers() -> None:
    servers = {OURS: FakeServer(), SLOW: FakeServer(0.1), FAST: FakeServer()}
    albums = {"one size": [b"a"], "mixed": [b"b", b"c"]}
    loads, forms = throughput.measure(servers, albums, [1, 2], seconds=0.1, rounds=1)
    assert forms == [OURS, FAST]
    assert set(loads) == {
        (pictures, name, callers)
        for pictures in albums
        for name in ("shizi", "peer")
        for callers in (1, 2)
    }
    assert servers[OURS].most == 2
    assert set(servers[OURS].seen) == {b"a", b"b", b"c"}
    text = throughput.tell(loads, forms)
    assert "| one size, 2 | shizi |" in text
    assert "shizi: 2 at once, 1 thread each; peer: 2 at once, 1 thread each" in text
    assert "peer" in throughput.draw(loads, forms)


def test_the_rate_and_the_spread_are_of_all_calls() -> None:
    load = Load([0.1] * 19 + [0.5], span=4.0, others=[0.0])
    assert load.rate == 5
    assert (load.quantile(0.5), load.quantile(0.95)) == (0.1, 0.5)


def test_a_picture_that_is_not_answered_ends_the_measurement() -> None:
    servers = {OURS: FakeServer(code=-1)}
    with pytest.raises(RuntimeError, match="-1"):
        throughput.measure(servers, {"mixed": [b"a"]}, [1], seconds=0, rounds=1)


def test_pictures_of_one_size_are_different_parts_of_the_sample() -> None:
    pictures = throughput.one_size()
    assert len(set(pictures)) == 9
    assert {Image.open(io.BytesIO(each)).size for each in pictures} == {(1000, 1000)}
