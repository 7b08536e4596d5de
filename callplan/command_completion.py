"""`callplan completion`, and what shells complete words to; tested by tests/test_command_completion.py.

The scripts are click's: they run the command with COMPLETE_VARIABLE set, and it prints the words that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

PROGRAM = "callplan"
COMPLETE_VARIABLE = "_CALLPLAN_COMPLETE"
SHELLS = ("bash", "zsh", "fish")

_COMPLETION = """\b
Examples:
  eval "$(callplan completion bash)"

\b
To have it in every shell, add a line to the file that the shell starts with:
  ~/.bashrc                     eval "$(callplan completion bash)"
  ~/.zshrc, below compinit      eval "$(callplan completion zsh)"
  ~/.config/fish/config.fish    callplan completion fish | source
"""

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


@click.command(epilog=_COMPLETION)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the script that makes a shell complete commands, options and files.

    The shell asks `callplan` itself, so the script stays right when callplan gets new options.
    """
    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(context.find_root().command, {}, PROGRAM, COMPLETE_VARIABLE).source(), nl=False)
    return 0


def answer_shell(cli: click.Command, instruction: str) -> int:
    """Print what a completion script asks for; its status."""
    try:
        return shell_complete(cli, {}, PROGRAM, COMPLETE_VARIABLE, instruction)
    except (KeyError, ValueError):  # the other variables, in which a script tells the line, are not there
        message = f"{COMPLETE_VARIABLE} is set: that is for the scripts of `{PROGRAM} completion`, unset it"
        raise click.UsageError(message) from None


def complete_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files and folders, which the shell itself knows best."""
    return [CompletionItem(incomplete, type="file")]


def complete_folders(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="dir")]


def complete_list(words: Sequence[str]) -> Complete:
    """The last word of a list with commas, one of `words`."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + word) for word in words if word.startswith(last)]

    return complete
