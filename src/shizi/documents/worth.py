"""How much a value is worth: the probability that all of it is right.

A logistic regression on what the decoding of a value and of those beside it tells,
fitted to 4 341 values of 380 licences that the project draws (`benchmarks/licence`, the
family to tune on; 240 hard, 60 medium, 40 easy, 40 scans). It knows no field and no
document, so that it holds for others too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shizi.documents.checks import CHECKS, SUMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shizi.documents.constraints import Choice
    from shizi.documents.decode import Candidate
    from shizi.documents.value import Find

# A value under this is not given: an empty field costs its user less than a wrong one.
# Of 1284 values on hard photographs 81.2 % are right and 2.1 wrong at .7, 81.5 and 2.5
# at .65, 82.4 and 2.8 at .6 (tune, seed 101); other cameras leave some half a percent
# more of wrong ones, and 3 are too many.
LEAST = 0.65

# What each of `_features` adds to the logarithm of the odds, and where they start.
_WEIGHTS = (0.1085, 0.0989, -0.0719, 2.2122, 0.5007, -1.1369, 0.192, -3.0281)
_START = -1.6948
# Beyond these a feature tells no more.
_SURE, _AHEAD = 1e-4, 12.0
# Mean of the others' odds where there is no other.
_OTHERS = 2.0
# Pixels a millimetre of a card that fills a telephone's picture.
_USUAL = 8.0


def worths(
    choices: Mapping[str, Choice], finds: Mapping[str, Find], today: date
) -> dict[str, float]:
    """Return the probability that each chosen value is right, 0 to 1, by field.

    Args:
        choices: The values of one document.
        finds: What they were read from.
        today: The present day.
    """
    odds = {
        name: _odds(choice.candidate)
        for name, choice in choices.items()
        if choice.candidate.text
    }
    found: dict[str, float] = {}
    for name, choice in choices.items():
        others = [each for other, each in odds.items() if other != name]
        features = _features(choice, finds[name], others, today)
        told = _START + float(np.dot(_WEIGHTS, features))
        found[name] = float(1 / (1 + np.exp(-told)))
    return found


def _odds(candidate: Candidate) -> float:
    """Return the logarithm of the odds that the least sure character is right."""
    least = np.clip(min(candidate.probabilities, default=1.0), _SURE, 1 - _SURE)
    return float(np.log(least / (1 - least)))


def _features(
    choice: Choice, find: Find, others: Sequence[float], today: date
) -> tuple[float, ...]:
    """Return what is known of a value: eight figures, of no unit.

    Args:
        others: The odds of the document's other values: what is blurred in one field
            is so in all.
    """
    candidate = choice.candidate
    sure = np.clip(candidate.probabilities or (1.0,), _SURE, 1 - _SURE)
    ahead = min(choice.margin, _AHEAD)
    failed = any(
        CHECKS[check](candidate.text, today) == 0
        for check in find.reading.rule.checks
        if check in SUMS
    )
    return (
        _odds(candidate),
        float(np.log(sure).sum()),
        ahead,
        ahead**0.5,
        float(np.log(max(find.density, 1.0) / _USUAL)),
        float(failed),
        sum(others) / len(others) if others else _OTHERS,
        float(not any(character.isalnum() for character in candidate.text)),
    )
