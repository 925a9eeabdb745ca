"""All generated files that are small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.hostile import bmp, gif, jpeg, mutants, png, stray, webp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.hostile.sample import Sample

KINDS: Mapping[str, Callable[[], Iterator[Sample]]] = {
    "bmp": bmp.samples,
    "gif": gif.samples,
    "jpeg": jpeg.samples,
    "png": png.samples,
    "stray": stray.samples,
    "webp": webp.samples,
}


def samples(damaged: int, *, seed: int) -> Iterator[Sample]:
    """Yield every kind of file once, and so many damaged at random."""
    for kind in KINDS.values():
        yield from kind()
    yield from mutants.samples(damaged, seed=seed)
