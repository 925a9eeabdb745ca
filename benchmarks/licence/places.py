"""Provinces and cities: plate letters, region codes, districts, authorities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from benchmarks.licence.chance import STOCK
from benchmarks.render.wording import read_sections

if TYPE_CHECKING:
    from benchmarks.licence.chance import Chance

# Authorities that are not called after the traffic police's usual pattern.
_OWN_AUTHORITY = {
    "京": "北京市公安局公安交通管理局",
    "津": "天津市公安局交通管理局",
    "沪": "上海市公安局交通警察总队",
    "渝": "重庆市公安局交通巡逻警察总队",
}


@dataclass(frozen=True, slots=True)
class City:
    """A city, or another unit of its rank, that registers vehicles.

    Attributes:
        short: The province's character on plates.
        province: The province's full name.
        name: The city's name; "" where the province is the city.
        letters: What may follow the province's character on its plates.
        code: The first four digits of its region codes.
        districts: Names of districts, counties or towns.
    """

    short: str
    province: str
    name: str
    letters: str
    code: str
    districts: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the name with the province's in front."""
        return self.province + self.name

    def authority(self, chance: Chance) -> str:
        """Return the name of the authority that issues licences."""
        own = _OWN_AUTHORITY.get(self.short)
        if own:
            return own
        title = self.title if chance.happens(0.9) else self.name
        branch = chance.weighted([("交通警察支队", 0.8), ("交通管理局", 0.2)])
        return f"{title}公安局{branch}"


@cache
def provinces() -> tuple[tuple[City, ...], ...]:
    """Return the cities of every province."""
    found = []
    for head, rows in read_sections(STOCK / "places.txt").items():
        short, _, province = head.partition(" ")
        cities = []
        for row in rows:
            letters, name, code, districts = row.split("|")
            city = City(
                short, province, name.strip(), letters, code, tuple(districts.split())
            )
            cities.append(city)
        found.append(tuple(cities))
    return tuple(found)


def any_city(chance: Chance) -> City:
    """Return a city of any province, each province as often."""
    return chance.one_of(chance.one_of(provinces()))
