"""The demo: what it prints, outside the checkout too, and where not every sign can be printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent


def demo(folder: Path, encoding: str) -> str:
    """What the demo prints in `folder`."""
    environment = os.environ | {"PYTHONPATH": str(TOP), "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "callplan.demo"]
    ran = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, encoding=encoding)
    assert ran.stderr == ""
    assert "\x1b" not in ran.stdout
    return ran.stdout


def test_what_it_prints(tmp_path: Path) -> None:
    printed = demo(tmp_path, "utf-8")
    for said in (
        "0731 mobile (湖南 长沙): by 1387311 in the numbering table",
        "from 湖南   -> hunan or centre_south or centre_north",
        "021-5888-4321   -> announce night_taken, hotline/night-taken.wav (full)",
        "5,000 of 5,000 calls of 2026-11-23 are used",
        "one more call   -> announce tomorrow, hotline/tomorrow.wav (quota)",
        "a day later     -> beijing, 01055500110 (routed)",
        "centre_north ████████████ 600   centre_south ████████ 400",
        "no answer  -> centre_south, 02055500101 (forwarded)",
        "busy       -> announce busy, hotline/busy.wav (busy)",
    ):
        assert said in printed
    assert demo(tmp_path, "ascii") == printed.encode("ascii", "replace").decode()


def test_its_plan_is_the_example() -> None:
    assert (TOP / "callplan" / "hotline.plan").readlink() == Path("..", "examples", "hotline.plan")
