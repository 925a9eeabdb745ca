"""Vehicles as licences describe them: type, model, masses, sizes, energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.licence.chance import Chance

Weighted = tuple[tuple[str, float], ...]

_BUILDS = (
    ("普通", 3.0),
    ("厢式", 3.0),
    ("封闭", 0.7),
    ("罐式", 0.8),
    ("平板", 0.7),
    ("自卸", 2.0),
    ("特殊结构", 0.4),
    ("仓栅式", 2.0),
    ("栏板", 2.0),
    ("厢式自卸", 0.3),
    ("罐式自卸", 0.2),
    ("平板自卸", 0.3),
    ("特殊结构自卸", 0.2),
    ("仓栅式自卸", 0.3),
)
_TRAILERS = (
    ("普通", 1.5),
    ("栏板", 2.0),
    ("厢式", 2.0),
    ("罐式", 1.5),
    ("平板", 1.0),
    ("集装箱", 2.0),
    ("自卸", 1.2),
    ("特殊结构", 0.3),
    ("仓栅式", 2.0),
    ("旅居", 0.2),
    ("专项作业", 0.2),
    ("低平板", 1.0),
    ("车辆运输", 0.5),
    ("罐式自卸", 0.2),
    ("平板自卸", 0.3),
    ("集装箱自卸", 0.2),
    ("特殊结构自卸", 0.2),
    ("仓栅式自卸", 0.3),
    ("专项作业自卸", 0.1),
    ("低平板自卸", 0.1),
)
# Names that licences from before the present code table carry.
_OLD = {
    "car": ("小型客车", "微型客车", "轿车"),
    "suv": ("小型客车", "越野客车", "旅行车"),
    "van": ("微型客车", "面包车"),
    "truck_l": ("轻型货车", "小型货车"),
    "truck_h": ("重型货车", "中型货车", "大型货车"),
    "trailer": ("全挂车", "半挂车", "大型挂车"),
    "bus": ("大型客车", "中型客车"),
    "motorcycle": ("二轮摩托车", "两轮摩托车"),
}
_PRIVATE = (
    ("非营运", 0.86),
    ("预约出租客运", 0.03),
    ("租赁", 0.03),
    ("营转非", 0.02),
    ("出租客运", 0.02),
    ("出租转非", 0.01),
    ("预约出租转非", 0.01),
    ("非运营", 0.005),
    ("其它", 0.005),
)
_GOODS = (
    ("货运", 0.72),
    ("非营运", 0.18),
    ("危化品运输", 0.05),
    ("危险货物运输", 0.02),
    ("营转非", 0.02),
    ("工程救险", 0.01),
)
_COACHES = (
    ("公路客运", 0.25),
    ("旅游客运", 0.25),
    ("公交客运", 0.25),
    ("非营运", 0.1),
    ("租赁", 0.05),
    ("小学生校车", 0.04),
    ("幼儿校车", 0.03),
    ("中小学生校车", 0.02),
    ("初中生校车", 0.01),
)
_SPECIAL = (
    ("非营运", 0.6),
    ("货运", 0.1),
    ("工程救险", 0.1),
    ("消防", 0.1),
    ("救护", 0.1),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of vehicle, and the ranges of what is said of it.

    Attributes:
        types: Names of the vehicle type.
        uses: Names of the use character.
        digits: Class digits of its models (GB 9417).
        curb: Curb mass in kg, least and most.
        seats: Persons; (0, 0) for none.
        length: Overall length in mm; so width and height.
        brands: Section of the brands it is taken from.
        load: Whether it has an approved load.
    """

    types: Weighted
    uses: Weighted
    digits: str
    curb: tuple[int, int]
    seats: tuple[int, int]
    length: tuple[int, int]
    width: tuple[int, int]
    height: tuple[int, int]
    brands: str = "passenger"
    load: bool = False


def _each(sizes: Sequence[str], builds: Weighted, ending: str) -> Weighted:
    return tuple((f"{s}{b}{ending}", w) for s in sizes for b, w in builds)


KINDS = {
    "car": Kind(
        (("小型轿车", 0.92), ("微型轿车", 0.06), ("中型轿车", 0.02)),
        _PRIVATE, "7", (820, 1950), (4, 5), (3400, 5300), (1480, 1960), (1370, 1570),
    ),
    "suv": Kind(
        (("小型普通客车", 0.8), ("小型越野客车", 0.15), ("小型专用客车", 0.05)),
        _PRIVATE, "662", (1150, 2600), (5, 9), (3900, 5400), (1700, 2050), (1600, 1990),
    ),
    "van": Kind(
        (("小型面包车", 0.5), ("小型普通客车", 0.3), ("微型普通客车", 0.1),
         ("微型面包车", 0.1)),
        _PRIVATE, "6", (980, 1900), (5, 9), (3500, 5200), (1480, 1900), (1750, 2200),
    ),
    "truck_l": Kind(
        (*_each(["轻型"], _BUILDS, "货车"), *_each(["微型"], _BUILDS[:3], "货车"),
         ("轻型多用途货车", 2.0), ("低速普通货车", 0.5), ("三轮汽车", 0.5)),
        _GOODS, "113", (900, 2800), (2, 5), (3800, 5999), (1500, 2300), (1800, 3200),
        "goods", load=True,
    ),
    "truck_h": Kind(
        (*_each(["重型", "中型"], _BUILDS, "货车"), ("重型集装厢车", 0.5),
         ("重型车辆运输车", 0.5)),
        _GOODS, "113", (3600, 15500), (2, 3), (6000, 12000), (2200, 2550), (2500, 4000),
        "goods", load=True,
    ),
    "tractor": Kind(
        (("重型半挂牵引车", 0.9), ("中型半挂牵引车", 0.07), ("重型全挂牵引车", 0.03)),
        (("货运", 0.85), ("危化品运输", 0.1), ("非营运", 0.05)),
        "4", (6200, 9900), (2, 3), (5800, 7900), (2490, 2550), (2900, 3990), "goods",
    ),
    "trailer": Kind(
        (*_each(["重型", "中型", "轻型"], _TRAILERS, "半挂车"),
         *_each(["重型"], _TRAILERS[:6], "全挂车"), ("中置轴旅居挂车", 1.0),
         ("中置轴车辆运输车", 0.5), ("中置轴普通挂车", 0.5)),
        (("货运", 0.85), ("危化品运输", 0.05), ("非营运", 0.1)),
        "9", (4200, 13800), (0, 0), (6500, 17500), (2400, 2550), (1500, 4000),
        "trailer", load=True,
    ),
    "bus": Kind(
        (("大型普通客车", 0.5), ("中型普通客车", 0.25), ("大型专用校车", 0.06),
         ("中型专用校车", 0.04), ("大型双层客车", 0.05), ("大型卧铺客车", 0.06),
         ("大型铰接客车", 0.04)),
        _COACHES, "6", (3900, 14500), (10, 59), (5900, 13700), (1980, 2550),
        (2350, 3950), "bus",
    ),
    "special": Kind(
        (*_each(["大型", "中型", "小型", "重型", "轻型"],
                (("非载货", 1.0), ("载货", 1.0)), "专项作业车"),
         ("轮式装载机械", 1.0), ("轮式挖掘机械", 0.5)),
        _SPECIAL, "5", (2900, 32000), (1, 6), (5200, 14500), (1900, 2850),
        (2400, 4000), "goods",
    ),
    "motorcycle": Kind(
        (("普通二轮摩托车", 0.75), ("轻便二轮摩托车", 0.1), ("普通正三轮摩托车", 0.06),
         ("正三轮载货摩托车", 0.04), ("正三轮载客摩托车", 0.03),
         ("侧三轮摩托车", 0.02)),
        (("非营运", 0.97), ("其它", 0.03)),
        "1", (82, 260), (1, 2), (1680, 2400), (640, 960), (980, 1350), "motorcycle",
    ),
}  # fmt: skip
# What each licence is for, by weight; the plate may add to the kind.
ROLES = (
    ("car", 0.27),
    ("suv", 0.14),
    ("ev", 0.11),
    ("phev", 0.05),
    ("van", 0.05),
    ("truck_l", 0.08),
    ("truck_h", 0.07),
    ("tractor", 0.04),
    ("trailer", 0.06),
    ("bus", 0.03),
    ("ev_bus", 0.01),
    ("special", 0.03),
    ("motorcycle", 0.02),
    ("import", 0.05),
    ("ev_truck", 0.02),
)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What a licence says of its vehicle; "" where a place stays blank."""

    role: str
    vehicle_type: str
    use_character: str
    model: str
    maker: str
    passengers: str
    total_mass: str
    curb_mass: str
    size: str
    approved_load: str
    traction_mass: str
    energy: str

    @property
    def electric(self) -> bool:
        """Return whether it runs on a battery alone."""
        return self.role in {"ev", "ev_bus", "ev_truck"}


def any_vehicle(chance: Chance) -> Vehicle:
    """Return a vehicle whose facts fit together."""
    role = chance.weighted(ROLES)
    name = {
        "ev": chance.one_of(("car", "car", "suv")),
        "phev": chance.one_of(("car", "suv")),
        "import": chance.one_of(("car", "suv")),
        "ev_bus": "bus",
        "ev_truck": "truck_l",
    }.get(role, role)
    kind = KINDS[name]
    scale = chance.between(0, 1)
    curb = _within(kind.curb, scale, chance)
    length = _within(kind.length, scale, chance)
    width = _within(kind.width, scale, chance)
    height = _within(kind.height, chance.between(0, 1), chance)
    seats = chance.whole(*kind.seats)
    if name == "car" and role != "import" and chance.happens(0.85):
        seats = 5
    load = int(curb * chance.between(0.5, 1.4)) if kind.load else 0
    if name == "trailer":
        load = int(curb * chance.between(2.5, 4.5))
    total = curb + load + 65 * seats
    if not kind.load:
        total += chance.whole(20, 160) if name != "motorcycle" else 10 * seats
    vehicle_type = chance.weighted(kind.types)
    if name in _OLD and chance.happens(0.03):
        vehicle_type = chance.one_of(_OLD[name])
    middle = _middle_digits(role, name, length, total, chance)
    brand = _brand(role, kind, chance)
    model = _model(role, name, brand, middle, chance)
    return Vehicle(
        role=role,
        vehicle_type=vehicle_type,
        use_character=chance.weighted(kind.uses),
        model=model,
        maker=chance.one_of(brand[2].split()),
        passengers=_persons(seats, name, chance),
        total_mass=f"{total}kg",
        curb_mass=f"{curb}kg",
        size=chance.one_of("×x").join(map(str, (length, width, height))) + "mm",
        approved_load=f"{load}kg" if load else "--",
        traction_mass=_traction(name, chance),
        energy=_energy(role, name, chance),
    )


def _within(limits: tuple[int, int], scale: float, chance: Chance) -> int:
    low, high = limits
    share = min(1.0, max(0.0, scale + chance.about(0, 0.08)))
    value = int(low + (high - low) * share)
    return value if chance.happens(0.6) else value // 10 * 10 + 10 * (value < 100)


def _persons(seats: int, name: str, chance: Chance) -> str:
    if not seats:
        return "--"
    if name in {"truck_l", "truck_h"} and chance.happens(0.04):
        return f"{seats}+{chance.whole(1, 3)}人"
    return f"{seats}人"


def _traction(name: str, chance: Chance) -> str:
    if name == "tractor":
        return f"{chance.whole(250, 400) * 100 - chance.one_of((0, 10, 130, 200))}kg"
    towing = name in {"suv", "car"} and chance.happens(0.05)
    return f"{chance.whole(8, 30) * 50}kg" if towing else "--"


def _energy(role: str, name: str, chance: Chance) -> str:
    if role in {"ev", "ev_bus", "ev_truck"}:
        return "电" if chance.happens(0.9) else "新能源/电"
    if role == "phev":
        return chance.one_of(("汽油/电", "混合动力", "汽油/电混合动力"))
    if name == "trailer":
        return "无"
    if name in {"truck_h", "tractor", "bus", "special"}:
        return "天然气" if chance.happens(0.08) else "柴油"
    if name == "truck_l":
        return "柴油" if chance.happens(0.6) else "汽油"
    return chance.weighted([("汽油", 0.9), ("汽油/天然气", 0.03), ("混合动力", 0.07)])


def _middle_digits(
    role: str, name: str, length: int, total: int, chance: Chance
) -> str:
    """Return the second and third digit of a model (GB 9417)."""
    if role in {"ev", "ev_bus"} and name == "car":
        return "00"
    if name == "car":
        return chance.weighted(
            [(f"{d:02}", w) for d, w in ((10, 1), (12, 1), (13, 1), (14, 2), (15, 4),
             (16, 4), (18, 3), (20, 3), (25, 1), (30, 1))]
        )  # fmt: skip
    if name in {"suv", "van", "bus"}:
        return f"{length // 100}" if length < 10_000 else f"{length // 1000}"
    if name == "motorcycle":
        return ""
    return f"{min(99, round(total / 1000)):02}"


def _brand(role: str, kind: Kind, chance: Chance) -> tuple[str, str, str]:
    section = "import" if role == "import" else kind.brands
    wanted = {
        "ev_truck": "truck_l",
        "suv": "suv",
    }.get(role, role)
    rows = [row.split("|") for row in chance.rows(section)]
    fitting = [row for row in rows if wanted in row[3].split()] or rows
    brand, prefixes, makers, _ = chance.one_of(fitting)
    return brand, chance.one_of(prefixes.split()), makers


def _model(
    role: str,
    name: str,
    brand: tuple[str, str, str],
    middle: str,
    chance: Chance,
) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    title, prefix, makers = brand
    if role == "import":
        code = chance.one_of(makers.split()) + chance.string(letters + "0123456789", 4)
        forms = (
            f"{prefix}{chance.string(letters, 1)}{chance.whole(100, 990)}",
            f"{code}{chance.digits(1)}",
            f"{prefix} {chance.string(letters, 2)}{chance.digits(3)}",
            f"{code}{chance.string(letters, 1)}{chance.digits(1)}",
        )
        return title + chance.one_of(forms)
    if name == "motorcycle":
        size = chance.one_of((50, 100, 110, 125, 150, 250, 400))
        tail = chance.weighted([("", 0.4), (f"-{chance.digits(1)}", 0.4), ("T-9", 0.2)])
        letter = chance.string(letters, 1) if chance.happens(0.3) else ""
        return f"{title}{prefix}{size}{tail}{letter}"
    suffix = chance.string(letters, chance.weighted([(0, 1), (1, 3), (2, 4), (3, 3)]))
    if chance.happens(0.5):
        suffix += chance.string("123456789", 1)
    if chance.happens(0.35):
        suffix += chance.string(letters + "0123456789", chance.whole(1, 5))
    if chance.happens(0.06):
        suffix += chance.one_of(("-", "/")) + chance.string(letters, 1)
    if chance.happens(0.05):
        suffix += f"({chance.one_of(('国Ⅵ', 'A', '4X2', 'LNG', '国六', 'D'))})"
    energy = {
        "ev": "BEV",
        "ev_bus": "BEV",
        "ev_truck": "BEV",
        "phev": chance.one_of(("PHEV", "PHEV", "HEV", "SHEV")),
    }.get(role, "")
    if energy:
        suffix = suffix[:2] if chance.happens(0.3) else ""
        suffix += energy + chance.string("0123456789AB", chance.whole(0, 3))
    digit = chance.one_of(KINDS[name].digits)
    serial = chance.digits(1)
    if name in {"truck_l", "truck_h", "special", "trailer"} and chance.happens(0.5):
        # Rebuilt vehicles carry three letters of their build before the suffix.
        suffix = chance.one_of(_REBUILT) + suffix
        digit = "9" if name == "trailer" else "5"
    return f"{title}{prefix}{digit}{middle}{serial}{suffix}"


_REBUILT = ("XXY", "CCY", "ZZX", "GJB", "GYY", "XLC", "TPB", "JQZ", "TDP", "GRY")
