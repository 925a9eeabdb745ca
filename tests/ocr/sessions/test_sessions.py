"""One suite for every session; what it runs on, it does not ask."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

import shizi.ocr.sessions.onnx
import shizi.ocr.sessions.openvino
from shizi.core.errors import EngineError
from shizi.ocr import weights
from shizi.ocr.engine import SESSIONS, make_session

if TYPE_CHECKING:
    from pathlib import Path

    from shizi.ports import Session

pytestmark = pytest.mark.real

# 0.002: largest difference of a class's probability that the two libraries may show in
# f32; 0.0005 was measured on noise, the worst case.
TOLERANCE = 0.002


def session(name: str, model: weights.ModelFile) -> Session:
    path = weights.find_model(model)
    return make_session(name, path, threads=1, precision="f32")


def probabilities(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 255, (1, 48, 320, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", SESSIONS)
def test_a_strip_gives_one_row_of_classes_for_eight_pixels(
    name: str, noise: np.ndarray
) -> None:
    assert session(name, weights.RECOGNISER).run(noise).shape == (1, 40, 18710)


@pytest.mark.parametrize("name", SESSIONS)
def test_a_picture_gives_a_map_of_its_size(name: str) -> None:
    picture = np.zeros((1, 64, 96, 3), np.uint8)
    assert session(name, weights.DETECTOR).run(picture).shape == (1, 1, 64, 96)


def test_all_sessions_recognise_the_same_in_f32(noise: np.ndarray) -> None:
    first, *others = (
        probabilities(session(name, weights.RECOGNISER).run(noise)) for name in SESSIONS
    )
    for other in others:
        assert np.abs(first - other).max() < TOLERANCE


def test_all_sessions_detect_the_same_in_f32() -> None:
    picture = np.full((1, 160, 320, 3), 255, np.uint8)
    picture[0, 60:100, 40:280:2] = 0
    first, *others = (
        1 / (1 + np.exp(-session(name, weights.DETECTOR).run(picture)))
        for name in SESSIONS
    )
    for other in others:
        assert np.abs(first - other).max() < TOLERANCE


@pytest.mark.parametrize("name", SESSIONS)
def test_a_file_that_is_no_model_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(EngineError, match=r"cannot load model\.onnx"):
        make_session(name, path, threads=1, precision="auto")


@pytest.mark.parametrize("name", SESSIONS)
def test_a_batch_of_a_wrong_shape_is_our_error(name: str) -> None:
    with pytest.raises(EngineError, match=r"batch of shape \(1, 48, 320, 5\)"):
        session(name, weights.RECOGNISER).run(np.zeros((1, 48, 320, 5), np.uint8))


@pytest.mark.parametrize("name", SESSIONS)
@pytest.mark.parametrize("model", [weights.DETECTOR, weights.RECOGNISER])
def test_a_session_runs_on_after_it_gave_memory_back(
    name: str, model: weights.ModelFile
) -> None:
    made = session(name, model)
    picture = np.full((1, 48 if model is weights.RECOGNISER else 64, 640, 3), 99, "u1")
    before = made.run(picture).copy()
    made.release()
    assert np.array_equal(made.run(picture), before)


@pytest.mark.parametrize("name", SESSIONS)
def test_a_prepared_shape_says_the_same_as_before(name: str, noise: np.ndarray) -> None:
    made = session(name, weights.RECOGNISER)
    narrow = noise[:, :, :96].copy()
    before = [probabilities(made.run(batch)) for batch in (noise, narrow)]
    made.prepare((1, 48, 320, 3))
    after = [probabilities(made.run(batch)) for batch in (noise, narrow)]
    assert np.abs(after[0] - before[0]).max() < 1e-4
    assert np.array_equal(after[1], before[1])
    made.release()
    assert np.array_equal(probabilities(made.run(noise)), after[0])


@pytest.mark.parametrize("name", SESSIONS)
def test_a_shape_that_the_model_cannot_take_is_our_error(name: str) -> None:
    with pytest.raises(EngineError, match="5"):
        session(name, weights.RECOGNISER).prepare((1, 48, 320, 5))


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_tells_its_arithmetic(name: str) -> None:
    path = weights.find_model(weights.DETECTOR)
    made = make_session(name, path, threads=1, precision="f32")
    assert made.precision == "f32"


@pytest.mark.parametrize(
    ("name", "device", "told"),
    [
        ("openvino", "cuda", "OpenVINO has no device cuda: cpu, gpu"),
        ("onnxruntime", "gpu", "ONNX Runtime has no device gpu: cpu, cuda, tensorrt"),
    ],
)
def test_a_device_of_the_other_library_is_refused(
    name: str, device: str, told: str
) -> None:
    path = weights.find_model(weights.DETECTOR)
    with pytest.raises(EngineError, match=told):
        make_session(name, path, threads=1, precision="auto", device=device)


@pytest.mark.parametrize(
    ("name", "device", "told"),
    [
        ("openvino", "gpu", "finds no GPU here, only CPU"),
        ("onnxruntime", "cuda", "built without CUDAExecutionProvider: install onnxrun"),
        ("onnxruntime", "tensorrt", "built without TensorrtExecutionProvider"),
    ],
)
def test_a_device_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, device: str, told: str
) -> None:
    # Also on a machine that has one.
    hide(monkeypatch)
    path = weights.find_model(weights.DETECTOR)
    with pytest.raises(EngineError, match=told):
        make_session(name, path, threads=1, precision="auto", device=device)


def test_a_device_that_fails_to_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # The library knows CUDA, does not find it, and would go on without a word.
    library = shizi.ocr.sessions.onnx._onnxruntime
    monkeypatch.setattr(
        library, "get_available_providers", lambda: ["CUDAExecutionProvider"]
    )
    make = library.InferenceSession
    monkeypatch.setattr(
        library,
        "InferenceSession",
        lambda path, options, providers: make(path, options, providers=providers[1:]),
    )
    path = weights.find_model(weights.DETECTOR)
    with pytest.raises(EngineError, match="cannot use cuda here: the device, its"):
        make_session("onnxruntime", path, threads=1, precision="auto", device="cuda")


def hide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have both libraries find a CPU alone."""
    monkeypatch.setattr(
        shizi.ocr.sessions.onnx._onnxruntime,
        "get_available_providers",
        lambda: ["CPUExecutionProvider"],
    )

    class Core:
        available_devices = ("CPU",)

    monkeypatch.setattr(shizi.ocr.sessions.openvino._ov, "Core", Core)


@pytest.mark.device
@pytest.mark.parametrize(
    ("name", "device"),
    [("openvino", "gpu"), ("onnxruntime", "cuda"), ("onnxruntime", "tensorrt")],
)
def test_a_device_says_the_same_as_the_cpu(
    name: str, device: str, noise: np.ndarray
) -> None:
    path = weights.find_model(weights.RECOGNISER)
    made = make_session(name, path, threads=1, precision="f32", device=device)
    plain = session(name, weights.RECOGNISER)
    given, expected = (probabilities(each.run(noise)) for each in (made, plain))
    assert np.abs(given - expected).max() < TOLERANCE


@pytest.mark.parametrize("name", SESSIONS)
def test_a_run_may_use_any_core(name: str) -> None:
    model = session(name, weights.DETECTOR)
    page = np.full((1, 960, 960, 3), 255, np.uint8)
    reader, ended = threading.get_native_id(), threading.Event()
    allowed = os.sched_getaffinity(0)
    seen: list[set[int]] = []

    def look() -> None:
        while not ended.wait(0.005):
            seen.append(os.sched_getaffinity(reader))

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for _ in range(3):
            model.run(page)
    finally:
        ended.set()
        looker.join()
    assert len(seen) > 3
    assert all(cores == allowed for cores in seen)
