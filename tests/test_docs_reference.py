"""The pages of docs/ that are written by scripts are up to date, and nothing public is missing there."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
import pytest

import callplan
from callplan.__main__ import cli
from callplan.compiler.diagnostics import Diagnostic, Related
from callplan.compiler.source import Source, Span
from callplan.runtime import layout
from callplan.runtime.call_records import CallInProgress
from callplan.runtime.usage import Usage

from .pages import DOCS, text_of
from .scripts import load_script

API = load_script("api_page")
COMMAND = load_script("command_page")
API_TEXT = text_of(DOCS / "api.md")
COMMAND_TEXT = text_of(DOCS / "command.md")
SHOWN = {  # what is imported from callplan, and what one gets from it
    **{name: getattr(callplan, name) for name in callplan.__all__ if inspect.isclass(getattr(callplan, name))},
    **{each.__name__: each for each in (Usage, CallInProgress, Diagnostic, Related, Span, Source)},
}


def test_the_api_is_up_to_date() -> None:
    assert API.page() == API_TEXT, "run scripts/update_reference.py"


def test_the_command_is_up_to_date() -> None:
    assert COMMAND.page() == COMMAND_TEXT, "run scripts/update_reference.py"


@pytest.mark.parametrize("name", callplan.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert re.search(rf"^### callplan\.{name}$|^`callplan\.{name}` is ", API_TEXT, re.MULTILINE)


def _section(title: str) -> str:
    found = re.search(rf"^### (?:callplan\.)?{title}\n(.*?)(?=^##?#? |\Z)", API_TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


@pytest.mark.parametrize("name", SHOWN)
def test_every_public_attribute_is_documented(name: str) -> None:
    own = [part for part in vars(SHOWN[name]) if not part.startswith("_")]
    own += [field for field in getattr(SHOWN[name], "__dataclass_fields__", {}) if not field.startswith("_")]
    section = _section(name)
    missing = [part for part in own if f"| `{part}` |" not in section and f"\n{name}.{part}(" not in section]
    assert missing == []


def test_the_rows_of_a_batch_are_documented() -> None:
    section = _section("The rows of a batch")
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(layout.DECISION.names or ())


def commands(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{prefix} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")


@pytest.mark.parametrize(("title", "command"), list(commands(cli, "callplan")), ids=str)
def test_every_command_and_option_is_documented(title: str, command: click.Command) -> None:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", COMMAND_TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert f"`{option}`" in found[1], option
