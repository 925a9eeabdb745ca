"""How much a value is worth: the probability that all of it is right.

A logistic regression on what the decoding of a value tells about itself, fitted to
4 466 values of 390 licences that the project draws (`benchmarks/licence`, the family to
tune on). It knows no field and no document, so that it holds for others too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shizi.documents.checks import CHECKS, SUMS

if TYPE_CHECKING:
    from datetime import date

    from shizi.documents.constraints import Choice
    from shizi.documents.value import Find

# A value under this is not given: an empty field costs its user less than a wrong one.
LEAST = 0.7

# What each of `_features` adds to the logarithm of the odds, and where they start.
_WEIGHTS = (0.3754, 0.0401, -0.1173, 1.8579, -0.1113, 0.7665, -1.6912)
_START = -1.4547
# Beyond these a feature tells no more.
_SURE, _AHEAD, _BENT = 1e-4, 12.0, -15.0
# Pixels a millimetre of a card that fills a telephone's picture.
_USUAL = 8.0


def worth(choice: Choice, find: Find, today: date) -> float:
    """Return the probability that a chosen value is right, 0 to 1.

    Args:
        choice: The value, beside the document's others.
        find: What it was read from.
        today: The present day.
    """
    odds = _START + float(np.dot(_WEIGHTS, _features(choice, find, today)))
    return float(1 / (1 + np.exp(-odds)))


def _features(choice: Choice, find: Find, today: date) -> tuple[float, ...]:
    """Return what is known of a value: seven figures, of no unit."""
    candidate = choice.candidate
    sure = np.clip(candidate.probabilities or (1.0,), _SURE, 1 - _SURE)
    least = float(sure.min())
    ahead = min(choice.margin, _AHEAD)
    failed = any(
        CHECKS[check](candidate.text, today) == 0
        for check in find.reading.rule.checks
        if check in SUMS
    )
    return (
        float(np.log(least / (1 - least))),
        float(np.log(sure).sum()),
        ahead,
        ahead**0.5,
        max(candidate.acoustic - candidate.free, _BENT),
        float(np.log(max(find.density, 1.0) / _USUAL)),
        float(failed),
    )
