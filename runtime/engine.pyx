"""The engine: compiled plans and their books, and what a switch asks of them; tested by tests/test_engine.py.

engine.pyi says what each method promises. The decision itself is decide.pxd; here are only Python's values.
"""

import logging
import os
import time

import numpy as np

from . import batches, call_ids, call_records
from . import explain as explaining
from . import layout
from . import memory as memories
from . import numbering as numberings
from . import operator_numbering
from . import state_settings
from . import usage as usages
from .attachment import Attachment, Wanted
from .counters import Counters
from .errors import CallplanError, StateError
from .regions import HEADER as _HEADER
from .regions import LIVE_AT as _LIVE_AT
from .tables import Tables

cimport cython
from cpython.exc cimport PyErr_Clear, PyErr_Occurred
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from .atomics cimport cp_load, cp_store, cp_word
from .batch cimport Row, decide_rows, end_rows
from .book cimport ALONE, CP_GENERATION, OWNER_SHIFT, OWNERS, Book, Call, Live, OwnerRecord
from .call_ids cimport BUCKET, ID_IN_PROGRESS, ID_KNOWN, ID_NEW, CallId, Ids, entry_index, find_id, set_call_id
from .calls cimport answer, finish, forward, hand_over, held_places, sweep, sweep_no_more
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
from .once cimport AGAIN_OTHER, AGAIN_OVER, decide_again, decide_once, in_progress
from .owners cimport Member
from .present cimport Present
from .reclaim cimport adopt
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

_MAX_CALLS, _LONGEST_CALL = state_settings.CALLS, state_settings.LONGEST_CALL

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
cdef object LOG = logging.getLogger("callplan")
LOG.addHandler(logging.NullHandler())  # nothing goes to standard error unless somebody asks for it
cdef cp_word[2] NOWHERE  # where an engine is that was never opened: they differ
cp_store(&NOWHERE[1], 1)


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
    cdef Ids ids
    cdef object shared  # an Attachment, None without a state
    cdef Member member  # of the owners of that state
    cdef Present page
    # What a call looks at first: the version that this process is at, 0 where it is closed or was forked, and that in force.
    cdef cp_word* present
    cdef const cp_word* in_force
    cdef int64_t failed  # second in which the version in force could not be loaded

    def __cinit__(self):
        self.barred = CLOSED
        self.present, self.in_force = &NOWHERE[0], &NOWHERE[1]

    def __init__(
        self, tables, state=None, area=None, numbering=None, max_calls=None, longest_call=None, clock=None,
    ):
        wanted = Wanted(area, numbering, max_calls, longest_call)
        max_calls = _MAX_CALLS if max_calls is None else max_calls
        longest_call = _LONGEST_CALL if longest_call is None else longest_call
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

    cdef int _open_alone(self, object opened, object area, object numbering, uint32_t max_calls, int64_t longest_call) except -1:
        """Books in the memory of this process and its children."""
        self.area = area
        self.prefixes = numberings.builtin() if numbering is None else operator_numbering.read_csv(numbering)
        counters = Counters(opened.sections)
        self.memory = memories.Memory(counters, max_calls, longest_call)
        self._open_book(self.memory.block, self.memory.regions, longest_call)
        self.book.owner = ALONE << OWNER_SHIFT
        self.book.live = NULL
        self.loaded = Loaded(opened, Reader(opened.sections["area_codes"], self.prefixes, area), 1)
        self.loaded.place(counters, self.memory.place(counters), max_calls)
        self.barred = DRAFT if opened.draft else OPEN
        self._note_version()
        return 0

    cdef int _open_shared(self, object state, object opened, object wanted) except -1:
        """Books in a state's memory; this process becomes one of its owners."""
        shared = Attachment(state, opened, wanted)
        self.shared = shared
        self.area, self.prefixes = shared.settings.area, shared.prefixes()
        self.memory = None
        self._open_book(shared.block, shared.regions, shared.settings.longest_call)
        self.book.live = <Live*> self.in_force
        self.book.owners = <OwnerRecord*> &self.block[<Py_ssize_t> shared.regions.owners_at]
        self.book.grace = shared.settings.grace + (self.clock is None)
        self.member = shared.member
        self.book.owners_file = self.member.owners.descriptor
        self.member.on_register(hand_over, &self.book)
        try:
            self.book.owner = <uint64_t> self.member.registered() << OWNER_SHIFT
            self.barred = OPEN
            self.loaded = self._load(shared.in_force())
            self.member.publish(self.loaded.version.id)
        except BaseException:
            self.close()
            raise
        cp_store(self.present, self.loaded.version.id)
        return 0

    cdef int _open_book(self, object block, object regions, int64_t longest_call) except -1:
        cdef Py_ssize_t states = regions.states_at, calls = regions.calls_at, words = regions.words_at, ids = regions.ids_at
        cdef Py_ssize_t live = _LIVE_AT, key = _HEADER.fields["id_key"][1]
        cdef int i
        self.block = block
        self.book.states = <cp_word*> &self.block[states]
        self.book.calls = <Call*> &self.block[calls]
        self.book.words = <cp_word*> &self.block[words]
        self.book.max_calls = regions.calls
        self.book.word_room = regions.words
        # The monotonic clock is read once a second, so a call may look a second older than it is.
        self.book.longest_call = longest_call + (self.clock is None)
        self.book.none_lost_before = 0
        self.in_force = <cp_word*> &self.block[live]
        self.ids.entries = <cp_word*> &self.block[ids]
        self.ids.buckets_mask = regions.ids // BUCKET - 1
        memcpy(self.ids.key, &self.block[key], sizeof(self.ids.key))
        self.failed = 0
        self.desks = Desks()
        self._sit_down()
        return 0

    cdef int _sit_down(self) except -1:
        """Desks of one's own: a process that was forked shares the books, but must not make the same handles."""
        self.desks.drop()
        open_desk(&self.desk, int.from_bytes(os.urandom(8), "little"))
        return 0

    cdef int _note_version(self) except -1:
        """Without a state: this process is at the version in force."""
        cp_store(<cp_word*> self.in_force, self.loaded.version.id)
        cp_store(self.present, self.loaded.version.id if self.barred == OPEN else 0)
        return 0

    cdef Loaded _load(self, object number):
        """A version that the state has, ready to decide by."""
        cdef Loaded found
        cdef Reader reader
        tables, counters, placement = self.shared.load(number)
        if self.loaded is not None and np.array_equal(
            tables.sections["area_codes"], self.loaded.tables.sections["area_codes"]
        ):
            reader = self.loaded.reader
        else:
            reader = Reader(tables.sections["area_codes"], self.prefixes, self.area)
        found = Loaded(tables, reader, number)
        found.place(counters, placement, self.book.max_calls)
        return found

    cdef inline int heed(self) except -1:
        """What every call of the engine does first."""
        if unlikely(cp_load(self.present) != cp_load(self.in_force)):
            self.attend(False)
        return 0

    cdef int attend(self, bint of_draft) except -1:
        """The engine is closed or a draft's, or the process was forked, or other tables are in force."""
        if self.barred and not (of_draft and self.barred == DRAFT):
            self.refuse()
        if self.barred:
            return 0
        if cp_load(self.present) == 0:
            self._come_anew()
        if self.shared is not None and cp_load(self.in_force) != self.loaded.version.id:
            self._move_on()
        cp_store(self.present, self.loaded.version.id)
        return 0

    cdef int _come_anew(self) except -1:
        """In a child process: its parent's batches are not its own, and with a state it is an owner by itself."""
        self.batches = self.waiting = 0
        self.reloading = False
        sweep_no_more()
        self._sit_down()
        if self.shared is not None:
            self.book.owner = <uint64_t> self.member.registered() << OWNER_SHIFT
            self.member.publish(self.loaded.version.id)
        return 0

    cdef int _move_on(self) except -1:
        """Decide by the version in force from now on; where it cannot be loaded, by the old one for a second more."""
        cdef Loaded old, new
        cdef int64_t now = cp_wall()
        if self.reloading or self.batches or now == self.failed:  # what batches decide by must not change under them
            return 0
        self.reloading = True
        try:
            old = self.loaded
            new = self._load(self.shared.in_force())
            self.earlier.forget(&self.book)
            self.earlier.follow(old, new)
            self.loaded = new
            forget_time(&self.desk)
            self.member.publish(new.version.id)
        except (CallplanError, OSError, MemoryError) as error:
            self.failed = now
            LOG.error("the tables in force cannot be loaded, calls go on by version %d: %s", self.loaded.version.id, error)
        finally:
            self.reloading = False
        return 0

    cdef Loaded version_of(self, uint64_t call):
        """The version that a call began with, which another process may have decided it by."""
        cdef Loaded found
        number = self.earlier.unknown(&self.book, call, self.loaded)
        if number == 0:
            return self.earlier.of_call(&self.book, call, self.loaded)
        try:
            found = self._load(number)
        except StateError:
            if self.earlier.unknown(&self.book, call, self.loaded) == number:
                raise
            return self.loaded  # the call is over by now, and its version was let go
        self.earlier.follow(found, self.loaded)
        return found

    @property
    def tables(self):
        if self.loaded is None:
            self.refuse()
        return self.loaded.tables

    def reload(self, tables, allow_reset=False):
        cdef Loaded old, new
        cdef Reader reader
        opened = tables if isinstance(tables, Tables) else Tables.open(tables)
        if opened.draft:
            raise CallplanError("these tables are a draft, some calls have no rule: they can be explained, not routed")
        self.heed()
        if self.shared is not None:
            self.shared.activate(opened, allow_reset)
            self.heed()
            return
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
            self._note_version()
        finally:
            self.reloading = False

    cdef int refuse_instant(self) except -1:
        raise ValueError("calls that processes count together are decided now: at= needs an engine with clock=")

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
        if isinstance(call_id, str):
            call_id = call_id.encode("utf-8", "surrogatepass")
        if not isinstance(call_id, bytes):
            raise TypeError(f"a call id is a str or bytes, not {type(call_id).__name__}")
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

    def calls(self):
        cdef Loaded version
        self.heed()
        found = []
        for handle, state, record, leg in call_records.rows(self._records()):
            version = self.version_of(handle)
            if version.version.id != record["version"]:
                continue  # the call is over by now
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

    cdef int _leave(self) except -1:
        self.barred = CLOSED
        cp_store(self.present, 0)
        if self.shared is not None:
            shared, self.shared = self.shared, None
            shared.close()
        return 0

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
