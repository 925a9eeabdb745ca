"""A licence's contents: a vehicle, its owner, its numbers and dates, all made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from benchmarks.licence import holders, numbers, places
from benchmarks.licence.vehicles import any_vehicle

if TYPE_CHECKING:
    from benchmarks.licence.chance import Chance
    from benchmarks.licence.places import City
    from benchmarks.licence.vehicles import Vehicle

# The newest day that a licence was issued on, and share of VINs whose check fails.
LATEST = date(2026, 10, 31)
_FAILING = 0.05
FRONT = (
    "plate_num",
    "vehicle_type",
    "owner",
    "addr",
    "use_character",
    "model",
    "vin",
    "engine_num",
    "register_date",
    "issue_date",
)
BACK = (
    "plate_num_b",
    "record",
    "passengers_num",
    "total_quality",
    "prepare_quality",
    "overall_size",
)
FIELDS = (*FRONT, *BACK)


@dataclass(frozen=True, slots=True)
class Inspection:
    """One line of the inspection record.

    Attributes:
        text: The line as printed.
        until: The month that it is valid to, as YYYY-MM.
    """

    text: str
    until: str


@dataclass(frozen=True, slots=True)
class Licence:
    """Everything that is printed as a value on both pages.

    Attributes:
        fields: The values of `FIELDS`; "" where the place stays blank.
        authority: The issuing authority, as in the seal.
        approved_load: As printed, or "--".
        traction_mass: As printed, or "--".
        remarks: The lines of the remarks.
        inspections: The lines of the inspection record.
        energy: What drives it; "" where the licence does not say.
        serial: The characters under the barcode, without asterisks.
        role: Which kind of vehicle was drawn.
        failing: Whether the VIN's check character is a wrong one.
    """

    fields: dict[str, str]
    authority: str
    approved_load: str
    traction_mass: str
    remarks: tuple[str, ...]
    inspections: tuple[Inspection, ...]
    energy: str
    serial: str
    role: str
    failing: bool


def any_licence(chance: Chance) -> Licence:
    """Return a licence whose facts fit together as well as real ones do."""
    city = places.any_city(chance)
    vehicle = any_vehicle(chance)
    plate, use = _plate(city, vehicle, chance)
    registered = _day(date(1996, 1, 1), LATEST, chance)
    if vehicle.role in {"ev", "phev", "ev_bus", "ev_truck"}:
        registered = _day(date(2015, 6, 1), LATEST, chance)
    # The present form of the licence is from October 2008.
    issued = max(registered, date(2008, 10, 1))
    if issued > registered or chance.happens(0.4):
        issued = _day(issued, LATEST, chance)
    by_company = vehicle.role in {"truck_h", "tractor", "trailer", "bus", "ev_bus"}
    of_company = chance.happens(0.8 if by_company else 0.25)
    owner = holders.company(city, chance) if of_company else holders.person(chance)
    failing = chance.happens(_FAILING)
    # Model years run up to a year ahead of the registration.
    year = registered.year + chance.weighted(
        [(-2, 0.04), (-1, 0.2), (0, 0.7), (1, 0.06)]
    )
    fields = {
        "plate_num": plate,
        "vehicle_type": vehicle.vehicle_type,
        "owner": owner,
        "addr": holders.address(city, chance, of_company=of_company),
        "use_character": use,
        "model": vehicle.model,
        "vin": numbers.vin(vehicle.maker, year, chance, fails=failing),
        "engine_num": _engine(vehicle, chance),
        "register_date": registered.isoformat(),
        "issue_date": issued.isoformat(),
        "plate_num_b": plate,
        "record": numbers.file_number(city, chance),
        "passengers_num": vehicle.passengers,
        "total_quality": vehicle.total_mass,
        "prepare_quality": vehicle.curb_mass,
        "overall_size": vehicle.size,
    }
    said = chance.happens(0.45)
    return Licence(
        fields=fields,
        authority=city.authority(chance),
        approved_load=vehicle.approved_load,
        traction_mass=vehicle.traction_mass,
        remarks=_remarks(vehicle, registered, chance, energy=said),
        inspections=_inspections(issued, city, plate, chance),
        energy=vehicle.energy if said else "",
        serial=numbers.serial(city, chance),
        role=vehicle.role,
        failing=failing,
    )


def _plate(city: City, vehicle: Vehicle, chance: Chance) -> tuple[str, str]:
    """Return the plate and the use character, which must agree."""
    role, use = vehicle.role, vehicle.use_character
    if role == "trailer":
        return numbers.marked_plate(city, "挂", chance), use
    if role in {"ev", "phev", "ev_bus", "ev_truck"} and chance.happens(0.93):
        energy = numbers.OTHER_ENERGY if role == "phev" else numbers.BATTERY
        large = role == "ev_bus"
        return numbers.energy_plate(city, energy, chance, large=large), use
    plain = role in {"car", "suv", "van", "truck_l"}
    mark = chance.weighted(
        [
            ("", 0.9),
            ("学", 0.03),
            ("警", 0.03),
            ("港澳", 0.02),
            ("领", 0.01),
            ("使", 0.01),
        ]
    )
    if not plain or not mark:
        return numbers.civil_plate(city, chance), use
    if mark == "使":
        return numbers.embassy_plate(chance), "非营运"
    if mark == "港澳":
        return numbers.marked_plate(city, chance.one_of("港澳"), chance), "非营运"
    used = {"学": "教练", "警": "警用"}.get(mark, "非营运")
    return numbers.marked_plate(city, mark, chance), used


def _engine(vehicle: Vehicle, chance: Chance) -> str:
    if vehicle.role == "trailer":
        return chance.weighted([("无", 0.6), ("--", 0.25), ("", 0.15)])
    if vehicle.electric:
        return numbers.motor(chance)
    return numbers.engine(chance)


def _day(first: date, last: date, chance: Chance) -> date:
    # More of the newer: few old licences are still shown.
    span = (last - first).days
    back = int(span * chance.between(0, 1) ** 1.6)
    return last - timedelta(days=back)


def _remarks(
    vehicle: Vehicle, registered: date, chance: Chance, *, energy: bool
) -> tuple[str, ...]:
    colon = chance.one_of((":", "："))
    said = []
    if energy:
        label = chance.weighted([("能源种类", 0.6), ("燃料种类", 0.2), ("", 0.2)])
        said.append(f"{label}{colon}{vehicle.energy}" if label else vehicle.energy)
    commercial = vehicle.role in {"truck_l", "truck_h", "tractor", "trailer", "bus"}
    if chance.happens(0.8 if commercial else 0.15):
        scrapped = registered.year + chance.one_of((8, 10, 13, 15))
        end = f"{scrapped}-{registered.month:02}-{min(28, registered.day):02}"
        said.append(f"强制报废期止{colon}{end}")
    if chance.happens(0.08):
        said.append(f"轴距{colon}{chance.whole(2200, 5900)}")
    if chance.happens(0.05):
        said.append(chance.one_of(("转移登记", "变更登记", "补领行驶证", "机动车转入")))
    if chance.happens(0.05):
        said.append(f"车身颜色{colon}{chance.one_of('白黑灰红蓝')}")
    if len(said) > 1 and chance.happens(0.4):
        return (f"{said[0]} {said[1]}", *said[2:3])
    return tuple(said[:3])


def _inspections(
    issued: date, city: City, plate: str, chance: Chance
) -> tuple[Inspection, ...]:
    count = chance.weighted([(1, 0.35), (2, 0.3), (3, 0.18), (4, 0.09), (5, 0.05),
                             (6, 0.03)])  # fmt: skip
    prefix = plate[:2] if plate[0] == city.short else city.short + city.letters[0]
    if chance.happens(0.04):
        # Inspected elsewhere.
        other = places.any_city(chance)
        prefix = other.short + other.letters[0]
    year = issued.year + chance.one_of((1, 1, 2, 2, 6))
    lines = []
    for i in range(count):
        until = f"{year + i}年{issued.month:02}月"
        mark = chance.weighted(
            [
                ("", 0.35),
                (f"({chance.whole(1, 30):02})", 0.5),
                ("(4S)", 0.1),
                ("(99)", 0.05),
            ]
        )
        text = f"检验有效期至{until}{prefix}{mark}"
        lines.append(Inspection(text, f"{year + i}-{issued.month:02}"))
    return tuple(lines)
