"""Saved runs: pytest-benchmark's JSON below .benchmarks/, one file a run, named by its kind and when it began (UTC)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / ".benchmarks"
COMMANDS = {"bench": "make bench", "quick": "make bench-quick", "peers": "make peers"}  # by the kind that each saves


class SavedError(Exception):
    """A run that is not there or cannot be read; the text says what to do."""


@dataclass(frozen=True)
class Entry:
    """One row of a run.

    `figure`: the median of its rounds, in the row's unit, with `quartiles`. `ratio`: what an operation costs as a
    multiple of BASE, None for what is no time. `ratios`: of each process, where a run had several. `base_ns`: BASE,
    measured beside it; `ns`: an operation. `scale`: (plans, listed callers), None where there is one plan. `test`: what
    measures it, as pytest names it.
    """

    key: str
    figure: float
    quartiles: tuple[float, float]
    ratio: float | None = None
    ratios: tuple[float, ...] = ()
    base_ns: float | None = None
    ns: float | None = None
    rounds: int = 1
    scale: tuple[int, int] | None = None
    test: str = ""


@dataclass(frozen=True)
class Run:
    """`machine`, `python`, `commit` and `date` as pytest-benchmark noted them; `others`: entries of no row of ours."""

    path: Path
    machine: str
    python: str
    commit: str
    date: str
    entries: tuple[Entry, ...]

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)


def new_path(kind: str) -> Path:
    """Where a run that begins now is saved."""
    FOLDER.mkdir(exist_ok=True)
    return FOLDER / f"{kind}-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"


def latest(kind: str, count: int = 1) -> list[Path]:
    """The last runs of a kind, oldest first. Raises SavedError where there are fewer."""
    named = re.compile(rf"{kind}-\d{{8}}T\d{{6}}\.json")
    found = sorted(path for path in FOLDER.glob(f"{kind}-*.json") if named.fullmatch(path.name))
    if len(found) < count:
        command = COMMANDS[kind]
        raise SavedError(f"{len(found)} runs of `{command}` are saved in {FOLDER}, {count} are needed: run `{command}`")
    return found[-count:]


def load(path: Path) -> Run:
    """A saved run. Raises SavedError for a file that cannot be read or is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        machine, commit = content["machine_info"], content["commit_info"]
        return Run(
            path,
            f"{machine['cpu'].get('brand_raw', machine['machine'])}, {machine['cpu'].get('count', '?')} cores",
            f"{machine['python_implementation']} {machine['python_version']}",
            str(commit.get("id") or "unknown")[:12] + ("+" if commit.get("dirty") else ""),
            content["datetime"][:10],
            tuple(
                _entry(each["extra_info"], each["fullname"])
                for each in content["benchmarks"]
                if "row" in each["extra_info"]
            ),
        )
    except OSError as error:
        raise SavedError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SavedError(f"{path} is not a run that `make bench`, `make bench-quick` or `make peers` saved") from error


def _entry(info: dict[str, Any], test: str) -> Entry:
    figure = info["ratio_to_route"] if "ratio_to_route" in info else info["figure"]
    low, high = info.get("quartiles", (figure, figure))
    scale = info.get("scale")
    return Entry(
        str(info["row"]),
        float(figure),
        (float(low), float(high)),
        info.get("ratio_to_base"),
        tuple(info.get("ratios", ())),
        info.get("base_ns"),
        info.get("ns"),
        int(info.get("rounds", 1)),
        None if scale is None else (int(scale[0]), int(scale[1])),
        test,
    )
