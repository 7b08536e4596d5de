"""Pages as tests look at them: README.md and those of docs/."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from .scripts import load_script

TOP = Path(__file__).resolve().parent.parent
DOCS = TOP / "docs"
COMMANDS = load_script("page_commands")
UPDATE = load_script("update_readme")
PAGES: list[Path] = UPDATE.pages()
MEASURED = ("benchmarks/RESULTS.md", "benchmarks/decision-cost.svg")
VARYING = re.compile(r"published days of `china` end with \d{4}-\d{2}-\d{2}")  # with the package that has them
DIGEST = re.compile(r"tables [0-9a-f]{12}$", re.MULTILINE)  # with the format of tables


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def steady(page: str) -> str:
    """A page without what changes when data that it depends on are updated."""
    return DIGEST.sub("tables of a digest", VARYING.sub("published days of `china` end with a day", page))


def python_of(page: str) -> str:
    """The Python sessions of a page, one below the other."""
    return "\n".join(text for kind, text in COMMANDS.blocks(page) if kind in ("pycon", "python"))


def failures_of(page: str, name: str) -> int:
    """How many statements of a page's Python, run in this folder, print something else than the page says."""
    test = doctest.DocTestParser().get_doctest(python_of(page), {}, name, name, 0)
    assert test.examples
    return doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed


def links_of(page: str) -> list[str]:
    """Where the links of a page lead, within the project."""
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page, flags=re.MULTILINE | re.DOTALL)
    return [target for target in re.findall(r"\]\(([^()\s]+)\)", prose) if "://" not in target]


def is_measured(target: str) -> bool:
    """Whether a link leads to what only `make peers` and `make results` write, so that it may not be there yet."""
    return target.removeprefix("../") in MEASURED


def anchors_of(page: str) -> set[str]:
    """What a link to a page may name: its headings, as readers of Markdown call them, and its own anchors."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', page))
