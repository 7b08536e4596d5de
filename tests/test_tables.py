"""A file of tables: saved whole or not at all, opened as a copy, refused with what to do when it is not good."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterable
from pathlib import Path
from random import Random

import numpy as np
import pytest

import callplan
from callplan.runtime import layout

from .fuzz import tables as files

PLAN = """
plan "small" {
    number 4006-123-456
    destination desk = 010-6234-5678 limit 2
    list vip { 13900001111 }
    blacklist { 13800138000, 021-5234-5678 }
    block from 0731
    quota 10 calls per week
    schedule office { mon-fri 09:00-18:00  except 2026-12-24 }
    route {
        caller in vip -> desk
        during office -> split { 60% desk, 40% announce closed }
        otherwise     -> announce closed
    }
    forward busy -> desk
}
"""
AT = 1_795_485_600


@pytest.fixture(scope="module")
def tables() -> callplan.Tables:
    return callplan.compile_text(PLAN)


@pytest.fixture(scope="module")
def image(tables: callplan.Tables) -> bytes:
    return bytes(tables.image)


def test_saved_and_opened_it_decides_the_same(tables: callplan.Tables, tmp_path: Path) -> None:
    tables.save(tmp_path / "small.tables")
    opened = callplan.Tables.open(tmp_path / "small.tables")
    assert bytes(opened.image) == bytes(tables.image)
    assert opened.digest == tables.digest
    assert opened.dump() == tables.dump()
    engine = callplan.Engine(tmp_path / "small.tables")
    assert engine.route("4006123456", "13900001111", AT).destination == "desk"
    assert engine.route("4006123456", "13800138000", AT).reason == "blacklisted"
    assert engine.route("4006123456", "0731-88886666", AT).reason == "blocked"


def test_the_file_may_change_or_go_while_it_is_open(tables: callplan.Tables, tmp_path: Path) -> None:
    path = tmp_path / "small.tables"
    tables.save(path)
    engine = callplan.Engine(path)
    path.write_bytes(b"")
    path.unlink()
    assert engine.route("4006123456", "13900001111", AT).destination == "desk"


def test_every_cut_is_refused(image: bytes) -> None:
    for size in range(len(image)):
        with pytest.raises(callplan.TablesError, match=r"cut|not a file of callplan tables"):
            callplan.Tables(image[:size])


def test_more_bytes_are_refused(image: bytes) -> None:
    with pytest.raises(callplan.TablesError, match="too long"):
        callplan.Tables(image + b"\0")


def test_every_flipped_byte_is_refused(image: bytes) -> None:
    for at in range(len(image)):
        changed = bytearray(image)
        changed[at] ^= 0xFF
        with pytest.raises(callplan.TablesError):
            callplan.Tables(bytes(changed))


def test_another_version_says_to_build_again(image: bytes) -> None:
    changed = bytearray(image)
    np.frombuffer(changed, layout.HEADER, 1)["version"] = layout.FORMAT_VERSION + 1
    with pytest.raises(callplan.TablesError, match=r"has format 3.*build it again"):
        callplan.Tables(files.reseal(changed))


@pytest.mark.parametrize("foreign", [b"", b"x", b"PK\3\4" * 100, b"\0" * 1000, b"plan {}\n" * 50])
def test_foreign_files_are_refused(foreign: bytes, tmp_path: Path) -> None:
    (tmp_path / "foreign").write_bytes(foreign)
    with pytest.raises(callplan.TablesError, match="not a file of callplan tables"):
        callplan.Engine(tmp_path / "foreign")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "none", tmp_path / "fifo", Path("/dev/null"), "a\0b"):
        with pytest.raises(callplan.TablesError, match="cannot read"):
            callplan.Engine(path)


def use_what_opens(changes: Iterable[tuple[str, bytes]]) -> int:
    """How many of the images open; on those all that reads tables must go well."""
    opened = 0
    for what, changed in changes:
        try:
            tables = callplan.Tables(changed)
        except callplan.TablesError:
            continue
        opened += 1
        try:
            files.use(tables, Random(what))
        except Exception as error:
            raise AssertionError(f"an image with {what} opens, and then there is {error!r}") from error
    return opened


def test_what_opens_with_right_checksums_can_be_routed_on(image: bytes) -> None:
    assert use_what_opens(files.every_field(image, most_records=3)) > 50


def test_every_byte_of_a_small_file_changed_with_right_checksums() -> None:
    assert use_what_opens(files.every_byte(min(files.images(), key=len), 0xFF)) > 50


@pytest.mark.slow
@pytest.mark.parametrize("mask", [1 << bit for bit in range(8)])
def test_every_bit_of_a_small_file_changed_with_right_checksums(mask: int) -> None:
    assert use_what_opens(files.every_byte(min(files.images(), key=len), mask)) > 50


@pytest.mark.slow
def test_every_byte_of_a_file_with_all_sections_changed_with_right_checksums() -> None:
    whole = max(files.images(), key=len)
    assert all(len(array) for array in callplan.Tables(whole).sections.values())
    assert use_what_opens(files.every_byte(whole)) > 1000


@pytest.mark.slow
def test_every_field_of_every_record_changed_with_right_checksums() -> None:
    assert use_what_opens(files.every_field(max(files.images(), key=len))) > 1000


def test_save_keeps_the_mode_and_follows_a_link(tables: callplan.Tables, tmp_path: Path) -> None:
    real = tmp_path / "real.tables"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link = tmp_path / "link.tables"
    link.symlink_to(real)
    tables.save(link)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.read_bytes() == bytes(tables.image)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.tables", "real.tables"]


def test_save_that_fails_leaves_the_old_file(
    tables: callplan.Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "small.tables"
    path.write_bytes(b"old")

    def full(target: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(callplan.TablesError, match=r"cannot write .*small\.tables: No space left on device"):
        tables.save(path)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["small.tables"]


def test_save_refuses_what_is_no_file(tables: callplan.Tables, tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (tmp_path, tmp_path / "none" / "x.tables", loop, Path("/dev/null"), "a\0b"):
        with pytest.raises(callplan.TablesError, match="cannot write"):
            tables.save(path)


def test_saving_from_many_threads_leaves_one_whole_file(tables: callplan.Tables, tmp_path: Path) -> None:
    path = tmp_path / "small.tables"
    threads = [threading.Thread(target=tables.save, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert callplan.Tables.open(path).digest == tables.digest
    assert [found.name for found in tmp_path.iterdir()] == ["small.tables"]
