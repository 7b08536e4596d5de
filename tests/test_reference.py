"""The reference evaluator by itself: numbers, patterns, clock, calendars, splits, and that it stands alone."""

from __future__ import annotations

import ast
import random
from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from callplan.compiler.checked import Calendar, Plan, Split
from callplan.compiler.list_files import list_file

from .case_files import posix
from .evaluators import program
from .plan_files import PlanFiles
from .reference.calendars import is_day_off, is_workday
from .reference.callers import Entries
from .reference.clock import local_minute, period_start
from .reference.numbers import Number, normalise
from .reference.splits import branch_of, branch_of_caller, order

FOLDER = Path(__file__).parent / "reference"
MAY_IMPORT = {"callplan.compiler", "callplan.compiler.checked", "callplan.compiler.syntax"}
MAY_IMPORT_OF_COMPILER = {"places"}


def imports(path: Path) -> set[tuple[str, str]]:
    """(module, name) of every import of a file that is not relative."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {(node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 1, f"{path.name} reaches out of its folder"
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_imports_only_the_checked_plan_and_place_data(path: Path) -> None:
    for module, name in imports(path):
        if module.split(".")[0] in ("callplan", "compiler", "runtime"):
            assert module in MAY_IMPORT, (module, name)
            assert module != "callplan.compiler" or name in MAY_IMPORT_OF_COMPILER, (module, name)


MOBILE = Number("mobile", "8613800138000")
BEIJING = Number("fixed", "861088886666", "010")
CHANGSHA = Number("fixed", "867318881234", "0731")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13800138000", MOBILE),
        ("+8613800138000", MOBILE),
        ("+86013800138000", MOBILE),
        ("008613800138000", MOBILE),
        ("0086013800138000", MOBILE),
        ("8613800138000", MOBILE),
        ("86013800138000", MOBILE),
        ("013800138000", MOBILE),
        (" +86 (138) 0013-8000.", MOBILE),
        ("12800138000", Number("written", "12800138000")),
        ("19800138000", Number("mobile", "8619800138000")),
        ("860013800138000", Number("written", "860013800138000")),
        ("01088886666", BEIJING),
        ("861088886666", BEIJING),
        ("+8601088886666", BEIJING),
        ("0108888666", Number("fixed", "86108888666", "010")),
        ("07318881234", CHANGSHA),
        ("867318881234", CHANGSHA),
        ("8607318881234", CHANGSHA),
        ("06008881234", Number("written", "06008881234")),
        ("+8606008881234", Number("written", "8606008881234")),
        ("4006123456", Number("service", "4006123456")),
        ("+864006123456", Number("service", "4006123456")),
        ("8008100800", Number("service", "8008100800")),
        ("04006123456", Number("written", "04006123456")),
        ("+85221234567", Number("abroad", "85221234567")),
        ("0085221234567", Number("abroad", "85221234567")),
        ("85221234567", Number("written", "85221234567")),
        ("+12345", Number("abroad", "12345")),
        ("+1234", Number("written", "1234")),
        ("001234", Number("written", "001234")),
        ("+123456789012345", Number("abroad", "123456789012345")),
        ("+1234567890123456", Number("written", "1234567890123456")),
        ("10086", Number("written", "10086")),
        ("88886666", Number("written", "88886666")),
        ("", Number("withheld", "")),
        ("anonymous", Number("withheld", "")),
        ("+", Number("withheld", "")),
        ("138+00138000", Number("withheld", "")),
        ("１３８００１３８０００", Number("withheld", "")),
    ],
)
def test_numbers(text: str, expected: Number) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("88886666", BEIJING),
        ("8888666", Number("fixed", "86108888666", "010")),
        ("18886666", Number("written", "18886666")),
        ("98886666", Number("written", "98886666")),
        ("888866", Number("written", "888866")),
        ("+8888666", Number("abroad", "8888666")),
    ],
)
def test_numbers_local_to_the_own_area(text: str, expected: Number) -> None:
    assert normalise(text, own_area="010") == expected


def test_one_number_has_one_identity_and_some_have_none() -> None:
    assert normalise("013800138000").identity == normalise("+86 138 0013 8000").identity
    assert normalise("+4006123456").identity != normalise("4006123456").identity
    assert normalise("123456789012345").identity is not None
    assert normalise("1234567890123456").identity is None
    assert normalise("").identity is None


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        ("2026-11-23T01:30:59+00:00", "Asia/Shanghai", "2026-11-23 09:30"),
        ("2026-03-29T00:59:59+00:00", "Europe/Berlin", "2026-03-29 01:59"),
        ("2026-03-29T01:00:00+00:00", "Europe/Berlin", "2026-03-29 03:00"),
        ("2026-10-25T00:30:00+00:00", "Europe/Berlin", "2026-10-25 02:30"),
        ("2026-10-25T01:30:00+00:00", "Europe/Berlin", "2026-10-25 02:30"),
        ("2026-04-04T14:45:00+00:00", "Australia/Lord_Howe", "2026-04-05 01:45"),
        ("2026-04-04T15:15:00+00:00", "Australia/Lord_Howe", "2026-04-05 01:45"),
        ("2011-12-30T09:59:59+00:00", "Pacific/Apia", "2011-12-29 23:59"),
        ("2011-12-30T10:00:00+00:00", "Pacific/Apia", "2011-12-31 00:00"),
        ("1999-12-31T15:59:59+00:00", "Asia/Shanghai", "2000-01-01 00:00"),
        ("2099-12-31T16:00:00+00:00", "Asia/Shanghai", "2099-12-31 23:59"),
        ("2099-12-31T16:00:00+00:00", "America/New_York", "2099-12-31 11:00"),
    ],
)
def test_clock(at: str, zone: str, expected: str) -> None:
    assert local_minute(posix(at), zone) == datetime.fromisoformat(expected)


def test_clock_takes_any_time() -> None:
    assert local_minute(-1e18, "Asia/Shanghai") == datetime(2000, 1, 1)
    assert local_minute(float("inf"), "Asia/Shanghai") == datetime(2099, 12, 31, 23, 59)
    assert local_minute(1795397459.999, "UTC") == local_minute(1795397459, "UTC")


def test_periods() -> None:
    sunday = datetime(2026, 11, 29, 23, 59)
    assert period_start("day", sunday) == date(2026, 11, 29)
    assert period_start("week", sunday) == date(2026, 11, 23)
    assert period_start("month", sunday) == date(2026, 11, 1)


def furthest(weights: tuple[int, ...]) -> Fraction:
    """How far a branch ever is from its share, in calls."""
    served = [0] * len(weights)
    worst = Fraction(0)
    for n, branch in enumerate(order(weights), 1):
        served[branch] += 1
        worst = max(worst, *(abs(s - Fraction(n * w, sum(weights))) for s, w in zip(served, weights, strict=True)))
    return worst


def test_order_of_the_golden_vector_stays_within_one_call() -> None:
    assert furthest((3, 30, 2, 1, 32, 1, 1, 30)) < 1


def test_order_of_any_weights_stays_within_one_call() -> None:
    chance = random.Random(20261123)
    for _ in range(200):
        weights = tuple(chance.randint(1, 40) for _ in range(chance.randint(1, 9)))
        assert furthest(weights) < 1, weights


def test_order_is_of_the_reduced_weights_and_comes_again() -> None:
    assert order((6000, 4000)) == order((3, 2)) == (0, 1, 0, 0, 1)
    assert [branch_of(ticket, (50, 50)) for ticket in range(5)] == [0, 1, 0, 1, 0]


LIST = b"""# \xe5\x90\x8d\xe5\x8d\x95
010-8888-66xx
+852 2123 4567\r
  1380013xxxx  # all of them

10086"""


@pytest.mark.parametrize(
    ("caller", "listed"),
    [
        ("01088886600", True),
        ("+861088886699", True),
        ("88886650", True),
        ("01088886700", False),
        ("0085221234567", True),
        ("13800130000", True),
        ("8613800139999", True),
        ("1380013000", False),
        ("10086", True),
        ("010086", False),
        ("", False),
    ],
)
def test_lines_of_a_list_file(caller: str, listed: bool) -> None:
    assert Entries((list_file("list.txt", LIST),)).hold(normalise(caller, own_area="010")) is listed


CHINA = Calendar("china", None, (), None)


@pytest.mark.parametrize(
    ("day", "off", "worked"),
    [
        (date(2026, 10, 1), True, False),  # a Thursday
        (date(2026, 10, 3), True, False),  # a Saturday
        (date(2026, 10, 10), False, True),  # a Saturday that is worked
        (date(2026, 10, 17), False, False),
        (date(2026, 10, 8), False, True),
        (date(2004, 1, 1), True, False),
        (date(2003, 10, 1), False, True),  # before the data
        (date(2027, 10, 1), False, True),  # after it
    ],
)
def test_days_of_china(day: date, off: bool, worked: bool) -> None:
    assert (is_day_off(CHINA, day), is_workday(CHINA, day)) == (off, worked)


def by_caller(name: str, shares: str) -> tuple[Plan, Split]:
    destinations = "destination a = 13912345678 destination b = 13912345679 destination c = 13912345680"
    text = f'plan "P" {{ number 4006123456 {destinations} route {{ otherwise -> split {name} by caller {shares} }} }}'
    checked, _ = program(PlanFiles(text))
    plan = checked.plans[0]
    target = plan.rules[0].target
    assert isinstance(target, Split)
    return plan, target


def test_callers_are_spread_by_the_shares() -> None:
    plan, split = by_caller("one", "{ 50% a, 30% b, 20% c }")
    reached = Counter(branch_of_caller(plan, split, normalise(f"138{number:08}")) for number in range(20_000))
    assert all(abs(reached[branch] - 20_000 * share) < 400 for branch, share in enumerate((0.5, 0.3, 0.2)))


def test_each_split_spreads_callers_by_itself() -> None:
    callers = [normalise(text) for text in ("13800138000", "4006123456", "10086", "+85221234567", "9" * 20, "8" * 20)]
    callers += [normalise(f"0731{number}") for number in range(80000000, 80000040)]
    half = "{ 50% a, 50% b }"
    splits = [by_caller("one", half), by_caller("two", half), by_caller("", half), by_caller("one", "{ 49% a, 51% b }")]
    ways = {tuple(branch_of_caller(plan, split, caller) for caller in callers) for plan, split in splits}
    assert len(ways) == len(splits)


def test_one_caller_has_one_branch_however_written() -> None:
    plan, split = by_caller("one", "{ 50% a, 30% b, 20% c }")
    for number in range(100):
        forms = (f"138001380{number:02}", f"+86 138 0013 80{number:02}", f"0138-0013-80{number:02}")
        assert len({branch_of_caller(plan, split, normalise(form)) for form in forms}) == 1
