from __future__ import annotations

import os
import subprocess
import sys

import pytest

from shizi.core.image import decode_image
from shizi.ocr.engine import TextEngine
from shizi.ocr.profile import PROFILES, Profile
from shizi.ocr.setup import Setup
from tests.samples import SAMPLE, SAMPLE_LINES


def test_what_is_not_named_is_the_balanced_profile() -> None:
    assert PROFILES["balanced"] == Profile()
    assert Setup().worth == PROFILES["balanced"]


@pytest.mark.parametrize(
    ("profile", "precision", "arithmetic"),
    [
        ("exact", "auto", "f32"),
        ("balanced", "auto", "auto"),
        ("fast", "auto", "auto"),
        ("exact", "bf16", "bf16"),
        ("fast", "f32", "f32"),
    ],
)
def test_arithmetic_that_is_asked_for_wins_over_the_profile(
    profile: str, precision: str, arithmetic: str
) -> None:
    assert Setup(profile=profile, precision=precision).arithmetic == arithmetic


@pytest.mark.real
@pytest.mark.parametrize("profile", PROFILES)
def test_the_sample_is_read_by_each_profile(profile: str) -> None:
    engine = TextEngine(setup=Setup(profile=profile))
    page = engine.read(decode_image(SAMPLE.read_bytes()))
    assert [line.text for line in page.lines] == SAMPLE_LINES


# AVX-512 as it was first, with neither bf16 nor VNNI. Below it OpenVINO 2026.4 crashes
# on PP-OCR's own file: parts of it go on looking at the processor that is there.
PLAIN = {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"}


@pytest.mark.real
@pytest.mark.parametrize("setting", [("PROFILE", "exact"), ("PRECISION", "f32")])
def test_a_processor_without_bf16_reads_the_same(setting: tuple[str, str]) -> None:
    name, value = setting
    done = subprocess.run(
        [sys.executable, "-m", "shizi", "read", str(SAMPLE)],
        env={**os.environ, **PLAIN, f"SHIZI_{name}": value},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.splitlines() == SAMPLE_LINES
