"""A fleet of nodes, call by call: a proxy, queues, workers, one database.

Discrete events in a heap, in one clock. What a call does: the proxy sends it to the
node with the fewest calls; the node asks the database whose token it is, unless it
knows, and has the call counted; a worker reads; the call is answered. A call that finds
a node's queue full is answered "busy" and given back.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# As in deploy/nginx-nodes.conf: seconds until a node that does not answer is given up.
_CONNECT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Database:
    """What counts the calls.

    Attributes:
        lanes: Transactions that it works at together.
        seconds: Of one count in its lane.
        look_seconds: The same of finding out whose token it is.
        row_seconds: For which a count locks the row of its app, day and API.
        token_seconds: For which a node remembers whose a token is.
        lease: Calls that a node takes from an app's quota at once; 1 counts each.
    """

    lanes: int = 8
    seconds: float = 0.001
    look_seconds: float = 0.001
    row_seconds: float = 0.001
    token_seconds: float = 3.0
    lease: int = 1


@dataclass(frozen=True, slots=True)
class Fleet:
    """What calls go to.

    Attributes:
        nodes: How many there are.
        workers: Reading processes of each.
        queue: Calls that may wait at a node.
        overhead: Seconds of a call outside of worker and database.
        apps: Callers with a quota each.
        database: What counts the calls.
    """

    nodes: int
    workers: int
    queue: int = 64
    overhead: float = 0.0
    apps: int = 1
    database: Database = field(default_factory=Database)


@dataclass(slots=True)
class Result:
    """What came of a run.

    Attributes:
        answered: For each success when it came and how long it took, in seconds.
        busy: When calls were answered "busy".
        failed: When calls were lost with their node.
    """

    answered: list[tuple[float, float]] = field(
        default_factory=list[tuple[float, float]]
    )
    busy: list[float] = field(default_factory=list[float])
    failed: list[float] = field(default_factory=list[float])

    def rate(self, begin: float, end: float) -> float:
        """Return successes a second between two moments."""
        return sum(begin <= at < end for at, _ in self.answered) / (end - begin)

    def percentile(
        self, share: float, begin: float = 0.0, end: float = float("inf")
    ) -> float:
        """Return the seconds that a share of the successes of a time took at most."""
        taken = sorted(each for at, each in self.answered if begin <= at < end)
        return taken[min(len(taken) - 1, int(share * len(taken)))]


class _Kind(IntEnum):
    ARRIVES = 0
    ADMITTED = 1
    COUNTED = 2
    READ = 3
    LOST = 4
    BACK = 5
    TRIED = 6


@dataclass(slots=True)
class _Call:
    began: float
    app: int


class _Node:
    def __init__(self, workers: int) -> None:
        self.calls: set[int] = set()
        self.idle = workers
        self.waiting: deque[int] = deque()
        self.is_up = True
        # When the proxy will have noticed that it is down.
        self.noticed_at = float("inf")
        self.known: dict[int, float] = {}
        # Calls left of each app's lease, and from when on.
        self.leases: dict[int, tuple[float, int]] = {}


class Simulation:
    """One run of a fleet."""

    def __init__(
        self, fleet: Fleet, read_seconds: Callable[[Random], float], *, seed: int = 1
    ) -> None:
        """Take the fleet.

        Args:
            fleet: What calls go to.
            read_seconds: Draws how long a worker is at a call.
            seed: Of all chance.
        """
        self._fleet = fleet
        self._read_seconds = read_seconds
        self._chance = Random(seed)
        self._nodes = [_Node(fleet.workers) for _ in range(fleet.nodes)]
        self._events: list[tuple[float, int, _Kind, int, int]] = []
        self._numbers = count()
        self._calls: dict[int, _Call] = {}
        self._free: list[tuple[int, float, int]] = []
        self._lanes = [0.0] * fleet.database.lanes
        self._rows = [0.0] * fleet.apps
        self._again: Callable[[float], None] | None = None
        self.result = Result()
        for number in range(fleet.nodes):
            self._offer(number)

    def lose(self, node: int, at: float, *, seconds: float) -> None:
        """Have a node go at a moment, with its calls, and come back later."""
        self._push(at, _Kind.LOST, node)
        self._push(at + seconds, _Kind.BACK, node)

    def run_open(self, arrivals: Sequence[float] | Iterator[float]) -> Result:
        """Run with calls that come at given moments, in order, whatever is answered."""
        left = iter(arrivals)

        def come(_now: float) -> None:
            at = next(left, None)
            if at is not None:
                self._arrive(at, at)

        self._again = come
        come(0.0)
        self._run(float("inf"), at_arrival=True)
        return self.result

    def run_closed(self, callers: int, *, seconds: float) -> Result:
        """Run with callers who call again as soon as they are answered."""
        self._again = lambda now: self._arrive(now, now)
        for _ in range(callers):
            self._arrive(0.0, 0.0)
        self._run(seconds, at_arrival=False)
        return self.result

    def _run(self, until: float, *, at_arrival: bool) -> None:
        again = self._again
        assert again is not None
        while self._events:
            now, _, kind, place, number = heapq.heappop(self._events)
            if now > until:
                return
            ended = self._happen(now, kind, place, number)
            if at_arrival:
                if kind is _Kind.ARRIVES:
                    again(now)
            else:
                for _ in range(ended):
                    again(now + self._fleet.overhead)

    def _happen(self, now: float, kind: _Kind, place: int, number: int) -> int:
        """Have an event take place; return how many calls ended by it."""
        node = self._nodes[place]
        if kind is _Kind.ARRIVES:
            self._send(number, now)
        elif kind is _Kind.LOST:
            return self._lose(place, now)
        elif kind is _Kind.BACK:
            node.is_up, node.noticed_at = True, float("inf")
            self._offer(place)
        elif kind is _Kind.TRIED:
            node.calls.discard(number)
            self._offer(place)
            self._send(number, now)
        elif number not in node.calls:
            return 0  # it was lost with its node
        elif kind is _Kind.ADMITTED:
            at = self._counted(node, self._calls[number].app, now)
            self._push(at, _Kind.COUNTED, place, number)
        elif kind is _Kind.COUNTED:
            return self._begin(place, number, now)
        else:
            return self._finish(place, number, now)
        return 0

    def _arrive(self, at: float, began: float) -> None:
        number = next(self._numbers)
        self._calls[number] = _Call(began, self._chance.randrange(self._fleet.apps))
        self._push(at, _Kind.ARRIVES, 0, number)

    def _send(self, number: int, now: float) -> None:
        """Have the proxy choose a node, and the node find out whose call it is."""
        place = self._choose(now)
        node = self._nodes[place]
        node.calls.add(number)
        self._offer(place)
        if not node.is_up:
            # Nobody answers there: a second later the next node is tried.
            tried = now + _CONNECT_SECONDS
            node.noticed_at = min(node.noticed_at, tried)
            self._push(tried, _Kind.TRIED, place, number)
            return
        app = self._calls[number].app
        if node.known.get(app, 0.0) <= now:
            at = self._transact(now, None)
            node.known[app] = now + self._fleet.database.token_seconds
        else:
            at = now
        self._push(at, _Kind.ADMITTED, place, number)

    def _choose(self, now: float) -> int:
        """Return the node with the fewest calls."""
        while True:
            calls, _, place = heapq.heappop(self._free)
            node = self._nodes[place]
            if len(node.calls) == calls and (node.is_up or now < node.noticed_at):
                return place

    def _offer(self, place: int) -> None:
        """Note how many calls a node has; of equals any may be chosen."""
        node = self._nodes[place]
        entry = (len(node.calls), self._chance.random(), place)
        heapq.heappush(self._free, entry)

    def _counted(self, node: _Node, app: int, now: float) -> float:
        """Return when an app's call has been counted."""
        lease = self._fleet.database.lease
        if lease == 1:
            return self._transact(now, app)
        since, left = node.leases.get(app, (0.0, 0))
        if not left:
            since, left = self._transact(now, app), lease
        node.leases[app] = (since, left - 1)
        return max(now, since)

    def _transact(self, now: float, app: int | None) -> float:
        """Return when the database has looked, or counted to an app, from now on."""
        database = self._fleet.database
        begin = max(now, heapq.heappop(self._lanes))
        if app is None:
            end = begin + database.look_seconds
        else:
            # Who waits for a row waits in its lane.
            end = max(begin + database.seconds, self._rows[app] + database.row_seconds)
            self._rows[app] = end
        heapq.heappush(self._lanes, end)
        return end

    def _begin(self, place: int, number: int, now: float) -> int:
        """Give a counted call to a worker or the queue; return 1 if that ended it."""
        node = self._nodes[place]
        if node.idle:
            node.idle -= 1
            self._read(place, number, now)
        elif len(node.waiting) < self._fleet.queue:
            node.waiting.append(number)
        else:
            self._transact(now, self._calls[number].app)
            self.result.busy.append(now)
            self._leave(place, number)
            return 1
        return 0

    def _read(self, place: int, number: int, now: float) -> None:
        self._push(now + self._read_seconds(self._chance), _Kind.READ, place, number)

    def _finish(self, place: int, number: int, now: float) -> int:
        node = self._nodes[place]
        if node.waiting:
            self._read(place, node.waiting.popleft(), now)
        else:
            node.idle += 1
        took = now + self._fleet.overhead - self._calls[number].began
        self.result.answered.append((now, took))
        self._leave(place, number)
        return 1

    def _leave(self, place: int, number: int) -> None:
        self._nodes[place].calls.discard(number)
        del self._calls[number]
        self._offer(place)

    def _lose(self, place: int, now: float) -> int:
        """End a node and its calls; return how many they were."""
        node = self._nodes[place]
        ended = len(node.calls)
        self.result.failed += [now] * ended
        for number in node.calls:
            del self._calls[number]
        lost = _Node(self._fleet.workers)
        lost.is_up = False
        self._nodes[place] = lost
        self._offer(place)
        return ended

    def _push(self, at: float, kind: _Kind, place: int, number: int = -1) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), kind, place, number))
