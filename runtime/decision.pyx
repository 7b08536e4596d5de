"""A decision as Python sees it: small ints, and their names on asking; tested by tests/test_engine.py."""

from . import layout

cimport cython

from .layout cimport ACTION_CONNECT

cdef tuple ACTIONS = layout.ACTIONS
cdef tuple REASONS = layout.REASONS


cdef Decision made(object names, const Outcome* out):
    """A decision from its outcome; `names` are those of the version that made it (names.py)."""
    cdef Decision decision = Decision.__new__(Decision)
    decision.names = names
    decision.handle = out.call
    decision.destination_index = out.destination
    decision.announcement_index = out.announcement
    decision.area = out.area
    decision.line = out.line
    decision.ring = out.ring_seconds
    decision.action_index = out.action
    decision.reason_index = out.reason
    return decision


@cython.final
@cython.no_gc  # it holds names only, which hold no decision
@cython.freelist(256)
cdef class Decision:
    """What becomes of a call. Made by an Engine; it stays readable after the engine is closed."""


    def __init__(self):
        raise TypeError("a Decision is made by an Engine")

    @property
    def action(self):
        return ACTIONS[self.action_index]

    @property
    def reason(self):
        return REASONS[self.reason_index]

    @property
    def destination(self):
        return self.names.destination(self.destination_index)[0]

    @property
    def number(self):
        return self.names.destination(self.destination_index)[1]

    @property
    def announcement(self):
        return self.names.announcement(self.announcement_index)[0]

    @property
    def media(self):
        return self.names.announcement(self.announcement_index)[1]

    @property
    def ring_seconds(self):
        return self.ring

    @property
    def origin(self):
        return self.names.origin(self.area, self.line)

    @property
    def call(self):
        return self.handle

    def __repr__(self):
        what = self.announcement if self.action_index != ACTION_CONNECT else f"{self.destination} ({self.number})"
        return f"<Decision {self.action} {what}: {self.reason}, call {self.handle}>"
