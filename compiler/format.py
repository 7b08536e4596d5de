"""Tables to the bytes of a file: header, section table, sections with their checksums; tested by tests/test_format.py.

runtime/layout.py says what stands where, runtime/verify.py what a reader refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from ..runtime.layout import BYTE_ORDER, FLAG_DRAFT, FORMAT_VERSION, HEADER, MAGIC, SECTION, SECTIONS

ALIGNMENT = 64


def encode(arrays: Mapping[str, npt.NDArray[Any]], digest: bytes, draft: bool) -> bytes:
    """The file's bytes. `arrays` has all of SECTIONS, `digest` 32 bytes; `draft`: some calls have no rule."""
    table = np.zeros(len(SECTIONS), SECTION)
    bodies: list[bytes | memoryview] = []
    at = HEADER.itemsize + table.nbytes
    for entry, (name, dtype) in zip(table, SECTIONS.items(), strict=True):
        body = np.ascontiguousarray(arrays[name], dtype).view(np.uint8).data
        padding = -at % ALIGNMENT
        bodies += [bytes(padding), body]
        entry["offset"] = at + padding
        entry["count"] = len(arrays[name])
        entry["item_size"] = dtype.itemsize
        entry["crc"] = crc32(body)
        at += padding + len(body)
    header = np.zeros(1, HEADER)
    header["magic"] = MAGIC
    header["version"] = FORMAT_VERSION
    header["byte_order"] = BYTE_ORDER
    header["flags"] = FLAG_DRAFT if draft else 0
    header["sections"] = len(SECTIONS)
    header["size"] = at
    header["digest"] = np.frombuffer(digest, np.uint8)
    header["table_crc"] = crc32(table.tobytes())
    header["header_crc"] = crc32(header.tobytes())
    return b"".join([header.tobytes(), table.tobytes(), *bodies])
