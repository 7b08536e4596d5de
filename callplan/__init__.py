"""Routing plans of 400 service numbers: compile a plan, then ask where each call goes. Tested by tests/test_api.py.

    tables = callplan.compile("acme.plan")
    with callplan.Engine(tables) as engine:
        decision = engine.route("4006123456", "13800138000")

Importing this and opening an engine load no part of the compiler.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from .runtime.decision import Decision
from .runtime.engine import Engine
from .runtime.errors import CallplanError, NumberingError, PlanError, StateError, TablesError
from .runtime.explain import Step
from .runtime.tables import Tables

if TYPE_CHECKING:
    from .compiler.build import BuildResult

__version__ = "0.1.0"

__all__ = [
    "CallplanError",
    "Decision",
    "Engine",
    "NumberingError",
    "PlanError",
    "StateError",
    "Step",
    "Tables",
    "TablesError",
    "__version__",
    "compile",
    "compile_text",
]


def compile(
    *paths: str | PathLike[str],
    root: str | PathLike[str] | None = None,
    jobs: int = 1,
    keep: str | PathLike[str] | None = None,
) -> Tables:
    """The tables of one or more plan files, with what was said about them in `.diagnostics` (warnings, notes).

    `root` is the folder that files are named relative to, by default the one of the first file. `jobs`: how many
    processes compile at most, where there is enough to do; 1 starts none, more are Pythons of their own that
    `sys.executable` starts. `keep`: a folder of the user's alone, made where there is none, for what the next call can
    use of files that have not changed; what a call does not use is removed from it. The tables are the same either way.

    Raises PlanError where a plan has errors or a file cannot be read, CallplanError where a process ends before its
    work is done or `keep` cannot be used, TypeError without a path, ValueError for less than one job.
    """
    from .compiler.many import build_many

    if not paths:
        raise TypeError("compile() needs at least one path")
    if jobs < 1:
        raise ValueError("compile() needs at least one job")
    return _tables(build_many(paths, root, jobs=jobs, keep=keep))


def compile_text(text: str) -> Tables:
    """The same from the text of a plan file."""
    from .compiler.build import build_text

    return _tables(build_text(text))


def _tables(result: BuildResult) -> Tables:
    if result.image is None:
        raise PlanError(result.diagnostics)
    return Tables(result.image, result.diagnostics)
