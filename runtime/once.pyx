"""One decision for each of the switch's own call ids, however often and by how many processes it is asked; tested by
tests/test_once.py.

The id is claimed before the call is decided (call_ids.pxd), so that a retransmission finds it.
"""

from .atomics cimport cp_load, cp_read_fence, cp_swap
from .book cimport (
    CP_GENERATION, CP_INDEX, INDEX_SHIFT, LEG_MASK, LEG_SHIFT, STATUS_ANSWERED, STATUS_FREE, STATUS_MASK, STATUS_RINGING,
    STATUS_SETTLED, Call, place_word,
)
from .call_ids cimport ID_NEW, ID_NO_ROOM, claim_id, find_id
from .calls cimport claim
from .decide cimport decided
from .desk cimport claim_warm, next_generation, note_freed
from .foresee cimport foresee
from .layout cimport (
    ACTION_CONNECT, BUILT_IN_OVERLOAD, NONE, REASON_FORWARDED, REASON_OVERLOAD, REASON_ROUTED,
)
from .outcome cimport announce, in_progress, no_such_call
from .reclaim cimport adopt


cdef inline void give_up(Book* book, Desk* desk, uint32_t index, uint64_t state) noexcept nogil:
    """Free the record of a call that is not to be, if it is still as it was."""
    if cp_swap(book.states + index, &state, state & CP_GENERATION | STATUS_FREE):
        note_freed(desk, index)


cdef void refuse_for_room(
    const Version* version, Book* book, Desk* desk, const Party* called, const Party* caller, int64_t at, int64_t monotonic,
    Outcome* out,
) noexcept nogil:
    """The decision of a call that can have no record: overload, where it would have been connected."""
    foresee(version, book, desk, called, caller, at, monotonic, out, NULL)
    if out.action == ACTION_CONNECT:
        announce(out, version.tables.plans[out.plan].built_in + BUILT_IN_OVERLOAD, REASON_OVERLOAD, NULL)


cdef uint32_t decide_once(
    const Version* version, Book* book, Desk* desk, const Ids* ids, const CallId* id, const Party* called,
    const Party* caller, int64_t at, int64_t monotonic, Outcome* out, uint64_t* call,
) noexcept nogil:
    """ID_NEW with a decision, ID_KNOWN with the handle of the call that has the id, or ID_IN_PROGRESS."""
    cdef uint32_t index = 0, found = find_id(book, ids, id, call)
    cdef uint64_t generation
    if found != ID_NEW:
        return found
    generation = next_generation(desk)
    if not claim_warm(book, desk, generation, &index) and not claim(book, desk, generation, monotonic, &index):
        refuse_for_room(version, book, desk, called, caller, at, monotonic, out)
        return ID_NEW
    found = claim_id(book, ids, id, index, generation, call)
    if found != ID_NEW:
        give_up(book, desk, index, cp_load(book.states + index))
        if found == ID_NO_ROOM:
            refuse_for_room(version, book, desk, called, caller, at, monotonic, out)
            return ID_NEW
        return found
    desk.reserved = place_word(generation, index, 0)
    decided(version, book, desk, called, caller, at, monotonic, True, out, NULL)
    if desk.reserved:  # it came to an announcement before it needed a record
        desk.reserved = 0
        give_up(book, desk, index, generation | book.owner | STATUS_SETTLED)
    return ID_NEW


cdef uint32_t decide_again(
    const Version* version, const Book* book, uint64_t call, const Party* called, const Party* caller, Outcome* out,
) noexcept nogil:
    """The decision that a call already has, by the version that it began with; an orphan becomes one's own."""
    cdef uint32_t index = <uint32_t> ((call & CP_INDEX) >> INDEX_SHIFT), leg, status
    cdef uint64_t state
    cdef const Call* record = book.calls + index
    cdef bint same
    while True:
        state = cp_load(book.states + index)
        status = <uint32_t> (state & STATUS_MASK)
        if (state ^ call) & CP_GENERATION or status == STATUS_FREE:
            return AGAIN_OVER
        if status != STATUS_RINGING and status != STATUS_ANSWERED:
            in_progress(out)
            return AGAIN_KNOWN
        leg = <uint32_t> (state >> LEG_SHIFT) & LEG_MASK
        same = record.called == called.key and record.caller == caller.key
        out.action = ACTION_CONNECT
        out.reason = REASON_FORWARDED if leg else REASON_ROUTED
        out.destination = record.legs[leg].destination
        out.announcement = NONE
        out.plan = record.plan
        out.area = record.area
        out.line = record.line
        out.call = call
        if record.version != version.id:
            return AGAIN_OVER
        cp_read_fence()
        if cp_load(book.states + index) == state:
            break
    if not same:
        no_such_call(out)
        return AGAIN_OTHER
    out.ring_seconds = version.tables.plans[out.plan].ring_seconds
    return AGAIN_KNOWN if adopt(book, index, call & CP_GENERATION) else AGAIN_OVER

