"""The rules as a decision table of zen-engine; facts and counting are those of zen_expression.py.

Tested by tests/test_peers.py.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

import zen

from .books import Books
from .callers import national
from .peer import UNALLOCATED, Decision
from .plan import BLOCKED, HOURS, NUMBER, ZONE, Allowed, minutes
from .zen_expression import REFUSALS, facts

FACTS = ("listed", "area", "weekday", "minute")


def decision_table() -> dict[str, Any]:
    """Rows for the blacklist, the areas, each window and all other calls; the first that holds decides."""
    rows = [
        {"listed": "true", "rule": "'blacklisted'"},
        {"area": ", ".join(f"'{area}'" for area in sorted(BLOCKED)), "rule": "'blocked'"},
        *(
            {
                "weekday": f"[{window.first_day}..{window.last_day}]",
                "minute": f"[{minutes(window.opens)}..{minutes(window.closes)})",
                "rule": "'hours'",
            }
            for window in HOURS
        ),
        {"rule": "'otherwise'"},
    ]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": fact, "name": fact, "field": fact} for fact in FACTS],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": [{"_id": str(row), **dict.fromkeys(FACTS, ""), **cells} for row, cells in enumerate(rows)],
    }
    return {
        "nodes": [
            {"id": "facts", "name": "facts", "type": "inputNode"},
            {"id": "rules", "name": "rules", "type": "decisionTableNode", "content": table},
            {"id": "answer", "name": "answer", "type": "outputNode"},
        ],
        "edges": [
            {"id": "in", "sourceId": "facts", "targetId": "rules"},
            {"id": "out", "sourceId": "rules", "targetId": "answer"},
        ],
    }


class ZenTable:
    """Python's books around a decision table."""

    def __init__(self, allowed: Allowed) -> None:
        self._books = Books(allowed)
        self._rules = zen.ZenEngine().create_decision(zen.ZenDecisionContent(json.dumps(decision_table())))

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        if called != NUMBER:
            return UNALLOCATED
        number = national(caller)
        local = datetime.fromtimestamp(time.time() if at is None else at, ZONE)
        rule = self._rules.evaluate(facts(number, local))["result"]["rule"]
        return REFUSALS.get(rule) or self._books.connect(rule, local.date())

    def end(self, call: int) -> bool:
        return self._books.end(call)
