"""Processes that compile: the same bytes as without them, and what is said when one of them ends too early."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import callplan
from callplan.compiler import crew, many
from callplan.compiler.build import build
from callplan.compiler.many import build_many

from . import random_folders

ROOT = Path(__file__).parent.parent
WITHOUT_END = """
import sys
from callplan.compiler import crew, many
many.WORTH_A_PROCESS = many.FEWEST_FILES = many._MOST_FILES = 1
crew.START = "import os, sys; print(os.getpid(), file=sys.stderr, flush=True); sys.stdin.read()"
from callplan.__main__ import main
main()
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Plans in pieces of three, each piece worth a process."""
    monkeypatch.setattr(many, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(many, "FEWEST_FILES", 1)
    monkeypatch.setattr(many, "_MOST_FILES", 3)
    return random_folders.write(tmp_path, random_folders.texts(3))


def test_processes_give_the_same_bytes(files: list[Path], tmp_path: Path) -> None:
    image = build(files, tmp_path).image
    assert image is not None
    assert build_many(files, tmp_path, jobs=2).image == image
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(callplan.compile(*files, root=tmp_path, jobs=2).image))
    thread.start()
    thread.join()
    assert found == [image]


def test_what_a_process_cannot_make_is_made_here(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helpless = "import callplan.compiler.worker as worker; worker.build_piece = None; "
    monkeypatch.setattr(crew, "START", crew.START.replace("from callplan", helpless + "from callplan", 1))
    assert build_many(files, tmp_path, jobs=2).image == build(files, tmp_path).image


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("import os; os.kill(os.getpid(), 9)", "by signal 9, which the system does where memory is short"),
        ("raise SystemExit(3)", "with status 3"),
        ("import sys; sys.stdin.readline(); sys.stdout.write('12'); raise SystemExit(4)", "with status 4"),
    ],
)
def test_a_process_that_ends_too_early(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, said: str
) -> None:
    monkeypatch.setattr(crew, "START", start)
    with pytest.raises(callplan.CallplanError, match=f"a process that compiled was ended {said}"):
        build_many(files, tmp_path, jobs=2)


def test_a_process_that_cannot_be_started(files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(callplan.CallplanError, match="no further process can be started: no such file"):
        build_many(files, tmp_path, jobs=2)


def test_an_interrupt_ends_all_processes(files: list[Path], tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_END, "build", str(tmp_path), "-o", "out.tables", "--jobs", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as running:
        assert running.stderr is not None
        for _ in range(2):
            assert int(running.stderr.readline()) > 0
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()  # ends when the last of the processes does
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert running.returncode == 130


def test_jobs_are_counted_from_one(files: list[Path]) -> None:
    with pytest.raises(ValueError, match="at least one job"):
        callplan.compile(files[0], jobs=0)
