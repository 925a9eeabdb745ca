"""What makes a text likelier than its characters alone: sums, days, years."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # A text and the present day to nats; minus infinity excludes the text.
    Check = Callable[[str, date], float]

# GB 16735: what each character counts, and the weight of each of the 17 places.
_VIN_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", range(10), strict=False)
) | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
_VIN_FIRST_YEAR = 1980
_VIN_CHECK, _VIN_YEAR = 8, 9
# 3 nats: a valid reading wins if its characters have a twentieth of what the others
# have. One reading in eleven is valid by chance, and not all real numbers are valid.
_VIN_BONUS = 3.0
# Makers outside China and America put other things at the place of the year.
_VIN_YEAR_BONUS = 1.0
_FIRST_YEAR = 1990


def vin_check_digit(text: str, _today: date) -> float:
    """Return the bonus of a vehicle identification number whose check digit is right.

    Older, imported and special vehicles have numbers whose check digit is wrong, so
    it excludes nothing.
    """
    if len(text) != len(_VIN_WEIGHTS) or not _VIN_VALUES.keys() >= set(text):
        return 0.0
    total = sum(
        _VIN_VALUES[character] * weight
        for character, weight in zip(text, _VIN_WEIGHTS, strict=True)
    )
    return _VIN_BONUS if text[_VIN_CHECK] == "0123456789X"[total % 11] else 0.0


def vin_year(text: str, today: date) -> float:
    """Return the bonus of a number whose place of the year holds one."""
    return _VIN_YEAR_BONUS if vin_years(text, today) else 0.0


def vin_years(text: str, today: date) -> tuple[int, ...]:
    """Return the model years that a number can mean, up to the next year."""
    if len(text) != len(_VIN_WEIGHTS) or text[_VIN_YEAR] not in _VIN_YEARS:
        return ()
    first = _VIN_FIRST_YEAR + _VIN_YEARS.index(text[_VIN_YEAR])
    return tuple(range(first, today.year + 2, len(_VIN_YEARS)))


def calendar_date(text: str, today: date) -> float:
    """Exclude what is no day from 1990 to the present one, written YYYY-MM-DD."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return -math.inf
    possible = day.isoformat() == text and _FIRST_YEAR <= day.year <= today.year
    return 0.0 if possible and day <= today else -math.inf


# Checks that what was misread nearly always fails: of eleven numbers one passes.
SUMS = frozenset({"vin_check_digit"})

CHECKS: Mapping[str, Check] = {
    "calendar_date": calendar_date,
    "vin_check_digit": vin_check_digit,
    "vin_year": vin_year,
}
