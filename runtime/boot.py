"""Which boot of the machine this is; tested by tests/test_state_folder.py."""

from __future__ import annotations

from pathlib import Path

_FILE = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> bytes:
    """36 bytes that no other boot has, nor another machine; none where the system does not tell.

    Times of the monotonic clock can be compared within one boot only.
    """
    try:
        return _FILE.read_bytes().strip()
    except OSError:
        return b""
