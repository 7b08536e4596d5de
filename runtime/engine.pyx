"""The engine: compiled plans and their books, and what a switch asks of them; tested by tests/test_engine.py.

engine.pyi says what each method promises. The decision itself is decide.pxd; here are only Python's values.
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
from cpython.exc cimport PyErr_Clear, PyErr_Occurred
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from .atomics cimport cp_load, cp_word
from .batch cimport Row, decide_rows, end_rows
from .book cimport Book, Call
from .calls cimport answer, finish, forward, held_places, sweep
from .columns cimport Columns, Piece, columns_of, piece_of
from .decide cimport decided
from .decision cimport Decision, blank
from .desk cimport Desk, forget_time, open_desk
from .desks cimport Desks
from .foresee cimport foresee
from .instants cimport cp_monotonic, cp_wall, seconds
from .layout cimport Limit
from .likely cimport likely, unlikely
from .loaded cimport Loaded
from .numbers cimport Numbering, Reader, characters, read_called, read_caller
from .tracing cimport Question, held_by_quotas, set_origin, traced
from .versions cimport Earlier, none_yet

cdef extern from "positional.h":
    ctypedef PyObject** cp_objects
    ctypedef object (*cp_general)(object self, cp_objects args, Py_ssize_t count, PyObject* keywords)
    cp_general cp_put_ahead(object type, const char* name, cp_general ahead)

cdef extern from "Python.h":
    bint PyLong_Check(PyObject* value)

cdef extern from *:
    """
    #if SIZEOF_LONG == 8 /* a quarter of what the other takes */
    #define cp_as_word PyLong_AsUnsignedLong
    #else
    #define cp_as_word PyLong_AsUnsignedLongLong
    #endif
    """
    uint64_t cp_as_word(PyObject* value) noexcept

cdef enum:
    OPEN = 0
    CLOSED = 1
    DRAFT = 2


cdef inline uint64_t handle(PyObject* call) except? 0:
    """A handle as a word; what cannot be one is 0, which no call has."""
    cdef uint64_t word
    if unlikely(not PyLong_Check(call)):
        raise TypeError(f"a call is the int that a decision gave, not {type(<object> call).__name__}")
    word = cp_as_word(call)
    if unlikely(word == 0xFFFFFFFFFFFFFFFFULL and PyErr_Occurred() != NULL):
        PyErr_Clear()  # an int can only be below zero or too large
        return 0
    return word


cdef object EMPTY = np.empty
cdef object ARRAY = np.ndarray
cdef object UINT8 = np.dtype(np.uint8)
cdef object BOOL = np.dtype(np.bool_)
cdef object DECISION = layout.DECISION
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
    cdef Earlier earlier
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
        self.earlier = none_yet()
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
            self.earlier.forget(&self.book)
            counters = Counters(opened.sections)
            in_use = [old.in_use(), *self.earlier.in_use()]
            new.place(counters, self.memory.place(counters, in_use), self.book.max_calls)
            self.earlier.follow(old, new)
            self.loaded = new
            if new.drop_tails(self.memory):
                self.earlier.follow(old, new)
            forget_time(&self.desk)
        finally:
            self.reloading = False

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

    cdef inline int ask(self, PyObject* called, PyObject* caller, object at, bint of_draft, Question* out) except -1:
        """What is to be decided: both numbers and the time. A draft's calls can only be explained."""
        cdef const Numbering* known
        cdef const char* text
        cdef size_t length = 0
        out.monotonic = 0
        out.at = self.instant(at, &out.monotonic)
        if unlikely(self.barred) and not (of_draft and self.barred == DRAFT):
            self.refuse()
        known = &self.loaded.reader.known
        text = characters(called, &length)
        read_called(known, text, length, &out.called)
        text = characters(caller, &length)
        read_caller(known, text, length, &out.caller)
        return 0

    cdef inline Decision routed(self, PyObject* called, PyObject* caller, object at):
        cdef Question asked
        cdef Decision found
        self.ask(called, caller, at, False, &asked)
        found = blank(self.loaded.named)
        decided(
            &self.loaded.version, &self.book, &self.desk, &asked.called, &asked.caller, asked.at, asked.monotonic,
            True, &found.outcome, NULL,
        )
        return found

    def route(self, called, caller, at=None):
        return self.routed(<PyObject*> called, <PyObject*> caller, at)

    def peek(self, called, caller, at=None):
        cdef Question asked
        cdef Decision found
        self.ask(<PyObject*> called, <PyObject*> caller, at, False, &asked)
        found = blank(self.loaded.named)
        foresee(
            &self.loaded.version, &self.book, &self.desk, &asked.called, &asked.caller, asked.at, asked.monotonic,
            &found.outcome, NULL,
        )
        return found

    def route_many(self, called, caller, at=None):
        return self.decide_many(called, caller, at, True)

    def peek_many(self, called, caller, at=None):
        return self.decide_many(called, caller, at, False)

    cdef object decide_many(self, object called, object caller, object at, bint count):
        cdef Desk* desk
        cdef Columns columns
        cdef int64_t monotonic = 0, now = self.instant(None, &monotonic)
        cdef Piece rows
        cdef Loaded loaded
        cdef bint ahead = batches.ahead
        columns = columns_of(called, caller, at, now)
        memory = EMPTY(columns.size * sizeof(Row), UINT8)
        found = ARRAY(columns.size, DECISION, memory)  # a view that numpy has not to check field by field
        if columns.size == 0:
            return found
        rows = piece_of(memory, True)
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
                monotonic, count, ahead, <Row*> rows.first, columns.size,
            )
        self.batches -= 1
        self.desks.keep(desk)
        return found

    def end_many(self, calls):
        cdef Desk* desk
        cdef Piece words = piece_of(batches.handles(calls), False), marks
        cdef Py_ssize_t size = words.view.len // sizeof(uint64_t)
        ended = EMPTY(size, BOOL)
        if self.barred:
            self.refuse()
        if size == 0:
            return ended
        marks = piece_of(ended, True)
        desk = self.desks.take(self.book.max_calls)
        with nogil:
            end_rows(&self.book, desk, <const uint64_t*> words.first, <uint8_t*> marks.first, size)
        self.desks.keep(desk)
        return ended

    def names(self, kind, version=None):
        if self.loaded is None:
            self.refuse()
        if version is None or version == self.loaded.version.id:
            return self.loaded.named.all(kind)
        earlier = self.earlier.get(version)
        if earlier is None:
            raise ValueError(f"no version {version} of the tables: the one in force is {self.loaded.version.id}")
        return earlier.named.all(kind)

    cdef Decision report(self, object call, uint32_t cause):
        cdef int64_t monotonic = 0, when = self.instant(None, &monotonic)
        cdef uint64_t word = handle(<PyObject*> call)
        cdef Loaded loaded
        cdef Decision found
        if self.barred:
            self.refuse()
        loaded = self.earlier.of_call(&self.book, word, self.loaded)
        found = blank(loaded.named)
        forward(&loaded.version, &self.book, &self.desk, word, cause, when, monotonic, &found.outcome)
        return found

    def busy(self, call):
        return self.report(call, 0)

    def no_answer(self, call):
        return self.report(call, 1)

    def unreachable(self, call):
        return self.report(call, 2)

    def answered(self, call):
        cdef int64_t monotonic = 0, when = self.instant(None, &monotonic)
        cdef uint64_t word = handle(<PyObject*> call)
        if self.barred:
            self.refuse()
        return answer(&self.book, word, when) != 0

    cdef inline object ended(self, PyObject* call):
        cdef uint64_t word = handle(call)
        if unlikely(self.barred):
            self.refuse()
        return finish(&self.book, &self.desk, word) != 0

    def end(self, call):
        return self.ended(<PyObject*> call)

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
        found, marks, local = self._trace(called, caller, at, origin)
        return explaining.steps(self.tables, found, marks, local, called, caller)

    def _trace(self, called, caller, at=None, origin=None):
        cdef Question asked
        self.ask(<PyObject*> called, <PyObject*> caller, at, True, &asked)
        if origin is not None:
            set_origin(self.loaded.reader, origin, &asked.caller)
        return traced(self.loaded, &self.book, &self.desk, &asked)

    def usage(self):
        if self.barred == CLOSED:
            self.refuse()
        return list(usages.usage(self.tables, self))

    def _position(self, uint32_t counter):
        if self.loaded is None:
            self.refuse()
        if counter >= self.loaded.cells.shape[0]:
            raise IndexError(counter)
        return self.loaded.cells[counter]

    def _open_quotas(self):
        if self.barred == CLOSED:
            self.refuse()
        return held_by_quotas(&self.book)

    def _word(self, uint32_t counter):
        if self.barred == CLOSED:
            self.refuse()
        if counter >= self.loaded.cells.shape[0]:
            raise IndexError(counter)
        return cp_load(self.book.words + self.loaded.cells[counter])

    def _places(self, uint32_t destination):
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


# What a switch asks for most, with positional arguments as it gives them; all else is for the methods above.

cdef cp_general route_in_general = NULL
cdef cp_general end_in_general = NULL


cdef object route_positional(object engine, cp_objects args, Py_ssize_t count, PyObject* keywords):
    if likely(count == 2 and keywords == NULL):
        return (<Engine> engine).routed(args[0], args[1], None)
    return route_in_general(engine, args, count, keywords)


cdef object end_positional(object engine, cp_objects args, Py_ssize_t count, PyObject* keywords):
    if likely(count == 1 and keywords == NULL):
        return (<Engine> engine).ended(args[0])
    return end_in_general(engine, args, count, keywords)


route_in_general = cp_put_ahead(Engine, "route", route_positional)
end_in_general = cp_put_ahead(Engine, "end", end_positional)
