# Local days and minutes from UTC instants, without datetime; tests/test_clock.py holds it against zoneinfo.
from libc.stdint cimport int64_t, uint32_t, uint64_t

from .atomics cimport cp_hint, cp_peek, cp_word

from .likely cimport likely
from .layout cimport (
    DAYS, PERIOD_DAY, PERIOD_MONTH, PERIOD_WEEK, DayClass, DayException, Minute, Sections, Timetable, Zone, ZoneSpan,
)

cdef extern from *:
    """
    #define CP_EPOCH 946684800LL /* 2000-01-01 00:00 in POSIX seconds */
    """
    const int64_t CP_EPOCH


cdef inline int64_t utc_offset(const Sections* tables, uint32_t zone, int64_t at) noexcept nogil:
    """Seconds east of UTC at an instant."""
    cdef const Zone* own = tables.zones + zone
    cdef const ZoneSpan* spans = tables.zone_spans + own.first
    cdef uint32_t low = 1, high = own.count, middle
    while low < high:  # the first span that starts after `at`; the one before it holds
        middle = (low + high) >> 1
        if spans[middle].start <= at:
            low = middle + 1
        else:
            high = middle
    return spans[low - 1].offset


cdef inline void local_time(const Sections* tables, uint32_t zone, int64_t at, uint32_t* day, uint32_t* minute) noexcept nogil:
    """Days since 2000-01-01 and the minute of the day by a zone's clock, held within 2000 to 2099."""
    cdef int64_t local
    if at < CP_EPOCH - 172800:
        day[0], minute[0] = 0, 0
        return
    if at > CP_EPOCH + (DAYS + 2) * 86400LL:
        day[0], minute[0] = DAYS - 1, 1439
        return
    local = at + utc_offset(tables, zone, at) - CP_EPOCH
    if local < 0:
        day[0], minute[0] = 0, 0
    elif local >= DAYS * 86400LL:
        day[0], minute[0] = DAYS - 1, 1439
    else:
        day[0] = <uint32_t> (local // 86400)
        minute[0] = <uint32_t> (local % 86400) // 60


cdef inline uint32_t find_class(
    const Sections* tables, uint32_t timetable, uint32_t day, uint32_t minute, uint32_t* first, uint32_t* end,
) noexcept nogil:
    """The time class of a minute; sets the minutes of that day from which and until which it is the same."""
    cdef const Timetable* own = tables.timetables + timetable
    cdef const DayException* exceptions = tables.exceptions + own.exceptions
    cdef uint32_t low = 0, high = own.exceptions_count, middle, day_class
    cdef const DayClass* today
    cdef const Minute* minutes
    while low < high:
        middle = (low + high) >> 1
        if exceptions[middle].day < day:
            low = middle + 1
        else:
            high = middle
    if low < own.exceptions_count and exceptions[low].day == day:
        day_class = exceptions[low].day_class
    else:
        day_class = own.weekdays[(day + 5) % 7]  # 2000-01-01 was a Saturday
    today = tables.day_classes + day_class
    minutes = tables.minutes + today.first
    low, high = 1, today.count
    while low < high:
        middle = (low + high) >> 1
        if minutes[middle].minute <= minute:
            low = middle + 1
        else:
            high = middle
    first[0] = minutes[low - 1].minute
    end[0] = minutes[low].minute if low < today.count else 1440
    return minutes[low - 1].time_class


# What a timetable has now, so that most decisions read one word of it:
#
#   63 ... 32 first minute, counted from 2000 by the plan's clock | 31 ... 16 how many minutes | 15 ... 0 time class


cdef inline uint32_t time_class(
    const Sections* tables, cp_word* spells, uint32_t timetable, uint32_t day, uint32_t minute,
) noexcept nogil:
    cdef uint64_t spell = cp_peek(spells + timetable)
    cdef uint32_t now = day * 1440 + minute, first = 0, end = 0, found
    if likely(now - <uint32_t> (spell >> 32) < (<uint32_t> spell >> 16)):
        return <uint32_t> (spell & 0xFFFF)
    found = find_class(tables, timetable, day, minute, &first, &end)
    cp_hint(spells + timetable, <uint64_t> (day * 1440 + first) << 32 | (end - first) << 16 | found)
    return found


cdef inline uint32_t month_of(uint32_t day) noexcept nogil:
    """Months since January 2000: years are counted from 1 March 1996, so that each fourth ends in its leap day."""
    cdef uint32_t since = day + 1401
    cdef uint32_t year = (4 * since + 3) // 1461
    cdef uint32_t month = (5 * (since - 1461 * year // 4) + 2) // 153  # 0: March
    return year * 12 + month - 46


cdef inline uint32_t period_of(uint32_t kind, uint32_t day) noexcept nogil:
    """The calendar day, week (from Monday) or month of a day, counted from 1; greater is later."""
    if kind == PERIOD_DAY:
        return day + 1
    if kind == PERIOD_WEEK:
        return (day + 5) // 7 + 1
    return month_of(day) + 1


# A zone's clock at an instant: most decisions are made in the second and the zone of the one before.
ctypedef struct Local:
    int64_t at
    uint32_t zone  # NONE: nothing known yet
    uint32_t day
    uint32_t minute
    uint32_t[3] periods  # of each kind


cdef inline void set_local(const Sections* tables, uint32_t zone, int64_t at, Local* local) noexcept nogil:
    if likely(at == local.at and zone == local.zone):
        return
    local.at = at
    local.zone = zone
    local_time(tables, zone, at, &local.day, &local.minute)
    local.periods[PERIOD_DAY] = period_of(PERIOD_DAY, local.day)
    local.periods[PERIOD_WEEK] = period_of(PERIOD_WEEK, local.day)
    local.periods[PERIOD_MONTH] = period_of(PERIOD_MONTH, local.day)
