"""Measure how well vehicle licences are read, on drawn pictures or on a folder's."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.licence import albums, score
from benchmarks.licence.licences import FIELDS
from benchmarks.licence.looks import FAMILIES
from benchmarks.licence.pictures import CONDITIONS, draw
from benchmarks.render.fonts import FontMissingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.licence.score import Slip, Tally, Truth

_FIGURES = (
    ("right", "values"),
    ("empty", "values"),
    ("wrong", "values"),
    ("ghosts", "absent"),
    ("whole", "documents"),
    ("with wrong", "documents"),
    ("missed", "documents"),
    ("pages found", "pages"),
    ("placed", "pages found"),
    ("sure", "values"),
    ("sure right", "sure"),
    ("refused", "others"),
)


@dataclass(frozen=True, slots=True)
class Order:
    """A picture to be read: a file's, or one that is drawn first.

    Attributes:
        image: The file, whose truth lies beside it; None to draw one.
        family: What the picture is drawn after; so the condition, seed and number.
        answers: Where the reply is written, if anywhere.
    """

    image: Path | None = None
    family: str = ""
    condition: str = ""
    seed: int = 0
    number: int = 0
    answers: Path | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What came of an order; seconds are those of the reading alone."""

    condition: str
    tally: Tally
    slips: list[Slip]
    seconds: float


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.licence.accuracy", description=__doc__
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="pictures with truth")
    parser.add_argument("--family", choices=sorted(FAMILIES), default="report")
    parser.add_argument(
        "--condition", nargs="+", choices=CONDITIONS, default=list(CONDITIONS)
    )
    parser.add_argument("--count", type=int, default=20, help="of each condition")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--jobs", type=int, default=1, help="processes that read")
    parser.add_argument("--threads", type=int, default=1, help="of one read")
    parser.add_argument("--answers", type=Path, metavar="DIR", help="keep the replies")
    parser.add_argument("--errors", type=int, default=0, help="so many slips are told")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the counts")
    options = parser.parse_args()
    if options.answers:
        options.answers.mkdir(parents=True, exist_ok=True)
    if options.data:
        files = sorted(p for p in options.data.iterdir() if p.suffix == ".json")
        orders = [
            Order(image=file.with_suffix(".jpg"), answers=options.answers)
            for file in files
        ]
    else:
        orders = [
            Order(
                family=options.family,
                condition=condition,
                seed=options.seed,
                number=number,
                answers=options.answers,
            )
            for condition in options.condition
            for number in range(options.first, options.first + options.count)
        ]
    try:
        done = read_all(orders, jobs=options.jobs, threads=options.threads)
    except FontMissingError as error:
        print(error, file=sys.stderr)
        return 1
    groups = score.by_condition((one.condition, one.tally) for one in done)
    print(tell(groups))
    print()
    print(tell_fields(groups))
    seconds = sorted(one.seconds for one in done)
    print(
        f"\n{len(done)} pictures, median {statistics.median(seconds):.2f} s, "
        f"longest {seconds[-1]:.2f} s; {report.machine(options.threads)}"
    )
    slips = [slip for one in done for slip in one.slips]
    slips.sort(key=lambda slip: (not slip.given, slip.name))
    for slip in slips[: options.errors]:
        print(*asdict(slip).values(), sep="\t")
    if options.json:
        counts = {name: asdict(tally) for name, tally in groups.items()}
        options.json.write_text(json.dumps(counts, ensure_ascii=False, indent=1))
    return 0


def read_all(orders: Iterable[Order], *, jobs: int, threads: int) -> list[Read]:
    """Return what came of each order, in their order.

    Raises:
        FontMissingError: A font that a picture needs is not installed.
    """
    one = partial(read_one, threads=threads)
    if jobs == 1:
        return [one(order) for order in orders]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(one, orders))


def read_one(order: Order, *, threads: int) -> Read:
    """Return what came of an order."""
    truth, jpeg = _picture(order)
    started = time.perf_counter()
    reply = _reply(jpeg, threads)
    seconds = time.perf_counter() - started
    if order.answers:
        text = json.dumps(reply, ensure_ascii=False, indent=1)
        (order.answers / f"{truth.name}.json").write_text(text, "utf-8")
    tally, slips = score.judge(truth, score.read_answer(reply))
    return Read(truth.condition, tally, slips, seconds)


def tell(groups: Mapping[str, Tally]) -> str:
    """Return the shares by condition, in percent."""
    head = ["pictures", "n", *(part for part, _ in _FIGURES)]
    rows = []
    for name, tally in groups.items():
        number = tally.counts["documents"] + tally.counts["others"]
        shares = [_percent(tally.share(*figure)) for figure in _FIGURES]
        rows.append([name, str(number), *shares])
    return report.table(head, rows)


def tell_fields(groups: Mapping[str, Tally]) -> str:
    """Return, for each field, the share read right by condition, and all slips."""
    shown = [name for name, tally in groups.items() if tally.counts["values"]]
    rows = []
    for field in FIELDS:
        row = [field]
        for name in shown:
            counts = groups[name].by_field.get(field, Counter())
            values = counts["values"]
            row.append(_percent(counts["right"] / values if values else None))
        every = groups["ALL"].by_field.get(field, Counter())
        row += [str(every[kind]) for kind in ("empty", "wrong", "ghosts")]
        rows.append(row)
    return report.table(["field", *shown, "empty", "wrong", "ghosts"], rows)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f}"


def _picture(order: Order) -> tuple[Truth, bytes]:
    if order.image is not None:
        row = json.loads(order.image.with_suffix(".json").read_text("utf-8"))
        return score.read_truth(row), order.image.read_bytes()
    picture = draw(FAMILIES[order.family], order.condition, order.seed, order.number)
    name = albums.name_of(
        order.family, order.condition, seed=order.seed, number=order.number
    )
    return score.read_truth(albums.truth(name, picture)), picture.jpeg


def _reply(jpeg: bytes, threads: int) -> dict[str, object]:
    """Return the server's reply to a picture."""
    errors, replies = map(import_module, ("shizi.core.errors", "shizi.wechat.replies"))
    try:
        card = _reader(threads).read_card(jpeg, "vehicle_licence")
    except errors.CardNotFoundError:
        return {"errcode": score.NOT_FOUND, "errmsg": "certificate not found"}
    reply: dict[str, object] = replies.card_reply(card, detail=True)
    return reply


@cache
def _reader(threads: int) -> Any:  # noqa: ANN401
    # Models are loaded by the processes that read, and by no other.
    return import_module("shizi.reader").Reader(threads=threads)


if __name__ == "__main__":
    sys.exit(main())
