"""Sizes and field offsets of the C structs, so that tests/test_layout.py can hold layout.pxd to layout.py, and
tests/test_regions.py book.pxd to regions.py.
"""

from .book cimport Call, Charge, Leg, Live
from .owners cimport OwnerRecord
from .layout cimport (
    Allowance, Announcement, Bitmap, Block, Bucket, Counter, DayClass, DayException, Destination, Limit, ListClass, Minute, Node, Number, Plan,
    Quota, Split, Timetable, Turns, Zone, ZoneSpan,
)


def fields():
    """By dtype of layout.py: the struct's size and, by field, its offset, in bytes."""
    # A struct cannot be walked by name, so each is written out; a field that is missing here fails the test.
    cdef Number number_
    cdef Plan plan
    cdef Zone zone
    cdef ZoneSpan zoneSpan
    cdef Timetable timetable
    cdef DayException dayException
    cdef DayClass dayClass
    cdef Minute minute
    cdef Node node
    cdef Split split_
    cdef Destination destination
    cdef Announcement announcement
    cdef Quota quota
    cdef Counter counter
    cdef Bitmap bitmap
    cdef Bucket bucket
    cdef ListClass listClass
    cdef Block block
    cdef Allowance allowance
    cdef Limit limit
    cdef Turns turns
    return {
        "NUMBER": (sizeof(Number), {
            "number": <char*> &number_.number - <char*> &number_,
            "plan": <char*> &number_.plan - <char*> &number_,
            "pad": <char*> &number_.pad - <char*> &number_,
        }),
        "PLAN": (sizeof(Plan), {
            "cells": <char*> &plan.cells - <char*> &plan,
            "nodes": <char*> &plan.nodes - <char*> &plan,
            "origin_map": <char*> &plan.origin_map - <char*> &plan,
            "timetable": <char*> &plan.timetable - <char*> &plan,
            "zone": <char*> &plan.zone - <char*> &plan,
            "blacklist": <char*> &plan.blacklist - <char*> &plan,
            "blacklist_announcement": <char*> &plan.blacklist_announcement - <char*> &plan,
            "blocked": <char*> &plan.blocked - <char*> &plan,
            "origin_classes": <char*> &plan.origin_classes - <char*> &plan,
            "time_classes": <char*> &plan.time_classes - <char*> &plan,
            "list_classes": <char*> &plan.list_classes - <char*> &plan,
            "blocks_count": <char*> &plan.blocks_count - <char*> &plan,
            "list_class_first": <char*> &plan.list_class_first - <char*> &plan,
            "blocks": <char*> &plan.blocks - <char*> &plan,
            "quotas": <char*> &plan.quotas - <char*> &plan,
            "quotas_count": <char*> &plan.quotas_count - <char*> &plan,
            "forward_counts": <char*> &plan.forward_counts - <char*> &plan,
            "forwards": <char*> &plan.forwards - <char*> &plan,
            "ring_seconds": <char*> &plan.ring_seconds - <char*> &plan,
            "max_forwards": <char*> &plan.max_forwards - <char*> &plan,
            "returnable": <char*> &plan.returnable - <char*> &plan,
            "built_in": <char*> &plan.built_in - <char*> &plan,
            "name": <char*> &plan.name - <char*> &plan,
            "line": <char*> &plan.line - <char*> &plan,
            "nodes_count": <char*> &plan.nodes_count - <char*> &plan,
            "destinations": <char*> &plan.destinations - <char*> &plan,
            "destinations_count": <char*> &plan.destinations_count - <char*> &plan,
            "splits": <char*> &plan.splits - <char*> &plan,
            "splits_count": <char*> &plan.splits_count - <char*> &plan,
            "forward_lines": <char*> &plan.forward_lines - <char*> &plan,
            "number": <char*> &plan.number - <char*> &plan,
            "blacklist_line": <char*> &plan.blacklist_line - <char*> &plan,
            "pad2": <char*> &plan.pad2 - <char*> &plan,
        }),
        "ZONE": (sizeof(Zone), {
            "name": <char*> &zone.name - <char*> &zone,
            "first": <char*> &zone.first - <char*> &zone,
            "count": <char*> &zone.count - <char*> &zone,
            "pad": <char*> &zone.pad - <char*> &zone,
        }),
        "ZONE_SPAN": (sizeof(ZoneSpan), {
            "start": <char*> &zoneSpan.start - <char*> &zoneSpan,
            "offset": <char*> &zoneSpan.offset - <char*> &zoneSpan,
            "pad": <char*> &zoneSpan.pad - <char*> &zoneSpan,
        }),
        "TIMETABLE": (sizeof(Timetable), {
            "weekdays": <char*> &timetable.weekdays - <char*> &timetable,
            "exceptions": <char*> &timetable.exceptions - <char*> &timetable,
            "exceptions_count": <char*> &timetable.exceptions_count - <char*> &timetable,
            "time_classes": <char*> &timetable.time_classes - <char*> &timetable,
        }),
        "EXCEPTION": (sizeof(DayException), {
            "day": <char*> &dayException.day - <char*> &dayException,
            "day_class": <char*> &dayException.day_class - <char*> &dayException,
        }),
        "DAY_CLASS": (sizeof(DayClass), {
            "first": <char*> &dayClass.first - <char*> &dayClass,
            "count": <char*> &dayClass.count - <char*> &dayClass,
        }),
        "MINUTE": (sizeof(Minute), {
            "minute": <char*> &minute.minute - <char*> &minute,
            "time_class": <char*> &minute.time_class - <char*> &minute,
        }),
        "NODE": (sizeof(Node), {
            "kind": <char*> &node.kind - <char*> &node,
            "reason": <char*> &node.reason - <char*> &node,
            "pad": <char*> &node.pad - <char*> &node,
            "target": <char*> &node.target - <char*> &node,
            "next": <char*> &node.next - <char*> &node,
            "line": <char*> &node.line - <char*> &node,
        }),
        "SPLIT": (sizeof(Split), {
            "key": <char*> &split_.key - <char*> &split_,
            "order": <char*> &split_.order - <char*> &split_,
            "period": <char*> &split_.period - <char*> &split_,
            "weights": <char*> &split_.weights - <char*> &split_,
            "branches": <char*> &split_.branches - <char*> &split_,
            "by_caller": <char*> &split_.by_caller - <char*> &split_,
            "pad": <char*> &split_.pad - <char*> &split_,
            "counter": <char*> &split_.counter - <char*> &split_,
            "name": <char*> &split_.name - <char*> &split_,
            "plan": <char*> &split_.plan - <char*> &split_,
            "line": <char*> &split_.line - <char*> &split_,
        }),
        "DESTINATION": (sizeof(Destination), {
            "dial_id": <char*> &destination.dial_id - <char*> &destination,
            "limit": <char*> &destination.limit - <char*> &destination,
            "counter": <char*> &destination.counter - <char*> &destination,
            "announcement": <char*> &destination.announcement - <char*> &destination,
            "name": <char*> &destination.name - <char*> &destination,
            "dial": <char*> &destination.dial - <char*> &destination,
            "plan": <char*> &destination.plan - <char*> &destination,
            "line": <char*> &destination.line - <char*> &destination,
        }),
        "ANNOUNCEMENT": (sizeof(Announcement), {
            "name": <char*> &announcement.name - <char*> &announcement,
            "media": <char*> &announcement.media - <char*> &announcement,
        }),
        "QUOTA": (sizeof(Quota), {
            "allowed": <char*> &quota.allowed - <char*> &quota,
            "period": <char*> &quota.period - <char*> &quota,
            "answered": <char*> &quota.answered - <char*> &quota,
            "pad": <char*> &quota.pad - <char*> &quota,
            "counter": <char*> &quota.counter - <char*> &quota,
            "announcement": <char*> &quota.announcement - <char*> &quota,
            "name": <char*> &quota.name - <char*> &quota,
            "line": <char*> &quota.line - <char*> &quota,
        }),
        "COUNTER": (sizeof(Counter), {
            "identity": <char*> &counter.identity - <char*> &counter,
            "kind": <char*> &counter.kind - <char*> &counter,
            "pad": <char*> &counter.pad - <char*> &counter,
            "places": <char*> &counter.places - <char*> &counter,
            "text": <char*> &counter.text - <char*> &counter,
            "owner": <char*> &counter.owner - <char*> &counter,
        }),
        "BITMAP": (sizeof(Bitmap), {
            "buckets": <char*> &bitmap.buckets - <char*> &bitmap,
            "buckets_count": <char*> &bitmap.buckets_count - <char*> &bitmap,
            "offset": <char*> &bitmap.offset - <char*> &bitmap,
            "size": <char*> &bitmap.size - <char*> &bitmap,
            "members": <char*> &bitmap.members - <char*> &bitmap,
        }),
        "BUCKET": (sizeof(Bucket), {
            "high": <char*> &bucket.high - <char*> &bucket,
            "pad": <char*> &bucket.pad - <char*> &bucket,
            "offset": <char*> &bucket.offset - <char*> &bucket,
        }),
        "LIST_CLASS": (sizeof(ListClass), {
            "bitmap": <char*> &listClass.bitmap - <char*> &listClass,
            "list_class": <char*> &listClass.list_class - <char*> &listClass,
        }),
        "BLOCK": (sizeof(Block), {
            "areas": <char*> &block.areas - <char*> &block,
            "announcement": <char*> &block.announcement - <char*> &block,
            "line": <char*> &block.line - <char*> &block,
            "pad": <char*> &block.pad - <char*> &block,
        }),
        "ALLOWANCE": (sizeof(Allowance), {
            "word": <char*> &allowance.word - <char*> &allowance,
            "allowed": <char*> &allowance.allowed - <char*> &allowance,
            "period": <char*> &allowance.period - <char*> &allowance,
            "answered": <char*> &allowance.answered - <char*> &allowance,
            "pad": <char*> &allowance.pad - <char*> &allowance,
        }),
        "LIMIT": (sizeof(Limit), {
            "at": <char*> &limit.at - <char*> &limit,
            "limit": <char*> &limit.limit - <char*> &limit,
            "size": <char*> &limit.size - <char*> &limit,
            "segments": <char*> &limit.segments - <char*> &limit,
        }),
        "TURNS": (sizeof(Turns), {
            "reciprocal": <char*> &turns.reciprocal - <char*> &turns,
            "word": <char*> &turns.word - <char*> &turns,
            "order": <char*> &turns.order - <char*> &turns,
            "period": <char*> &turns.period - <char*> &turns,
            "pad": <char*> &turns.pad - <char*> &turns,
        }),
    }


def records():
    """By dtype of regions.py, as fields()."""
    cdef Call call
    cdef Leg leg
    cdef Charge charge
    cdef Live live
    cdef OwnerRecord owner
    return {
        "CALL": (sizeof(Call), {
            "called": <char*> &call.called - <char*> &call,
            "caller": <char*> &call.caller - <char*> &call,
            "began": <char*> &call.began - <char*> &call,
            "began_monotonic": <char*> &call.began_monotonic - <char*> &call,
            "answered": <char*> &call.answered - <char*> &call,
            "version": <char*> &call.version - <char*> &call,
            "plan": <char*> &call.plan - <char*> &call,
            "call_id_bytes": <char*> &call.call_id_bytes - <char*> &call,
            "area": <char*> &call.area - <char*> &call,
            "line": <char*> &call.line - <char*> &call,
            "quotas": <char*> &call.quotas - <char*> &call,
            "returnable": <char*> &call.returnable - <char*> &call,
            "pad": <char*> &call.pad - <char*> &call,
            "charges": <char*> &call.charges - <char*> &call,
            "legs": <char*> &call.legs - <char*> &call,
            "call_id": <char*> &call.call_id - <char*> &call,
            "orphaned": <char*> &call.orphaned - <char*> &call,
            "pad2": <char*> &call.pad2 - <char*> &call,
        }),
        "LEG": (sizeof(Leg), {
            "destination": <char*> &leg.destination - <char*> &leg,
            "limit": <char*> &leg.limit - <char*> &leg,
            "place": <char*> &leg.place - <char*> &leg,
            "times": <char*> &leg.times - <char*> &leg,
        }),
        "CHARGE": (sizeof(Charge), {
            "word": <char*> &charge.word - <char*> &charge,
            "period": <char*> &charge.period - <char*> &charge,
        }),
        "LIVE": (sizeof(Live), {
            "in_force": <char*> &live.in_force - <char*> &live,
            "pad": <char*> &live.pad - <char*> &live,
            "previous": <char*> &live.previous - <char*> &live,
            "last_version": <char*> &live.last_version - <char*> &live,
            "reclaimed_deciding": <char*> &live.reclaimed_deciding - <char*> &live,
            "reclaimed_forwarding": <char*> &live.reclaimed_forwarding - <char*> &live,
            "ended_orphans": <char*> &live.ended_orphans - <char*> &live,
            "ended_reconciled": <char*> &live.ended_reconciled - <char*> &live,
            "boot": <char*> &live.boot - <char*> &live,
        }),
        "OWNER": (sizeof(OwnerRecord), {
            "incarnation": <char*> &owner.incarnation - <char*> &owner,
            "version": <char*> &owner.version - <char*> &owner,
            "pid": <char*> &owner.pid - <char*> &owner,
            "in_use": <char*> &owner.in_use - <char*> &owner,
            "since": <char*> &owner.since - <char*> &owner,
            "pad": <char*> &owner.pad - <char*> &owner,
        }),
    }
