"""CAUGHT.md: which test caught each mutant, as the last runs saw it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from .table import Mutant

PAGE = Path(__file__).parent / "CAUGHT.md"

_HEAD = """\
# Which test catches each mutant

Written by `make mutants`: each mistake below was made in a copy of the sources, and the test beside it was the first to
see a decision or a count that is not what the language says.

| Mutant | What it gets wrong | In | Caught by |
|---|---|---|---|
"""
_ROW = re.compile(r"^\| ([^|]+?) \| [^|]+ \| `[^|]+` \| `([^`]+)` \|$", re.MULTILINE)


def write(mutants: Sequence[Mutant], caught: Mapping[str, str | None]) -> None:
    """Write the page; `caught`: for each mutant's name the test that caught it, as pytest names it."""
    tests = [(mutant, caught.get(mutant.name)) for mutant in mutants]
    rows = [f"| {mutant.name} | {mutant.does} | `{mutant.file}` | `{test}` |\n" for mutant, test in tests if test]
    PAGE.write_text(_HEAD + "".join(rows), encoding="utf-8")


def known() -> dict[str, str]:
    """What the page says: by mutant the test that caught it."""
    return dict(_ROW.findall(PAGE.read_text(encoding="utf-8"))) if PAGE.exists() else {}
