"""Plan files of any bytes: tables or diagnostics that can be shown; and what compiles decides as the reference does."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
import unicodedata
from functools import cache
from pathlib import Path
from random import Random

from callplan.compiler import render
from callplan.compiler.automaton import load
from callplan.compiler.build import build
from callplan.compiler.diagnostics import has_errors

from .. import case_files, evaluators
from ..comparison import compare
from ..plan_files import MAIN, PlanFiles
from .mutator import Mutator
from .seed_files import seed_files

EVENTS = 20
LONGEST_COMPARED = 20_000  # bytes: the reference looks through a plan at each call
BESIDE = ("shared.plan", "numbers.txt")
WORDS = (
    "{", "}", "(", ")", ",", "->", "#", '"', '""', "=", ":", "..", "-", "%", "、", "，", "｛", "１", "\ufeff",
    "\u202e", "\0", "0", "1", "00", "0731", "010", "0000", "400", "4006123456", "8001234567", "13800138000",
    "1380013xxxx", "1xxxxxxxx", "x", "+85221234567", "+86", "110", "2147483647", "2147483648", "99999999999999999999",
    "-1", "1" * 5000, "0%", "100%", "99.99%", "0.01%", "33.333%", "50%", "5s", "120s", "121s", "0s", "00:00-24:00",
    "24:00-00:00", "22:00-06:00", "09:00-09:00", "23:59-00:00", "12:60-25:00", "2026-02-29", "02-29", "12-24..01-02",
    "2099-12-31", "1999-12-31", "2000-01-01..2099-12-31", "0000-00-00", "2026-10-31", "2026-11-23", "09:30", "31",
    "-0", "fri-mon", "sun-sat", "first", "fifth", "last", "北京", "长沙", "湖南", "hunan", "suzhou", "吉林市", "香港",
    "phs", "é", "e\u0301", "calendar", "holiday", "workday", "holidays", "workdays", "extends", "china", "import",
    "file", "operator", "destinations", "cause", "call", "split", "by", "evenly", "expect", "at", "full", "answered",
    "withheld", "no-answer", "timezone", '"Asia/Shanghai"', '"America/New_York"', '"Antarctica/Troll"', '"UTC"',
    '"../../etc/passwd"', '"/dev/zero"', '"."', '"shared.plan"', '"numbers.txt"', f'"{MAIN}"', '"sip:a@b"',
    '"tel:+1"', "not", "not not not", "((((", "))))", "{ {",
)  # fmt: skip


@cache
def _mutable() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Seeds and words."""
    cases = [case.files.text.encode() for case in case_files.load()]
    examples = [path.read_bytes() for path in sorted(case_files.EXAMPLES.glob("*.plan"))]
    words = [*WORDS, *sorted(load().reserved)]
    return (*seed_files("plans"), *examples, *dict.fromkeys(cases)), tuple(word.encode() for word in words)


@cache
def _folder() -> Path:
    """A folder with the files that seeds name, for this process."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    for name, text in _beside():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@cache
def _beside() -> tuple[tuple[str, str], ...]:
    folder = Path(__file__).parent / "seeds" / "beside"
    return tuple((name, (folder / name).read_text(encoding="utf-8")) for name in BESIDE)


def make(chance: Random) -> bytes:
    return Mutator(chance, *_mutable()).make()


def _is_seen(character: str) -> bool:
    """Spaces of all widths do no harm to a terminal, and a message names those that are not the plain one."""
    return character.isprintable() or unicodedata.category(character) == "Zs"


def attempt(data: bytes, chance: Random) -> str:
    path = _folder() / MAIN
    path.write_bytes(data)
    result = build([path])
    for shown in (render.text(result.diagnostics), render.text(result.diagnostics, colour=True).replace("\x1b[", "")):
        assert all(character == "\n" or _is_seen(character) for character in shown), shown
    json.dumps([render.as_json(diagnostic) for diagnostic in result.diagnostics]).encode()
    assert (result.image is None) == has_errors(result.diagnostics)
    if result.image is None:
        return "refused"
    if not result.program.plans:
        return "no plan"
    if len(data) > LONGEST_COMPARED:
        return "compiled"
    try:
        compare(PlanFiles(data.decode(), _beside()), str(chance.random()), EVENTS)
    finally:
        evaluators.program.cache_clear()
        evaluators.tables.cache_clear()
    return "compared"
