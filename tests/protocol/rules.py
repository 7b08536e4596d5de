"""The rules that the protocol follows, each a switch: its other side is a mistake that the exploration must find."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """How steps are taken; what is not said otherwise is as it should be."""

    # A place is taken by a compare-and-swap, not by a write after it was seen to be free.
    places_swapped: bool = True
    # A quota is charged by a compare-and-swap of period and count.
    quotas_swapped: bool = True
    # What a call gives back goes to the period that it was charged to, or nowhere.
    period_compared: bool = True
    # A call is over before it gives back, so that only one of several that end it does.
    over_first: bool = True
    # Who reclaims from an owner that is dead "locks" its byte meanwhile. It could also "recheck" before each swap that
    # the owner has had no process since, or only have "looked" before.
    reclaim: str = "locks"
    # One thread a process reclaims at a time: a process that locks a byte again gets it.
    one_reclaims: bool = True
    # A forward notes each place in the record before it takes it, and who reclaims the call clears that.
    next_noted: bool = True
    # A place of the leg to come is held however the call stands, so that no place that is not held ever is held again.
    next_held: bool = True
    # The time of the answer is swapped into a record with the generation that it is about.
    answer_stamped: bool = True
    # A call's state counts how often it was taken from a dead owner, so that an orphan is not taken for the one that it
    # was before somebody adopted it and died.
    turns_counted: bool = True
    # A call id is settled after the bucket was scanned with one's own entry in it.
    ids_scanned_after: bool = True
    # Of two tentative claims of one call id the higher withdraws; otherwise both go on.
    higher_withdraws: bool = True
