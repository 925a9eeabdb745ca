"""Claims about what generated files, good, damaged and lying, come to."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.hostile import files, heavy, mutants
from benchmarks.hostile.sample import Fate
from shizi.core.errors import ImageDecodeError
from shizi.core.image import MAX_PIXELS, decode_image
from shizi.sandbox.keeper import Sandbox
from tests import fakes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.hostile.sample import Sample
    from shizi.core.image import Image


def at_home(data: bytes) -> Image | None:
    """Return the pixels of a file, or nothing where it is refused."""
    try:
        return decode_image(data)
    except ImageDecodeError:
        return None


def boxed(sandbox: Sandbox, data: bytes) -> Image | None:
    """Return the same by way of the sandbox."""
    try:
        with sandbox.decoded(data) as image:
            return image.copy()
    except ImageDecodeError:
        return None


def is_as_it_must(sample: Sample, image: Image | None) -> bool:
    if sample.fate is not Fate.EITHER and (sample.fate is Fate.READ) != (
        image is not None
    ):
        return False
    if image is None:
        return True
    if sample.pixels is not None and not np.array_equal(image, sample.pixels):
        return False
    height, width, colours = image.shape
    return colours == 3 and 0 < height * width <= MAX_PIXELS


def wrong(samples: Iterable[Sample]) -> list[str]:
    return [
        sample.name
        for sample in samples
        if not is_as_it_must(sample, at_home(sample.data))
    ]


@pytest.mark.parametrize("kind", files.KINDS)
def test_each_file_of_a_kind_is_read_exactly_or_refused(kind: str) -> None:
    assert wrong(files.KINDS[kind]()) == []


def test_a_damaged_file_is_read_or_refused(fuzz: int) -> None:
    for seed in range(fuzz):
        assert wrong(mutants.samples(300, seed=seed)) == []


def test_the_sandbox_tells_the_same_of_every_file_in_one_process(fuzz: int) -> None:
    with closing(Sandbox(fakes.Nobody(), seconds=60)) as sandbox:
        before = sandbox._process
        for seed in range(fuzz):
            for sample in files.samples(100, seed=1000 + seed):
                here, there = at_home(sample.data), boxed(sandbox, sample.data)
                assert (here is None) == (there is None), sample.name
                assert here is None or np.array_equal(here, there), sample.name
        assert sandbox._process is before


@pytest.mark.slow
def test_the_sandbox_has_the_memory_for_everything_within_the_limits() -> None:
    with closing(Sandbox(fakes.Nobody(), seconds=60)) as sandbox:
        refused = [
            sample.name
            for sample in heavy.samples()
            if boxed(sandbox, sample.data) is None
        ]
    assert refused == []


def test_the_same_seed_gives_the_same_files() -> None:
    first, again = (list(mutants.samples(20, seed=5)) for _ in range(2))
    assert first == again
    assert first != list(mutants.samples(20, seed=6))
