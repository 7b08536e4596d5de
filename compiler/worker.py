"""A process that compiles pieces of a build for another one (crew.py); tested by tests/test_crew.py.

It reads tasks from standard input, one a line, as JSON, and writes each piece with its length before it. It ends when
the input does, that is with the process that started it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from .crew import LENGTH
from .paths import Place
from .piece import Task, build_piece
from .piece_format import encode_piece


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints is no answer
    gc.disable()
    for line in sys.stdin.buffer:
        data = _answer(json.loads(line))
        try:
            answers.write(len(data).to_bytes(LENGTH, "little"))
            answers.write(data)
            answers.flush()
        except BrokenPipeError:
            os._exit(0)  # nobody waits for it any more
        del data
        gc.collect(0)


def _answer(fields: Sequence[Any]) -> bytes:
    """The piece; nothing where it cannot be made, so that the process that asked tries itself and tells why."""
    root, places, also, draft = fields
    try:
        return encode_piece(build_piece(Task(root, tuple(map(_place, places)), tuple(map(_place, also)), draft)))
    except Exception:
        return b""


def _place(fields: Sequence[Any]) -> Place:
    path, name, key = fields
    return Place(path, name, tuple(key) if isinstance(key, list) else key)
