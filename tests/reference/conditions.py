"""Whether a condition holds for a call (language 6.4); tested by tests/test_reference.py and tests/test_cases.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from callplan.compiler.checked import And, CallerIn, CallerList, Condition, During, From, Not, Or, Rule, Target

from .callers import Entries
from .numbers import Number
from .origins import Where, holds
from .schedules import is_open


@dataclass(frozen=True)
class Caller:
    """Who calls, from where, and when by the plan's clock."""

    number: Number
    origin: Where
    minute: datetime


@dataclass
class Conditions:
    """6.4: `from`, `during` and `caller in`, joined with `not`, `and` and `or`; `otherwise` (None) always holds."""

    lists: dict[CallerList, Entries] = field(default_factory=dict)  # as far as they were asked for

    def hold(self, condition: Condition | None, caller: Caller) -> bool:
        match condition:
            case None:
                return True
            case From():
                return holds(condition.origin, caller.origin)
            case During():
                return is_open(condition.schedule, caller.minute)
            case CallerIn():
                entries = self.lists.setdefault(condition.list, Entries((condition.list,)))
                return entries.hold(caller.number)
            case Not():
                return not self.hold(condition.condition, caller)
            case And():
                return all(self.hold(one, caller) for one in condition.conditions)
            case Or():
                return any(self.hold(one, caller) for one in condition.conditions)

    def target(self, rules: Sequence[Rule], caller: Caller) -> Target:
        """6.4: that of the first rule whose condition holds; there is one, since every call has a rule."""
        return next(rule.target for rule in rules if self.hold(rule.condition, caller))
