"""The command `callplan`: its entry point and its statuses; tested by tests/test_command.py.

0: fine; 1: the plan has errors, something got slower, or is not as it should be; 2: called wrongly, or a file named on
the command line cannot be read or written, nor what the command prints to.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from . import __version__
from .command_activate import activate
from .command_bench import bench
from .command_compile import build, check
from .command_completion import COMPLETE_VARIABLE, PROGRAM, answer_shell, completion
from .command_explain import explain
from .command_files import Unusable
from .command_output import to_stderr
from .command_route import route
from .command_shared import calls, end, usage
from .command_state import state
from .command_test import test
from .runtime.errors import CallplanError

INTERRUPTED = 130  # as a shell reports a process that Ctrl-C ended
CLOSED_PIPE = 141  # and one that wrote to a pipe which nobody reads

EPILOG = """\b
Examples:
  callplan check examples/
  callplan build examples/hotline.plan -o hotline.tables
  callplan route hotline.tables 4006555000 0731-8888-1234 --at 2026-11-23T09:30
  callplan explain hotline.tables 4006555000 13900001111
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name=PROGRAM)
def cli() -> None:
    """Compile the routing plans of 400 service numbers, and ask where their calls go and why."""


for command in (check, build, route, explain, test, bench, state, activate, calls, usage, end, completion):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave the process with its status."""
    sys.stdout, sys.stderr = _writable(sys.stdout, os.O_RDONLY), _writable(sys.stderr, os.O_WRONLY)
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _complain("interrupted")
        status = INTERRUPTED
    except BrokenPipeError:
        status = CLOSED_PIPE
        _let_go()
    except OSError as error:  # what the command was asked to read or to write has errors of its own
        reason = (error.strerror or "unknown reason").lower()
        _complain(f"Error: cannot write the output: {reason}")
        status = Unusable.exit_code
        _let_go()
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    # Not cli.main, which would end a closed pipe with the status of a plan's errors.
    try:
        if instruction := os.environ.get(COMPLETE_VARIABLE):
            return answer_shell(cli, instruction)
        with cli.make_context(PROGRAM, list(arguments)) as context:
            status = cli.invoke(context)
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CallplanError as error:
        Unusable(str(error)).show()
        return Unusable.exit_code
    return int(status)


def _writable(stream: TextIO | None, closed: int) -> TextIO:
    """A stream that takes any text: what its encoding lacks is escaped.

    `closed`: how the null device is opened in place of one that the command was started without: for writing, so that
    what is written is lost, or for reading, so that writing fails as to any file that cannot be written.
    """
    if stream is None:
        return os.fdopen(os.open(os.devnull, closed), "w", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _complain(text: str) -> None:
    with suppress(OSError):  # nobody can be told
        to_stderr(text)


def _let_go() -> None:
    """What is still buffered must not fail once more when the interpreter closes its streams."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
