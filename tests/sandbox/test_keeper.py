"""Claims about decoding in a process of its own."""

from __future__ import annotations

import io
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest

from shizi.core.errors import GoneError, ImageDecodeError, TaskError
from shizi.core.image import decode_image
from shizi.sandbox.keeper import Sandbox
from tests import fakes
from tests.samples import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator


class Leaver:
    """A caller that has gone."""

    since = 0.0

    def check(self) -> None:
        raise GoneError


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(fakes.Nobody())
    yield sandbox
    sandbox.close()


def encoded(format_name: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture = PIL.Image.effect_noise((120, 80), 60).convert("RGB")
    picture.save(target, format_name, **options)
    return target.getvalue()


def process_id(sandbox: Sandbox) -> int:
    return sandbox._process._process.pid


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "MPO"])
def test_the_pixels_are_those_of_decoding_at_home(
    sandbox: Sandbox, format_name: str
) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    data = encoded(format_name, exif=exif)
    with sandbox.decoded(data) as image:
        assert np.array_equal(image, decode_image(data))


def test_the_pixels_may_not_be_altered(sandbox: Sandbox) -> None:
    with sandbox.decoded(encoded("PNG")) as image:
        assert not image.flags.writeable


def test_a_refusal_comes_with_its_reason_and_the_process_stays(
    sandbox: Sandbox,
) -> None:
    before = process_id(sandbox)
    with pytest.raises(ImageDecodeError, match="JPEG file is damaged"):
        sandbox.decoded(SAMPLE.read_bytes()[:5000]).__enter__()
    with pytest.raises(ImageDecodeError, match="no JPEG"):
        sandbox.decoded(b"").__enter__()
    assert process_id(sandbox) == before


def test_a_process_that_was_killed_costs_no_picture(sandbox: Sandbox) -> None:
    data = encoded("PNG")
    for _ in range(3):
        os.kill(process_id(sandbox), signal.SIGKILL)
        with sandbox.decoded(data) as image:
            assert image.shape == (80, 120, 3)


def test_a_file_that_takes_too_long_is_refused_and_the_process_replaced() -> None:
    sandbox = Sandbox(fakes.Nobody(), seconds=0.2)
    try:
        assert sandbox.is_filtered in {True, False}
        os.kill(process_id(sandbox), signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(ImageDecodeError, match=r"more than 0\.2 s"):
            sandbox.decoded(encoded("PNG")).__enter__()
        assert time.monotonic() - begun < 2
        with sandbox.decoded(encoded("BMP")) as image:
            assert image.shape == (80, 120, 3)
    finally:
        sandbox.close()


@pytest.mark.parametrize("impostor", ["leaves", "tells_a_giant", "tells_nonsense"])
def test_a_process_that_answers_no_sense_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, impostor: str
) -> None:
    main = f"from tests.sandbox.impostors import {impostor}; {impostor}"
    monkeypatch.setattr("shizi.sandbox.keeper._MAIN", main)
    sandbox = Sandbox(fakes.Nobody())
    try:
        with pytest.raises(ImageDecodeError, match="ended the process"):
            sandbox.decoded(encoded("PNG")).__enter__()
    finally:
        sandbox.close()


def test_a_process_that_does_not_start_is_no_fault_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shizi.sandbox.keeper._MAIN", "import sys; sys.exit")
    sandbox = Sandbox(fakes.Nobody())
    try:
        with pytest.raises(TaskError, match="does not start"):
            sandbox.decoded(encoded("PNG")).__enter__()
    finally:
        sandbox.close()


def test_nobody_waits_for_pixels_that_nobody_wants() -> None:
    sandbox = Sandbox(Leaver())
    try:
        assert sandbox.is_filtered in {True, False}
        os.kill(process_id(sandbox), signal.SIGSTOP)
        with pytest.raises(GoneError):
            sandbox.decoded(encoded("PNG")).__enter__()
    finally:
        sandbox.close()


def test_nothing_that_reads_text_is_loaded_where_files_are_decoded(
    sandbox: Sandbox,
) -> None:
    with sandbox.decoded(SAMPLE.read_bytes()):
        maps = Path(f"/proc/{process_id(sandbox)}/maps").read_text("utf-8")
    assert "_imaging" in maps
    for library in ("openvino", "onnxruntime", "sqlite", "_ssl"):
        assert library not in maps


def test_pixels_of_a_large_picture_are_not_kept(sandbox: Sandbox) -> None:
    target = io.BytesIO()
    PIL.Image.new("L", (5000, 4000), 255).save(target, "PNG")
    with sandbox.decoded(target.getvalue()) as image:
        assert image[-1, -1, 0] == 255
    assert not any(sandbox._memory[:4096])
