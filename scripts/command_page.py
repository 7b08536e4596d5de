"""Writes docs/command.md: every command with its arguments, options and examples, as `--help` has them.

    python scripts/update_reference.py

Tested by tests/test_docs_reference.py, which fails where the page is behind.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path

import click

from callplan.__main__ import cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "command.md"

HEAD = """# The command

<!-- written by scripts/update_reference.py -->

`callplan COMMAND --help` says the same on a terminal. Results go to standard output, all else to standard error.

| status | |
|---|---|
| 0 | all is fine |
| 1 | a plan has errors, `bench --compare` found something slower, `end` no such call, or `state check` a fault |
| 2 | the command was called wrongly, or a file cannot be read or written, standard output too |
| 130 | it was interrupted |
| 141 | nobody reads its output any more |

There are colours on a terminal only, and none where `NO_COLOR` is set or `TERM` is `dumb`; `FORCE_COLOR` colours files
and pipes too. Characters that the encoding of the output lacks are written as `\\u…`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, _command(cli, "callplan", "Options of all commands")[0], *_commands(cli, "callplan")])


def _commands(group: click.Group, prefix: str) -> list[str]:
    parts = []
    for name, command in group.commands.items():
        if not command.hidden:
            parts += _command(command, f"{prefix} {name}", f"{prefix} {name}")
    return parts


def _command(command: click.Command, name: str, title: str) -> list[str]:
    """The section of a command, and those of the commands in it."""
    context = click.Context(command, info_name=name, **cli.context_settings)
    parts = [f"## {title}\n"]
    if name != "callplan":
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        parts += [f"```\n{usage}\n```\n", _help(command)]
    parts += [_options(command, context, with_help=name == "callplan")]
    if name != "callplan":
        parts += _examples(command.epilog or "")
    nested = _commands(command, name) if isinstance(command, click.Group) and name != "callplan" else []
    return ["\n".join(parts), *nested]


def _help(command: click.Command) -> str:
    """A command's text, its lines as they stand, without click's marks."""
    return f"{inspect.cleandoc(command.help or '').replace(chr(8), '').strip()}\n"


def _options(command: click.Command, context: click.Context, with_help: bool) -> str:
    rows = []
    for parameter in command.get_params(context):
        if (
            isinstance(parameter, click.Option)
            and not parameter.hidden
            and (with_help or "--help" not in parameter.opts)
        ):
            names = ", ".join(f"`{name}`" for name in sorted((*parameter.opts, *parameter.secondary_opts), key=len))
            metavar = "" if parameter.is_flag or parameter.count else f" *{_metavar(parameter)}*"
            rows.append(f"| {names}{metavar} | {(parameter.help or '').replace('|', chr(92) + '|')} |")
    return "\n".join(["| option | |", "|---|---|", *rows]) + "\n" if rows else ""


def _metavar(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return ", ".join(map(str, option.type.choices))
    return option.metavar or option.type.name.upper()


def _examples(epilog: str) -> list[str]:
    """The indented lines of an epilog as blocks, what stands between them as it is."""
    parts = []
    text = re.sub(r"^Examples?:$", "", epilog.replace("\b", ""), flags=re.MULTILINE)
    for lines in re.findall(r"(?:^  .*\n?)+|(?:^\S.*\n?)+", text, re.MULTILINE):
        parts.append(
            f"```\n{textwrap.dedent(lines).rstrip()}\n```\n" if lines.startswith(" ") else f"{lines.rstrip()}\n"
        )
    return parts
