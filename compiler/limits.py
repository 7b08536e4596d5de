"""How large one plan may become in the tables; tested by tests/test_limits.py.

What is too large raises LimitExceeded inside the lowering, which makes it the plan's error.
"""

from __future__ import annotations

from collections.abc import Mapping

MOST_CELLS = 1_000_000  # origin classes x time classes x list classes, before equal ones are merged
MOST_CLASSES = 65_535  # of one axis; the tables number them in 16 bits
MOST_LISTED_DAYS = 2_000_000  # days that the dates of a plan's schedules list, each line's counted
MOST_CHANGES = 1_000_000  # times at which a plan's schedules begin or end, over all different days
MOST_CHOICES = 1_000_000  # steps of all targets that the nested routes of a plan make of its cells
MOST_LIST_MIB = 512  # of one list in the tables: fifty million callers, each far from all others
MOST_BRANCHES = 10_000  # of one split: as many as there are shares of 0.01%


class LimitExceeded(Exception):
    """`code` and `fields` of the diagnostic."""

    def __init__(self, code: str, fields: Mapping[str, object]) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields
