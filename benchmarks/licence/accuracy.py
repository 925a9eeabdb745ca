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
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

from benchmarks import report
from benchmarks.licence import albums, score
from benchmarks.licence.licences import FIELDS
from benchmarks.licence.looks import FAMILIES
from benchmarks.licence.pictures import CONDITIONS, draw
from benchmarks.render.fonts import FontMissingError
from shizi.core.errors import CardNotFoundError
from shizi.reader import Reader
from shizi.web.call import new_rid
from shizi.wechat import schema
from shizi.wechat.errors import FAULTS
from shizi.wechat.replies import card_reply, error_reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.licence.score import Slip, Tally, Truth
    from shizi.wechat.replies import Reply

_SCHEMA = Path(__file__).parents[2] / "docs" / "vehicle-licence.schema.json"

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
    """What came of an order.

    Attributes:
        seconds: Those of the reading alone.
        faults: Where the reply is not as its schema says.
    """

    condition: str
    tally: Tally
    slips: list[Slip]
    seconds: float
    faults: list[str]


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
    parser.add_argument("--count", type=int, default=5, help="of each condition")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--jobs", type=int, default=1, help="processes that read")
    parser.add_argument("--threads", type=int, default=1, help="of one read")
    parser.add_argument("--answers", type=Path, metavar="DIR", help="keep the replies")
    parser.add_argument("--errors", type=int, default=0, help="so many slips are told")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the counts")
    parser.add_argument("--write", type=Path, metavar="FILE.md", help="keep the tables")
    options = parser.parse_args()
    if options.answers:
        options.answers.mkdir(parents=True, exist_ok=True)
    try:
        orders = _orders(options)
        done = read_all(orders, jobs=options.jobs, threads=options.threads)
    except (FontMissingError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    groups = score.by_condition((one.condition, one.tally) for one in done)
    seconds = sorted(one.seconds for one in done)
    text = (
        f"{tell(groups)}\n\n{tell_fields(groups)}\n\n"
        f"{len(done)} pictures, median {statistics.median(seconds):.2f} s, "
        f"longest {seconds[-1]:.2f} s; {report.machine(options.threads)}"
    )
    print(text)
    if options.write:
        report.write_block(options.write, "licences", text)
    slips = [slip for one in done for slip in one.slips]
    slips.sort(key=lambda slip: (not slip.given, slip.name))
    for slip in slips[: options.errors]:
        print(*asdict(slip).values(), sep="\t")
    if options.json:
        counts = {name: tally.counted() for name, tally in groups.items()}
        options.json.write_text(json.dumps(counts, ensure_ascii=False, indent=1))
    faults = [fault for one in done for fault in one.faults]
    if faults:
        print("not as the schema says:", *faults, sep="\n", file=sys.stderr)
    return int(bool(faults))


def _orders(options: argparse.Namespace) -> list[Order]:
    """Return what is to be read.

    Raises:
        FileNotFoundError: The folder holds no picture with its truth.
    """
    if not options.data:
        numbers = range(options.first, options.first + options.count)
        return [
            Order(
                family=options.family,
                condition=condition,
                seed=options.seed,
                number=number,
                answers=options.answers,
            )
            for condition in options.condition
            for number in numbers
        ]
    files = sorted(file for file in options.data.glob("*.json"))
    if not files:
        message = f"{options.data}: no picture with its truth in NAME.json"
        raise FileNotFoundError(message)
    return [Order(file.with_suffix(".jpg"), answers=options.answers) for file in files]


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
    shape = _schema(found="vin" in reply)
    faults = [f"{truth.name}: {fault.message}" for fault in shape.iter_errors(reply)]
    return Read(truth.condition, tally, slips, seconds, faults)


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


def _reply(jpeg: bytes, threads: int) -> Reply:
    """Return the server's reply to a picture."""
    try:
        card = _reader(threads).read_card(jpeg, "vehicle_licence")
    except CardNotFoundError:
        return error_reply(FAULTS[CardNotFoundError], new_rid())
    return card_reply(card, detail=True)


@cache
def _schema(*, found: bool) -> Draft202012Validator:
    """Return what holds the replies to pictures with a licence, or to the others."""
    if not found:
        return Draft202012Validator(schema.error([FAULTS[CardNotFoundError]]))
    return Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8")))


@cache
def _reader(threads: int) -> Reader:
    return Reader(threads=threads)


if __name__ == "__main__":
    sys.exit(main())
