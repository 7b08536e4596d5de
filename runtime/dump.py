"""Tables as text, for people and for golden tests: tested by tests/test_dump.py.

One paragraph a plan. Classes are named o0, t0 and c0 (origin, time, caller), nodes n0; a cell is where the three meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from . import layout as L

if TYPE_CHECKING:
    from pyroaring import BitMap64

    from .tables import Tables

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CAUSES = ("busy", "no-answer", "unreachable")
_SHOWN = 24  # members of a long list; what follows is counted
_WRITTEN = 1 << 62


def dump(tables: Tables) -> str:
    """All plans of the tables, in order; it ends in a line break unless there are none."""
    return "\n".join(
        "".join(f"{line}\n" for line in _Plan(tables, at).lines()) for at in range(len(tables.sections["plans"]))
    )


class _Plan:
    """One plan; everything of it is read through its record."""

    def __init__(self, tables: Tables, index: int) -> None:
        self._tables = tables
        self._sections = tables.sections
        self._index = index
        self._plan = tables.sections["plans"][index]
        self._shape = tuple(int(self._plan[f"{axis}_classes"]) for axis in ("origin", "time", "list"))

    def lines(self) -> Iterator[str]:
        plan = self._plan
        numbers = self._sections["numbers"]
        served = numbers["number"][numbers["plan"] == self._index].tolist()
        yield f'plan "{self._string(plan["name"])}"  {self._place(plan["line"])}'
        yield f"  numbers {' '.join(map(str, served))}, counted as {numbers['number'][plan['number']]}"
        yield f"  zone {self._zone()}"
        yield f"  ring {plan['ring_seconds']} s, {plan['max_forwards']} forwards a call"
        for name, part in (
            ("announcements", self._announcements()),
            ("destinations", self._destinations()),
            ("shared destinations", self._shared()),
            ("quotas", self._quotas()),
            ("splits", self._splits()),
            ("forwards", self._forwards()),
            ("blacklist", self._blacklist()),
            ("blocks", self._blocks()),
            ("origins", self._origins()),
            ("times", self._times()),
            ("callers", self._callers()),
            ("cells", self._cells()),
            ("nodes", self._nodes()),
        ):
            found = list(part)
            if found:
                yield f"  {name}"
                yield from (f"    {line}" for line in found)

    def _string(self, index: int) -> str:
        return self._tables.string(int(index))

    def _place(self, line: int) -> str:
        if line == L.NONE:
            return "[-]"
        found = self._sections["lines"][line]
        return f"[{self._string(found['file'])}:{found['number']}]"

    def _announcement(self, index: int) -> str:
        return self._string(self._sections["announcements"]["name"][index])

    def _range(self, section: str, first: str, count: str) -> Iterator[tuple[int, Any]]:
        start = int(self._plan[first])
        for at in range(start, start + int(self._plan[count])):
            yield at, self._sections[section][at]

    def _counter(self, index: int) -> str:
        counter = self._sections["counters"][index]
        return f'(counter "{self._string(counter["text"])}")'

    def _zone(self) -> str:
        zone = self._sections["zones"][self._plan["zone"]]
        spans = self._sections["zone_spans"][int(zone["first"]) : int(zone["first"] + zone["count"])]
        minutes = int(spans["offset"][0]) // 60
        offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
        return f"{self._string(zone['name'])}, {offset} at first, {len(spans) - 1} changes"

    def _announcements(self) -> Iterator[str]:
        """Those of the plan that have a recording."""
        named = {int(self._plan["built_in"]) + at for at in range(len(L.BUILT_IN))}
        named |= {int(node["target"]) for node in self._own_nodes() if node["kind"] == L.NODE_ANNOUNCE}
        named |= {
            int(each["announcement"]) for _, each in self._range("destinations", "destinations", "destinations_count")
        }
        named |= {int(each["announcement"]) for _, each in self._range("quotas", "quotas", "quotas_count")}
        named |= {int(each["announcement"]) for _, each in self._range("blocks", "blocks", "blocks_count")}
        named |= {int(self._plan["blacklist_announcement"])}
        for at in sorted(named - {L.NONE}):
            media = self._sections["announcements"]["media"][at]
            if media != L.NONE:
                yield f"{self._announcement(at)} = {self._string(media)}"

    def _destinations(self) -> Iterator[str]:
        for _, each in self._range("destinations", "destinations", "destinations_count"):
            yield self._declared(each)

    def _shared(self) -> Iterator[str]:
        """Those of no plan that this one connects or forwards to."""
        at = int(self._plan["forwards"])
        used = set(self._sections["forwards"][at : at + int(self._plan["forward_counts"].sum())].tolist())
        used |= {int(node["target"]) for node in self._own_nodes() if node["kind"] == L.NODE_CONNECT}
        for index in sorted(used):
            found = self._sections["destinations"][index]
            if found["plan"] == L.NONE:
                yield self._declared(found)

    def _declared(self, destination: Any) -> str:
        words = [self._string(destination["name"]), "=", self._string(destination["dial"])]
        words += [f"#{destination['dial_id']}"]
        if destination["limit"]:
            words += ["limit", str(destination["limit"]), self._counter(destination["counter"])]
        if destination["announcement"] != L.NONE:
            words += ["announce", self._announcement(destination["announcement"])]
        return " ".join([*words, self._place(destination["line"])])

    def _quotas(self) -> Iterator[str]:
        for _, each in self._range("quotas", "quotas", "quotas_count"):
            yield (
                f"{each['allowed']} {'answered ' if each['answered'] else ''}calls per {L.PERIODS[each['period']]} "
                f"announce {self._announcement(each['announcement'])} {self._counter(each['counter'])} "
                f"{self._place(each['line'])}"
            )

    def _splits(self) -> Iterator[str]:
        for at, each in self._range("splits", "splits", "splits_count"):
            period, branches = int(each["period"]), int(each["branches"])
            order = self._sections["orders"][int(each["order"]) : int(each["order"]) + period]
            weights = np.diff(
                self._sections["weights"][int(each["weights"]) : int(each["weights"]) + branches], prepend=0
            )
            yield (
                f"s{at - int(self._plan['splits'])} {'by caller ' if each['by_caller'] else ''}"
                f"{','.join(map(str, weights.tolist()))} "
                f"order {_list(map(str, order.tolist()), period)} "
                f"{self._counter(each['counter'])} {self._place(each['line'])}"
            )

    def _forwards(self) -> Iterator[str]:
        at = int(self._plan["forwards"])
        for cause, count, line in zip(_CAUSES, self._plan["forward_counts"], self._plan["forward_lines"], strict=True):
            targets = self._sections["forwards"][at : at + int(count)]
            at += int(count)
            if count:
                yield f"{cause} -> {', '.join(self._destination(each) for each in targets)} {self._place(line)}"

    def _destination(self, index: int) -> str:
        return self._string(self._sections["destinations"]["name"][index])

    def _blacklist(self) -> Iterator[str]:
        if self._plan["blacklist"] != L.NONE:
            announcement = self._announcement(self._plan["blacklist_announcement"])
            yield f"announce {announcement} {self._place(self._plan['blacklist_line'])}"
            yield self._numbers(self._plan["blacklist"])

    def _blocks(self) -> Iterator[str]:
        for _, each in self._range("blocks", "blocks", "blocks_count"):
            codes = self._area_codes(int(each["areas"]))
            shown = _list((f"0{code}" for code in codes), len(codes))
            yield f"{shown} announce {self._announcement(each['announcement'])} {self._place(each['line'])}"

    def _area_codes(self, first: int) -> list[int]:
        """The codes of a set of areas."""
        codes = self._sections["area_codes"]
        words = self._sections["area_sets"][first : first + L.area_words(len(codes))]
        areas = np.unpackbits(words.view(np.uint8), bitorder="little")[L.AREA_FIRST :]
        return [int(code) for code in codes[areas[: len(codes)] != 0]]

    def _members(self, bitmap: int) -> BitMap64:
        """A pattern may have a hundred million members, so they are never listed."""
        from pyroaring import BitMap64

        found = self._sections["bitmaps"][bitmap]
        start = int(found["offset"])
        data = self._sections["roaring"][start : start + int(found["size"])].tobytes()
        return BitMap64.deserialize(data)

    def _numbers(self, bitmap: int) -> str:
        members = self._members(bitmap)
        return _list(map(_number, members), len(members))

    def _origins(self) -> Iterator[str]:
        """The largest class is shown as all others."""
        slots = L.origin_slots(len(self._sections["area_codes"]))
        start = int(self._plan["origin_map"]) * slots
        classes = self._sections["origin_maps"][start : start + slots].reshape(-1, 2)
        largest = int(np.bincount(classes.ravel()).argmax())
        for number in range(self._shape[0]):
            if number == largest:
                yield f"o{number} all others"
                continue
            held = classes == number
            held[L.AREA_ABROAD, L.LINE_MOBILE] = False  # a slot of nobody
            areas = [self._area(area, lines) for area, lines in enumerate(held) if lines.any()]
            yield f"o{number} {_list(areas, len(areas))}"

    def _area(self, area: int, lines: Any) -> str:
        if area >= L.AREA_FIRST:
            name = f"0{self._sections['area_codes'][area - L.AREA_FIRST]}"
            return name if lines.all() else f"{name} {'mobile' if lines[L.LINE_MOBILE] else 'fixed'}"
        if area == L.AREA_ABROAD:
            return "abroad"
        return "unknown" if lines.all() else f"unknown {'mobile' if lines[L.LINE_MOBILE] else '(no line type)'}"

    def _times(self) -> Iterator[str]:
        timetable = self._sections["timetables"][self._plan["timetable"]]
        for day_class, days in groupby(zip(timetable["weekdays"], _DAYS, strict=True), key=lambda each: each[0]):
            yield f"{' '.join(name for _, name in days)}: {self._day(day_class)}"
        first = int(timetable["exceptions"])
        exceptions = self._sections["exceptions"][first : first + int(timetable["exceptions_count"])]
        # Neighbouring days of one class are one line.
        for (_, day_class), run_of_days in groupby(
            enumerate(exceptions), key=lambda each: (each[1]["day"] - each[0], each[1]["day_class"])
        ):
            dates = [_date(each["day"]) for _, each in run_of_days]
            yield f"{dates[0]}{f'..{dates[-1]}' if len(dates) > 1 else ''}: {self._day(day_class)}"

    def _day(self, index: int) -> str:
        found = self._sections["day_classes"][index]
        first = int(found["first"])
        runs = self._sections["minutes"][first : first + int(found["count"])]
        return "  ".join(f"{run['minute'] // 60:02}:{run['minute'] % 60:02} t{run['time_class']}" for run in runs)

    def _callers(self) -> Iterator[str]:
        first = int(self._plan["list_class_first"])
        for each in self._sections["list_classes"][first : first + self._shape[2] - 1]:
            yield f"c{each['list_class']} {self._numbers(each['bitmap'])}"

    def _cells(self) -> Iterator[str]:
        origins, times, callers = self._shape
        first = int(self._plan["cells"])
        cells = self._sections["cells"][first : first + origins * times * callers].reshape(self._shape)
        for origin in range(origins):
            rows = (" ".join(f"n{node}" for node in cells[origin, time]) for time in range(times))
            yield f"o{origin}: " + "  ".join(f"t{time} {row}" for time, row in enumerate(rows))

    def _own_nodes(self) -> Any:
        first = int(self._plan["nodes"])
        return self._sections["nodes"][first : first + int(self._plan["nodes_count"])]

    def _nodes(self) -> Iterator[str]:
        for at, node in enumerate(self._own_nodes()):
            yield f"n{at} {self._node(node)} {self._place(node['line'])}"

    def _node(self, node: Any) -> str:
        match int(node["kind"]):
            case L.NODE_CONNECT:
                return f"connect {self._destination(node['target'])}" + (
                    f" else n{node['next']}" if node["next"] else ""
                )
            case L.NODE_ANNOUNCE:
                return f"announce {self._announcement(node['target'])} ({L.REASONS[node['reason']]})"
            case L.NODE_SPLIT:
                width = int(self._sections["splits"]["branches"][node["target"]])
                branches = self._sections["branches"][int(node["next"]) : int(node["next"]) + width]
                split = int(node["target"]) - int(self._plan["splits"])
                return f"split s{split}: {_list((f'n{each}' for each in branches), width)}"
            case _:
                return "no rule"


def _list(words: Iterable[str], count: int) -> str:
    shown = " ".join(word for word, _ in zip(words, range(_SHOWN), strict=False))
    return shown if count <= _SHOWN else f"{shown} and {count - _SHOWN} more"


def _number(key: int) -> str:
    """A caller by its key: E.164 with +, what is known as written without."""
    return str(key - _WRITTEN)[1:] if key >= _WRITTEN else f"+{str(key)[1:]}"


def _date(day: int) -> str:
    return str(date(*L.FIRST_DAY) + timedelta(days=int(day)))
