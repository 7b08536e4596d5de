"""The bytes of a file: header, section table, checksums, and that a reader takes exactly that."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest

from callplan.compiler.assembly import Assembly
from callplan.compiler.format import ALIGNMENT, encode
from callplan.runtime import verify
from callplan.runtime.errors import TablesError
from callplan.runtime.layout import BYTE_ORDER, FLAG_DRAFT, FORMAT_VERSION, HEADER, MAGIC, SECTION, SECTIONS

DIGEST = bytes(range(32))


@pytest.fixture(scope="module")
def image() -> bytes:
    tables = Assembly([10, 731])
    tables.string("一 word")
    return encode(tables.finish(), DIGEST, draft=False)


def header(image: bytes) -> np.void:
    return np.frombuffer(image, HEADER, 1)[0]


def table(image: bytes) -> np.ndarray:
    return np.frombuffer(image, SECTION, len(SECTIONS), HEADER.itemsize)


def test_the_header(image: bytes) -> None:
    found = header(image)
    assert found["magic"] == MAGIC
    assert (found["version"], found["byte_order"], found["flags"]) == (FORMAT_VERSION, BYTE_ORDER, 0)
    assert (found["sections"], found["size"]) == (len(SECTIONS), len(image))
    assert bytes(found["digest"]) == DIGEST
    assert not found["pad"].any()
    bare = np.frombuffer(image, HEADER, 1).copy()
    bare["header_crc"] = 0
    assert found["header_crc"] == crc32(bare.tobytes())
    assert found["table_crc"] == crc32(table(image).tobytes())


def test_sections_stand_in_order_at_multiples_of_64(image: bytes) -> None:
    end = HEADER.itemsize + table(image).nbytes
    for entry, dtype in zip(table(image), SECTIONS.values(), strict=True):
        offset, size = int(entry["offset"]), int(entry["count"]) * dtype.itemsize
        assert offset % ALIGNMENT == 0
        assert 0 <= offset - end < ALIGNMENT
        assert not any(image[end:offset])
        assert entry["item_size"] == dtype.itemsize
        assert entry["crc"] == crc32(image[offset : offset + size])
        end = offset + size
    assert end == len(image)


def test_what_is_written_is_what_is_read() -> None:
    tables = Assembly([10, 731])
    tables.add("nodes", kind=1, reason=5, target=3, line=0)
    arrays = tables.finish()
    image = encode(arrays, DIGEST, draft=False)
    for entry, (name, dtype) in zip(table(image), SECTIONS.items(), strict=True):
        found = np.frombuffer(image, dtype, int(entry["count"]), int(entry["offset"]))
        assert found.tobytes() == arrays[name].tobytes()


def test_a_reader_takes_it(image: bytes) -> None:
    assert verify.sections(image)["area_codes"].tolist() == [10, 731]


def test_a_draft_is_marked() -> None:
    image = encode(Assembly([]).finish(), DIGEST, draft=True)
    assert header(image)["flags"] == FLAG_DRAFT
    assert verify.is_draft(image)


def test_every_cut_is_refused(image: bytes) -> None:
    for size in range(len(image)):
        with pytest.raises(TablesError):
            verify.sections(image[:size])


def test_every_changed_byte_is_refused(image: bytes) -> None:
    for at in range(len(image)):
        changed = bytearray(image)
        changed[at] ^= 0x40
        with pytest.raises(TablesError):
            verify.sections(bytes(changed))
