"""What a misspelt place was meant to be; the names themselves are in runtime/places.py. Test: tests/test_places.py."""

import re
from functools import cache

from ..runtime.places import Place, find, is_area_code, names
from .suggest import Suggestions

__all__ = ["Place", "find", "is_area_code", "names", "suggest"]

_ABROAD = frozenset({"香港", "澳门", "台湾", "xianggang", "hongkong", "aomen", "macau", "macao", "taiwan"})
_BETWEEN_SYLLABLES = re.compile(r"[\s'’-]")
_SHORTEST_PINYIN = 4  # shorter words are one slip from too many others: `all` is no misspelt `ali`


@cache
def suggest(name: str) -> str | None:
    """What a name that `find` does not know was probably meant to be."""
    spelt = _BETWEEN_SYLLABLES.sub("", name.casefold())
    if spelt in _ABROAD:
        return "abroad"
    if spelt in names():
        return spelt
    if spelt.isascii():
        return _pinyin().nearest(spelt) if len(spelt) >= _SHORTEST_PINYIN else None
    return _nearest_in_chinese(spelt)


@cache
def _pinyin() -> Suggestions:
    return Suggestions(sorted(name for name in names() if name.isascii()))


def _nearest_in_chinese(name: str) -> str | None:
    return _held_in(name) or _one_slip_from(name)


def _held_in(name: str) -> str | None:
    """长沙 for 湖南长沙 and 大理 for 大理市: the longest name that it ends or starts with."""
    for size in range(len(name) - 1, 1, -1):
        for part in (name[-size:], name[:size]):
            if part in names():
                return part
    return None


def _one_slip_from(name: str) -> str | None:
    """The place that differs in one character, if there is only one: 石家壮 is 石家庄, but 杨州 could be any 州."""
    candidates = {other for form in _forms(name) for other in _chinese_by_form().get(form, ())}
    near = [other for other in candidates if len(other) > 1 and _differ_in_one(name, other)]
    meant = {find(other) for other in near}
    return min(near, key=lambda other: (abs(len(other) - len(name)), other)) if len(meant) == 1 else None


@cache
def _chinese_by_form() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names():
        if not name.isascii():
            for form in _forms(name):
                found.setdefault(form, []).append(name)
    return found


def _forms(name: str) -> frozenset[str]:
    """Itself and itself less one character: names one slip apart share one."""
    return frozenset({name, *(name[:at] + name[at + 1 :] for at in range(len(name)))})


def _differ_in_one(one: str, other: str) -> bool:
    """One character more, less or other."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    shorter, longer = sorted((one, other), key=len)
    return shorter in _forms(longer)
