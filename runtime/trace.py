"""What a traced decision notes on its way, in order: explain.py turns it into steps. Written by decide.pxd.

Each entry is (kind, outcome, a, b): small ints, as the table says.
"""

from __future__ import annotations

#        kind            outcome                 a                   b
NUMBER = 1  #            1 served, 0 not         plan or NONE        -
BLACKLIST = 2  #         1 listed, 0 not         bitmap or NONE      -
BLOCK = (
    3  #             1 blocked, 0 not        `blocks` record     -          (only blocks of whole areas; others: CELL)
)
ORIGIN = 4  #            how it was found (FOUND_...)  area ordinal  line
TIME = 5  #              -                       day since 2000      minute
CELL = 6  #              list class              node, absolute      -          (the first block or rule that holds)
SPLIT = 7  #             -                       split               branch
QUOTA = 8  #             1 has room, 0 exhausted quota               count, this call not included
LIMIT = 9  #             1 has room, 0 full      destination         places in use, this call not included
CONNECT = 10  #          -                       destination         -
ANNOUNCE = 11  #         reason                  announcement        -
OVERLOAD = 12  #         -                       -                   -

FOUND_PREFIX = 0  # a mobile whose first seven digits the numbering table has
FOUND_NO_PREFIX = 1  # a mobile that it does not have
FOUND_AREA_CODE = 2  # a fixed number
FOUND_LOCAL = 3  # a bare local number of the switch's own area
FOUND_COUNTRY_CODE = 4
FOUND_AS_WRITTEN = 5  # short, service, impossible
FOUND_WITHHELD = 6
FOUND_GIVEN = 7  # explain --from
