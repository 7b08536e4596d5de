"""`callplan test`: what plans expect of their calls; tested by tests/test_command_test.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from .command_files import FILES, ROOT, plan_files, root_of, status
from .command_output import escaped, plan_diagnostics, to_json, to_stdout, working

if TYPE_CHECKING:
    from .compiler.build import BuildResult
    from .compiler.diagnostics import Diagnostic
    from .compiler.source import Span

_TEST = """\b
Examples:
  callplan test examples/hotline.plan
  callplan test --json examples/
"""


class _Counts(NamedTuple):
    """A plan, how many lines its `expect` blocks have, and how many of them failed."""

    plan: str
    file: str
    lines: int
    failed: int


@click.command(epilog=_TEST)
@FILES
@ROOT
@click.option("--json", "as_json", is_flag=True, help="Print the counts and the errors as JSON.")
def test(files: tuple[str, ...], root: str | None, as_json: bool) -> int:
    """Try the calls that plans tell of in their `expect` blocks.

    One line a plan says how many of them go as expected. The status is 1 if one does not, or if a plan has errors:
    then nothing is tried. `check` and `build` try them too.
    """
    from .compiler.build import build

    with working("compiling"):
        result = build(plan_files(files, root), root_of(files, root))
    errors = [each for each in result.diagnostics if each.severity == "error"]
    counts = _counts(result, errors)
    if as_json:
        from .compiler import render

        plans = [{"plan": each.plan, "file": each.file, "lines": each.lines, "failed": each.failed} for each in counts]
        to_json({"plans": plans, "diagnostics": [render.as_json(each) for each in errors]})
    else:
        plan_diagnostics(errors)
        for each in counts:
            to_stdout(escaped(_words(each)))
    return status(errors)


def _counts(result: BuildResult, errors: Sequence[Diagnostic]) -> list[_Counts]:
    """Nothing where an error kept the calls from being tried."""
    from .compiler.expect import is_unmet

    if not all(map(is_unmet, errors)):
        return []
    counts = []
    for plan in result.program.plans:
        failed = sum(each.span is not None and _is_within(each.span, plan.span) for each in errors)
        counts.append(_Counts(plan.name, plan.span.source.shown, len(plan.expects), failed))
    return counts


def _is_within(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end


def _words(counts: _Counts) -> str:
    plan = f'{counts.file}: plan "{counts.plan}"'
    if not counts.lines:
        return f"{plan}: nothing is expected"
    held = f"{counts.lines - counts.failed} of {counts.lines}"
    return f"{plan}: {held} as expected"
