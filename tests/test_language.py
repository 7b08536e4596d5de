"""The language reference: its examples are plans, its tables are those of the code, its rules are all there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import callplan
from callplan.compiler import syntax
from callplan.compiler.messages import CATALOGUE
from callplan.compiler.parse import parse
from callplan.compiler.source import Source

from .scripts import load_script

TOP = Path(__file__).resolve().parent.parent
PAGE = (TOP / "grammar" / "language.md").read_text(encoding="utf-8")
STATEMENTS = PAGE[PAGE.index("\n## 9.") : PAGE.index("\n## 10.")]
EXAMPLES = dict(re.findall(r"\n### (\w+)\n\n```\n(.*?)```", STATEMENTS, re.DOTALL))
OUTSIDE = ("import", "operator")
INSIDE = [name for name in EXAMPLES if name not in OUTSIDE]
SHARED = ("area", "schedule", "calendar", "list", "announcement", "destination")
FILES = dict(re.findall(r"```\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
NUMBER_FORMS = re.search(r"```\n(01062345678 .*)\n```", PAGE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the page shows."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_tables_are_those_of_the_code() -> None:
    assert load_script("update_reference").updated(PAGE) == PAGE, "run scripts/update_reference.py"


def test_every_code_is_documented() -> None:
    assert set(re.findall(r"^\| ([EWN]\d{3}) \|", PAGE, re.MULTILINE)) == set(CATALOGUE.messages)


def test_the_plan_compiles(folder: Path) -> None:
    assert set(FILES) == {"acme.plan", "common.plan", "pranks.txt"}
    assert [found.code for found in callplan.compile(folder / "acme.plan").diagnostics] == ["N401"]


def test_every_statement_has_an_example() -> None:
    assert len(EXAMPLES) == STATEMENTS.count("\n### ")
    assert len(INSIDE) == len(get_args(syntax.Statement))
    assert {*OUTSIDE, *SHARED} == EXAMPLES.keys() - {
        "number", "timezone", "blacklist", "block", "quota", "route", "forward", "expect",
    }  # fmt: skip
    assert len({*OUTSIDE, *SHARED}) == len(get_args(syntax.Declaration)) + 1


@pytest.mark.parametrize("name", INSIDE)
def test_examples_are_read(name: str) -> None:
    file, diagnostics = parse(Source("example", f'plan "P" {{\n{EXAMPLES[name]}}}\n'))
    assert diagnostics == []
    assert all(statement.span.text.startswith(name) for statement in file.plans[0].statements)


@pytest.mark.parametrize("name", [*OUTSIDE, *SHARED])
def test_examples_of_what_stands_outside_plans_are_read(name: str) -> None:
    file, diagnostics = parse(Source("example", EXAMPLES[name]))
    assert diagnostics == []
    found = [*file.imports, *file.declarations]
    assert found
    assert all(each.span.text.startswith(name) for each in found)


def test_the_examples_are_one_plan_that_does_what_it_expects(folder: Path) -> None:
    inside = "\n".join(EXAMPLES[name] for name in INSIDE)
    plan = folder / "examples.plan"
    plan.write_text(f'{EXAMPLES["import"]}\n{EXAMPLES["operator"]}\nplan "P" {{\n{inside}}}\n', encoding="utf-8")
    assert [(found.code, found.message) for found in callplan.compile(plan).diagnostics if found.code != "N401"] == []
    outside = "\n".join(EXAMPLES[name] for name in (*OUTSIDE, *SHARED))
    inside = "\n".join(EXAMPLES[name] for name in INSIDE if name not in SHARED)
    plan.write_text(f'{outside}\nplan "P" {{\n{inside}}}\n', encoding="utf-8")
    assert [(found.code, found.message) for found in callplan.compile(plan).diagnostics if found.code != "N401"] == []


def test_the_forms_of_one_number_are_one_caller() -> None:
    assert NUMBER_FORMS is not None
    forms = re.split(r" {3,}", NUMBER_FORMS[1])
    assert len(forms) == 7
    statements = "destination a = 13912345678 blacklist { 010-6234-5678 } route { otherwise -> a }"
    text = f'plan "P" {{ number 4006123456 {statements} }}'
    with callplan.Engine(callplan.compile_text(text)) as engine:
        assert {engine.peek("4006123456", form).reason for form in forms} == {"blacklisted"}


def test_rules_are_named_once() -> None:
    anchors = re.findall(r'<a id="([^"]+)">', PAGE)
    assert len(anchors) == len(set(anchors))
    for rule in re.findall(r"(?<![\d.`])([2-8]\.\d+)(?![\d%])", PAGE):
        assert f"r{rule}" in anchors, rule


def test_rules_that_the_code_names_are_there() -> None:
    anchors = set(re.findall(r'<a id="r([\d.]+)">', PAGE))
    named: dict[str, str] = {}
    for folder in ("compiler", "runtime", "tests"):
        for path in (TOP / folder).rglob("*.p*"):
            if path.suffix in (".py", ".pyx", ".pxd", ".pyi"):
                found = re.findall(r"language\.md,? (?:sections? )?(\d\.\d+)", path.read_text(encoding="utf-8"))
                named.update(dict.fromkeys(found, str(path)))
    assert {rule: path for rule, path in named.items() if rule not in anchors} == {}
    assert named
