"""The plan in a database in memory: one query decides a call, three statements count it, one ends it.

SQLite knows no time zones, so Python works out the local time. Nobody else has the connection, so what the query found
still holds when the statements count it, without a transaction. Tested by tests/test_peers.py.
"""

from __future__ import annotations

import sqlite3
import time
import weakref
from datetime import date, datetime
from itertools import count

from .callers import national, prefix_areas
from .peer import BLACKLISTED, BLOCKED, FULL, QUOTA, UNALLOCATED, Decision
from .plan import BLACKLIST, DESTINATIONS, HOURS, NUMBER, SPLITS, ZONE, Allowed, minutes, turns
from .plan import BLOCKED as BLOCKED_AREAS

SCHEMA = """
CREATE TABLE blacklist (number TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE mobiles (prefix TEXT PRIMARY KEY, area TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE blocked (area TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE windows (first_day INTEGER, last_day INTEGER, opens INTEGER, closes INTEGER);
CREATE TABLE splits (rule TEXT PRIMARY KEY, tickets INTEGER NOT NULL DEFAULT 0, round INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE turns (
    rule TEXT, ticket INTEGER, place INTEGER, destination TEXT NOT NULL, PRIMARY KEY (rule, ticket, place)
) WITHOUT ROWID;
CREATE TABLE destinations (name TEXT PRIMARY KEY, number TEXT NOT NULL, free INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE quotas (
    month INTEGER NOT NULL DEFAULT 0, in_month INTEGER NOT NULL DEFAULT 0, per_month INTEGER NOT NULL,
    week INTEGER NOT NULL DEFAULT 0, in_week INTEGER NOT NULL DEFAULT 0, per_week INTEGER NOT NULL
);
CREATE TABLE calls (id INTEGER PRIMARY KEY, destination TEXT NOT NULL);
CREATE TRIGGER held AFTER INSERT ON calls
BEGIN UPDATE destinations SET free = free - 1 WHERE name = new.destination; END;
CREATE TRIGGER given_back AFTER DELETE ON calls
BEGIN UPDATE destinations SET free = free + 1 WHERE name = old.destination; END;
"""
# Of the plan's areas each has four digits. ?1 is the caller, ?2 the weekday, ?3 the minute of the day.
DECIDE = """
WITH decided AS MATERIALIZED (
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM blacklist WHERE number = ?1) THEN 'blacklisted'
        WHEN EXISTS (
            SELECT 1 FROM blocked WHERE area = iif(
                ?1 LIKE '1%', (SELECT area FROM mobiles WHERE prefix = substr(?1, 1, 7)), substr(?1, 1, 4)
            )
        ) THEN 'blocked'
        WHEN EXISTS (
            SELECT 1 FROM windows WHERE ?2 BETWEEN first_day AND last_day AND opens <= ?3 AND ?3 < closes
        ) THEN 'hours'
        ELSE 'otherwise'
    END AS rule
)
SELECT rule, (
    SELECT destination
    FROM splits JOIN turns USING (rule) JOIN destinations ON name = destination
    WHERE rule = decided.rule AND ticket = tickets % round AND free > 0
    ORDER BY place LIMIT 1
)
FROM decided
"""
USE_TICKET = "UPDATE splits SET tickets = tickets + 1 WHERE rule = ?"
# ?1 is the month, ?2 the week; no row changes where one of the quotas is used up.
TAKE_QUOTAS = """
UPDATE quotas SET
    in_month = iif(?1 > month, 0, in_month) + 1, month = max(?1, month),
    in_week = iif(?2 > week, 0, in_week) + 1, week = max(?2, week)
WHERE iif(?1 > month, 0, in_month) < per_month AND iif(?2 > week, 0, in_week) < per_week
"""
GIVE_QUOTAS_BACK = "UPDATE quotas SET in_month = in_month - 1, in_week = in_week - 1"
HOLD = "INSERT INTO calls VALUES (?, ?)"
END = "DELETE FROM calls WHERE id = ?"


class Sqlite:
    """Rules and counters in SQL."""

    def __init__(self, allowed: Allowed) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.executescript(SCHEMA)
        _fill(connection, allowed)
        weakref.finalize(self, connection.close)
        self._cursor = connection.cursor()
        self._handles = count(1)

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        if called != NUMBER:
            return UNALLOCATED
        execute = self._cursor.execute
        local = datetime.fromtimestamp(time.time() if at is None else at, ZONE)
        weekday, minute = local.weekday(), 60 * local.hour + local.minute
        rule, destination = execute(DECIDE, (national(caller), weekday, minute)).fetchone()
        if rule == "blacklisted":
            return BLACKLISTED
        if rule == "blocked":
            return BLOCKED

        execute(USE_TICKET, (rule,))
        if execute(TAKE_QUOTAS, _periods(local.date())).rowcount == 0:
            return QUOTA
        if destination is None:
            execute(GIVE_QUOTAS_BACK)
            return FULL
        call = next(self._handles)
        execute(HOLD, (call, destination))
        return Decision("connect", "routed", destination, DESTINATIONS[destination], call=call)

    def end(self, call: int) -> bool:
        return self._cursor.execute(END, (call,)).rowcount == 1


def _periods(today: date) -> tuple[int, int]:
    """The first days of the month and of the week, as numbers that sort."""
    return today.replace(day=1).toordinal(), today.toordinal() - today.weekday()


def _fill(connection: sqlite3.Connection, allowed: Allowed) -> None:
    insert = connection.executemany
    connection.execute("BEGIN")
    insert("INSERT INTO blacklist VALUES (?)", ((number,) for number in sorted(BLACKLIST)))
    insert("INSERT INTO mobiles VALUES (?, ?)", prefix_areas().items())
    insert("INSERT INTO blocked VALUES (?)", ((area,) for area in sorted(BLOCKED_AREAS)))
    insert(
        "INSERT INTO windows VALUES (?, ?, ?, ?)",
        ((window.first_day, window.last_day, minutes(window.opens), minutes(window.closes)) for window in HOURS),
    )
    insert(
        "INSERT INTO destinations VALUES (?, ?, ?)",
        ((name, number, allowed.at_once) for name, number in DESTINATIONS.items()),
    )
    connection.execute("INSERT INTO quotas (per_month, per_week) VALUES (?, ?)", (allowed.per_month, allowed.per_week))
    for rule, shares in SPLITS.items():
        order = turns(shares)
        connection.execute("INSERT INTO splits (rule, round) VALUES (?, ?)", (rule, len(order)))
        insert(
            "INSERT INTO turns VALUES (?, ?, ?, ?)",
            (
                (rule, ticket, place, name)
                for ticket, destinations in enumerate(order)
                for place, name in enumerate(destinations)
            ),
        )
    connection.execute("COMMIT")
