"""The one loop over the grammar's tables: what it reads is what the careful reader reads, and it reads no mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from callplan.compiler import straight
from callplan.compiler.characters import clean
from callplan.compiler.reader import Reader
from callplan.compiler.source import Source

from . import random_folders

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("*.plan"))
TEXTS = [path.read_text(encoding="utf-8") for path in EXAMPLES]
TEXTS += [text for name, text in random_folders.texts(5).items() if name.endswith(".plan")]


@pytest.mark.parametrize("text", TEXTS)
def test_it_reads_what_the_careful_reader_reads(text: str) -> None:
    source = Source("a.plan", text)
    cleaned = clean(source).text
    reader = Reader(source, cleaned)
    assert straight.read(source, cleaned) == (reader.read(), reader.diagnostics)


def test_mistakes_in_values_are_told() -> None:
    source = Source("a.plan", 'plan "P" { quota 99999999999 calls per day }')
    found = straight.read(source, source.text)
    assert found is not None
    assert [problem.code for problem in found[1]] == ["E015"]


@pytest.mark.parametrize(
    "text",
    [
        'plan "P" {',
        'plan "P" { } }',
        'plan "P" { area route { hunan } }',
        'plan "P" { route { otherwise => a } }',
        'plan "P" { § }',
        "area a { " + "hunan, " * 2 + ", }",
        'plan "P" { route { ' + "(" * 70 + "during a" + ")" * 70 + " -> b } }",
    ],
)
def test_it_gives_up_on_what_does_not_fit(text: str) -> None:
    assert straight.read(Source("a.plan", text), text) is None
