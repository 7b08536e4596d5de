"""The plan that decisions are timed on: every part in force, none of it ever refusing."""

from __future__ import annotations

CALLED = "4006123456"
CALLER = "13800138000"
AT = 1_795_500_000  # 2026-11-24 14:00 in Shanghai, a Tuesday

LISTED = 10_000


def hot_plan() -> str:
    """A blacklist of 10,000, 20 blocked areas, five windows, a split three ways, limits and two quotas."""
    listed = ", ".join(f"139{1000 * n:08}" for n in range(LISTED))
    blocked = ", ".join(f"0{code}" for code in (*range(310, 320), *range(391, 397), *range(471, 475)))
    return f"""
plan "hot" {{
    number {CALLED}
    destination a = 010-6234-5678 limit 1000
    destination b = 021-5234-5678 limit 1000
    destination c = 139-1234-5678 limit 1000
    blacklist {{ {listed} }}
    block from {blocked}
    quota 2000000000 calls per month
    quota 2000000000 calls per week
    schedule hours {{
        mon-fri 08:00-12:00, 12:30-20:00
        sat 09:00-12:00, 13:00-18:00
        sun 10:00-16:00
    }}
    route {{
        during hours -> split {{ 50% a or b, 30% b or c, 20% c or a }}
        otherwise -> split {{ 60% c or a, 30% b or c, 10% a or b }}
    }}
    forward busy -> b, c
}}
"""
