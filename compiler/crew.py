"""The processes that compile the pieces of a build; tested by tests/test_crew.py.

Each is a Python of its own that runs worker.py, one piece at a time; it inherits nothing of the program that started it
but its module path, and ends with it. A crew of one is this process itself.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Self, cast

from ..runtime.errors import CallplanError
from .piece import Task, build_piece
from .piece_format import encode_piece

START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from callplan.compiler.worker import main; main()"
LENGTH = 8  # bytes that say how long an answer is; none where the process could not make it
_AT_ONCE = 1 << 20


class Crew:
    """`size`: how many processes work. They end when the context does."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            _pipes(worker)[0].close()
            _pipes(worker)[1].close()
            worker.wait()

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[int, bytes]]:
        """Each task's place and its piece, encoded, as they get done. Raises CallplanError if a process ends before."""
        if self._size == 1:
            for at, task in enumerate(tasks):
                yield at, encode_piece(build_piece(task))
                gc.collect(0)  # only what this piece left: the collector does not run by itself during a build
            return
        waiting = list(enumerate(tasks))[::-1]
        with selectors.DefaultSelector() as selector:
            for _ in range(self._size):
                worker = _start()
                self._workers.append(worker)
                selector.register(_pipes(worker)[1], selectors.EVENT_READ, _Answer(worker))
            for key in list(selector.get_map().values()):
                key.data.ask(*waiting.pop())
            left = len(tasks)
            while left:
                for key, _ in selector.select():
                    answer: _Answer = key.data
                    data = answer.read()
                    if data is None:
                        continue
                    at = answer.at
                    if waiting:
                        answer.ask(*waiting.pop())
                    else:
                        selector.unregister(key.fileobj)
                    yield at, data or encode_piece(build_piece(tasks[at]))
                    left -= 1


class _Answer:
    """What a process is asked, and as much of its answer as there is."""

    def __init__(self, worker: subprocess.Popen[bytes]) -> None:
        self.at = -1
        self._worker = worker
        self._data = bytearray()

    def ask(self, at: int, task: Task) -> None:
        self.at = at
        try:
            _pipes(self._worker)[0].write(json.dumps([task.root, task.places, task.also, task.draft]).encode() + b"\n")
            _pipes(self._worker)[0].flush()
        except OSError:
            raise _ended(self._worker) from None

    def read(self) -> bytes | None:
        """The whole answer; None while there is more to come."""
        found = os.read(_pipes(self._worker)[1].fileno(), _AT_ONCE)
        if not found:
            raise _ended(self._worker)
        self._data += found
        if len(self._data) < LENGTH or len(self._data) < LENGTH + int.from_bytes(self._data[:LENGTH], "little"):
            return None
        data = bytes(memoryview(self._data)[LENGTH:])
        self._data = bytearray()
        return data


def _start() -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-c", START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # an interrupt of the terminal is for this process, which ends the others
        )
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise CallplanError(f"no further process can be started: {reason}; with one job none is needed") from None


def _pipes(worker: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    return cast("IO[bytes]", worker.stdin), cast("IO[bytes]", worker.stdout)


def _ended(worker: subprocess.Popen[bytes]) -> CallplanError:
    status = worker.wait()
    how = f"with status {status}" if status >= 0 else f"by signal {-status}"
    hint = ", which the system does where memory is short" if status == -signal.SIGKILL else ""
    return CallplanError(
        f"a process that compiled was ended {how}{hint}; nothing was built: try again, or with one job"
    )
