from collections.abc import Callable, Iterable
from os import PathLike
from typing import Self, final

import numpy as np
import numpy.typing as npt

from .batches import Numbers
from .call_records import CallInProgress
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
        tables: Tables | str | PathLike[str] | None,
        state: str | PathLike[str] | None = None,
        area: str | None = None,
        numbering: str | PathLike[str] | None = None,
        max_calls: int | None = None,
        longest_call: int | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Open tables, an object or a path. Counters live in this process, or in a state that processes share.

        state: a folder; where there is none it is made, with the given settings. tables None: those in force in the
        state; tables given are put in force if none are, and otherwise must be the same.
        numbering: an operator's table of mobile prefixes, a CSV file in place of the built-in one.
        area: the area code that a caller's bare local number belongs to ("0731").
        max_calls: calls followed at once, 1 to 524,287, default 65,536; one more is announced `overload`.
        longest_call: seconds (of the monotonic clock) after which a call is taken for lost, or up to two seconds later;
        default 14,400. With a state only calls of dead processes are.
        With a state these four live in it: None takes what it has, another value is an error.
        clock: POSIX seconds for tests, in place of both of the system's clocks.

        Raises TablesError for unusable tables, NumberingError for an unusable numbering table, StateError where there
        is no memory for the books or the state cannot be used, CallplanError for an unknown area, ValueError and
        TypeError for wrong values.
        """

    def route(self, called: str, caller: str, at: float | None = None, call_id: str | bytes | None = None) -> Decision:
        """Decide a call and count it. `at`: POSIX seconds, default now. Any string is a number of some kind.

        call_id: the switch's own id. Asked again for a call in progress, with the same numbers, it gives the decision
        that the call has, and counts nothing; a call whose process died belongs to this one then. While the call is
        still being decided elsewhere: `ignore`, `in_progress`; with other numbers: `unknown_call`.
        Raises ValueError for an empty id, and for `at` where the engine has a state and no clock of its own.
        """

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

    def reload(self, tables: Tables | str | PathLike[str], allow_reset: bool = False) -> None:
        """Put other tables in force, with a state for all its processes.

        Counters go on by their names; calls in progress keep the plan they began with. A limit that is lowered below
        what is in use refuses until enough calls end. Batches that run are waited for.
        Raises TablesError for unusable tables, StateError where their counters do not fit, and with a state where
        counters in use would start afresh without allow_reset; the old ones stay in force.
        """

    def find(self, call_id: str | bytes) -> int:
        """The handle of the call in progress that has the switch's id, 0 if none has; an orphan becomes one's own."""

    def calls(self) -> list[CallInProgress]:
        """Every call in progress, those of other processes of the state too."""

    def reconcile(self, live_call_ids: Iterable[str | bytes], spare: int = 10) -> list[int]:
        """End the calls whose ids the switch has no more; their handles. Calls without an id are left alone.

        A living process's call that began less than `spare` seconds ago is left alone: it may be newer than the list.
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

    def _trace(
        self, called: str, caller: str, at: float | None = None, origin: tuple[str, str | None] | None = None
    ) -> tuple[Decision, list[tuple[int, int, int, int]], tuple[int, int, int]]:
        """What explain tells in words: the decision, its marks (trace.py), local day, minute and offset in seconds."""

    def usage(self) -> list[Usage]:
        """What is used of every quota, limit and split, by plan, in the plans' order."""

    def _word(self, counter: int) -> int:
        """The first word of a counter of the tables, as book.pxd lays it out."""

    def _places(self, destination: int) -> int:
        """How many places a destination of the tables holds."""

    def _position(self, counter: int) -> int:
        """Where the words of a counter of the tables stand in the book."""

    def _open_quotas(self) -> dict[tuple[int, int], int]:
        """By a quota's position and period: how many calls hold a place that they give back if they end unanswered."""

    def sweep(self) -> int:
        """End the calls that are lost, how many: those longer than `longest_call`; with a state, what dead processes
        were deciding, and their calls after the grace time. Also done when a limit or the records are full."""

    def close(self) -> None:
        """From now on every method but close raises CallplanError."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *reason: object) -> None: ...
