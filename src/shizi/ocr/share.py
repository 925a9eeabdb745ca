"""Work on many things by several hands at once, with the results of one hand alone."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")
R = TypeVar("R")
H = TypeVar("H")


def share(
    items: Sequence[T],
    do: Callable[[T, H], R | None],
    hands: Sequence[H],
    *,
    is_enough: Callable[[Mapping[int, R]], bool],
) -> dict[int, R]:
    """Return the results by the items' numbers; items are begun in their order.

    Args:
        items: What is to be done.
        do: Returns the result of an item by a hand, nothing when that hand is gone; the
            calling thread's own hand never goes.
        hands: First that of the calling thread; each other one gets a thread.
        is_enough: Told all results after each; when true, no further item is begun.

    Raises:
        Exception: Whatever `do` raised; nothing runs any more then.
    """
    left = deque(enumerate(items))
    results: dict[int, R] = {}
    lock, ended = Lock(), Event()

    def work(hand: H) -> None:
        while not ended.is_set():
            try:
                number, item = left.popleft()
            except IndexError:
                return
            result = do(item, hand)
            if result is None:
                left.appendleft((number, item))
                return
            with lock:
                results[number] = result
                if is_enough(results):
                    ended.set()

    own, *others = hands
    if not others or len(items) < 2:  # noqa: PLR2004 - one thing is not shared
        work(own)
        return results
    with ThreadPoolExecutor(len(others)) as threads:
        try:
            working = [threads.submit(work, hand) for hand in others]
            work(own)
            for each in working:
                each.result()
            # What a hand had begun that is gone.
            work(own)
        finally:
            ended.set()
    return results
