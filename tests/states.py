"""States for tests, and what is done with them as another user or on a file system of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .commands import TOP
from .processes import PATIENCE

if sys.platform != "linux":
    pytest.skip("a state folder needs Linux", allow_module_level=True)

SMALL = {"calls": 64, "cells": 100}  # makes a state of some 160 KiB
NOBODY = 65534

# All is imported first: another user may not read what the interpreter is made of.
_PRELUDE = """
import grp, os, pwd, shutil, signal, sys, time
from callplan.runtime.errors import StateError
from callplan.runtime import owners, present, state_creation, state_files
from callplan.runtime.state_folder import *
from callplan.runtime.state_creation import create, open_or_create
os.stat("/"); grp.getgrall(); pwd.getpwall(); "x".encode("utf-8"); shutil.rmtree("/nothing", ignore_errors=True)
sys.stdout.reconfigure(line_buffering=True)
if {uid} is not None:
    os.setgroups({groups}); os.setresgid({gid}, {gid}, {gid}); os.setresuid({uid}, {uid}, {uid})
def said(call, *arguments, **options):
    try:
        return repr(call(*arguments, **options))
    except StateError as error:
        return f"{{type(error).__name__}}: {{error}}"
path = sys.argv[1]
"""


def start(
    program: str, path: object, uid: int | None = None, gid: int = NOBODY, groups: tuple[int, ...] = ()
) -> subprocess.Popen[str]:
    """A Python program with the parts of a state at hand, `said` to try them, and `path`; as a user if one is given."""
    if uid is not None and os.geteuid() != 0:
        pytest.skip("needs root, to act as another user")
    text = _PRELUDE.format(uid=uid, gid=gid, groups=list(groups)) + program
    environment = os.environ | {"PYTHONPATH": str(TOP)}
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", text, str(path)], text=True, env=environment, **streams)


def run(
    program: str, path: object, uid: int | None = None, gid: int = NOBODY, groups: tuple[int, ...] = ()
) -> list[str]:
    """The lines that such a program prints."""
    with start(program, path, uid, gid, groups) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return out.splitlines()


@contextmanager
def numbers_taken(path: Path, count: int) -> Iterator[subprocess.Popen[str]]:
    """A process that is the first so many owners of a state at once."""
    program = f"""
import fcntl
file = open(path + "/owners", "r+b")
fcntl.lockf(file, fcntl.LOCK_EX, {count}, 1)
print("locked")
sys.stdin.readline()
"""
    with start(program, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        try:
            yield process
        finally:
            process.kill()


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def common() -> Iterator[Path]:
    """A folder that every user may write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def small_disk(folder: Path, size: str = "1m") -> Iterator[Path]:
    """A file system of its own, so large, at a folder. Skips where this user may not mount one."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], capture_output=True).returncode:
        pytest.skip("needs root, to mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
