"""A decision as Python sees it: small ints, and their names on asking; tested by tests/test_engine.py."""

from . import layout

cimport cython
from cpython.object cimport PyObject, PyObject_GenericGetAttr, PyTypeObject, destructor

from .layout cimport ACTION_CONNECT
from .likely cimport likely

cdef tuple ACTIONS = layout.ACTIONS
cdef tuple REASONS = layout.REASONS
cdef str CALL = "call"


@cython.final
@cython.no_gc  # it holds names only, which hold no decision
cdef class Decision:
    """What becomes of a call. Made by an Engine; it stays readable after the engine is closed."""

    def __init__(self):
        raise TypeError("a Decision is made by an Engine")

    def __getattribute__(self, name):
        if name is CALL:  # asked of each decision, and found here in a third of the time
            return self.outcome.call
        return PyObject_GenericGetAttr(self, name)

    @property
    def action(self):
        return ACTIONS[self.outcome.action]

    @property
    def reason(self):
        return REASONS[self.outcome.reason]

    @property
    def destination(self):
        return self.names.destination(self.outcome.destination)[0]

    @property
    def number(self):
        return self.names.destination(self.outcome.destination)[1]

    @property
    def announcement(self):
        return self.names.announcement(self.outcome.announcement)[0]

    @property
    def media(self):
        return self.names.announcement(self.outcome.announcement)[1]

    @property
    def ring_seconds(self):
        return self.outcome.ring_seconds

    @property
    def origin(self):
        return self.names.origin(self.outcome.area, self.outcome.line)

    @property
    def call(self):
        return self.outcome.call

    def __repr__(self):
        what = self.announcement if self.outcome.action != ACTION_CONNECT else f"{self.destination} ({self.number})"
        return f"<Decision {self.action} {what}: {self.reason}, call {self.outcome.call}>"


# Decisions that were freed, as they are but for their names: Cython's own free list clears and initialises each anew.

cdef extern from *:
    """
    #if defined(Py_GIL_DISABLED) || defined(Py_TRACE_REFS)
    #define CP_SPARES 0 /* an object that begins anew has more to it than its count of references */
    #else
    #define CP_SPARES 256
    #endif
    """
    const Py_ssize_t CP_SPARES

ctypedef PyObject* Spare
cdef Spare[256] spares
cdef Py_ssize_t spare_count = 0
cdef destructor free_memory = (<PyTypeObject*> Decision).tp_dealloc


cdef void put_away(PyObject* freed) noexcept:
    global spare_count
    if likely(spare_count < CP_SPARES):
        (<Decision> freed).names = None
        spares[spare_count] = freed
        spare_count += 1
    else:
        free_memory(freed)


(<PyTypeObject*> Decision).tp_dealloc = put_away


cdef Decision blank(object names):
    """A decision whose outcome is still to be written; `names` are those of the version that makes it (names.py)."""
    global spare_count
    cdef Decision found
    if likely(spare_count):
        spare_count -= 1
        found = <Decision> spares[spare_count]  # its first reference
    else:
        found = Decision.__new__(Decision)
    found.names = names
    return found
