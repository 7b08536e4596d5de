"""The runtime's reading of numbers, in C, against the compiler's: kind, key, area and line of each."""

import random

import numpy as np
import pytest

from callplan.compiler.numbers import normalise
from callplan.runtime import layout, numbering, places
from callplan.runtime.errors import CallplanError
from callplan.runtime.numbers import Reader

CODES = np.array([int(code) for code in places.area_codes()], np.uint16)
PREFIXES = numbering.builtin()
OWN = "0731"
READER = Reader(CODES, PREFIXES)
LOCAL_READER = Reader(CODES, PREFIXES, OWN)

FORMS = [
    "", " ", "+", "-", "anonymous", "1a", "１３８００１３８０００", "13800138000\0", "0", "00", "000", "+0", "+00",
    "86", "+86", "0086", "860", "13800138000", "013800138000", "0013800138000", "+8613800138000", "+86 013800138000",
    "8613800138000", "86013800138000", "86 0 138-0013.8000", "(+86) 138 0013 8000", "138+0013", "++8613800138000",
    "+86+13800138000", "12800138000", "20000138000", "073188886666", "0731-8888666", "0731-888866",
    "(0731) 8888-6666", "73188886666", "86 731 88886666", "8673188886666", "86 0731 88886666", "+8673188886666",
    "+86073188886666", "0086073188886666", "+860073188886666", "01088886666", "0108888666", "860108888666",
    "8601088886666", "861088886666", "8610888866", "02188886666", "02688886666", "02988886666", "099988886666",
    "0999988886666", "4006123456", "4006-123-456", "+864006123456", "864006123456", "00864006123456",
    "+8604006123456", "04006123456", "8008201234", "8108201234", "40061234567", "400612345", "10086", "+8610086",
    "110", "95588", "88886666", "8888666", "18886666", "98886666", "888866", "888866667", "+85221234567",
    "0085221234567", "85221234567", "+1234", "+12345", "+123456789012345", "+1234567890123456",
    "00123456789012345", "001234567890123456", "123456789012345", "1234567890123456", "12345678901234567",
    "123456789012345678", "1" * 1000, "0" * 1000, "+" + "8" * 1000, "000086123", "-" * 999, "+40 06123456",
    "+ 86 13800138000", "86 12", "861234567890", "8612345678901", "86123456789012", "86012345678901",
]  # fmt: skip


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


@pytest.mark.parametrize("text", FORMS)
def test_each_form(text: str) -> None:
    assert READER.read(text)[:4] == origin(text, None)
    assert LOCAL_READER.read(text)[:4] == origin(text, OWN)


def test_random_forms() -> None:
    rng = random.Random(86)
    starts = [
        "",
        "+",
        "00",
        "0",
        "86",
        "+86",
        "0086",
        "860",
        "+860",
        "400",
        "800",
        "010",
        "02",
        "0731",
        "13",
        "19",
        "1",
    ]
    for _ in range(60_000):
        text = rng.choice(starts) + "".join(rng.choice("0123456789") for _ in range(rng.randrange(20)))
        if rng.random() < 0.2:
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice("-+ .()x\t") + text[at:]
        assert READER.read(text)[:4] == origin(text, None), text
        assert LOCAL_READER.read(text)[:4] == origin(text, OWN), text


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
