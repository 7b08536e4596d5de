"""Which peers there are, and which of them can be made here. Tested by tests/test_peers.py."""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from .peer import Peer
from .plan import Allowed


@dataclass(frozen=True)
class Known:
    """A peer; `key` is what a saved run calls it, `name` what people read.

    `make` imports what the peer needs only then; `missing` says what of it this machine lacks, if anything.
    """

    key: str
    name: str
    make: Callable[[Allowed], Peer]
    missing: str | None


def _tuned(allowed: Allowed) -> Peer:
    from .tuned import Tuned

    return Tuned(allowed)


def _idiomatic(allowed: Allowed) -> Peer:
    from .idiomatic import Idiomatic

    return Idiomatic(allowed)


def _zen_expression(allowed: Allowed) -> Peer:
    from .zen_expression import ZenExpression

    return ZenExpression(allowed)


def _zen_table(allowed: Allowed) -> Peer:
    from .zen_table import ZenTable

    return ZenTable(allowed)


def _sqlite(allowed: Allowed) -> Peer:
    from .sqlite import Sqlite

    return Sqlite(allowed)


def _zen_missing() -> str | None:
    return None if importlib.util.find_spec("zen") else "zen-engine is not installed: pip install 'callplan[peers]'"


def _sqlite_missing() -> str | None:
    return None if sqlite3.sqlite_version_info >= (3, 35) else f"SQLite {sqlite3.sqlite_version} has no RETURNING"


PEERS = (
    Known("tuned", "tuned Python", _tuned, None),
    Known("idiomatic", "idiomatic Python", _idiomatic, None),
    Known("zen-expression", "zen-engine expression", _zen_expression, _zen_missing()),
    Known("sqlite", "SQLite in memory", _sqlite, _sqlite_missing()),
    Known("zen-table", "zen-engine decision table", _zen_table, _zen_missing()),
)
