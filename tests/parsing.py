"""Parses texts for tests: whole files, single statements, and texts with mistakes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from callplan.compiler import syntax
from callplan.compiler.diagnostics import Diagnostic
from callplan.compiler.parse import parse
from callplan.compiler.source import Source, Span

PLAN = """
# acme.plan
import "common.plan"

operator { forward destinations 4, per cause 3, per call 3, }
destination central = 010-8888-0000 limit 100 announce full
list staff { 13700000000, file "staff.txt" }
area coast { 上海, 福建 except 0591 }
calendar company extends china { holiday 2026-12-25, 2026-12-31, workday 2026-12-27, }
schedule shared { workdays company 09:00-18:00 }
announcement closed = "closed.wav"

plan "ACME after-sales" {
    number 4006-123-456, 4006123457
    timezone "Asia/Shanghai"  # the default

    destination beijing  = 010-6234-5678 limit 30
    destination shanghai = 021-5234-5678 limit 20 announce shanghai_busy
    destination duty     = +852-2123-4567
    destination agents   = "sip:agents@pbx.acme.cn" announce full

    announcement shanghai_busy = "acme/shanghai-busy.wav"
    announcement quota = "quota.wav"

    list vip     { 13900001111, 0731-8888-1234, friends, }
    list friends { }
    list pranks  { 1380013xxxx, +1212xxxx, file "pranks.txt", staff }
    blacklist    { 13800138000 } announce blocked
    block from 海南, 0991 announce blocked
    block not during office

    quota 20000 calls per month
    quota  6000 calls per week announce quota
    quota 100 answered calls per day

    area north { 北京, 天津, 0311, }
    area south { 广东, guangxi except 0755, mobile }

    schedule office {
        mon-fri, 2026-10-10 09:00-12:00, 13:30-18:00
        sat            10:00-16:00
        except 2026-12-24..2026-12-26
        12-24..01-02, fri-mon
        first mon, last fri, day 1, 15, last 09:00-10:00
        workdays china, day last
        except holidays own
        third tue
    }
    calendar own { holiday 2026-12-25..2026-12-31 workday 2026-12-27 }
    schedule night { daily 22:00-06:00 }

    route {
        caller in vip and not (from abroad or from unknown) -> beijing or duty
        from north, 湖南 except 0731, fixed or during office and caller in friends -> beijing or announce closed
        during office -> split { 60% beijing, 33.5% shanghai or beijing, 6.50% announce full, }
        during night  -> split evenly { beijing, shanghai or duty }
        from coast    -> split half by caller { 50% beijing, 50% split evenly { duty, route { otherwise -> a } or b } }
        from shared   -> beijing or route {
            during night -> announce closed
            otherwise    -> split rest evenly { duty, agents, }
        }
        otherwise     -> duty or split { 100% agents }
    }

    forward busy                -> shanghai, duty
    forward no-answer after 20s -> duty
    forward unreachable         -> duty

    expect {
        13800138000 at 2026-11-23 09:30 -> announce blacklisted
        +86-010-88886666 at 2026-11-23 09:30 -> beijing busy -> shanghai no-answer -> duty
        from 广东, 福建 except 0591 at 2026-11-23 09:30 -> split { 60% beijing, 40% announce full, }
        from abroad at 2026-12-25 00:00 -> central full -> duty unreachable -> announce unreachable
    }
}

plan "空" { }
"""


def statements(text: str) -> tuple[syntax.Statement, ...]:
    file, problems = parse(Source("a.plan", f'plan "a" {{ {text} }}'))
    assert [problem.message for problem in problems] == []
    (plan,) = file.plans
    assert plan.broken == ()
    return plan.statements


def one(text: str) -> Any:
    (statement,) = statements(text)
    assert statement.span.text == text
    return statement


def condition(text: str) -> Any:
    return one(f"block {text}").condition


def target(text: str) -> Any:
    (rule,) = one(f"route {{ otherwise -> {text} }}").rules
    assert rule.condition is None
    assert rule.span.text == f"otherwise -> {text}"
    return rule.target


def outside(text: str) -> syntax.File:
    file, problems = parse(Source("a.plan", text))
    assert [problem.message for problem in problems] == []
    assert file.broken == ()
    return file


def nodes(value: object) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from nodes(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, Span | Source):
        yield value
        for field in dataclasses.fields(value):
            yield from nodes(getattr(value, field.name))


def read(text: str) -> tuple[syntax.File, list[Diagnostic]]:
    file, problems = parse(Source("a.plan", text))
    places = [(problem.span.start, problem.span.end) for problem in problems if problem.span]
    assert len(places) == len(problems)
    assert places == sorted(places, key=lambda place: place[0])
    assert all(0 <= start <= end <= len(text) for start, end in places)
    return file, problems


def said(problem: Diagnostic) -> str:
    return f"{problem.code} {problem.message}" + (f"; {problem.help}" if problem.help else "")


def marked(problem: Diagnostic) -> str:
    assert problem.span
    return problem.span.text


def in_plan(statements: str) -> tuple[syntax.Plan, list[Diagnostic]]:
    file, problems = read(f'plan "a" {{\n{statements}\n}}')
    (plan,) = file.plans
    return plan, problems


def kinds(plan: syntax.Plan) -> list[str]:
    return [type(statement).__name__ for statement in plan.statements]
