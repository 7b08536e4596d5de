"""What a calling or called number is (language 3.4), straight from the digits; tested by tests/test_reference.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from callplan.compiler import places

Kind = Literal["mobile", "fixed", "abroad", "service", "written", "withheld"]

DIGITS = "0123456789"
SEPARATORS = " -.()"
LONGEST = 15  # digits of an E.164 number


@dataclass(frozen=True)
class Number:
    """A number as everything after 3.4 sees it.

    `digits` is E.164 without the plus for `mobile`, `fixed` and `abroad`, the ten digits of a `service` number, all the
    digits of one known as `written`, and empty for a `withheld` one. `area` is the area code of a `fixed` one.
    """

    kind: Kind
    digits: str
    area: str | None = None

    @property
    def identity(self) -> tuple[str, str] | None:
        """What lists compare: None is on no list (withheld, or over 15 digits)."""
        if self.kind == "withheld" or len(self.digits) > LONGEST:
            return None
        if self.kind in ("mobile", "fixed", "abroad"):
            return ("E.164", self.digits)
        return ("as written", self.digits)


WITHHELD = Number("withheld", "")


def normalise(text: str, own_area: str | None = None) -> Number:
    """Any text as a number; `own_area` is the switch's own area code (`0731`), for 7 or 8 digits alone."""
    plus = False
    digits = ""
    for character in text:
        if character in DIGITS:
            digits += character
        elif character == "+" and not plus and digits == "":
            plus = True
        elif character not in SEPARATORS:
            return WITHHELD
    if digits == "":
        return WITHHELD

    if plus:
        return _international(digits) or Number("written", digits)
    if digits.startswith("00"):
        return _international(digits[2:]) or Number("written", digits)
    if digits.startswith("86") and _could_be_86(digits):
        return _chinese(digits[2:]) or Number("written", digits)
    if digits.startswith("0"):
        return _mobile(digits[1:]) or _fixed(digits[1:]) or Number("written", digits)
    return _mobile(digits) or _service(digits) or _local(digits, own_area) or Number("written", digits)


def _international(digits: str) -> Number | None:
    """What follows a `+` or `00`."""
    if digits.startswith("86"):
        return _chinese(digits[2:])
    if digits.startswith("0") or not 5 <= len(digits) <= LONGEST:
        return None
    return Number("abroad", digits)


def _could_be_86(digits: str) -> bool:
    """A bare 86 and 12 or 13 digits in all, or 14 with the 0 that is to be dropped."""
    return len(digits) in (12, 13) or (len(digits) == 14 and digits[2] == "0")


def _chinese(national: str) -> Number | None:
    """What follows a country code 86: a single 0 is dropped."""
    if national.startswith("0"):
        national = national[1:]
    return _mobile(national) or _service(national) or _fixed(national)


def _mobile(national: str) -> Number | None:
    if len(national) == 11 and national[0] == "1" and national[1] in "3456789":
        return Number("mobile", "86" + national)
    return None


def _service(national: str) -> Number | None:
    if len(national) == 10 and national[:3] in ("400", "800"):
        return Number("service", national)
    return None


def _fixed(national: str) -> Number | None:
    """An area code without its 0, then 7 or 8 digits."""
    for length in (2, 3):
        code = "0" + national[:length]
        if places.is_area_code(code) and len(national) - length in (7, 8):
            return Number("fixed", "86" + national, code)
    return None


def _local(digits: str, own_area: str | None) -> Number | None:
    if own_area is not None and len(digits) in (7, 8) and digits[0] in "2345678":
        return Number("fixed", "86" + own_area[1:] + digits, own_area)
    return None
