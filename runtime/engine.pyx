"""The engine: compiled plans and their books, and what a switch asks of them; tested by tests/test_engine.py.

engine.pyi says what each method promises. The decision itself is decide.pxd; here are only Python's values.
"""

import logging
import time

import numpy as np

from . import batches, call_ids, call_records
from . import explain as explaining
from . import layout
from . import memory as memories
from . import state_settings
from . import usage as usages
from .attachment import Wanted
from .tables import Tables

cimport cython
from cpython.exc cimport PyErr_Clear, PyErr_Occurred
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from .atomics cimport cp_load
from .batch cimport Row, decide_rows, end_rows
from .book cimport CP_GENERATION, OWNER_SHIFT, OWNERS
from .call_ids cimport ID_IN_PROGRESS, ID_KNOWN, ID_NEW, CallId, entry_index, find_id, set_call_id
from .calls cimport answer, finish, forward, held_places, sweep
from .columns cimport Columns, Piece, columns_of, piece_of
from .decide cimport decided
from .decision cimport Decision, blank
from .desk cimport Desk
from .footing cimport CLOSED, Footing
from .foresee cimport foresee
from .instants cimport cp_monotonic, cp_wall, seconds
from .layout cimport Limit
from .likely cimport likely, unlikely
from .loaded cimport Loaded
from .numbers cimport Numbering, characters, read_called, read_caller
from .once cimport AGAIN_OTHER, AGAIN_OVER, decide_again, decide_once
from .outcome cimport in_progress
from .present cimport Present
from .reclaim cimport adopt
from .tracing cimport Question, held_by_quotas, set_origin, traced
from .versions cimport none_yet

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
cdef object LOG = logging.getLogger("callplan")


@cython.final
cdef class Engine(Footing):
    """Decides calls by compiled plans and counts them. See engine.pyi."""

    def __cinit__(self):
        self._stand_nowhere()

    def __init__(
        self, tables, state=None, area=None, numbering=None, max_calls=None, longest_call=None, clock=None,
    ):
        wanted = Wanted(area, numbering, max_calls, longest_call)
        max_calls = state_settings.CALLS if max_calls is None else max_calls
        longest_call = state_settings.LONGEST_CALL if longest_call is None else longest_call
        if tables is None and state is None:
            raise TypeError("an engine without a state needs tables")
        if not 1 <= max_calls <= memories.MAX_CALLS:
            raise ValueError(f"max_calls must be 1 to {memories.MAX_CALLS}, not {max_calls}")
        if not 1 <= longest_call <= 2**31 - 1:
            raise ValueError(f"longest_call must be 1 to {2**31 - 1} seconds, not {longest_call}")
        if clock is not None and not callable(clock):
            raise TypeError("clock must be callable and return POSIX seconds")
        self._leave()
        opened = tables if tables is None or isinstance(tables, Tables) else Tables.open(tables)
        self.clock = clock
        self.earlier = none_yet()
        if self.page is None:
            self.page = Present()
            self.present = self.page.word
        if state is None:
            self._open_alone(opened, area, numbering, max_calls, longest_call)
        else:
            self._open_shared(state, opened, wanted)

    cdef inline int heed(self) except -1:
        """What every call of the engine does first."""
        if unlikely(cp_load(self.present) != cp_load(self.in_force)):
            self.attend(False)
        return 0

    @property
    def tables(self):
        if self.loaded is None:
            self.refuse()
        return self.loaded.tables

    def reload(self, tables, allow_reset=False):
        self.heed()
        self._reload(tables if isinstance(tables, Tables) else Tables.open(tables), allow_reset)

    cdef int refuse_instant(self) except -1:
        raise ValueError("calls that processes count together are decided now: at= needs an engine with clock=")

    cdef inline int64_t instant(self, object at, int64_t* monotonic) except? -1:
        """The instant of a decision; sets the monotonic seconds. A clock given to the engine is both clocks."""
        cdef int64_t now
        if unlikely(self.clock is not None):
            monotonic[0] = seconds(self.clock())
            return monotonic[0] if at is None else seconds(at)
        if unlikely(at is not None) and self.shared is not None:
            self.refuse_instant()
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
        if unlikely(cp_load(self.present) != cp_load(self.in_force)):
            self.attend(of_draft)
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

    def route(self, called, caller, at=None, call_id=None):
        if call_id is None:
            return self.routed(<PyObject*> called, <PyObject*> caller, at)
        return self.routed_once(called, caller, at, call_id)

    cdef Decision routed_once(self, object called, object caller, object at, object call_id):
        """One decision for each id, the same for whoever asks again."""
        cdef Question asked
        cdef Decision found
        cdef Loaded loaded
        cdef CallId id
        cdef uint32_t known
        cdef uint64_t call = 0
        kept = self.name(call_id, &id)
        self.ask(<PyObject*> called, <PyObject*> caller, at, False, &asked)
        while True:
            found = blank(self.loaded.named)
            known = decide_once(
                &self.loaded.version, &self.book, &self.desk, &self.ids, &id, &asked.called, &asked.caller, asked.at,
                asked.monotonic, &found.outcome, &call,
            )
            if known == ID_NEW:
                return found
            if known == ID_IN_PROGRESS:
                in_progress(&found.outcome)
                return found
            loaded = self.version_of(call)
            found = blank(loaded.named)
            known = decide_again(&loaded.version, &self.book, call, &asked.called, &asked.caller, &found.outcome)
            if known == AGAIN_OTHER:
                LOG.warning("call id %r is in use by a call with other numbers: refused", call_id)
            if known != AGAIN_OVER:
                return found

    cdef object name(self, object call_id, CallId* out):
        """Read a call id; what is returned keeps its bytes."""
        kept, is_digest = call_ids.kept(call_id)
        set_call_id(&self.ids, out, <const uint8_t*> <const char*> kept, <uint32_t> len(kept), is_digest)
        return kept

    def find(self, call_id):
        cdef CallId id
        cdef uint64_t call = 0
        kept = self.name(call_id, &id)
        self.heed()
        if find_id(&self.book, &self.ids, &id, &call) != ID_KNOWN:
            return 0
        adopt(&self.book, entry_index(call), call & CP_GENERATION)
        return call

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
        if at is not None and self.shared is not None and self.clock is None:
            self.refuse_instant()
        columns = columns_of(called, caller, at, now)
        memory = EMPTY(columns.size * sizeof(Row), UINT8)
        found = ARRAY(columns.size, DECISION, memory)  # a view that numpy has not to check field by field
        if columns.size == 0:
            return found
        rows = piece_of(memory, True)
        self.waiting += 1
        try:
            while self.reloading or (self.batches and cp_load(self.present) != cp_load(self.in_force) and not self.barred):
                time.sleep(0.001)
        finally:
            self.waiting -= 1
        self.heed()
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
        self.heed()
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
        self.heed()
        loaded = self.version_of(word)
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
        self.heed()
        return answer(&self.book, word, when) != 0

    cdef inline object ended(self, PyObject* call):
        cdef uint64_t word = handle(call)
        self.heed()
        return finish(&self.book, &self.desk, word) != 0

    def end(self, call):
        return self.ended(<PyObject*> call)

    def sweep(self):
        cdef int64_t monotonic = 0
        self.instant(None, &monotonic)
        self.heed()
        self.book.none_lost_before = 0
        ended = sweep(&self.book, &self.desk, monotonic)
        if self.shared is not None:
            self.shared.tidy()
        return ended

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

    def calls(self):
        self.heed()
        found = []
        for handle, state, record, leg in call_records.rows(self._records()):
            version = self.version_of(handle)
            orphan = self._is_orphan(state >> OWNER_SHIFT & (OWNERS - 1))
            found.append(call_records.described(version.tables, handle, state, record, leg, orphan))
        return found

    def reconcile(self, live_call_ids, spare=10):
        self.heed()
        now = cp_wall() if self.clock is None else seconds(self.clock())
        over = call_records.missing(self._records(), live_call_ids, now - spare, self._is_orphan)
        ended = [handle for handle in over if self.end(handle)]
        if self.shared is not None:
            self.shared.note_reconciled(len(ended))
        if ended:
            LOG.info("%d calls ended that the switch has no more", len(ended))
        return ended

    cdef object _records(self):
        return call_records.in_progress(self.block, self.memory.regions if self.shared is None else self.shared.regions)

    def _is_orphan(self, uint32_t owner):
        return self.shared is not None and not self.member.owners.lives(owner)

    def close(self):
        self._leave()

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
