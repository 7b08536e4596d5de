"""Lines of list files by the compiler's own reading of numbers, slow and plain: for tests of the fast reader."""

from __future__ import annotations

from itertools import product

from callplan.compiler.numbers import Normalised, normalise


def expected(line: str) -> tuple[str | None, list[int]]:
    """What is said of a line, and its key, or the first and the last of a pattern, which has up to three x."""
    entry = line.removesuffix("\r").partition("#")[0].strip(" \t")
    if not entry:
        return None, []
    plain = entry.translate(str.maketrans("", "", " -.()"))
    digits = plain.removeprefix("+")
    if not digits or set(digits) - set("0123456789x"):
        return "not a number", []
    prefix = digits.rstrip("x")
    free = len(digits) - len(prefix)
    if "x" in prefix or (free and not prefix) or free > 8:
        return "not a pattern", []
    sign = plain[: len(plain) - len(digits)]
    members = [normalise(sign + prefix + "".join(rest)) for rest in product("0123456789", repeat=free)]
    return judged(members, sign, prefix, free)


def judged(members: list[Normalised], sign: str, prefix: str, free: int) -> tuple[str | None, list[int]]:
    keys = [member.key for member in members]
    if len({member.kind for member in members}) > 1:
        return "mixed", []
    if keys[0] == 0:
        return "too long", []
    if keys != list(range(keys[0], keys[0] + len(keys))):
        return "mixed", []
    found = [keys[0], keys[-1]] if free else keys
    digits = len(prefix) + free
    if members[0].kind != "written":
        return None, found
    if not sign and digits in (7, 8):
        return "no area code", []
    return ("odd" if sign or prefix[0] == "0" or digits >= 9 else None), found
