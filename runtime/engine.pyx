"""The engine: compiled plans and their books, and what a switch asks of them; tested by tests/test_engine.py.

engine.pyi says what each method promises. The decision itself is decide.pyx; here are only Python's values.
"""

import os
import time
import weakref

import numpy as np

from . import batches
from . import explain as explaining
from . import layout
from . import memory as memories
from . import numbering as numberings
from . import operator_numbering
from . import usage as usages
from .counters import Counters
from .errors import CallplanError, StateError
from .tables import Tables

cimport cython
from cpython.long cimport PyLong_Check
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from .atomics cimport cp_load, cp_word
from .batch cimport Row, decide_rows, end_rows
from .book cimport CP_INDEX, INDEX_SHIFT, STATUS_FREE, STATUS_MASK, Book, Call
from .calls cimport answer, finish, forward, held_places, quotas_open, sweep
from .columns cimport Columns, columns_of
from .decide cimport decided
from .decision cimport Decision, made
from .desk cimport Desk, forget_time, open_desk
from .desks cimport Desks
from .foresee cimport foresee
from .instants cimport cp_monotonic, cp_wall, seconds
from .layout cimport AREA_ABROAD, AREA_UNKNOWN, LINE_FIXED, LINE_MOBILE, MAX_QUOTAS, Limit
from .likely cimport likely, unlikely
from .loaded cimport Loaded
from .numbers cimport FOUND_GIVEN, Party, Reader, read_text
from .outcome cimport Outcome, Trace

cdef extern from "positional.h":
    ctypedef PyObject** cp_objects
    ctypedef object (*cp_general)(object self, cp_objects args, Py_ssize_t count, PyObject* keywords)
    cp_general cp_put_ahead(object type, const char* name, cp_general ahead)

cdef enum:
    OPEN = 0
    CLOSED = 1
    DRAFT = 2


cdef inline uint64_t handle(object call) except? 0:
    """A handle as a word; what cannot be one is 0, which no call has."""
    if not PyLong_Check(call):
        raise TypeError(f"a call is the int that a decision gave, not {type(call).__name__}")
    try:
        return call
    except OverflowError:
        return 0


cdef object ENGINES = weakref.WeakSet()


def _after_fork():
    """Run in a child process."""
    for engine in list(ENGINES):
        (<Engine> engine).reseed()


os.register_at_fork(after_in_child=_after_fork)


@cython.final
cdef class Engine:
    """Decides calls by compiled plans and counts them. See engine.pyi."""

    cdef object __weakref__
    cdef Loaded loaded  # in force
    cdef dict earlier  # versions that calls in progress began with, by their number
    cdef object memory
    cdef object prefixes
    cdef object area
    cdef object clock
    cdef uint8_t[::1] block
    cdef Book book
    cdef Desk desk
    cdef int barred
    cdef int64_t second  # of the wall clock in which the monotonic one was read
    cdef int64_t monotonic
    cdef int batches  # that run now
    cdef bint reloading
    cdef Desks desks  # of batches that are over
    cdef int waiting  # batches that a reload holds up

    def __cinit__(self):
        self.barred = CLOSED

    def __init__(
        self, tables, state=None, area=None, numbering=None, max_calls=65536, longest_call=14400, clock=None,
    ):
        if state is not None:
            raise StateError("this version keeps its counters in the process: state must be None")
        if not 1 <= max_calls <= memories.MAX_CALLS:
            raise ValueError(f"max_calls must be 1 to {memories.MAX_CALLS}, not {max_calls}")
        if not 1 <= longest_call <= 2**31 - 1:
            raise ValueError(f"longest_call must be 1 to {2**31 - 1} seconds, not {longest_call}")
        if clock is not None and not callable(clock):
            raise TypeError("clock must be callable and return POSIX seconds")
        self.barred = CLOSED
        opened = tables if isinstance(tables, Tables) else Tables.open(tables)
        self.clock = clock
        self.area = area
        self.prefixes = numberings.builtin() if numbering is None else operator_numbering.read_csv(numbering)
        self.earlier = {}
        counters = Counters(opened.sections)
        self._open_book(counters, max_calls, longest_call)
        self.loaded = Loaded(opened, Reader(opened.sections["area_codes"], self.prefixes, area), 1)
        self.loaded.place(counters, self.memory.place(counters), max_calls)
        self.barred = DRAFT if opened.draft else OPEN

    cdef int _open_book(self, object counters, uint32_t max_calls, int64_t longest_call) except -1:
        cdef Py_ssize_t states, calls, words
        self.memory = memories.Memory(counters, max_calls, longest_call)
        self.block = self.memory.block
        states, calls, words = self.memory.states, self.memory.calls, self.memory.words
        self.book.states = <cp_word*> &self.block[states]
        self.book.calls = <Call*> &self.block[calls]
        self.book.words = <cp_word*> &self.block[words]
        self.book.max_calls = max_calls
        self.book.owner = 0
        # The monotonic clock is read once a second, so a call may look a second older than it is.
        self.book.longest_call = longest_call + (self.clock is None)
        self.book.none_lost_before = 0
        self.desks = Desks()
        self.reseed()
        ENGINES.add(self)
        return 0

    cdef int reseed(self) except -1:
        """Desks of one's own: a process that was forked shares the books, but must not make the same handles."""
        self.desks.drop()
        open_desk(&self.desk, int.from_bytes(os.urandom(8), "little"))
        return 0

    @property
    def tables(self):
        if self.loaded is None:
            self.refuse()
        return self.loaded.tables

    def reload(self, tables):
        cdef Loaded old, new
        cdef Reader reader
        opened = tables if isinstance(tables, Tables) else Tables.open(tables)
        if opened.draft:
            raise CallplanError("these tables are a draft, some calls have no rule: they can be explained, not routed")
        if self.barred:
            self.refuse()
        reader = self.loaded.reader
        if not np.array_equal(opened.sections["area_codes"], self.loaded.tables.sections["area_codes"]):
            reader = Reader(opened.sections["area_codes"], self.prefixes, self.area)
        while self.reloading or self.waiting:  # reloads one after the other let batches in between
            time.sleep(0.001)
        self.reloading = True
        try:
            while self.batches:
                time.sleep(0.001)  # their calls are decided by the old plans, so the old plans stay until then
            if self.barred:
                self.refuse()
            old = self.loaded
            new = Loaded(opened, reader, old.version.id + 1)
            self._forget_versions()
            counters = Counters(opened.sections)
            in_use = [old.in_use(), *[(<Loaded> each).in_use() for each in self.earlier.values()]]
            new.place(counters, self.memory.place(counters, in_use), self.book.max_calls)
            self.earlier[old.version.id] = old
            self._follow(new)
            self.loaded = new
            if new.drop_tails(self.memory):
                self._follow(new)
            forget_time(&self.desk)
        finally:
            self.reloading = False

    cdef int _follow(self, Loaded new) except -1:
        for number in self.earlier:
            (<Loaded> self.earlier[number]).follow(new)
        return 0

    cdef int _forget_versions(self) except -1:
        """Let go of the versions that no call in progress began with."""
        cdef uint32_t index
        used = set()
        for index in range(self.book.max_calls):
            if cp_load(self.book.states + index) & STATUS_MASK != STATUS_FREE:
                used.add(self.book.calls[index].version)
        for number in [number for number in self.earlier if number not in used]:
            del self.earlier[number]
        return 0

    cdef Loaded version_of(self, uint64_t call):
        """The version that a call began with; for what is no call in progress any will do."""
        cdef uint32_t index = <uint32_t> ((call & CP_INDEX) >> INDEX_SHIFT)
        if index >= self.book.max_calls or self.book.calls[index].version == self.loaded.version.id:
            return self.loaded
        return self.earlier.get(self.book.calls[index].version, self.loaded)

    cdef int refuse(self) except -1:
        if self.barred == CLOSED:
            raise CallplanError("the engine is closed")
        raise CallplanError("these tables are a draft, some calls have no rule: they can be explained, not routed")

    cdef inline int64_t instant(self, object at, int64_t* monotonic) except? -1:
        """The instant of a decision; sets the monotonic seconds. A clock given to the engine is both clocks."""
        cdef int64_t now
        if unlikely(self.clock is not None):
            monotonic[0] = seconds(self.clock())
            return monotonic[0] if at is None else seconds(at)
        now = cp_wall()
        if unlikely(now != self.second):
            self.second, self.monotonic = now, cp_monotonic()
        monotonic[0] = self.monotonic
        return now if at is None else seconds(at)

    cdef inline Decision routed(self, object called, object caller, object at):
        cdef Party to, who
        cdef Outcome out
        cdef int64_t monotonic = 0, when = self.instant(at, &monotonic)
        if unlikely(self.barred):
            self.refuse()
        read_text(called, &self.loaded.reader.known, &to)
        read_text(caller, &self.loaded.reader.known, &who)
        decided(&self.loaded.version, &self.book, &self.desk, &to, &who, when, monotonic, True, &out, NULL)
        return made(self.loaded.named, &out)

    def route(self, called, caller, at=None):
        return self.routed(called, caller, at)

    def peek(self, called, caller, at=None):
        cdef Party to, who
        cdef Outcome out
        cdef int64_t monotonic = 0, when = self.instant(at, &monotonic)
        if unlikely(self.barred):
            self.refuse()
        read_text(called, &self.loaded.reader.known, &to)
        read_text(caller, &self.loaded.reader.known, &who)
        foresee(&self.loaded.version, &self.book, &self.desk, &to, &who, when, monotonic, &out, NULL)
        return made(self.loaded.named, &out)

    def route_many(self, called, caller, at=None):
        return self.decide_many(called, caller, at, True)

    def peek_many(self, called, caller, at=None):
        return self.decide_many(called, caller, at, False)

    cdef object decide_many(self, object called, object caller, object at, bint count):
        cdef Desk* desk
        cdef Columns columns
        cdef int64_t monotonic = 0, now = self.instant(None, &monotonic)
        cdef uint8_t[::1] raw
        cdef Row* rows
        cdef Loaded loaded
        cdef bint ahead = batches.ahead
        columns = columns_of(called, caller, at, now)
        found = np.zeros(columns.size * sizeof(Row), np.uint8)
        if columns.size == 0:
            return found.view(layout.DECISION)
        raw = found
        rows = <Row*> &raw[0]
        self.waiting += 1
        try:
            while self.reloading:
                time.sleep(0.001)
        finally:
            self.waiting -= 1
        if self.barred:
            self.refuse()
        desk = self.desks.take(self.book.max_calls)
        loaded = self.loaded
        self.batches += 1
        with nogil:
            decide_rows(
                &loaded.version, &self.book, desk, &loaded.reader.known, &columns.called, &columns.caller, &columns.at,
                monotonic, count, ahead, rows, columns.size,
            )
        self.batches -= 1
        self.desks.keep(desk)
        return found.view(layout.DECISION)

    def end_many(self, calls):
        cdef Desk* desk
        cdef const uint64_t[::1] words = batches.handles(calls)
        cdef Py_ssize_t size = words.shape[0]
        cdef uint8_t[::1] raw
        ended = np.zeros(size, np.bool_)
        if self.barred:
            self.refuse()
        if size == 0:
            return ended
        raw = ended.view(np.uint8)
        desk = self.desks.take(self.book.max_calls)
        with nogil:
            end_rows(&self.book, desk, &words[0], &raw[0], size)
        self.desks.keep(desk)
        return ended

    def names(self, kind, version=None):
        if self.loaded is None:
            self.refuse()
        if version is None or version == self.loaded.version.id:
            return self.loaded.named.all(kind)
        if version not in self.earlier:
            raise ValueError(f"no version {version} of the tables: the one in force is {self.loaded.version.id}")
        return self.earlier[version].named.all(kind)

    cdef Decision report(self, object call, uint32_t cause):
        cdef Outcome out
        cdef int64_t monotonic = 0, when = self.instant(None, &monotonic)
        cdef uint64_t word = handle(call)
        cdef Loaded loaded
        if self.barred:
            self.refuse()
        loaded = self.version_of(word)
        forward(&loaded.version, &self.book, &self.desk, word, cause, when, monotonic, &out)
        return made(loaded.named, &out)

    def busy(self, call):
        return self.report(call, 0)

    def no_answer(self, call):
        return self.report(call, 1)

    def unreachable(self, call):
        return self.report(call, 2)

    def answered(self, call):
        cdef int64_t monotonic = 0, when = self.instant(None, &monotonic)
        cdef uint64_t word = handle(call)
        if self.barred:
            self.refuse()
        return answer(&self.book, word, when) != 0

    def end(self, call):
        cdef uint64_t word = handle(call)
        if self.barred:
            self.refuse()
        return finish(&self.book, &self.desk, word) != 0

    def sweep(self):
        cdef int64_t monotonic = 0
        self.instant(None, &monotonic)
        if self.barred:
            self.refuse()
        return sweep(&self.book, &self.desk, monotonic)

    def explain(self, called, caller, at=None):
        return self.explain_with(called, caller, at, None)

    def explain_origin(self, called, origin, at=None):
        return self.explain_with(called, "", at, origin)

    cdef object explain_with(self, object called, object caller, object at, object origin):
        decided, marks, local, tables = self.traced(called, caller, at, origin)
        return explaining.steps(tables, decided, marks, local, called, caller)

    def trace(self, called, caller, at=None, origin=None):
        return self.traced(called, caller, at, origin)[:3]

    cdef tuple traced(self, object called, object caller, object at, object origin):
        cdef Party to, who
        cdef Outcome out
        cdef Trace trace
        cdef int64_t monotonic = 0, when = self.instant(at, &monotonic)
        cdef uint32_t i
        if self.barred == CLOSED:
            self.refuse()
        read_text(called, &self.loaded.reader.known, &to)
        read_text(caller, &self.loaded.reader.known, &who)
        if origin is not None:
            self.give_origin(origin, &who)
        trace.count = 0
        trace.day = trace.minute = 0
        trace.offset = 0
        foresee(&self.loaded.version, &self.book, &self.desk, &to, &who, when, monotonic, &out, &trace)
        marks = []
        for i in range(trace.count):
            marks.append((trace.marks[i].kind, trace.marks[i].outcome, trace.marks[i].a, trace.marks[i].b))
        return made(self.loaded.named, &out), marks, (trace.day, trace.minute, trace.offset), self.tables

    cdef int give_origin(self, object origin, Party* who) except -1:
        """An origin in place of a caller: an area ("0731", "abroad", "unknown") and a line ("mobile", "fixed", None)."""
        area, line = origin
        if area in ("abroad", "unknown"):
            who.area = AREA_ABROAD if area == "abroad" else AREA_UNKNOWN
            if line not in ((None, "mobile") if area == "unknown" else (None,)):
                raise CallplanError(f"no caller is `{area} {line}`: `{area}` has no line type")
        else:
            who.area = self.loaded.reader.ordinal(area)
            if line not in ("mobile", "fixed"):
                raise CallplanError(f"`{area}` wants a line type: `{area} mobile` or `{area} fixed`")
        who.line = LINE_MOBILE if line == "mobile" else LINE_FIXED
        who.found = FOUND_GIVEN
        who.key = 0
        return 0

    def usage(self):
        if self.barred == CLOSED:
            self.refuse()
        return list(usages.usage(self.tables, self))

    def position(self, uint32_t counter):
        if self.loaded is None:
            self.refuse()
        if counter >= self.loaded.cells.shape[0]:
            raise IndexError(counter)
        return self.loaded.cells[counter]

    def open_quotas(self):
        cdef uint32_t index, i, taken
        cdef uint32_t[MAX_QUOTAS] words
        cdef uint32_t[MAX_QUOTAS] periods
        cdef dict found = {}
        if self.barred == CLOSED:
            self.refuse()
        for index in range(self.book.max_calls):
            taken = quotas_open(&self.book, index, words, periods)
            for i in range(<uint32_t> MAX_QUOTAS):
                if taken >> i & 1:
                    held = words[i], periods[i]
                    found[held] = found.get(held, 0) + 1
        return found

    def word(self, uint32_t counter):
        if self.barred == CLOSED:
            self.refuse()
        if counter >= self.loaded.cells.shape[0]:
            raise IndexError(counter)
        return cp_load(self.book.words + self.loaded.cells[counter])

    def places(self, uint32_t destination):
        cdef const Limit* own
        if self.barred == CLOSED:
            self.refuse()
        if destination >= len(self.tables.sections["destinations"]):
            raise IndexError(destination)
        own = self.loaded.version.limits + destination
        return held_places(&self.loaded.version, &self.book, own) if own.limit else 0

    def close(self):
        self.barred = CLOSED

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.close()


cdef cp_general route_in_general = NULL


cdef object route_positional(object engine, cp_objects args, Py_ssize_t count, PyObject* keywords):
    """Two positional arguments, as a switch calls it; all else is for the method above."""
    if likely(count == 2 and keywords == NULL):
        return (<Engine> engine).routed(<object> args[0], <object> args[1], None)
    return route_in_general(engine, args, count, keywords)


route_in_general = cp_put_ahead(Engine, "route", route_positional)
