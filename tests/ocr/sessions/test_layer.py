"""A layer in int8: its range, its scales, its weights."""

from __future__ import annotations

import numpy as np
import pytest

from shizi.ocr.sessions import layer as subject
from shizi.ocr.sessions.layer import Layer, range_of

OUTPUTS, INPUTS, SHOWN = 24, 32, 2000


def fit(weights: np.ndarray, shown: np.ndarray) -> Layer:
    return subject.fit(weights, shown, np.abs(shown).max(axis=1))


def answers(layer: Layer, shown: np.ndarray) -> np.ndarray:
    """Return what the layer gives: inputs divided, rounded, cut off, then weighed."""
    step = (layer.high - layer.low) / 255
    divided = np.clip(shown / layer.scales[:, None], layer.low, layer.high)
    return layer.weights @ (np.rint(divided / step) * step)


def slip(layer: Layer, weights: np.ndarray, shown: np.ndarray) -> float:
    """Return the share of the answers' squares that is wrong."""
    expected = weights @ shown
    error = np.square(answers(layer, shown) - expected).sum()
    return float(error / np.square(expected).sum())


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def weights(random: np.random.Generator) -> np.ndarray:
    return random.normal(size=(OUTPUTS, INPUTS)).astype(np.float32)


@pytest.fixture
def shown(random: np.random.Generator) -> np.ndarray:
    """Give inputs that depend on each other, as those of a real layer do."""
    few = random.normal(size=(6, SHOWN))
    own = random.normal(size=(INPUTS, SHOWN))
    mixed = random.normal(size=(INPUTS, 6)) @ few + 0.2 * own
    return mixed.astype(np.float32)


def test_weights_are_steps_of_their_outputs(
    weights: np.ndarray, shown: np.ndarray
) -> None:
    layer = fit(weights, shown)
    steps = layer.weights / (layer.most[:, None] / 127)
    assert np.allclose(steps, np.rint(steps), atol=1e-3)
    assert np.abs(steps).max() <= 127.001


def test_answers_stay_near_for_inputs_it_was_not_shown(
    weights: np.ndarray, shown: np.ndarray
) -> None:
    layer = fit(weights, shown[:, ::2])
    assert slip(layer, weights, shown[:, 1::2]) < 2e-4


def test_rounding_makes_up_for_itself(weights: np.ndarray, shown: np.ndarray) -> None:
    layer = fit(weights, shown)
    step = layer.most[:, None] / 127
    plain = np.rint(weights * layer.scales / step) * step
    given = shown / layer.scales[:, None]
    made_up, rounded = (
        float(np.square(each @ given - weights @ shown).sum())
        for each in (layer.weights, plain)
    )
    assert made_up < 0.5 * rounded


def test_uneven_channels_are_evened_out(
    weights: np.ndarray, random: np.random.Generator
) -> None:
    shown = random.normal(size=(INPUTS, SHOWN)).astype(np.float32)
    shown[3] *= 100
    layer = fit(weights, shown)
    assert layer.scales[3] > 5 * np.median(layer.scales)
    plain = layer._replace(scales=np.ones(INPUTS, np.float32))
    low, high = range_of(shown)
    plain = plain._replace(low=low, high=high, weights=weights)
    assert slip(layer, weights, shown) < 0.3 * slip(plain, weights, shown)


def test_a_channel_is_as_large_as_it_ever_was(
    weights: np.ndarray, random: np.random.Generator
) -> None:
    shown = random.normal(size=(INPUTS, SHOWN)).astype(np.float32)
    shown[3] *= 100
    sizes = np.abs(shown).max(axis=1)
    seldom = sizes.copy()
    seldom[8] *= 20
    before, after = (subject.fit(weights, shown, each) for each in (sizes, seldom))
    assert after.scales[8] > 2 * before.scales[8]


def test_even_channels_are_left_alone(random: np.random.Generator) -> None:
    weights = np.where(random.random((OUTPUTS, INPUTS)) < 0.5, -1, 1) * 1.0
    shown = random.normal(size=(INPUTS, SHOWN))
    layer = fit(weights.astype(np.float32), shown.astype(np.float32))
    assert layer.scales == pytest.approx(np.ones(INPUTS), rel=0.2)


def test_channels_and_weights_that_are_nought_do_no_harm(
    weights: np.ndarray, shown: np.ndarray
) -> None:
    weights[5], shown[9], weights[:, 11] = 0, 0, 0
    layer = fit(weights, shown)
    assert all(np.isfinite(each).all() for each in layer)
    assert not answers(layer, shown)[5].any()
    assert slip(layer, weights, shown) < 2e-4


def test_a_range_holds_nought_as_one_of_its_steps() -> None:
    low, high = range_of(np.linspace(-0.17, 3.9, 999, dtype=np.float32))
    step = (high - low) / 255
    assert low / step == pytest.approx(round(low / step), abs=1e-6)
    assert low <= -0.16
    assert high == pytest.approx(3.9, rel=0.05)


def test_what_is_rare_is_cut_off() -> None:
    numbers = np.append(np.random.default_rng(2).normal(size=999_999), [30.0])
    assert range_of(numbers.astype(np.float32))[1] == pytest.approx(24, rel=0.01)


@pytest.mark.parametrize(
    "numbers", [np.zeros(9), np.full(9, 2.5), np.full(9, -2.5)], ids=str
)
def test_numbers_that_are_all_one_have_a_range(numbers: np.ndarray) -> None:
    low, high = range_of(numbers.astype(np.float32))
    assert low < high
    told = subject._told(numbers.astype(np.float32), low, high)
    assert np.abs(told - numbers).max() < 0.05
