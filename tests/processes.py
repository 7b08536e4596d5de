"""The command as a process of its own, in pipes and on terminals."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from .commands import TOP

PATIENCE = 60.0  # seconds; what takes longer hangs
_OF_COLOURS = ("NO_COLOR", "FORCE_COLOR")


def environment(**more: str) -> dict[str, str]:
    """Ours with the checkout's callplan and without wishes about colours, and what is given."""
    ours = {name: value for name, value in os.environ.items() if name not in _OF_COLOURS}
    return {**ours, "PYTHONPATH": str(TOP), "PYTHONIOENCODING": "utf-8", "TERM": "xterm", **more}


def words(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "callplan", *map(str, arguments)]


def start(*arguments: object, env: Mapping[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
    """The command at the top of the checkout, which a SIGINT ends even where the tests run in the background."""
    options |= {"text": True, "cwd": TOP, "env": env or environment(), "preexec_fn": _heed_interrupts}
    return subprocess.Popen(words(*arguments), **options)


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def on_path(folder: Path) -> dict[str, str]:
    """An environment in which a shell finds `callplan`, by a script in `folder`."""
    script = folder / "callplan"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m callplan "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return environment(PATH=os.pathsep.join((str(folder), os.environ["PATH"])), HOME=str(folder))


class Terminal:
    """A process on a terminal of its own."""

    def __init__(self, command: list[str], cwd: Path, env: Mapping[str, str]) -> None:
        pty = pytest.importorskip("pty")
        self._ours, theirs = pty.openpty()
        streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
        # A session of its own makes the terminal its controlling one, where a Ctrl-C is a signal.
        self.process = subprocess.Popen([*_TAKING_THE_TERMINAL, *command], cwd=cwd, env=env, **streams)
        os.close(theirs)
        self.printed = ""

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def until(self, found: Callable[[str], bool]) -> str:
        """What was printed, once `found` is true of it. Fails if it never is."""
        deadline = time.monotonic() + PATIENCE
        while not found(self.printed):
            assert self._read(deadline), self.printed
        return self.printed

    def rest(self) -> str:
        """All that is printed until the process ends."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        self.process.wait(timeout=PATIENCE)
        return self.printed

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return False
        try:
            part = os.read(self._ours, 65536)
        except OSError:  # the other end is closed
            return False
        self.printed += part.decode()
        return bool(part)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)


_TAKING_THE_TERMINAL = [
    sys.executable,
    "-c",
    "import fcntl, os, signal, sys, termios\n"
    "signal.signal(signal.SIGINT, signal.SIG_DFL)\nos.setsid()\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\nos.execvp(sys.argv[1], sys.argv[1:])",
]


def terminal(*arguments: object, **more: str) -> str:
    """What the command prints on a terminal."""
    opened = Terminal(words(*arguments), TOP, environment(**more))
    try:
        return opened.rest()
    finally:
        opened.close()
