"""Ray Data: the same desks, an actor each, on the machines of a cluster."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from shizi.bulk.desk import Desk
from shizi.bulk.item import Item, load
from shizi.ray import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shizi.bulk.desk import Order
    from shizi.bulk.row import Outcome

# Pictures that an actor is handed at once: they are loaded together, some 100 ms each
# from a store, and come back together, some seconds later.
_BATCH: Final = 4
# Pictures that Ray is told of at once: it keeps some kB of each of their tasks.
_WAVE: Final = 20_000


def read_there(
    items: Iterable[Item], order: Order, *, workers: int | None, address: str
) -> Iterator[Outcome]:
    """Read pictures on a Ray cluster; outcomes come as they are ready.

    Args:
        items: The pictures; their places are the same on every machine.
        order: What is done with each.
        workers: The most that are read at once; by default one a core of the cluster.
        address: The cluster's, as a machine in it knows it; `local` for one of this
            run's own.

    Raises:
        ClusterError: Ray is not installed, or no cluster answers.
    """
    with joined(address, "data") as (ray, data):
        data.DataContext.get_current().enable_progress_bars = False
        most = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        left = iter(items)
        while wave := list(islice(left, _WAVE)):
            yield from _read_wave(data, wave, order, most)


def _read_wave(
    data: Any,  # noqa: ANN401 - typed by nothing where Ray is not installed
    wave: Sequence[Item],
    order: Order,
    most: int,
) -> Iterator[Outcome]:
    rows = [{"item": pickle.dumps(item)} for item in wave]
    blocks = -(-len(rows) // _BATCH)
    read = data.from_items(rows, override_num_blocks=blocks).map_batches(
        _Reader,
        fn_constructor_args=(order,),
        batch_size=_BATCH,
        # A worker beside the actor does the work, one core's.
        num_cpus=1,
        compute=data.ActorPoolStrategy(min_size=1, max_size=most),
    )
    for row in read.iter_rows():
        outcome: Outcome = pickle.loads(row["outcome"])  # noqa: S301 - our own actor's
        yield outcome


class _Reader:
    """A desk in an actor."""

    def __init__(self, order: Order) -> None:
        self._desk = Desk(order)
        self._loaders = ThreadPoolExecutor(_BATCH)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[bytes]]:
        """Return what came of some pictures."""
        items: list[Item] = [pickle.loads(each) for each in batch["item"]]  # noqa: S301 - our own driver's
        loads = [self._loaders.submit(load, item) for item in items]
        outcomes = [
            self._desk.read(item.id, ahead.result)
            for item, ahead in zip(items, loads, strict=True)
        ]
        return {"outcome": [pickle.dumps(outcome) for outcome in outcomes]}
