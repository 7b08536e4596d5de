# The records of layout.py as C structs, field by field; tests/test_layout.py holds the two together.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    NONE = 0xFFFFFFFF
    NODE_CONNECT = 0
    NODE_ANNOUNCE = 1
    NODE_SPLIT = 2
    NODE_UNCOVERED = 3
    AREA_UNKNOWN = 0
    AREA_ABROAD = 1
    AREA_FIRST = 2
    LINE_MOBILE = 0
    LINE_FIXED = 1
    PERIOD_DAY = 0
    PERIOD_WEEK = 1
    PERIOD_MONTH = 2
    MAX_QUOTAS = 6
    COUNTER_QUOTA = 0
    COUNTER_LIMIT = 1
    COUNTER_SPLIT = 2
    DAYS = 36525

# Positions in ACTIONS, REASONS and BUILT_IN of layout.py
cdef enum:
    ACTION_CONNECT = 0
    ACTION_ANNOUNCE = 1
    ACTION_IGNORE = 2
    REASON_ROUTED = 0
    REASON_FORWARDED = 1
    REASON_UNALLOCATED = 2
    REASON_BLACKLISTED = 3
    REASON_BLOCKED = 4
    REASON_ANNOUNCED = 5
    REASON_QUOTA = 6
    REASON_FULL = 7
    REASON_BUSY = 8
    REASON_NO_ANSWER = 9
    REASON_UNREACHABLE = 10
    REASON_OVERLOAD = 11
    REASON_IN_PROGRESS = 12
    REASON_UNKNOWN_CALL = 13
    BUILT_IN_UNALLOCATED = 0
    BUILT_IN_FULL = 4
    BUILT_IN_BUSY = 5
    BUILT_IN_OVERLOAD = 8

ctypedef struct Number:
    uint64_t number
    uint32_t plan
    uint32_t pad

ctypedef struct Plan:
    uint32_t cells
    uint32_t nodes
    uint32_t origin_map
    uint32_t timetable
    uint32_t zone
    uint32_t blacklist
    uint32_t blacklist_announcement
    uint32_t blocked
    uint16_t origin_classes
    uint16_t time_classes
    uint16_t list_classes
    uint16_t blocks_count
    uint32_t list_class_first
    uint32_t blocks
    uint32_t quotas
    uint8_t quotas_count
    uint8_t[3] forward_counts
    uint32_t forwards
    uint16_t ring_seconds
    uint8_t max_forwards
    uint8_t returnable
    uint32_t built_in
    uint32_t name
    uint32_t line
    uint32_t nodes_count
    uint32_t destinations
    uint32_t destinations_count
    uint32_t splits
    uint32_t splits_count
    uint32_t[3] forward_lines
    uint32_t number
    uint32_t blacklist_line
    uint32_t[3] pad2

ctypedef struct Zone:
    uint32_t name
    uint32_t first
    uint32_t count
    uint32_t pad

ctypedef struct ZoneSpan:
    int64_t start
    int32_t offset
    uint32_t pad

ctypedef struct Timetable:
    uint32_t[7] weekdays
    uint32_t exceptions
    uint32_t exceptions_count
    uint32_t time_classes

ctypedef struct DayException:
    uint32_t day
    uint32_t day_class

ctypedef struct DayClass:
    uint32_t first
    uint32_t count

ctypedef struct Minute:
    uint16_t minute
    uint16_t time_class

ctypedef struct Node:
    uint8_t kind
    uint8_t reason
    uint16_t pad
    uint32_t target
    uint32_t next
    uint32_t line

ctypedef struct Split:
    uint64_t key
    uint32_t order
    uint32_t period
    uint32_t weights
    uint16_t branches
    uint8_t by_caller
    uint8_t pad
    uint32_t counter
    uint32_t name
    uint32_t plan
    uint32_t line

ctypedef struct Destination:
    uint32_t dial_id
    uint32_t limit
    uint32_t counter
    uint32_t announcement
    uint32_t name
    uint32_t dial
    uint32_t plan
    uint32_t line

ctypedef struct Announcement:
    uint32_t name
    uint32_t media

ctypedef struct Quota:
    uint32_t allowed
    uint8_t period
    uint8_t answered
    uint16_t pad
    uint32_t counter
    uint32_t announcement
    uint32_t name
    uint32_t line

ctypedef struct Counter:
    uint8_t[16] identity
    uint8_t kind
    uint8_t[3] pad
    uint32_t places
    uint32_t text
    uint32_t owner

ctypedef struct Bitmap:
    uint32_t buckets
    uint32_t buckets_count
    uint64_t offset
    uint64_t size
    uint64_t members

ctypedef struct Bucket:
    uint32_t high
    uint32_t pad
    uint64_t offset

ctypedef struct ListClass:
    uint32_t bitmap
    uint32_t list_class

ctypedef struct Block:
    uint32_t areas
    uint32_t announcement
    uint32_t line
    uint32_t pad

# A version's counters as a decision asks for them; not in the file.
ctypedef struct Allowance:
    uint32_t word
    uint32_t allowed
    uint8_t period
    uint8_t answered
    uint16_t pad

ctypedef struct Limit:
    uint32_t at
    uint32_t limit
    uint32_t size
    uint32_t segments

ctypedef struct Turns:
    uint64_t reciprocal
    uint32_t word
    uint32_t order
    uint32_t period
    uint32_t pad

# The sections of one tables file that a decision reads, as pointers into its memory.
ctypedef struct Sections:
    const Plan* plans
    const Zone* zones
    const ZoneSpan* zone_spans
    const Timetable* timetables
    const DayException* exceptions
    const DayClass* day_classes
    const Minute* minutes
    const uint16_t* origin_maps
    const uint32_t* cells
    const Node* nodes
    const uint32_t* branches
    const Split* splits
    const uint16_t* orders
    const uint32_t* weights
    const Destination* destinations
    const Quota* quotas
    const uint32_t* forwards
    const Bitmap* bitmaps
    const Bucket* buckets
    const uint8_t* roaring
    const uint64_t* filter
    uint64_t filter_words
    const ListClass* list_classes
    const Block* blocks
    const uint64_t* area_sets
    uint32_t origin_slots
