"""The lines of list files: each form, and random ones against the compiler's own reading of numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from callplan.compiler import list_lines
from callplan.compiler.numbers import normalise

from . import checking
from .expected_lines import expected
from .number_forms import FORMS, any_digits

LINE = "13800138000"
KEY = 10**13 + 8613800138000
MANY = 200_000  # lines, several blocks
SIGNS = "0123456789+-. ()x#\t\rX,a/：１x"


def read(text: str) -> list_lines.ListLines:
    return list_lines.read(text.encode())


def of_line(line: str) -> tuple[str | None, list[int]]:
    """What is said of a line, and its key, or the first and the last of a pattern."""
    found = read(line)
    kinds = [mistake.kind for mistake in (*found.mistakes, *found.oddities)]
    assert (found.bad, found.odd) == (len(found.mistakes), len(found.oddities))
    return (*kinds, None)[0], [*found.keys.tolist(), *found.first.tolist(), *found.last.tolist()]


@pytest.mark.parametrize(
    "line",
    [
        *FORMS,
        "\t", "\r", "#", "# 13800138000", "13800138000 # 张三", "  13800138000\t", "13800138000\r", "138 0013 8000",
        "138-0013.8000", "(0731) 8888-1234", "+86 138 0013 8000", "008613800138000", "1", "+852 2123 4567",
        "0731-8888123", "07318888123", "010-88886666", "0733-8888123", "0600-8888666", "731-8888-1234",
        "138001380001", "1" * 500, "abc", "13800138000, 13900001111", "138\t00138000", "\t+86\t13800138000",
        "1380013800o", "138+00138000", "()", "13800138000 13900001111", "1380013xxxx", "13800138xxx", "138-0013-8xxx",
        "138 0013 8x x x", "1380013x000", "138xxxx8000", "x", "xxx", "+xxx", "1xx", "0xx", "0731-8888-xxx",
        "0731-88888xxx", "0733-8888xxx", "88886xxx", "8888xxx", "+852 2123 4xxx", "+8xxx", "+8xxxx", "4006-123-xxx",
        "40061234xx", "400612345x", "1380013800X", "1380013xxx,", "86138001380xx", "8600138001380xx", "731888812xx",
        "1234567890123xx", "12345678901234xx", "0012345678901234x", "+12345678901234x", "+123456789012345x",
        "13800138000\r\r", "13800\r138000", "01xxx", "00xxx", "0085xxx", "0086xxx", "1380013xxxx # 全部",
    ],
)  # fmt: skip
def test_each_form(line: str) -> None:
    assert of_line(line) == expected(line)


def test_random_lines() -> None:
    rng = random.Random(400)
    for _ in range(40_000):
        line = any_digits(rng) + "x" * rng.choice((0, 0, 1, 2))
        for _ in range(rng.choice((0, 0, 0, 1, 2))):
            at = rng.randrange(len(line) + 1)
            line = line[:at] + rng.choice(SIGNS) + line[at:]
        if line.count("x") <= 3:
            assert of_line(line) == expected(line), line


def completions(prefix: str, free: int) -> Iterator[str]:
    """Some numbers of a pattern: each start that could decide on what they are, with the ends and the middle behind."""
    lead = min(free, 2)
    for start in product("0123456789", repeat=lead):
        for rest in ("0", "5", "9"):
            yield prefix + "".join(start) + rest * (free - lead)


def test_a_pattern_is_one_range_of_one_kind() -> None:
    rng = random.Random(8)
    starts = ["", "+", "00", "0", "86", "+86", "+860", "0086", "00860", "40", "80", "4", "03", "07", "031", "10", "8"]
    accepted = 0
    for _ in range(1_000):
        prefix = rng.choice(starts) + "".join(rng.choices("0123456789", k=rng.randrange(7)))
        free = rng.randint(1, 8)
        if not prefix.removeprefix("+"):
            continue
        said, keys = of_line(prefix + "x" * free)
        members = [normalise(number) for number in completions(prefix, free)]
        if said in (None, "odd"):
            accepted += 1
            first, last = keys
            assert last - first == 10**free - 1
            assert len({member.kind for member in members}) == 1
            for number, member in zip(completions(prefix, free), members, strict=True):
                assert member.key == first + int(number[len(prefix) :]), (prefix, free, number)
        elif said == "mixed":
            assert len({member.kind for member in members}) > 1, (prefix, free)
    assert accepted > 200


@pytest.mark.parametrize(
    "prefix", ["031", "074", "03", "02", "01", "+8631", "+861", "+862", "+86074", "40", "80", "0086"]
)
def test_patterns_that_reach_into_what_decides(prefix: str) -> None:
    for free in range(1, 9):
        said, keys = of_line(prefix + "x" * free)
        members = [normalise(number) for number in completions(prefix, free)]
        one_kind = len({member.kind for member in members}) == 1
        assert (said == "mixed") == (not one_kind), free
        if keys:
            assert keys[1] - keys[0] == 10**free - 1


def test_a_line_means_what_an_entry_of_a_plan_means() -> None:
    rng = random.Random(33)
    starts = ["", "+", "00", "0", "86", "+86", "0086", "40", "80", "03", "07", "031", "13", "0731", "10"]
    entries = []
    while len(entries) < 600:
        digits = rng.choice(starts) + "".join(rng.choices("0123456789", k=rng.randrange(10)))
        if len(digits.removeprefix("+")) > 2:
            entries.append(digits + "x" * rng.choice((0, 0, 1, 3, 8)))
    entries = list(dict.fromkeys(entries))
    codes = {"no area code": "E205", "too long": "E209", "mixed": "E222", "odd": "W202"}
    said = [(codes[kind], entry) for entry in entries if (kind := of_line(entry)[0]) is not None]
    assert {code for code, _ in said} == set(codes.values())
    in_a_plan = checking.found(checking.plan(f"blacklist {{ {', '.join(entries)} }}"))
    assert [pair for pair in in_a_plan if pair[0] != "W201"] == said


def test_lines_and_places() -> None:
    text = "# 名单\n13800138000\n\n   88886666   # 没有区号\r\n731-8888-1234\r\nabc"
    found = read(text)
    data = text.encode()
    assert found.keys.tolist() == [KEY, normalise("731-8888-1234").key]
    assert [(each.kind, each.line) for each in found.mistakes] == [("no area code", 4), ("not a number", 6)]
    assert [(each.kind, each.line) for each in found.oddities] == [("odd", 5)]
    for mistake in (*found.mistakes, *found.oddities):
        line = data.split(b"\n")[mistake.line - 1]
        assert data[mistake.offset :].startswith(line)
    assert [data[each.start : each.end] for each in found.mistakes] == [b"88886666", b"abc"]
    assert data[found.oddities[0].start : found.oddities[0].end] == b"731-8888-1234"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_many_lines(ending: str) -> None:
    numbers = [13000000000 + 7 * at for at in range(MANY)]
    found = read(ending.join(map(str, numbers)))
    assert (found.keys - np.uint64(10**13 + 86 * 10**11)).tolist() == numbers
    patterns = [f"138{at % 10000:04}xxxx" for at in range(MANY)]
    found = read(ending.join(patterns) + ending)
    assert (len(found.first), len(found.keys), found.bad) == (MANY, 0, 0)
    assert (found.last - found.first == 9999).all()
    assert found.first[MANY - 1] == normalise(patterns[-1].replace("x", "0")).key


def test_only_the_first_mistakes_are_kept() -> None:
    found = read("abc\n" * MANY + "731-8888-1234\n" * MANY)
    assert (found.bad, found.odd, len(found.keys)) == (MANY, MANY, MANY)
    assert [each.line for each in found.mistakes] == list(range(1, 21))
    assert [each.line for each in found.oddities] == list(range(MANY + 1, MANY + 21))


@pytest.mark.parametrize("data", [b"", b"\n", b"\r", b"#", b"#" * 100_000, b"\n" * 100_000, b" " * 100_000])
def test_files_without_an_entry(data: bytes) -> None:
    found = list_lines.read(data)
    assert (len(found.keys), len(found.first), found.bad, found.odd) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "data", [b"\0", b"\xff" * 1000, b"1" * 1_000_000, b"x" * 1_000_000, b"1" + b"x" * 300, b"+" * 99]
)
def test_lines_that_are_no_entry(data: bytes) -> None:
    found = list_lines.read(data)
    assert (found.bad, found.mistakes[0].start, found.mistakes[0].end) == (1, 0, len(data))


def test_any_bytes_are_read() -> None:
    rng = random.Random(3)
    for _ in range(2_000):
        data = bytes(rng.choice(b"0123456789x+- .()#\n\r\t\0\xff") for _ in range(rng.randrange(200)))
        found = list_lines.read(data)
        lines = sum(bool(line.removesuffix(b"\r").partition(b"#")[0].strip(b" \t")) for line in data.split(b"\n"))
        assert len(found.keys) + len(found.first) + found.bad == lines
