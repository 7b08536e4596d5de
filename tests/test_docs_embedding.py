"""What docs/embedding.md promises and no other test holds: how engines and tables go with forks."""

from __future__ import annotations

import os
import subprocess
import sys

from .pages import TOP

# In a process of its own: a fork is no good thing in one that has threads, which that of the tests may have.
PROGRAM = """
import os
import sys
import callplan

tables = callplan.Tables.open(sys.argv[1])
engine = callplan.Engine(tables)
engine.route("4006555107", "10086")

def child():
    with callplan.Engine(tables) as own:
        return [own.route("4006555107", "10086").destination for _ in range(3)] == ["office", "office", "duty"]

children = []
for _ in range(3):
    number = os.fork()
    if number == 0:
        os._exit(0 if child() else 1)
    children.append(number)
print(*(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) for number in children))
print(*(each.used for each in engine.usage()))
"""

FORKED = """
import os
import sys
import callplan

engine = callplan.Engine(callplan.Tables.open(sys.argv[1]))
engine.end(engine.route("4006555107", "10086").call)
read, write = os.pipe()
if os.fork() == 0:
    os.write(write, str(engine.route("4006555107", "10086").call).encode())
    os._exit(0)
os.wait()
theirs = int(os.read(read, 100))
print(engine.end(theirs), engine.route("4006555107", "10086").call >> 24 != theirs >> 24)
"""


def run(program: str, tables: str) -> list[str]:
    environment = os.environ | {"PYTHONPATH": str(TOP)}
    build = [sys.executable, "-m", "callplan", "build", "examples/limit.plan", "-o", tables]
    subprocess.run(build, cwd=TOP, env=environment, check=True, timeout=60)
    command = [sys.executable, "-c", program, tables]
    ran = subprocess.run(command, env=environment, check=True, timeout=60, capture_output=True, text=True)
    return ran.stdout.splitlines()


def test_engines_that_are_opened_after_a_fork_count_by_themselves(tmp_path: object) -> None:
    assert run(PROGRAM, f"{tmp_path}/limit.tables") == ["0 0 0", "1 0"]


def test_a_forked_engine_counts_in_the_same_books_with_handles_of_its_own(tmp_path: object) -> None:
    assert run(FORKED, f"{tmp_path}/limit.tables") == ["True True"]
