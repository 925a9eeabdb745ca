"""Numbers of licences: plates, VINs, engines, files, serials."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.licence.chance import Chance
    from benchmarks.licence.places import City

DIGITS = "0123456789"
# Plates have no I and no O, VINs no Q either (GA 36-2018, GB 16735).
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
VIN_CHARACTERS = DIGITS + "ABCDEFGHJKLMNPRSTUVWXYZ"
BATTERY, OTHER_ENERGY = "DABCE", "FGHJK"

_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"


def check_character(vin: str) -> str:
    """Return what the ninth character of a VIN must be (GB 16735)."""
    total = sum(
        int(_VALUES.get(character, character)) * weight
        for character, weight in zip(vin, _WEIGHTS, strict=True)
    )
    return (DIGITS + "X")[total % 11]


def vin(maker: str, year: int, chance: Chance, *, fails: bool) -> str:
    """Return a VIN of a maker and a model year.

    Args:
        fails: Whether its check character is a wrong one.
    """
    described = chance.string(VIN_CHARACTERS, 5)
    plant = chance.string(VIN_CHARACTERS, 1)
    # The serial's first two places hold letters in some works.
    head = chance.weighted(
        [
            (chance.digits(2), 0.75),
            (chance.string(PLATE_LETTERS.replace("Q", ""), 1) + chance.digits(1), 0.25),
        ]
    )
    model_year = _YEARS[(year - 2010) % 30]
    whole = f"{maker}{described}0{model_year}{plant}{head}{chance.digits(4)}"
    right = check_character(whole)
    if fails:
        right = chance.one_of([c for c in DIGITS + "X" if c != right])
    return whole[:8] + right + whole[9:]


def civil_plate(city: City, chance: Chance) -> str:
    """Return a plate with five places, of which up to two are letters."""
    places = list(chance.digits(5))
    for _ in range(chance.weighted([(0, 0.3), (1, 0.4), (2, 0.3)])):
        places[chance.whole(0, 4)] = chance.string(PLATE_LETTERS, 1)
    return _prefix(city, chance) + "".join(places)


def energy_plate(city: City, energy: str, chance: Chance, *, large: bool) -> str:
    """Return a plate of a new-energy vehicle.

    Args:
        energy: The letters of its kind, `BATTERY` or `OTHER_ENERGY`.
        large: Whether it is a large vehicle's, with the letter at the end.
    """
    # The first letter of each kind was used up first.
    letter = energy[0] if chance.happens(0.6) else chance.one_of(energy)
    if large:
        return _prefix(city, chance) + chance.digits(5) + letter
    second = chance.string(DIGITS if chance.happens(0.6) else PLATE_LETTERS, 1)
    return _prefix(city, chance) + letter + second + chance.digits(4)


def marked_plate(city: City, mark: str, chance: Chance) -> str:
    """Return a plate of four places and a mark: 挂, 警, 学, 领, 港, 澳."""
    places = list(chance.digits(4))
    if chance.happens(0.5):
        places[chance.whole(0, 3)] = chance.string(PLATE_LETTERS, 1)
    prefix = "粤Z" if mark in "港澳" else _prefix(city, chance)
    return prefix + "".join(places) + mark


def embassy_plate(chance: Chance) -> str:
    """Return a plate of an embassy's vehicle, old or new form."""
    number = chance.digits(6)
    return f"使{number}" if chance.happens(0.6) else f"{number}使"


def engine(chance: Chance) -> str:
    """Return a number of a combustion engine."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    forms = (
        chance.digits(chance.whole(6, 10)),
        chance.string(letters, 1) + chance.digits(chance.whole(6, 8)),
        chance.string(letters, 3) + chance.digits(6),
        chance.string(letters + DIGITS, 4) + chance.digits(chance.whole(5, 7)),
        (
            f"{chance.digits(1)}{chance.string(letters, 1)}{chance.digits(2)}"
            f"{chance.string(letters + DIGITS, chance.whole(5, 8))}"
        ),
        f"{chance.string(letters + DIGITS, 4)}-{chance.digits(7)}",
        f"{chance.string(letters, 2)}{chance.digits(3)}*{chance.digits(6)}",
        f"{chance.string(letters, 2)}{chance.digits(4)}/{chance.digits(5)}",
        # Makers avoid I, O and Q; some do not.
        chance.string("ABCDEFGHIJKLMNOPQRSTUVWXYZ" + DIGITS, 8),
    )
    weights = (16, 18, 16, 16, 14, 8, 3, 3, 3)
    return chance.weighted(list(zip(forms, weights, strict=True)))


def motor(chance: Chance) -> str:
    """Return a number of an electric motor."""
    model = f"TZ{chance.whole(150, 260)}XS{chance.string('0ABCFHRTY', 3)}"
    forms = (
        chance.string("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", chance.whole(9, 13)),
        f"{model}{chance.digits(6)}",
        f"TZ{chance.whole(150, 260)}{chance.digits(8)}",
        (f"{chance.string('ABCDEFGHKLMT', 2)}{chance.digits(3)}-{chance.digits(8)}"),
    )
    return chance.weighted(list(zip(forms, (40, 20, 20, 20), strict=True)))


def file_number(city: City, chance: Chance) -> str:
    """Return the number of the vehicle's file (档案编号)."""
    odd = chance.weighted([("", 0.97), ("plate", 0.02), ("dash", 0.01)])
    if odd == "plate":
        return f"{_prefix(city, chance)}{chance.string(DIGITS + 'ABCDEF', 5)}"
    if odd == "dash":
        return f"A00-{chance.digits(8)}"
    return city.code + chance.digits(8)


def serial(city: City, chance: Chance) -> str:
    """Return what stands under the barcode, without its asterisks."""
    return city.code[:2] + chance.digits(10) + chance.string(DIGITS + "X", 1)


def _prefix(city: City, chance: Chance) -> str:
    # The city's first letter was used up first.
    letter = city.letters[0] if chance.happens(0.7) else chance.one_of(city.letters)
    return city.short + letter
