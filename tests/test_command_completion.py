"""`callplan completion`: the scripts, in real shells where they are installed, and the words that they get."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from callplan.__main__ import cli

from .commands import Command
from .processes import PATIENCE, Terminal, on_path

VARIABLE = "_CALLPLAN_COMPLETE"
MARK = "=>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a shell stands: a plan, a folder, and `callplan` on its path, in a folder of its own."""
    (tmp_path / "acme.plan").touch()
    (tmp_path / "plans").mkdir()
    (tmp_path / "bin").mkdir()
    return tmp_path


def needed(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"needs {shell}")
    return found


# What the scripts are told


def words(command: Command, monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """The completions of a line's last word, as bash is told them."""
    parts = line.split(" ")
    monkeypatch.setenv(VARIABLE, "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(parts) - 1))
    ran = command()
    assert (ran.status, ran.err) == (0, "")
    return ran.out.split()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("callplan ", [f"plain,{name}" for name in sorted(cli.commands)]),
        ("callplan e", ["plain,end", "plain,explain"]),
        ("callplan ac", ["plain,activate"]),
        ("callplan activate ac", ["file,ac"]),
        ("callplan activate acme.tables --state ac", ["dir,ac"]),
        ("callplan activate --b", ["plain,--back"]),
        ("callplan calls --state ", ["dir,"]),
        ("callplan usage --p", ["plain,--plan"]),
        ("callplan end 12 --s", ["plain,--state"]),
        ("callplan state cr", ["plain,create"]),
        ("callplan state create ac", ["dir,ac"]),
        ("callplan check --st", ["plain,--strict"]),
        ("callplan check ac", ["file,ac"]),
        ("callplan check acme.plan o", ["file,o"]),
        ("callplan check --root p", ["dir,p"]),
        ("callplan build acme.plan -o a", ["file,a"]),
        ("callplan route ", ["file,"]),
        ("callplan route acme.plan 40", []),
        ("callplan route acme.plan 4006123456 10086 --then b", ["plain,busy"]),
        ("callplan route acme.plan 4006123456 10086 --then busy,no-answer,un", ["plain,busy,no-answer,unreachable"]),
        ("callplan route acme.plan 4006123456 10086 --then=en", ["plain,end"]),
        ("callplan bench acme.plan --calls c", ["file,c"]),
        ("callplan bench acme.plan --compare o", ["file,o"]),
        ("callplan completion ", ["plain,bash", "plain,zsh", "plain,fish"]),
    ],
)
def test_words(command: Command, monkeypatch: pytest.MonkeyPatch, line: str, told: list[str]) -> None:
    assert words(command, monkeypatch, line) == told


def test_words_of_a_line_that_makes_no_sense(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in ("callplan frobnicate x", "callplan route 'a b", "callplan check --no-such-option x", "callplan \x1b["):
        words(command, monkeypatch, line)


def test_the_variable_without_a_shell(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "bash_complete")
    monkeypatch.delenv("COMP_WORDS", raising=False)
    assert f"{VARIABLE} is set" in command("check", "acme.plan").err
    monkeypatch.setenv("COMP_WORDS", "callplan ")
    monkeypatch.setenv("COMP_CWORD", "x")
    assert command().status == 2
    monkeypatch.setenv("COMP_CWORD", "1")
    monkeypatch.setenv(VARIABLE, "tcsh_complete")
    assert (command().status, command().out) == (1, "")


def test_no_script_for_another_shell(command: Command) -> None:
    ran = command("completion", "tcsh")
    assert ran.status == 2
    assert "'bash', 'zsh', 'fish'" in ran.err


# The scripts in shells


BASH = f"""
eval "$(callplan completion bash)"
bind 'set enable-bracketed-paste off'
bind -x '"\\C-x": printf "\\n{MARK}%s{MARK}\\n" "$READLINE_LINE"'
PS1=ready
"""


def bash_completes(folder: Path, typed: str) -> str:
    """What a line becomes in bash when Tab is pressed at its end."""
    (folder / "bin" / "rc").write_text(BASH, encoding="utf-8")
    command = [needed("bash"), "--noprofile", "--rcfile", str(folder / "bin" / "rc"), "-i"]
    shell = Terminal(command, folder, on_path(folder / "bin") | {"INPUTRC": "/dev/null"})
    try:
        shell.until(lambda printed: "ready" in printed)
        shell.type(f"{typed}\t\x18")
        return shell.until(lambda printed: printed.count(MARK) == 2).split(MARK)[1]
    finally:
        shell.close()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("callplan che", "callplan check "),
        ("callplan check --st", "callplan check --strict "),
        ("callplan check ac", "callplan check acme.plan "),
        ("callplan check pl", "callplan check plans/"),
        ("callplan check --root ", "callplan check --root "),
        ("callplan check --root p", "callplan check --root plans/"),
        (
            "callplan route acme.plan 400 10086 --then busy,no",
            "callplan route acme.plan 400 10086 --then busy,no-answer ",
        ),
        ("callplan frob", "callplan frob"),
    ],
)
def test_bash(folder: Path, typed: str, completed: str) -> None:
    assert bash_completes(folder, typed) == completed


ZSH = f"""
autoload -Uz compinit && compinit -u
eval "$(callplan completion zsh)"
unset zle_bracketed_paste
show() {{ print -r -- "{MARK}$BUFFER{MARK}" }}
zle -N show
bindkey '^X' show
PS1=ready
"""


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("callplan che", "callplan check "),
        ("callplan check --st", "callplan check --strict "),
        ("callplan check ac", "callplan check acme.plan "),
    ],
)
def test_zsh(folder: Path, typed: str, completed: str) -> None:
    zsh = needed("zsh")
    (folder / "bin" / ".zshrc").write_text(ZSH, encoding="utf-8")
    shell = Terminal([zsh, "-d", "-i"], folder, on_path(folder / "bin") | {"ZDOTDIR": str(folder / "bin")})
    try:
        shell.until(lambda printed: "ready" in printed)
        shell.type(f"{typed}\t\x18")
        said = shell.until(lambda printed: printed.count(MARK) == 2).split(MARK)[1]
    finally:
        shell.close()
    assert said == completed


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("callplan che", ["check"]),
        ("callplan check --st", ["--strict"]),
        ("callplan check ac", ["acme.plan"]),
        ("callplan completion ", ["bash", "fish", "zsh"]),
    ],
)
def test_fish(folder: Path, typed: str, completed: list[str]) -> None:
    line = f"callplan completion fish | source; complete --do-complete '{typed}'"
    options = {"cwd": folder, "env": on_path(folder / "bin"), "capture_output": True, "text": True}
    ran = subprocess.run([needed("fish"), "--no-config", "-c", line], timeout=PATIENCE, check=False, **options)
    assert [word.partition("\t")[0] for word in ran.stdout.splitlines()] == completed
