"""The plans that processes die on."""

BUSY, SCARCE = "4006555901", "4006555902"
LIMIT = 3  # of `desk`
SCARCE_CALLS = 150  # a day

LOAD = f"""
plan "Load" {{
    number {BUSY}
    destination desk  = 010-5550-0142 limit {LIMIT}
    destination spare = 010-5550-0143 limit 5
    destination hall  = 020-5550-0144
    destination back  = 020-5550-0145 limit 4
    quota 1000000000 calls per day
    quota 1000000000 answered calls per month
    route {{ otherwise -> split {{ 50% desk or spare, 50% hall }} }}
    forward busy -> back, desk
    forward no-answer -> desk
}}
plan "Scarce" {{
    number {SCARCE}
    destination counter = 010-5550-0146
    quota {SCARCE_CALLS} calls per day
    route {{ otherwise -> counter }}
}}
"""

MOVING = """
plan "Moving" {{
    number {number}
    destination {name}   = 010-5550-0142
    destination {name}_2 = 010-5550-0143 limit 100
    quota 1000000000 calls per day
    route {{ otherwise -> {name} }}
    forward busy -> {name}_2
}}
"""


def moving(name: str) -> str:
    """A plan whose destinations tell which of several versions it is; all of them have the same quota."""
    return MOVING.format(number=BUSY, name=name)
