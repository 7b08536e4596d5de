"""Telephone numbers as a switch or a plan writes them, brought to E.164; tested by tests/test_numbers.py.

This is the compiler's reading of language.md 3.4; the runtime has its own in C, and the cases in tests/cases hold both
to the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from . import places

Kind = Literal["mobile", "fixed", "service", "abroad", "written", "withheld"]

CHINA = "86"
LONGEST = 15  # digits of an E.164 number
WRITTEN = 1 << 62  # added to the keys of numbers known as written, so that `+40 06123456` and `4006123456` differ

_SEPARATORS = str.maketrans("", "", " -.()")


@dataclass(frozen=True)
class Normalised:
    """A number as every rule sees it.

    `digits`: with the country code and without `+` for `mobile`, `fixed` and `abroad`; the 10 national digits for
    `service`; all digits as written for `written`; empty for `withheld`. `area`: a fixed line's area code with its 0.
    """

    kind: Kind
    digits: str
    area: str | None = None

    @property
    def key(self) -> int:
        """What lists know the number by, in 64 bits; 0 for one that can be on no list."""
        if self.kind == "withheld" or len(self.digits) > LONGEST:
            return 0
        key = int("1" + self.digits)
        return key if self.kind in ("mobile", "fixed", "abroad") else key + WRITTEN

    @property
    def dial(self) -> str:
        """What a switch in China dials: national for a Chinese number, `+...` for one abroad, else as written."""
        match self.kind:
            case "mobile":
                return self.digits.removeprefix(CHINA)
            case "fixed":
                return "0" + self.digits.removeprefix(CHINA)
            case "abroad":
                return "+" + self.digits
            case _:
                return self.digits


WITHHELD = Normalised("withheld", "")


def normalise(text: str, own_area: str | None = None) -> Normalised:
    """Read a number of any form. `own_area`: the area code (`0731`) that a bare local number belongs to."""
    bare = text.translate(_SEPARATORS)
    digits = bare.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return WITHHELD
    written = Normalised("written", digits)
    if bare.startswith("+"):
        return _international(digits) or written
    if digits.startswith("00"):
        return _international(digits[2:]) or written
    if digits.startswith(CHINA) and (len(digits) in (12, 13) or (len(digits) == 14 and digits[2] == "0")):
        return _china(digits[2:]) or written
    if digits.startswith("0"):
        return _mobile(digits[1:]) or _fixed(digits[1:]) or written
    if own_area is not None and len(digits) in (7, 8) and digits[0] in "2345678":
        return Normalised("fixed", CHINA + own_area[1:] + digits, own_area)
    return _mobile(digits) or _service(digits) or written


def _international(digits: str) -> Normalised | None:
    if digits.startswith(CHINA):
        return _china(digits[2:])
    if digits.startswith("0") or not 5 <= len(digits) <= LONGEST:
        return None
    return Normalised("abroad", digits)


def _china(national: str) -> Normalised | None:
    national = national.removeprefix("0")
    return _mobile(national) or _service(national) or _fixed(national)


def _mobile(national: str) -> Normalised | None:
    if len(national) == 11 and national[0] == "1" and national[1] in "3456789":
        return Normalised("mobile", CHINA + national)
    return None


def _service(national: str) -> Normalised | None:
    if len(national) == 10 and national.startswith(("400", "800")):
        return Normalised("service", national)
    return None


def _fixed(national: str) -> Normalised | None:
    """`national` without its leading 0: area code, then 7 or 8 digits."""
    size = 2 if national.startswith(("10", "2")) else 3
    area = "0" + national[:size]
    if len(national) - size in (7, 8) and places.is_area_code(area):
        return Normalised("fixed", CHINA + national, area)
    return None
