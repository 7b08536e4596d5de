"""Provinces, cities and area codes of mainland China, from the tables in data/. Test: tests/test_places.py.

An area code is written as it is dialled: "010", "0731". Hong Kong, Macau and Taiwan are abroad and so not here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Place:
    """A province or a city, as a plan may name it; where one code serves several cities, it is in the areas of each."""

    kind: Literal["province", "city"]
    name: str  # 湖南, 长沙, 恩施; no two places have one name, but 北京 is a province and its only city
    pinyin: str  # hunan, changsha, enshi; several cities may share it
    areas: tuple[str, ...]  # sorted
    province: str  # a province's own name for a province
    also: tuple[str, ...]  # what else it is called: 湖南省, 恩施土家族苗族自治州, 恩施州


def _rows(name: str) -> Iterator[list[str]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


@cache
def _cities_and_main_codes() -> tuple[tuple[Place, str], ...]:
    """In the file's order: by the main code, and under one code the main city first."""
    found = []
    for codes, province, _, name, pinyin, also, _ in _rows("places.tsv"):
        main, *others = codes.split()
        place = Place("city", name, pinyin, tuple(sorted([main, *others])), province, tuple(also.split()))
        found.append((place, main))
    return tuple(found)


@cache
def cities() -> tuple[Place, ...]:
    """All of them, by area code."""
    return tuple(city for city, _ in _cities_and_main_codes())


@cache
def provinces() -> tuple[Place, ...]:
    """All of them, by pinyin."""
    areas: dict[str, set[str]] = {}
    for city in cities():
        areas.setdefault(city.province, set()).update(city.areas)
    return tuple(
        Place("province", name, pinyin, tuple(sorted(areas[name])), name, tuple(also.split()))
        for name, pinyin, also in _rows("provinces.tsv")
    )


@cache
def _by_code() -> dict[str, tuple[Place, ...]]:
    """The cities of each code, first those whose main code it is."""
    found: dict[str, list[Place]] = {}
    for city, main in _cities_and_main_codes():
        found.setdefault(main, []).append(city)
    for city, main in _cities_and_main_codes():
        for code in city.areas:
            if code != main:
                found.setdefault(code, []).append(city)
    return {code: tuple(found[code]) for code in sorted(found)}


@cache
def area_codes() -> tuple[str, ...]:
    """All that are in use, sorted."""
    return tuple(_by_code())


def is_area_code(text: str) -> bool:
    """As dialled: "0731" is one, "731" and "0600" are not."""
    return text in _by_code()


def province_of(code: str) -> str:
    """湖南 for "0731"; KeyError for what is no area code."""
    return _by_code()[code][0].province


def cities_of(code: str) -> tuple[str, ...]:
    """长沙, 湘潭 and 株洲 for "0731", the main city first; KeyError for what is no area code."""
    return tuple(city.name for city in _by_code()[code])


def label(code: str) -> str:
    """For people: 湖南 长沙 for "0731" (its main city), 北京 for "010"; KeyError for what is no area code."""
    city = _by_code()[code][0]
    return city.name if city.name == city.province else f"{city.province} {city.name}"


def find(name: str) -> tuple[Place, ...]:
    """The place of that name, as plans write it (language.md 4.3, 4.5).

    Several where a pinyin does not tell them apart; none where there is no such place.
    """
    return _index().get(name, ())


@cache
def names() -> frozenset[str]:
    """Every name that `find` knows."""
    return frozenset(_index())


@cache
def _index() -> dict[str, tuple[Place, ...]]:
    found: dict[str, tuple[Place, ...]] = {}
    for province in provinces():
        for name in _names_of(province):
            found[name] = (province,)
    of_provinces = frozenset(found)
    for city in cities():
        for name in _names_of(city):
            if name not in of_provinces:  # a name of both is the province
                found[name] = (*found.get(name, ()), city)
    return found


def _names_of(place: Place) -> Iterator[str]:
    yield from (place.name, place.pinyin, *place.also)
