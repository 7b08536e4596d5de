"""The runtime's reading of numbers, in C, against the compiler's: kind, key, area and line of each."""

import random

import numpy as np
import pytest

from callplan.compiler.numbers import normalise
from callplan.runtime import layout, numbering, places
from callplan.runtime.errors import CallplanError
from callplan.runtime.numbers import Reader

from .number_forms import FORMS, any_digits

CODES = np.array([int(code) for code in places.area_codes()], np.uint16)
PREFIXES = numbering.builtin()
OWN = "0731"
READER = Reader(CODES, PREFIXES)
LOCAL_READER = Reader(CODES, PREFIXES, OWN)


def origin(text: str, own: str | None) -> tuple[str, int, int, int]:
    """What the compiler's reading says, as the runtime numbers it."""
    known = normalise(text, own)
    if known.kind == "mobile":
        code = int(PREFIXES[int(known.digits[2:9]) - numbering.PREFIX_BASE])
        return known.kind, known.key, int(np.searchsorted(CODES, code)) + 2 if code else 0, layout.LINE_MOBILE
    if known.kind == "fixed":
        assert known.area is not None
        return known.kind, known.key, int(np.searchsorted(CODES, int(known.area))) + 2, layout.LINE_FIXED
    return (
        known.kind,
        known.key,
        layout.AREA_ABROAD if known.kind == "abroad" else layout.AREA_UNKNOWN,
        layout.LINE_FIXED,
    )


def check(text: str) -> None:
    """That a number is read as the compiler reads it, as a calling number and as a called one."""
    for reader, own in ((READER, None), (LOCAL_READER, OWN)):
        known = origin(text, own)
        assert reader.read(text)[:4] == known, text
        assert reader.read(text, called=True) == reader.read(text), text


@pytest.mark.parametrize("text", FORMS)
def test_each_form(text: str) -> None:
    check(text)


def test_random_forms() -> None:
    rng = random.Random(86)
    for _ in range(60_000):
        text = any_digits(rng)
        if rng.random() < 0.2:
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice("-+ .()x\t") + text[at:]
        check(text)


def test_every_area_code_is_read_from_a_fixed_number() -> None:
    for position, code in enumerate(places.area_codes()):
        kind, _, area, line, _ = READER.read(f"{code}88886666")
        assert (kind, area, line) == ("fixed", position + layout.AREA_FIRST, layout.LINE_FIXED)


@pytest.mark.parametrize("area", ["", "731", "0", "07311", "0961", "x", "０７３１"])
def test_own_area_that_is_none(area: str) -> None:
    with pytest.raises(CallplanError, match="not an area code"):
        Reader(CODES, PREFIXES, area)


def test_a_number_is_a_str() -> None:
    with pytest.raises(TypeError, match="not int"):
        READER.read(13800138000)  # type: ignore[arg-type]
