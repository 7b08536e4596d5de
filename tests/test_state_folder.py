"""Opening a state: what it gives, and all that it refuses, each with an error that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callplan.runtime import file_systems, regions
from callplan.runtime.errors import StateError
from callplan.runtime.state_creation import create
from callplan.runtime.state_folder import PLACEMENTS, TABLES, MissingStateError, StateFolder

from .states import NOBODY, SMALL, common, names, run, small_disk

__all__ = ["common"]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files to others")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    create(tmp_path / "a", **SMALL, area="0731")
    return tmp_path / "a"


def refusal(path: str | Path) -> str:
    with pytest.raises(StateError) as said:
        StateFolder(path)
    return str(said.value)


def test_what_it_gives(state: Path) -> None:
    with StateFolder(state) as opened:
        assert opened.path == str(state)
        assert (opened.settings.calls, opened.settings.cells, opened.settings.area) == (64, 100, "0731")
        assert opened.regions == regions.regions(64, 100, opened.settings.words)
        assert len(opened.block) == opened.regions.size
        assert os.path.samestat(os.fstat(opened.folder), state.stat())
        assert not os.get_inheritable(opened.folder)
        assert opened.numbering() is None
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened.folder)


def test_its_memory_is_the_file_and_that_of_all_who_have_it_open(state: Path) -> None:
    with StateFolder(state) as one, StateFolder(state) as other:
        one.block[one.regions.words_at] = 7
        assert other.block[one.regions.words_at] == 7
        program = "s = StateFolder(path); print(s.block[s.regions.words_at]); s.block[s.regions.words_at] = 8"
        assert run(program, state) == ["7"]
        assert one.block[one.regions.words_at] == 8
        assert (state / "counters").read_bytes()[one.regions.words_at] == 8


def test_closing_leaves_the_memory_to_who_still_looks_at_it(state: Path) -> None:
    opened = StateFolder(state)
    words = np.frombuffer(opened.block, "<u8", 4, opened.regions.words_at)
    opened.close()
    opened.close()
    words[0] = 5
    assert int(words[0]) == 5


def test_nothing_is_left_open_by_a_refusal(state: Path) -> None:
    (state / "counters").chmod(0o666)
    before = names(Path("/proc/self/fd"))
    for _ in range(3):
        refusal(state)
    assert len(names(Path("/proc/self/fd"))) == len(before)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(MissingStateError, match=r"cannot open .*/none: no such file or directory; put it back from a"):
        StateFolder(tmp_path / "none")
    with pytest.raises(MissingStateError):
        StateFolder(tmp_path / "no\0ne")


def test_one_that_is_made_right_after_the_look_was_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def made_meanwhile(path: Any, *rest: Any, **options: Any) -> int:
        try:
            return opened(path, *rest, **options)
        except FileNotFoundError:
            Path(path).mkdir()
            raise

    monkeypatch.setattr(os, "open", made_meanwhile)
    with pytest.raises(MissingStateError):
        StateFolder(tmp_path / "none")


@pytest.mark.parametrize("end", ["", "/", "/.", "//"])
def test_a_link_is_not_followed_however_it_is_written(state: Path, end: str) -> None:
    (state.parent / "link").symlink_to("a")
    assert refusal(f"{state.parent}/link{end}") == (
        f"cannot open {state.parent}/link: it is a link; links are not followed: name what the link leads to"
    )
    StateFolder(f"{state}{end}").close()


def test_a_file_is_no_state(state: Path) -> None:
    assert refusal(state / "counters").endswith(
        "counters: not a directory; give the folder that `callplan state create` made"
    )


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    assert refusal(tmp_path).endswith(
        "/counters: no such file or directory; "
        "put it back from a copy, or make a new state with `callplan state create`"
    )


def put_link(file: Path) -> None:
    file.rename(file.parent / "real")
    file.symlink_to("real")


def put_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


def put_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def put_other(file: Path) -> None:
    file.write_bytes(b"PK\3\4" + bytes(5000))


def put_nothing(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 4096)


def damage(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(24)
        opened.write(b"\xff")


def make_holes(file: Path) -> None:
    size = file.stat().st_size
    header = file.read_bytes()[:4096]
    file.write_bytes(header)
    os.truncate(file, size)


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (put_link, "counters: it is a link; links are not followed: name what the link leads to"),
        (put_pipe, "counters is not a regular file: move it away, and put back the file that stood there"),
        (put_folder, "counters: is a directory; move away what is in its place"),
        (put_other, "counters is not a callplan state's: give the folder that `callplan state create` made"),
        (put_nothing, "counters is not a callplan state's"),
        (cut, "put it back from a copy, or make a new state, whose counts start at zero"),
        (damage, "counters has a damaged header"),
        (make_holes, "counters has holes, as copying leaves them"),
        (lambda file: file.chmod(0o606), "counters may be written by everybody (mode 0606): `chmod o-w` it"),
        (lambda file: file.chmod(0o620), "counters may be written by its group, which the state was not made for"),
        (lambda file: file.chmod(0o400), "counters is read-only (mode 0400): `chmod u+w` it"),
        (lambda file: file.parent.chmod(0o702), "may be written by everybody (mode 0702)"),
        (lambda file: file.parent.chmod(0o720), "may be written by its group, which the state was not made for"),
        (lambda file: file.parent.chmod(0o770), "is for its group to use, but "),
    ],
)
def test_counters_that_cannot_be_trusted(state: Path, done: Callable[[Path], object], said: str) -> None:
    done(state / "counters")
    assert said in refusal(state)


def test_the_advice_for_holes_is_good(state: Path) -> None:
    fallocate = shutil.which("fallocate") or pytest.skip("needs fallocate")
    make_holes(state / "counters")
    words = refusal(state).partition("run `")[2].partition("`")[0].split()
    assert words[0] == "fallocate"
    subprocess.run([fallocate, *words[1:]], check=True)
    StateFolder(state).close()


def test_a_read_only_file_system(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        create(disk / "a", **SMALL)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert refusal(disk / "a").endswith(
            "counters: read-only file system; put the state on a file system that can be written"
        )
        with pytest.raises(StateError, match="read-only file system; put the state on a file system that can be"):
            create(disk / "b", **SMALL)


def test_a_network_file_system(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = os.open(state, os.O_RDONLY)
    magic = file_systems.magic_of(folder)
    os.close(folder)
    assert file_systems.NETWORK.get(magic) is None
    monkeypatch.setitem(file_systems.NETWORK, magic, "NFS")
    assert refusal(state) == (
        f"{state} is on a network file system (NFS), where processes cannot share counts: put the state on a disk of "
        "this machine, or in its memory below /dev/shm"
    )


def test_file_systems_are_told_by_their_numbers() -> None:
    with open("/proc/self/status", "rb") as file:  # noqa: PTH123
        assert file_systems.magic_of(file.fileno()) == 0x9FA0
    with pytest.raises(OSError, match="Bad file descriptor"):
        file_systems.magic_of(-1)


def test_a_state_of_another_user(common: Path) -> None:
    run("create(path, 64, 100)", common / "a", NOBODY - 1)
    [said] = run("print(said(StateFolder, path))", common / "a", NOBODY)
    assert "StateError: cannot open " in said
    (common / "a").chmod(0o755)
    [said] = run("print(said(StateFolder, path))", common / "a", NOBODY)
    assert f"{common}/a belongs to uid {NOBODY - 1}, not to " in said
    assert "or root: do it as the owner of the state, as root, or, " in said


def test_its_owner_is_told_that_it_is_read_only(common: Path) -> None:
    program = "create(path, 64, 100); os.chmod(path + '/counters', 0o400); print(said(StateFolder, path))"
    [said] = run(program, common / "a", NOBODY)
    assert said.endswith("counters is read-only (mode 0400): `chmod u+w` it")


@AS_ROOT
def test_counters_of_another_user_in_a_state(state: Path) -> None:
    os.chown(state / "counters", NOBODY - 1, -1)
    assert "who is no user of this state: give it to root (uid 0)" in refusal(state)


USED_BY_ROOT = """
state = StateFolder(path)
with state.activation(), state.making(TABLES, "ab.tables") as made:
    os.write(made, b"x")
"""


def test_what_root_does_stays_the_owners(common: Path) -> None:
    run("create(path, 64, 100)", common / "a", NOBODY)
    assert run("print(said(StateFolder, path) != '')", common / "a") == ["True"]
    if os.geteuid() == 0:
        run(USED_BY_ROOT, common / "a")
    assert {path.stat().st_uid for path in (common / "a").rglob("*")} == {NOBODY}
    assert run("s = StateFolder(path); print(os.read(s.open(TABLES, 'ab.tables'), 9))", common / "a", NOBODY) == [
        "b'x'"
    ]


def test_a_state_of_root_for_a_group(common: Path) -> None:
    run("create(path, 64, 100, group=54321)", common / "a", 0, 0)
    assert run(USED_BY_ROOT + "print(state.keeper.uid)", common / "a", NOBODY, groups=(54321,)) == ["0"]
    assert run("s = StateFolder(path); print(s.names(TABLES))", common / "a", NOBODY - 1, groups=(54321,)) == [
        "['ab.tables']"
    ]
    [said] = run("print(said(StateFolder, path))", common / "a", NOBODY - 1)
    assert "permission denied; do it as the owner of the state, as root, or, where it was made for a group" in said
    (common / "a" / "tables" / "ab.tables").chmod(0o666)
    with StateFolder(common / "a") as state, pytest.raises(StateError, match="may be written by everybody"):
        state.open(TABLES, "ab.tables")


def test_files_in_it_are_made_whole_or_not_at_all(state: Path) -> None:
    with StateFolder(state) as opened:
        with opened.activation(), opened.making(TABLES, "ab.tables") as made:
            os.write(made, b"one")
            assert opened.names(TABLES) == []
            os.lseek(made, 0, os.SEEK_SET)
            assert os.read(made, 9) == b"one"
        with opened.activation():
            with pytest.raises(ZeroDivisionError), opened.making(TABLES, "cd.tables") as made:
                raise ZeroDivisionError
            with opened.making(PLACEMENTS, "1.placement") as made:
                os.write(made, b"two")
        assert opened.names(TABLES) == ["ab.tables"]
        assert opened.names(PLACEMENTS) == ["1.placement"]
        descriptor = opened.open(TABLES, "ab.tables")
        assert os.read(descriptor, 9) == b"one"
        os.close(descriptor)
        opened.remove(TABLES, "ab.tables")
        opened.remove(TABLES, "ab.tables")
        assert names(state / "tables") == []


def test_a_full_disk_while_a_file_is_made(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        create(disk / "a", **SMALL)
        with StateFolder(disk / "a") as opened, opened.activation():
            with (
                pytest.raises(StateError, match=r"cannot write .*ab.tables: no space left on device; make room"),
                opened.making(TABLES, "ab.tables") as made,
            ):
                os.posix_fallocate(made, 0, 1 << 20)
            assert names(disk / "a" / "tables") == []


@pytest.mark.parametrize("done", [put_link, put_pipe, put_folder, lambda file: file.chmod(0o666), Path.unlink])
def test_files_in_it_that_cannot_be_trusted(state: Path, done: Callable[[Path], object]) -> None:
    with StateFolder(state) as opened:
        with opened.activation(), opened.making(TABLES, "ab.tables") as made:
            os.write(made, b"one")
        done(state / "tables" / "ab.tables")
        with pytest.raises(StateError, match=r"tables/ab\.tables"):
            opened.open(TABLES, "ab.tables")


def test_inner_folders_that_cannot_be_trusted(state: Path) -> None:
    with StateFolder(state) as opened:
        (state / "tables").chmod(0o777)
        with pytest.raises(StateError, match="tables may be written by everybody"):
            opened.names(TABLES)
        put_link(state / "placements")
        with pytest.raises(StateError, match="placements: it is a link"):
            opened.names(PLACEMENTS)


@pytest.mark.parametrize("name", ["../x.tables", "a/b.tables", ".x.tables", "x", "x.tables.part", "", "x.tables\0"])
def test_names_that_no_file_in_it_has(state: Path, name: str) -> None:
    with StateFolder(state) as opened, pytest.raises(ValueError, match="no file of a state"):
        opened.open(TABLES, name)


def test_a_numbering_table_that_was_changed(tmp_path: Path) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text("prefix,area\n166,0731\n", encoding="utf-8")
    create(tmp_path / "a", **SMALL, numbering=csv)
    (tmp_path / "a" / "numbering.csv").write_text("prefix,area\n166,010\n", encoding="utf-8")
    with StateFolder(tmp_path / "a") as state, pytest.raises(StateError, match="is not what the state was made with"):
        state.numbering()


def test_a_moved_state_is_still_itself(state: Path) -> None:
    with StateFolder(state) as opened:
        state.rename(state.parent / "b")
        with opened.activation(), opened.making(TABLES, "ab.tables") as made:
            os.write(made, b"x")
    assert names(state.parent / "b" / "tables") == ["ab.tables"]
