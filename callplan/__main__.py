"""The command `callplan`: its entry point and its statuses; tested by tests/test_command.py.

0: fine; 1: the plan has errors; 2: called wrongly, or a file named on the command line cannot be read or written.
"""

from __future__ import annotations

import os
import sys

import click

from . import __version__
from .command_compile import build, check
from .command_explain import explain
from .command_files import Unusable
from .command_output import to_stderr
from .command_route import route
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
@click.version_option(__version__, prog_name="callplan")
def cli() -> None:
    """Compile the routing plans of 400 service numbers, and ask where their calls go and why."""


for command in (check, build, route, explain, test):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave the process with its status."""
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        to_stderr("interrupted")
        status = INTERRUPTED
    except BrokenPipeError:
        # What is still buffered must not fail once more when the interpreter closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = CLOSED_PIPE
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    # Not cli.main, which would end a closed pipe with the status of a plan's errors.
    try:
        with cli.make_context("callplan", list(arguments)) as context:
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


if __name__ == "__main__":
    main()
