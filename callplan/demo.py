"""A national hotline at work: who calls from where, where they go and why; tested by tests/test_demo.py.

    python -m callplan.demo

Its plan is in the package, so that it runs wherever callplan is installed; every time in it is fixed, so that two runs
print the same.
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

from rich.console import Console
from rich.text import Text

from . import Decision, Engine, compile

PLAN = Path(__file__).with_name("hotline.plan")  # in a checkout a link to the one of examples/
HOTLINE = "4006-555-000"
CHINA = timezone(timedelta(hours=8))
BY_DAY = "2026-11-23T09:30"  # a Monday
BY_NIGHT = "2026-11-23T23:30"

CALLERS = (
    ("010-8888-6666", BY_DAY, "a fixed line in Beijing"),
    ("138 7311 2345", BY_DAY, "a mobile of Changsha, so from Hunan"),
    ("+86 139 0891 1234", BY_DAY, "a mobile of Lhasa, written as a switch abroad would"),
    ("(0571) 8612-3456", BY_DAY, "a PHS handset in Hangzhou: these have fixed-line numbers"),
    ("0086-991-281-2345", BY_DAY, "a fixed line in Urumqi, with the international prefix"),
    ("0 139 2888 1234", BY_DAY, "a mobile of Guangzhou, with the 0 that some switches put in front"),
    ("+852 2123 4567", BY_DAY, "Hong Kong: abroad"),
    ("anonymous", BY_DAY, "a withheld number"),
    ("166 0000 1234", BY_DAY, "a mobile whose prefix the numbering table does not have"),
    ("10086", BY_DAY, "a short number"),
    ("86-13800138000", BY_DAY, "on the blacklist, in another spelling than the plan's"),
    ("139-0000-1111", BY_NIGHT, "a dealer, late in the evening"),
    ("021-5588-1234", BY_NIGHT, "anyone else, late in the evening"),
    ("+1 212 555 0123", BY_NIGHT, "New York, late in the evening by China's clock"),
)

console = Console(highlight=False, soft_wrap=True)


def main() -> None:
    """Print the demo; what the output's encoding does not have is printed as `?`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    tables = compile(PLAN)
    console.print(f"[bold]{PLAN.name}[/] compiled: {len(tables.image):,} bytes of tables answer {HOTLINE}.")
    for show in (show_callers, show_limit, show_quota, show_shares, show_forwards):
        with Engine(tables) as engine:
            show(engine)


def show_callers(engine: Engine) -> None:
    heading("Who calls, and where the call goes")
    for caller, at, who in CALLERS:
        console.print(f"[bold]{caller}[/]  {who}")
        for step in engine.explain(HOTLINE, caller, instant(at)):
            console.print(Text(f"  {step.kind:9}  {step.outcome}", style="green" if step.kind == "result" else ""))
            if step.file is not None:
                console.print(Text(f"             {step.line:>3} | {step.text}", style="dim"))
        console.print()


def show_limit(engine: Engine) -> None:
    heading("A limit: the night desk has two phones")
    at = instant(BY_NIGHT)
    calls = []
    for dealer in ("139-0000-1111", "0731-8888-1234", "021-5888-4321"):
        decision = engine.route(HOTLINE, dealer, at)
        calls.append(decision.call)
        console.print(f"  {dealer:15} {words(decision)}")
    engine.end(calls[0])
    console.print("  the first of them hangs up")
    console.print(f"  {'021-5888-4321':15} {words(engine.route(HOTLINE, '021-5888-4321', at))}")


def show_quota(engine: Engine) -> None:
    heading("A quota: 5,000 calls a day")
    at = instant(BY_DAY)
    for _ in range(5000):
        engine.end(engine.route(HOTLINE, "010-8888-6666", at).call)
    used = engine.usage()[0]
    console.print(f"  {used.used:,} of {used.allowed:,} calls of {used.period} are used")
    console.print(f"  one more call   {words(engine.route(HOTLINE, '010-8888-6666', at))}")
    console.print(f"  a day later     {words(engine.route(HOTLINE, '010-8888-6666', at + 86400))}")


def show_shares(engine: Engine) -> None:
    heading("Shares: 60% and 40% of callers whose area is not known")
    at = instant(BY_DAY)
    shares: Counter[str | None] = Counter()
    for call in range(1, 1001):
        decision = engine.route(HOTLINE, "anonymous", at)
        shares[decision.destination] += 1
        engine.end(decision.call)
        if call in (10, 100, 1000):
            console.print(f"  after {call:>5,} calls  {bars(shares, call)}")


def show_forwards(engine: Engine) -> None:
    heading("Forwarding: busy, then no answer, then busy again")
    decision = engine.route(HOTLINE, "010-8888-6666", instant(BY_DAY))
    call = decision.call
    console.print(f"  {'the call':10} {words(decision)}")
    console.print(f"  {'busy':10} {words(engine.busy(call))}")
    console.print(f"  {'no answer':10} {words(engine.no_answer(call))}")
    console.print(f"  {'busy':10} {words(engine.busy(call))}")


def heading(text: str) -> None:
    console.print()
    console.print(Text(text, style="bold cyan"))
    console.print()


def bars(shares: Counter[str | None], calls: int) -> str:
    parts = (f"{name} {'█' * round(20 * count / calls)} {count}" for name, count in sorted(shares.items(), key=str))
    return "   ".join(parts)


def words(decision: Decision) -> str:
    if decision.action == "connect":
        return f"-> {decision.destination}, {decision.number} ({decision.reason})"
    return f"-> announce {decision.announcement}, {decision.media} ({decision.reason})"


def instant(local: str) -> float:
    """POSIX seconds of a time in China."""
    return datetime.fromisoformat(local).replace(tzinfo=CHINA).timestamp()


if __name__ == "__main__":
    main()
