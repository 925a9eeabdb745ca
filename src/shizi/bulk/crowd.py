"""The local pool: a desk a thread, with pictures loaded ahead."""

from __future__ import annotations

import queue
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import islice
from typing import TYPE_CHECKING

from shizi.bulk.desk import Desk
from shizi.bulk.item import Item, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from shizi.bulk.desk import Order
    from shizi.bulk.row import Outcome

# Pictures under way for each desk: one that is read, and two that are loaded meanwhile,
# so that a store 200 ms away keeps no desk waiting.
_AHEAD = 3


def read_here(
    items: Iterable[Item], order: Order, *, workers: int
) -> Iterator[Outcome]:
    """Read pictures in processes of this machine; outcomes come as they are ready.

    Args:
        items: The pictures; taken as desks become free.
        order: What is done with each.
        workers: How many are read at once.

    Raises:
        SetupError: The installation is not fit to run.
    """
    left = iter(items)
    with ExitStack() as stack:
        desks: queue.SimpleQueue[Desk] = queue.SimpleQueue()
        for _ in range(workers):
            desks.put(stack.enter_context(closing(Desk(order))))
        loaders = stack.enter_context(ThreadPoolExecutor(workers * _AHEAD))
        readers = stack.enter_context(ThreadPoolExecutor(workers))
        under_way: set[Future[Outcome]] = set()
        done: queue.SimpleQueue[Future[Outcome]] = queue.SimpleQueue()

        def read(item: Item, data: Future[bytes]) -> Outcome:
            desk = desks.get()
            try:
                return desk.read(item.id, data.result)
            finally:
                desks.put(desk)

        def begin(item: Item) -> None:
            call = readers.submit(read, item, loaders.submit(load, item))
            under_way.add(call)
            call.add_done_callback(done.put)

        try:
            for item in islice(left, workers * _AHEAD):
                begin(item)
            while under_way:
                call = done.get()
                under_way.discard(call)
                yield call.result()
                for item in islice(left, 1):
                    begin(item)
        finally:
            for call in under_way:
                call.cancel()
