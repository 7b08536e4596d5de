"""layout.py and layout.pxd declare the same records, and the small ints of both are the same."""

import re
from pathlib import Path

import numpy as np
import pytest

from callplan.runtime import layout, structs, trace

HERE = Path(layout.__file__).parent
RECORDS = structs.fields()


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_record_is_its_struct(name: str) -> None:
    dtype: np.dtype = getattr(layout, name)
    size, offsets = RECORDS[name]
    assert dtype.fields is not None
    assert {field: offset for field, (_, offset, *_) in dtype.fields.items()} == offsets
    assert dtype.itemsize == size


def test_every_record_that_a_decision_reads_has_a_struct() -> None:
    read = [dtype for name, dtype in layout.SECTIONS.items() if dtype.fields is not None and name != "lines"]
    read += layout.COUNTED.values()
    assert {id(dtype) for dtype in read} == {id(getattr(layout, name)) for name in RECORDS}


def test_two_cache_lines_a_plan() -> None:
    assert layout.PLAN.itemsize == 128
    assert layout.HEADER.itemsize == 128


def constants(file: str) -> dict[str, int]:
    found = re.findall(r"^    ([A-Z_]+) = (0x[0-9A-Fa-f]+|\d+)$", (HERE / file).read_text(), re.M)
    return {name: int(value, 0) for name, value in found}


def test_small_ints_are_the_same() -> None:
    for name, value in constants("layout.pxd").items():
        group, _, word = name.partition("_")
        if group in ("ACTION", "REASON"):
            assert getattr(layout, f"{group}S")[value] == word.lower(), name
        elif name.startswith("BUILT_IN_"):
            assert layout.BUILT_IN[value] == name.removeprefix("BUILT_IN_").lower()
        else:
            assert getattr(layout, name) == value, name


def test_trace_marks_are_the_same() -> None:
    for name, value in constants("outcome.pxd").items():
        if not name.startswith("MARK_"):
            continue
        assert getattr(trace, name.removeprefix("MARK_")) == value, name
    for name, value in constants("numbers.pxd").items():
        if name.startswith("FOUND_"):
            assert getattr(trace, name) == value, name
