"""The pages of docs/ are true: their commands print what they say, their Python runs, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from callplan.compiler.build import build
from callplan.compiler.diagnostics import has_errors
from callplan.runtime import regions
from callplan.runtime.numbering import share_table

from .pages import (
    COMMANDS,
    DOCS,
    PAGES,
    TOP,
    anchors_of,
    failures_of,
    is_measured,
    links_of,
    python_of,
    steady,
    text_of,
)

WRITTEN = [path for path in PAGES if path.parent == DOCS]
OF_WRITTEN = pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
OF_ALL = pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.stem)


@OF_WRITTEN
def test_commands_print_what_a_page_says(path: Path) -> None:
    page = text_of(path)
    assert steady(COMMANDS.played(page)) == steady(page), "run scripts/update_readme.py"


@pytest.mark.parametrize("path", [path for path in WRITTEN if python_of(text_of(path))], ids=lambda path: path.stem)
def test_python_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = text_of(path)
    with COMMANDS.workplace() as folder:
        for name, text in COMMANDS.files(page).items():
            (folder / name).write_text(text, encoding="utf-8")
        monkeypatch.chdir(folder)
        assert failures_of(page, path.name) == 0
        monkeypatch.undo()


@OF_WRITTEN
def test_nothing_that_could_be_run_is_not(path: Path) -> None:
    for kind, text in COMMANDS.blocks(text_of(path)):
        assert kind in ("", "console", "pycon")
        assert kind != "console" or text.startswith("$ ")
        assert kind != "pycon" or text.startswith(">>> ")
        assert kind or re.match(r"# \S+\.(plan|txt)\n", text), text


@OF_ALL
def test_links_lead_somewhere(path: Path) -> None:
    for link in links_of(text_of(path)):
        target, _, anchor = link.partition("#")
        found = path.parent / target if target else path
        assert found.exists() or is_measured(link), link
        assert not anchor or anchor in anchors_of(text_of(found)), link


def test_every_page_is_named_on_the_first() -> None:
    first = text_of(DOCS / "index.md")
    assert {path.name for path in DOCS.glob("*.md")} - {"index.md"} <= set(links_of(first))


def test_what_the_tutorial_arrives_at_compiles(tmp_path: Path) -> None:
    shown = COMMANDS.files(text_of(DOCS / "tutorial.md"))
    for name, text in shown.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    plans = sorted(tmp_path.glob("*.plan"))
    assert len(plans) >= 3
    assert not has_errors(build(plans).diagnostics)


def test_the_tutorial_ends_with_the_hotline() -> None:
    commands = [command for command, _ in COMMANDS.commands(text_of(DOCS / "tutorial.md"))]
    assert "examples/hotline.plan" in commands[-1]


def test_the_size_of_a_call_is_that_of_the_books() -> None:
    page = text_of(DOCS / "embedding.md")
    assert [int(size) for size in re.findall(r"(\d+) bytes a call", page)] == [regions.CALL_BYTES]


def test_the_table_of_prefixes_is_that_of_the_data() -> None:
    assert share_table() in text_of(DOCS / "callers.md")


def test_goals_of_make_are_there() -> None:
    makefile = text_of(TOP / "Makefile")
    for path in PAGES:
        for goal in re.findall(r"`make ([\w-]+)", text_of(path)):
            assert re.search(rf"^{goal}:", makefile, re.MULTILINE), goal


def test_what_holds_a_promise_is_there() -> None:
    named = re.findall(r"`(tests/\w+(?:\.py)?)`", text_of(DOCS / "state.md"))
    assert len(named) > 20
    assert [name for name in sorted(set(named)) if not (TOP / name).exists()] == []
