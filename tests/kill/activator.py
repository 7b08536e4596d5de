"""Activates tables in a state, and dies before the n-th line of what does it.

Each step of an activation, be it a system call or a change of the shared memory, is on a line of its own.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

from callplan.runtime import activation, cells, state_files, state_folder
from callplan.runtime.tables import Tables

_STEPS = {activation.__file__, state_folder.__file__, state_files.__file__}
_OF_CELLS = "apply"


class Countdown:
    def __init__(self, lines: int) -> None:
        self.left = lines

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code.co_filename not in _STEPS and (code.co_filename, code.co_name) != (cells.__file__, _OF_CELLS):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def activate(state: str, tables: str, lines: int) -> None:
    """Dies before that line, or comes to the end."""
    opened = Tables.open(tables)
    folder = state_folder.StateFolder(state)
    sys.settrace(Countdown(lines))
    activation.activate(folder, opened, allow_reset=True)
    sys.settrace(None)
    folder.close()


def child(state: str, tables: str, lines: int) -> bool:
    """Whether a process of its own that does it dies."""
    pid = os.fork()
    if pid == 0:
        try:
            activate(state, tables, lines)
            os._exit(0)
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
        os._exit(1)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError("an activation failed, other than by a kill")
    return os.WIFSIGNALED(status)
