"""Which fraction of this machine's matrix product rate the models reach.

One thread, CPU seconds, medians of rounds in which the product and the models take
turns. Multiplications are counted in the models as they come; what is counted is one
multiplication with its addition.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks import report
from benchmarks.neighbour import Neighbour
from shizi.ocr import weights
from shizi.ocr.engine import make_session
from shizi.ocr.sessions.library import openvino, opset, transformations
from shizi.ocr.sessions.rewrite import simplify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shizi.ocr.weights import ModelFile

# Sides of the products: the fastest of them is the machine's rate.
_SIDES = (512, 768, 1024, 1536)
# Runs before the rounds: the first one prepares, the second meets cold memory.
_WARM = 2
_PROFILED, _LISTED = 30, 8


class Part(NamedTuple):
    """One model at one size of picture.

    Attributes:
        name: What it is called.
        model: Its file.
        shape: Height and width of the picture in pixels.
        bar: The fraction that it should reach.
    """

    name: str
    model: ModelFile
    shape: tuple[int, int]
    bar: float


PARTS = (
    Part("detector", weights.DETECTOR, (736, 1312), 0.5),
    Part("detector", weights.DETECTOR, (960, 960), 0.5),
    Part("recogniser", weights.RECOGNISER, (48, 320), 0.75),
    Part("recogniser", weights.RECOGNISER, (48, 640), 0.75),
)


class Rate(NamedTuple):
    """How fast something multiplies.

    Attributes:
        products: Multiplications of one run.
        seconds: CPU seconds of one run.
    """

    products: int
    seconds: float

    @property
    def speed(self) -> float:
        """Multiplications a second."""
        return self.products / self.seconds


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.rate", description=__doc__)
    parser.add_argument("--precision", default="auto", choices=["auto", "f32", "bf16"])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", type=Path, metavar="FILE.md")
    options = parser.parse_args()
    neighbour = Neighbour()
    matrix, rates = measure(PARTS, options.precision, rounds=options.rounds)
    others = neighbour.share()
    text = tell(matrix, PARTS, rates, options.precision)
    text += (
        f"\n\nOther work took {others:.0%} of the cores meanwhile. {report.machine(1)}"
    )
    print(text)
    if options.write:
        report.write_block(options.write, "rate", text)
    return 0


def measure(
    parts: Sequence[Part], precision: str, *, rounds: int
) -> tuple[Rate, list[Rate]]:
    """Return the rate of the best matrix product, and of each part."""
    products = [(side**3, _matrix(side, precision)) for side in _SIDES]
    models = [(count(part), _model(part, precision)) for part in parts]
    runs = [*products, *models]
    for _, run in runs * _WARM:
        run()
    spent: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for (_, run), seconds in zip(runs, spent, strict=True):
            begun = time.process_time()
            run()
            seconds.append(time.process_time() - begun)
    rates = [
        Rate(number, statistics.median(seconds))
        for (number, _), seconds in zip(runs, spent, strict=True)
    ]
    best = max(rates[: len(products)], key=lambda rate: rate.speed)
    return best, rates[len(products) :]


def count(part: Part) -> int:
    """Return the multiplications of a model, as its file has it, for one picture."""
    model = openvino.Core().read_model(weights.find_model(part.model))
    model.reshape([1, 3, *part.shape])
    # Shapes that the model works out itself become known.
    transformations.apply_moc_transformations(model, cf=True)
    return sum(_multiplications(node) for node in model.get_ordered_ops())


def tell(
    matrix: Rate, parts: Sequence[Part], rates: Sequence[Rate], precision: str
) -> str:
    """Return the table, and for parts below their bar where their time goes."""
    rows = []
    slow: dict[str, Part] = {}
    for part, rate in zip(parts, rates, strict=True):
        height, width = part.shape
        fraction = rate.speed / matrix.speed
        if fraction < part.bar:
            slow[part.name] = part
        rows.append(
            [
                f"{part.name}, {width} x {height}",
                f"{rate.products / 1e9:.2f}",
                f"{rate.seconds * 1e3:.1f}",
                f"{rate.speed / 1e9:.0f}",
                f"{fraction:.2f}",
                f"{part.bar}",
            ]
        )
    speed = matrix.speed / 1e9
    rows.append(["matrix product", "", "", f"{speed:.0f}", "1.00", ""])
    head = ["one thread", "10^9 products", "CPU ms", "10^9 / s", "fraction", "bar"]
    tables = [report.table(head, rows)]
    for part in slow.values():
        height, width = part.shape
        kinds = profile(part, precision)
        total = sum(kinds.values())
        listed = [
            [kind, f"{spent / 1e3:.2f}", f"{spent / total:.1%}"]
            for kind, spent in islice(kinds.items(), _LISTED)
        ]
        title = f"{part.name}, {width} x {height}: operation (kernel)"
        tables.append(report.table([title, "ms", "share"], listed))
    return "\n\n".join(tables)


def profile(part: Part, precision: str) -> dict[str, float]:
    """Return the microseconds of a model's operations by kind and kernel.

    The most expensive come first.
    """
    core = openvino.Core()
    model = simplify(core.read_model(weights.find_model(part.model)))
    model.reshape([1, 3, *part.shape])
    request = _compile(core, model, precision, counted=True).create_infer_request()
    picture = np.zeros((1, 3, *part.shape), np.float32)
    # The least of the runs: these times are the clock's, and other work is in them.
    least: dict[tuple[str, str], float] = {}
    for turn in range(_WARM + _PROFILED):
        request.infer({0: picture})
        for each in request.profiling_info if turn >= _WARM else ():
            key = each.node_name, f"{each.node_type} ({each.exec_type})"
            taken = each.real_time.total_seconds() * 1e6
            least[key] = min(taken, least.get(key, taken))
    spent: dict[str, float] = {}
    for (_, kind), taken in least.items():
        spent[kind] = spent.get(kind, 0.0) + taken
    return dict(sorted(spent.items(), key=lambda each: -each[1]))


def _matrix(side: int, precision: str) -> Callable[[], object]:
    """Return what multiplies two square matrices, one of them constant."""
    random = np.random.default_rng(side)
    one, other = random.standard_normal((2, side, side), np.float32)
    left = opset.parameter([side, side], openvino.Type.f32)
    product = opset.matmul(left, opset.constant(other), False, True)
    core = openvino.Core()
    model = openvino.Model([product.output(0)], [left])
    request = _compile(core, model, precision).create_infer_request()
    return lambda: request.infer({0: one}, share_inputs=True)


def _model(part: Part, precision: str) -> Callable[[], object]:
    """Return what runs a model as the engine does, on noise."""
    path = weights.find_model(part.model)
    session = make_session("openvino", path, threads=1, precision=precision)
    shape = (1, *part.shape, 3)
    if part.model is weights.RECOGNISER:
        session.prepare(shape)
    picture = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    return lambda: session.run(picture)


def _compile(core: Any, model: Any, precision: str, *, counted: bool = False) -> Any:  # noqa: ANN401 - no types
    options: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": 1,
        "PERF_COUNT": counted,
    }
    if precision != "auto":
        options["INFERENCE_PRECISION_HINT"] = precision
    return core.compile_model(model, "CPU", options)


def _multiplications(node: Any) -> int:  # noqa: ANN401 - no types
    """Return how often one operation multiplies and adds."""
    kind = node.get_type_name()
    if kind == "MatMul":
        inner = list(node.input(0).get_shape())
        along = inner[-2] if node.get_attributes()["transpose_a"] else inner[-1]
        return int(math.prod(node.output(0).get_shape()) * along)
    kernels = {
        # Of a kernel's sides, how many go before those that one output's sum runs over.
        "Convolution": (1, node.output),
        "GroupConvolution": (2, node.output),
        "ConvolutionBackpropData": (1, node.input),
        "GroupConvolutionBackpropData": (2, node.input),
    }
    if kind not in kernels:
        return 0
    skipped, where = kernels[kind]
    kernel = list(node.input(1).get_shape())
    return int(math.prod(where(0).get_shape()) * math.prod(kernel[skipped:]))


if __name__ == "__main__":
    sys.exit(main())
