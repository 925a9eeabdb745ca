"""Owners and their addresses; the people do not exist, and no company is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.licence.places import any_city

if TYPE_CHECKING:
    from benchmarks.licence.chance import Chance
    from benchmarks.licence.places import City

# Share of the people and of the companies that live elsewhere.
_ELSEWHERE = 0.12


def person(chance: Chance) -> str:
    """Return a made-up name."""
    kind = chance.weighted([("han", 0.94), ("minority", 0.04), ("latin names", 0.02)])
    if kind != "han":
        return chance.word(kind)
    given = "".join(
        chance.word("given") for _ in range(2 if chance.happens(0.8) else 1)
    )
    return chance.word("surnames") + given


def company(city: City, chance: Chance) -> str:
    """Return a made-up company, or an office, of a city."""
    where = chance.weighted(
        [
            (city.name or city.province, 0.5),
            (city.title, 0.15),
            ((city.name or city.province)[:2], 0.25),
            (chance.one_of(city.districts), 0.1),
        ]
    )
    if chance.happens(0.08):
        return f"{city.name or city.province}{chance.word('offices')}"
    what = chance.word("shops"), chance.word("trades"), chance.word("forms")
    if chance.happens(0.08):
        short = (city.name or city.province)[:2]
        brackets = chance.one_of(("()", "（）"))
        return f"{what[0]}{brackets[0]}{short}{brackets[1]}{what[1]}{what[2]}"
    name = where + "".join(what)
    if chance.happens(0.05):
        name += f"{chance.one_of(city.districts)}分公司"
    return name


def address(city: City, chance: Chance, *, of_company: bool) -> str:
    """Return where an owner from a city lives: in it, or elsewhere."""
    place = any_city(chance) if chance.happens(_ELSEWHERE) else city
    district = chance.one_of(place.districts)
    start = place.title if chance.happens(0.94) else place.province
    start += district
    if chance.happens(0.18) and not district.endswith(("镇", "街道")):
        return start + _village(chance)
    number = chance.whole(1, 60 if chance.happens(0.4) else 1980)
    road = chance.word("roads") + chance.weighted(_ROADS)
    if of_company and chance.happens(0.35):
        start += chance.word("parks")
    return start + f"{road}{number}号" + _inside(chance, of_company=of_company)


_ROADS = (
    ("路", 0.35),
    ("东路", 0.08),
    ("西路", 0.08),
    ("南路", 0.07),
    ("北路", 0.07),
    ("中路", 0.06),
    ("大道", 0.12),
    ("街", 0.12),
    ("巷", 0.05),
)


def _village(chance: Chance) -> str:
    where = chance.word("townships") + chance.word("villages")
    forms = (
        f"{chance.whole(1, 320)}号",
        f"{chance.whole(1, 18)}组",
        f"{chance.whole(1, 12)}组{chance.whole(1, 99)}号",
        f"{chance.one_of('一二三四五六七八九十')}组",
        (f"{chance.whole(1, 9)}队{chance.whole(1, 60)}号附{chance.whole(1, 4)}号"),
        f"村民小组{chance.whole(1, 200)}-{chance.whole(1, 9)}号",
    )
    return where + chance.one_of(forms)


def _inside(chance: Chance, *, of_company: bool) -> str:
    if chance.happens(0.3):
        return ""
    floor, flat = chance.whole(1, 32), chance.whole(1, 8)
    block, stair = chance.whole(1, 48), chance.whole(1, 6)
    if of_company:
        of_firms = (
            f"{chance.whole(1, 20)}幢{floor}{flat:02}室",
            f"{chance.one_of('ABCDEF')}座{floor}{flat:02}-{flat + 1:02}",
            f"{block}号厂房",
            f"综合楼{chance.one_of('一二三四五六')}层",
            f"{block}栋{floor}楼(自主申报)",
            f"（{chance.one_of('东西南北')}侧办公楼）",
        )
        return chance.one_of(of_firms)
    estate = chance.word("estates") if chance.happens(0.55) else ""
    forms = (
        f"{estate}{block}幢{stair}单元{floor}{flat:02}室",
        f"{estate}{block}栋{stair}单元{floor}楼{flat}号",
        f"{estate}{block}-{stair}-{floor}{flat:02}",
        f"{estate}{block}号楼{floor}{flat:02}",
        f"{estate}{chance.one_of('ABCDEGH')}区{block}#{floor}{flat:02}",
        f"{chance.whole(2, 40)}弄{block}号{floor}{flat:02}室",
        f"附{block}号",
        f"{estate}{block}号楼{stair}门{floor}{flat:02}号",
    )
    return chance.one_of(forms)
