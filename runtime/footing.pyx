"""What an engine stands on: its books, alone or shared by a state, the versions of the tables that it decides by, and whether
it is still in the process that opened it; tested by tests/test_reload.py and tests/test_engine_state.py.
"""

import logging
import os
import time

import numpy as np

from . import memory as memories
from . import numbering as numberings
from . import operator_numbering
from .attachment import Attachment
from .counters import Counters
from .errors import CallplanError
from .regions import HEADER, LIVE_AT
from .tables import IS_DRAFT

from libc.string cimport memcpy

from .atomics cimport cp_load, cp_store
from .book cimport ALONE, OWNER_SHIFT, Call, Live
from .call_ids cimport BUCKET
from .calls cimport hand_over, sweep_no_more
from .desk cimport forget_time, open_desk
from .instants cimport cp_wall
from .numbers cimport Reader

cdef object LOG = logging.getLogger("callplan")
LOG.addHandler(logging.NullHandler())  # nothing goes to standard error unless somebody asks for it
cdef cp_word[2] NOWHERE  # where an engine is that was never opened: they differ
cp_store(&NOWHERE[1], 1)


cdef class Footing:
    """All is done with the interpreter's lock held."""

    cdef int _stand_nowhere(self) except -1:
        """Before it is opened."""
        self.barred = CLOSED
        self.present, self.in_force = &NOWHERE[0], &NOWHERE[1]
        return 0

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
            self._leave()
            raise
        cp_store(self.present, self.loaded.version.id)
        return 0

    cdef int _open_book(self, object block, object regions, int64_t longest_call) except -1:
        cdef Py_ssize_t states = regions.states_at, calls = regions.calls_at, words = regions.words_at, ids = regions.ids_at
        cdef Py_ssize_t live = LIVE_AT, key = HEADER.fields["id_key"][1]
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
        tables, own = self.shared.load(number)
        found = Loaded(tables, self._reader(tables), number)
        found.place(own.counters, own.placement, self.book.max_calls)
        return found

    cdef Reader _reader(self, object tables):
        """What reads numbers for tables: mostly that of those in force, since few know other areas."""
        codes = tables.sections["area_codes"]
        if self.loaded is not None and np.array_equal(codes, self.loaded.tables.sections["area_codes"]):
            return self.loaded.reader
        return Reader(codes, self.prefixes, self.area)

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
        found = self._load(number)
        self.earlier.follow(found, self.loaded)
        return found

    cdef int refuse(self) except -1:
        if self.barred == CLOSED:
            raise CallplanError("the engine is closed")
        raise CallplanError(IS_DRAFT)

    cdef int _leave(self) except -1:
        self.barred = CLOSED
        cp_store(self.present, 0)
        if self.shared is not None:
            shared, self.shared = self.shared, None
            shared.close()
        return 0

    cdef int _reload(self, object opened, bint allow_reset) except -1:
        cdef Loaded old, new
        if opened.draft:
            raise CallplanError(IS_DRAFT)
        if self.shared is not None:
            self.shared.activate(opened, allow_reset)
            self.attend(False)
            return 0
        while self.reloading or self.waiting:  # reloads one after the other let batches in between
            time.sleep(0.001)
        self.reloading = True
        try:
            while self.batches:
                time.sleep(0.001)  # their calls are decided by the old plans, so the old plans stay until then
            if self.barred:
                self.refuse()
            old = self.loaded
            new = Loaded(opened, self._reader(opened), old.version.id + 1)
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
        return 0
