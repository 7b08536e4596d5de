from collections.abc import Callable
from os import PathLike
from typing import Self, final

import numpy as np
import numpy.typing as npt

from .batches import Numbers
from .decision import Decision
from .explain import Step
from .tables import Tables
from .usage import Usage

@final
class Engine:
    """Decides calls by compiled plans and counts them; safe from any number of threads."""

    @property
    def tables(self) -> Tables:
        """Those in force."""

    def __init__(
        self,
        tables: Tables | str | PathLike[str],
        state: None = None,
        area: str | None = None,
        numbering: str | PathLike[str] | None = None,
        max_calls: int = 65536,
        longest_call: int = 14400,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Open tables, an object or a path. Counters live in this process (`state` is for later).

        numbering: an operator's table of mobile prefixes, a CSV file in place of the built-in one.
        area: the area code that a caller's bare local number belongs to ("0731").
        max_calls: calls followed at once, 1 to 524,287; one more is announced `overload`.
        longest_call: seconds (of the monotonic clock) after which a call is taken for lost, or up to two seconds later.
        clock: POSIX seconds for tests, in place of both of the system's clocks.

        Raises TablesError for unusable tables, NumberingError for an unusable numbering table, StateError where there
        is no memory for the books, CallplanError for an unknown area, ValueError and TypeError for wrong values.
        """

    def route(self, called: str, caller: str, at: float | None = None) -> Decision:
        """Decide a call and count it. `at`: POSIX seconds, default now. Any string is a number of some kind."""

    def peek(self, called: str, caller: str, at: float | None = None) -> Decision:
        """The decision that `route` would give, with nothing counted and call 0; advisory while others route."""

    def route_many(
        self, called: Numbers, caller: Numbers, at: npt.ArrayLike | None = None
    ) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        """The decisions of many calls, the same as those of a loop in index order, made without the interpreter's lock.

        called, caller: arrays of dtype S, shape (n,), or bytes for all; at: POSIX seconds, one or shape (n,), default
        now. Returns shape (n,) of layout.DECISION: call, action, reason, ring_seconds, destination, announcement,
        version; what the small ints mean is in `names`. Raises TypeError and ValueError for other input.
        """

    def peek_many(
        self, called: Numbers, caller: Numbers, at: npt.ArrayLike | None = None
    ) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        """The same with nothing counted and call 0."""

    def end_many(self, calls: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """`end` for each of an array of handles, shape (n,): whether each was in progress."""

    def names(self, kind: str, version: int | None = None) -> tuple[str, ...]:
        """What the small ints of a row mean: `action`, `reason`, `destination` or `announcement`, by number.

        A version's names never change. Raises ValueError for another kind, or a version that there is not.
        """

    def reload(self, tables: Tables | str | PathLike[str]) -> None:
        """Put other tables in force. Counters go on by their names; calls in progress keep the plan they began with.

        A limit that is lowered below what is in use refuses until enough calls end. Batches that run are waited for.
        Raises TablesError for unusable tables, StateError where their counters do not fit; the old ones stay in force.
        """

    def busy(self, call: int) -> Decision:
        """The destination was busy: where to forward, or what to announce; then the call is over."""

    def no_answer(self, call: int) -> Decision:
        """The destination did not answer within `ring_seconds`: as `busy`."""

    def unreachable(self, call: int) -> Decision:
        """The destination failed in another way: as `busy`."""

    def answered(self, call: int) -> bool:
        """Whether the call was in progress and unanswered; from now on it is answered and can only end."""

    def end(self, call: int) -> bool:
        """Whether the call was in progress; False for one that is over, stale or foreign. Its place is free."""

    def explain(self, called: str, caller: str, at: float | None = None) -> list[Step]:
        """Why `peek` decides as it does, step by step, each with the plan's line."""

    def explain_origin(self, called: str, origin: tuple[str, str | None], at: float | None = None) -> list[Step]:
        """The same for any caller of an origin, such as ("0731", "mobile"), who is on no list."""

    def trace(
        self, called: str, caller: str, at: float | None = None, origin: tuple[str, str | None] | None = None
    ) -> tuple[Decision, list[tuple[int, int, int, int]], tuple[int, int, int]]:
        """What explain tells in words: the decision, its marks (trace.py), local day, minute and offset in seconds."""

    def usage(self) -> list[Usage]:
        """What is used of every quota, limit and split, by plan, in the plans' order."""

    def word(self, counter: int) -> int:
        """The first word of a counter of the tables, as book.pxd lays it out."""

    def places(self, destination: int) -> int:
        """How many places a destination of the tables holds."""

    def position(self, counter: int) -> int:
        """Where the words of a counter of the tables stand in the book."""

    def open_quotas(self) -> dict[tuple[int, int], int]:
        """By a quota's position and period: how many calls hold a place that they give back if they end unanswered."""

    def sweep(self) -> int:
        """End the calls longer than `longest_call`; how many. Also done when a limit or the records are full."""

    def close(self) -> None:
        """From now on every method but close raises CallplanError."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *reason: object) -> None: ...
