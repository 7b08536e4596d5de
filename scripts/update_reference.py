"""Writes what follows from the code: the tables of grammar/language.md, and the reference pages of docs/.

    python scripts/update_reference.py

tests/test_language.py and tests/test_docs_reference.py fail where a page is behind.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import api_page
import command_page
import diagnostics_page

from callplan.compiler.automaton import load
from callplan.compiler.messages import CATALOGUE

PAGE = Path(__file__).resolve().parent.parent / "grammar" / "language.md"
PAGES = (api_page, command_page, diagnostics_page)


def updated(page: str) -> str:
    """The language reference with both tables as they should be."""
    return _replaced(_replaced(page, "codes", _codes()), "reserved words", _reserved_words())


def _codes() -> str:
    rows = [f"| {code} | {sentence.replace('|', chr(92) + '|')} |" for code, sentence in CATALOGUE.messages.items()]
    return "\n".join(["| code | sentence |", "|---|---|", *sorted(rows)])


def _reserved_words() -> str:
    words = ", ".join(f"`{word}`" for word in sorted(load().reserved))
    return textwrap.fill(f"{words}.", 120)


def _replaced(page: str, name: str, text: str) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{begin}\n.*?{end}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no place for {name}")
    return pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", page)


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    for each in PAGES:
        each.PAGE.write_text(each.page(), encoding="utf-8")
