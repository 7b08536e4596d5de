"""Every diagnostic is documented by a plan that gives it, and docs/diagnostics.md shows what is said of that plan."""

from __future__ import annotations

import re

import pytest

from callplan.compiler.messages import CATALOGUE

from .pages import DOCS, steady, text_of
from .scripts import load_script

PAGE = load_script("diagnostics_page")
EXAMPLES = PAGE.examples()
TEXT = text_of(DOCS / "diagnostics.md")


def test_the_page_is_up_to_date() -> None:
    assert steady(PAGE.page()) == steady(TEXT), "run scripts/update_reference.py"


def test_every_code_has_an_example_and_the_other_way() -> None:
    assert EXAMPLES.keys() == CATALOGUE.messages.keys()
    assert sorted(re.findall(r"^### (\w+)$", TEXT, re.MULTILINE)) == sorted(CATALOGUE.messages)


@pytest.mark.parametrize("code", CATALOGUE.messages)
def test_an_example_gives_its_code_and_no_other(code: str) -> None:
    section = re.search(rf"^### {code}\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert section is not None
    assert set(PAGE.codes(section[1])) == {code, *EXAMPLES[code].also}


@pytest.mark.parametrize("code", CATALOGUE.messages)
def test_an_example_says_more_than_the_sentence(code: str) -> None:
    assert EXAMPLES[code].why.endswith(".")
    assert EXAMPLES[code].why.rstrip(".").lower() not in CATALOGUE.messages[code].lower()
