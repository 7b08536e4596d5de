"""A decision with a state beside one without, and processes together on one state beside one alone.

State and plan are as in `shared.py` and `hot.py`; after each round the books show that all that was timed was routed.
On a machine with fewer cores than processes these share the cores, too.
"""

from __future__ import annotations

import sys
from contextlib import closing

import pytest

from . import shared
from .conftest import Measure
from .hot import HotPlan
from .rounds import stopwatch

pytestmark = [
    pytest.mark.benchmark(timer=stopwatch),
    pytest.mark.skipif(sys.platform != "linux", reason="a state folder needs Linux"),
]


def test_state(measure: Measure, hot: HotPlan) -> None:
    with shared.folder_for_states() as folder:
        made = HotPlan(folder / "hot.state")
        with made.engine:
            measure("state", made.route, rounds=101, beside=hot.route, check=made.check_books)


@pytest.mark.full
@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize(("kind", "plans"), [("hot", 1), ("many", shared.MANY)])
def test_processes(measure: Measure, kind: str, plans: int, processes: int) -> None:
    with shared.folder_for_states() as folder, closing(shared.Processes(folder / "shared.state", plans)) as made:
        measure(
            f"processes-{kind}-{processes}",
            lambda: made.run(processes),
            rounds=21,
            beside=lambda: made.run(1),
            check=made.check_books,
        )
