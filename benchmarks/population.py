"""A population of plans as an operator has them, on disk: one file a plan, one list file each; seeded.

Every plan has what targets name: a blacklist from a file, 20 blocked areas, five windows, a split three ways, limits,
two quotas and forwards; numbers, areas, windows, shares and sizes differ. Lists are as uneven as customers are: the
n-th longest has 1/n of the longest. tests/test_benchmarks_population.py compiles some.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from callplan.runtime import places

MOBILES = (134, 135, 136, 137, 138, 139, 150, 151, 152, 158, 159, 177, 186, 187, 188, 189)
FIRST_DIGITS = (5, 6, 8)  # of a fixed line
FOLDER_OF = 1000  # plans


@dataclass(frozen=True)
class Population:
    """`files`: the plan files in order, below `root`. `called`: their numbers, shape (plans,), dtype S10."""

    root: Path
    files: tuple[Path, ...]
    called: npt.NDArray[np.bytes_]


def write(root: Path, plans: int, listed: int, seed: int = 1) -> Population:
    """`plans` plan files below a folder, and list files with `listed` callers in all, at least one a plan.

    Raises ValueError where there are fewer callers than plans, or more plans than numbers.
    """
    if not 1 <= plans <= listed:
        raise ValueError(f"{listed} listed callers are too few for {plans} plans: at least one a plan")
    drawn = random.Random(seed)
    numbers = [f"400{rest:07}" for rest in drawn.sample(range(10**7), plans)]
    files = []
    lists = _lists(plans, listed, seed)
    for index, (number, callers) in enumerate(zip(numbers, lists, strict=True)):
        folder = root / f"{index // FOLDER_OF:03}"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{index:06}"
        (folder / f"{name}.txt").write_bytes(b"\n".join(callers.tolist()) + b"\n")
        path = folder / f"{name}.plan"
        path.write_text(_plan(name, number, drawn), encoding="utf-8")
        files.append(path)
    return Population(root, tuple(files), np.array(numbers, "S10"))


def change(path: Path) -> None:
    """Give a plan other limits."""
    path.write_text(
        path.read_text(encoding="utf-8").replace("00\n    destination", "50\n    destination"), encoding="utf-8"
    )


def callers(count: int, seed: int) -> npt.NDArray[np.bytes_]:
    """Mobile numbers, shape (count,), dtype S11: few of them are on any list."""
    drawn = np.random.default_rng(seed)
    keys = drawn.choice(np.array(MOBILES, np.uint64), count) * np.uint64(10**8)
    return (keys + drawn.integers(10**8, size=count, dtype=np.uint64)).astype("S11")


def _lists(plans: int, listed: int, seed: int) -> list[npt.NDArray[np.bytes_]]:
    """Each plan's callers; the sizes fall as 1/n and add up to `listed`."""
    shares = 1 / np.arange(1, plans + 1)
    ends = np.rint(np.cumsum(shares) / shares.sum() * (listed - plans)).astype(np.int64)
    sizes = np.diff(ends, prepend=0) + 1
    np.random.default_rng(seed).shuffle(sizes)
    return np.split(callers(listed, seed), np.cumsum(sizes)[:-1])


def _plan(name: str, number: str, drawn: random.Random) -> str:
    areas = drawn.sample(places.area_codes(), 23)
    offices = [f"{area}-{_local(drawn)}" for area in areas[20:]]
    limits = [drawn.choice((100, 200, 400)) for _ in offices]
    opening, closing = drawn.randrange(7, 10), drawn.randrange(17, 21)
    by_day, by_night = _shares(drawn), _shares(drawn)
    return f"""# Customer {name}
plan "Customer {name}" {{
    number {number}
    destination first  = {offices[0]} limit {limits[0]}
    destination second = {offices[1]} limit {limits[1]}
    destination third  = {offices[2]} limit {limits[2]}
    blacklist {{ file "{name}.txt" }}
    block from {", ".join(areas[:20])}
    quota {drawn.randrange(10**8, 2 * 10**9)} calls per month
    quota {drawn.randrange(10**8, 2 * 10**9)} calls per week
    schedule hours {{
        mon-fri {opening:02}:00-12:00, 12:30-{closing}:00
        sat 09:{drawn.randrange(60):02}-12:00, 13:00-18:00
        sun 10:00-16:{drawn.randrange(60):02}
    }}
    route {{
        during hours -> split {{ {by_day[0]}% first or second, {by_day[1]}% second or third, {by_day[2]}% third }}
        otherwise    -> split {{ {by_night[0]}% third or first, {by_night[1]}% second or third, {by_night[2]}% first }}
    }}
    forward busy                -> second, third
    forward no-answer after {drawn.randrange(10, 40)}s -> third
}}
"""


def _local(drawn: random.Random) -> str:
    return f"{drawn.choice(FIRST_DIGITS)}{drawn.randrange(10**6):06}"


def _shares(drawn: random.Random) -> tuple[int, int, int]:
    first = drawn.randrange(20, 60)
    second = drawn.randrange(10, 90 - first)
    return first, second, 100 - first - second
