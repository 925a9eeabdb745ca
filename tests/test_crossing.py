"""No call's answer holds anything of another's, whoever shares the engines with it."""

from __future__ import annotations

import asyncio
import io
import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from shizi import Reader
from shizi.core.image import decode_image
from shizi.ocr.engine import TextEngine
from shizi.pool import Pool
from shizi.reading import read_text
from shizi.sandbox.keeper import Sandbox
from tests.samples import SAMPLE

if TYPE_CHECKING:
    from shizi.core.text import Page

pytestmark = pytest.mark.real

# Parts of the sample, in shares of its height: some lines of text each.
PARTS = ((0.0, 0.25), (0.2, 0.45), (0.4, 0.7), (0.65, 1.0))


def as_bytes(page: Page) -> bytes:
    """Return all that a page says, each figure to its last digit."""
    return repr(page).encode()


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    """Return pictures that say different things."""
    page = Image.fromarray(decode_image(SAMPLE.read_bytes()))
    files = []
    for top, bottom in PARTS:
        box = (0, int(top * page.height), page.width, int(bottom * page.height))
        file = io.BytesIO()
        page.crop(box).resize((740, (box[3] - box[1]) // 2)).save(file, "PNG")
        files.append(file.getvalue())
    return files


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Return what reads one picture after the other, as a worker does."""
    reader = Reader(threads=1)
    reader.warm()
    return reader


@pytest.fixture(scope="module")
def answers(reader: Reader, pictures: list[bytes]) -> list[bytes]:
    """Return the answers when nobody else asks."""
    return [as_bytes(reader.read_text(picture)) for picture in pictures]


def test_the_answers_can_be_told_apart(answers: list[bytes]) -> None:
    assert len(set(answers)) == len(PARTS)
    assert all(b"TextLine" in answer for answer in answers)


def test_threads_that_share_a_reader_get_their_own_answers(
    reader: Reader, pictures: list[bytes], answers: list[bytes]
) -> None:
    order = [0, 1, 2, 3, 3, 1, 0, 2]
    with ThreadPoolExecutor(2) as threads:
        pages = threads.map(lambda number: reader.read_text(pictures[number]), order)
        assert [as_bytes(page) for page in pages] == [answers[each] for each in order]


async def test_callers_that_come_and_go_get_their_own_answers_from_two_workers(
    pictures: list[bytes], answers: list[bytes]
) -> None:
    make = partial(TextEngine, seconds=60)
    pool = Pool(make, Sandbox, workers=2, queue=64, seconds=60, memory=1 << 31)
    await pool.open()
    chance = random.Random(5)
    cut_short = 0

    async def call(number: int) -> None:
        page = await pool.run(read_text, pictures[number])
        assert as_bytes(page) == answers[number]

    async def come_and_go(count: int) -> None:
        nonlocal cut_short
        for turn in range(count):
            reading = asyncio.create_task(call(chance.randrange(len(pictures))))
            if turn % 2:
                # In the middle, while it waits, is decoded, looked at or read: a whole
                # read takes twice as long where it is fastest.
                await asyncio.wait({reading}, timeout=chance.uniform(0.005, 0.04))
                cut_short += reading.cancel()
            await asyncio.wait({reading})
            if not reading.cancelled():
                reading.result()

    try:
        # Alone: the other worker helps. Then together, and more than there are workers.
        for number in range(len(pictures)):
            await call(number)
        for callers in (1, 2, 4):
            await asyncio.gather(*(come_and_go(5) for _ in range(callers)))
        # Nearly all of the fourteen.
        assert cut_short > 7
        assert pool.load == (2, 0, 0)
    finally:
        await pool.close()
