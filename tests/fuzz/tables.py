"""Tables files of any bytes, mostly with right checksums: refused as such, or good for any call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

import numpy as np

import callplan
from callplan.compiler.build import build_text
from callplan.compiler.format import encode
from callplan.runtime import layout

from .seed_files import seed_files

CALLERS = (
    "13900001111", "13800138000", "13973112345", "1380013999", "0731-88886666", "02152345678", "01088886666", "",
    "10086", "+85221234567", "4006123456", "9" * 20,
)  # fmt: skip
AT = 1_795_485_600  # a Tuesday
TIMES = (AT, AT + 50_000, AT + 5 * 86400, 946_684_800, 4_102_444_799, 0, -(2**40), 2**40)
EXTREMES = (0, 1, 2, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF, 2**63 - 1, 2**63, 2**64 - 1)
Sections = dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.void]]"]


def reseal(image: bytes | bytearray) -> bytes:
    """Set every checksum right, as one who means harm would; of what is long enough to have any."""
    changed = bytearray(image)
    end = layout.HEADER.itemsize + layout.SECTION.itemsize * len(layout.SECTIONS)
    if len(changed) < end:
        return bytes(image)
    table = np.frombuffer(changed, layout.SECTION, len(layout.SECTIONS), layout.HEADER.itemsize)
    for entry in table:
        start, size = int(entry["offset"]), int(entry["count"]) * int(entry["item_size"])
        entry["crc"] = crc32(changed[start : start + size])
    header = np.frombuffer(changed, layout.HEADER, 1)
    header["table_crc"] = crc32(changed[layout.HEADER.itemsize : end])
    header["header_crc"] = 0
    header["header_crc"] = crc32(changed[: layout.HEADER.itemsize])
    return bytes(changed)


@cache
def images() -> tuple[bytes, ...]:
    """Tables of the plans that are kept for them, and a draft."""
    built = [build_text(text.decode()) for text in seed_files("tables")]
    draft = build_text(seed_files("tables")[0].decode().replace("otherwise", "from 010"), draft=True)
    found = [result.image for result in (*built, draft)]
    assert None not in found, [diagnostic.message for result in built for diagnostic in result.diagnostics]
    return tuple(image for image in found if image is not None)


def make(chance: Random) -> bytes:
    image = chance.choice(images())
    how = chance.random()
    if how < 0.15:
        return reseal(_flipped(image, chance))
    if how < 0.2:
        return _flipped(image, chance)
    if how < 0.25:
        return image[: chance.randrange(len(image))] + chance.choice((b"", b"\0", image))
    changed = callplan.Tables(image)
    sections = {name: array.copy() for name, array in changed.sections.items()}
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        _change(sections, chance)
    return encode(sections, bytes(32), changed.draft ^ (chance.random() < 0.05))


def _flipped(image: bytes, chance: Random) -> bytes:
    changed = bytearray(image)
    start = chance.choice((0, chance.randrange(len(image))))
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = min(len(image) - 1, start + chance.randrange(chance.choice((2, 64, 2000))))
        changed[at] = chance.choice((changed[at] ^ 1 << chance.randrange(8), chance.randrange(256)))
    return bytes(changed)


def _change(sections: Sections, chance: Random) -> None:
    """A field of a record, or the records of a section: one less, one more, two in each other's place."""
    name = chance.choice([name for name, array in sections.items() if len(array)] or ["plans"])
    array = sections[name]
    if not len(array):
        return
    at, other = chance.randrange(len(array)), chance.randrange(len(array))
    how = chance.random()
    if how < 0.05:
        sections[name] = np.delete(array, at)
    elif how < 0.1:
        sections[name] = np.concatenate([array[: at + 1], array[at:]])
    elif how < 0.2:
        array[[at, other]] = array[[other, at]]
    else:
        _set(array, at, other, chance)


def _set(array: np.ndarray[tuple[int, ...], np.dtype[np.void]], at: int, other: int, chance: Random) -> None:
    fields = array.dtype.names
    field = array if fields is None else array[chance.choice(fields)]
    flat = field.reshape(len(array), -1)
    column = chance.randrange(flat.shape[1])
    old, bits = int(flat[at, column]), 8 * flat.dtype.itemsize
    new = chance.choice((*EXTREMES, old - 1, old + 1, old ^ 1 << chance.randrange(bits), int(flat[other, column])))
    flat[at, column] = np.array(new % (1 << bits), f"u{flat.dtype.itemsize}").astype(flat.dtype)


def every_byte(image: bytes, mask: int | None = None) -> Iterator[tuple[str, bytes]]:
    """Each byte changed in turn by the mask, or else in one bit, with right checksums."""
    for at in range(len(image)):
        changed = bytearray(image)
        changed[at] ^= 1 << at * 5 % 8 if mask is None else mask
        yield f"byte {at} {changed[at]:#x}", reseal(changed)


def every_field(image: bytes, most_records: int | None = None) -> Iterator[tuple[str, bytes]]:
    """Each field of each record, or of the first so many of a section, set to extremes and to its neighbours."""
    table = np.frombuffer(image, layout.SECTION, len(layout.SECTIONS), layout.HEADER.itemsize)
    for (section, dtype), entry in zip(layout.SECTIONS.items(), table, strict=True):
        count = int(entry["count"]) if most_records is None else min(int(entry["count"]), most_records)
        for index in range(count):
            for name, offset, size in _fields(dtype):
                at = int(entry["offset"]) + index * dtype.itemsize + offset
                old = int.from_bytes(image[at : at + size], "little")
                for value in sorted({value % (1 << 8 * size) for value in (*EXTREMES, old - 1, old + 1)} - {old}):
                    changed = bytearray(image)
                    changed[at : at + size] = value.to_bytes(size, "little")
                    yield f"{section}[{index}]{name} = {value}", reseal(changed)


def _fields(dtype: np.dtype[Any]) -> list[tuple[str, int, int]]:
    """Name, offset and size of each field; of an array in a record, of each of its items."""
    if dtype.fields is None:
        return [("", 0, dtype.itemsize)]
    found = []
    for name, (kind, offset, *_) in dtype.fields.items():
        size = kind.base.itemsize
        found += [(f".{name}+{at}", offset + at, size) for at in range(0, kind.itemsize, size)]
    return found


def attempt(data: bytes, chance: Random) -> str:
    try:
        tables = callplan.Tables(data)
    except callplan.TablesError:
        return "refused"
    use(tables, chance)
    return "used"


def use(tables: callplan.Tables, chance: Random) -> None:
    """Whole lives of calls on tables that have opened, and all else that reads them."""
    tables.dump()
    numbers = [str(number) for number in tables.sections["numbers"]["number"].tolist()]
    called = [*chance.sample(numbers, min(3, len(numbers))), "4006123456", "10086"]
    with callplan.Engine(tables, area=None, max_calls=chance.choice((1, 8, 40))) as engine:
        for kind in ("action", "reason", "destination", "announcement"):
            assert all(isinstance(name, str) for name in engine.names(kind))
        for number in called:
            for caller in CALLERS:
                engine.explain(number, caller, chance.choice(TIMES))
        if tables.draft:
            return
        for number in called:
            _lives(engine, number, chance)
        engine.usage()
        _batch(engine, called)
        calls = [engine.route(number, CALLERS[1], AT).call for number in called]
        engine.reload(callplan.Tables(chance.choice(images()[:-1])))
        _report(engine, calls, chance)
        engine.reload(tables)
        _batch(engine, called)
        engine.usage()


def _lives(engine: callplan.Engine, number: str, chance: Random) -> None:
    calls = []
    for caller in CALLERS:
        for at in chance.sample(TIMES, 3):
            decision = engine.route(number, caller, at)
            assert decision.action in layout.ACTIONS
            assert decision.reason in layout.REASONS
            assert (decision.number is not None) == (decision.action == "connect")
            repr(decision)
            calls.append(decision.call)
        engine.peek(number, caller, chance.choice(TIMES))
    _report(engine, calls, chance)


def _report(engine: callplan.Engine, calls: list[int], chance: Random) -> None:
    for call in calls:
        for _ in range(chance.randrange(9)):
            repr(chance.choice((engine.busy, engine.no_answer, engine.unreachable))(call))
        if chance.random() < 0.5:
            engine.answered(call)
        if chance.random() < 0.8:
            engine.end(call)


def _batch(engine: callplan.Engine, numbers: list[str]) -> None:
    pairs = np.array([(number, caller) for number in numbers for caller in CALLERS], "S20")
    engine.peek_many(pairs[:, 0], pairs[:, 1], AT)
    rows = engine.route_many(pairs[:, 0], pairs[:, 1], AT)
    assert bool((rows["reason"] < len(layout.REASONS)).all())
    engine.end_many(rows["call"])
