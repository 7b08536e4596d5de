"""Making a state: whole or not at all, with its room on the disk, whose it is, and each way it can fail."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from callplan.runtime import regions, state_folder
from callplan.runtime.boot import boot_id
from callplan.runtime.errors import NumberingError, StateError
from callplan.runtime.state_creation import ExistingStateError, create, open_or_create
from callplan.runtime.state_folder import StateFolder

from .states import NOBODY, SMALL, common, names, run, small_disk, start

__all__ = ["common"]
MODES = {"": 0o700, "counters": 0o600, "owners": 0o600, "activation": 0o600, "tables": 0o700, "placements": 0o700}


def modes(state: Path) -> dict[str, int]:
    found = {"": stat.S_IMODE(state.stat().st_mode)}
    return found | {each.name: stat.S_IMODE(each.stat().st_mode) for each in state.iterdir()}


def test_what_is_in_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        settings = create(tmp_path / "acme.state", **SMALL)
    finally:
        os.umask(before)
    assert [each.name for each in tmp_path.iterdir()] == ["acme.state"]
    assert modes(tmp_path / "acme.state") == MODES
    found = (tmp_path / "acme.state" / "counters").stat()
    assert found.st_size == settings.regions.size
    assert 512 * found.st_blocks >= found.st_size
    assert (tmp_path / "acme.state" / "owners").stat().st_size == regions.OWNER_ROOM


def test_a_tight_umask_takes_nothing_away(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        create(tmp_path / "a", **SMALL)
    finally:
        os.umask(before)
    assert modes(tmp_path / "a") == MODES


def test_all_is_zero_but_the_header_and_the_boot(tmp_path: Path) -> None:
    create(tmp_path / "a", **SMALL)
    data = (tmp_path / "a" / "counters").read_bytes()
    assert regions.LIVE.fields is not None
    boot = regions.LIVE_AT + regions.LIVE.fields["boot"][1]
    assert data[boot : boot + 36] == boot_id() != b""
    assert not any(data[regions.HEADER.itemsize : boot])
    assert not any(data[boot + 36 :])


def test_a_numbering_table_is_copied(tmp_path: Path) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text("prefix,area\n166,0731\n", encoding="utf-8")
    settings = create(tmp_path / "a", **SMALL, numbering=csv)
    assert settings.numbering == hashlib.sha256(csv.read_bytes()).digest()
    assert (tmp_path / "a" / "numbering.csv").read_bytes() == csv.read_bytes()
    csv.unlink()
    with StateFolder(tmp_path / "a") as state:
        table = state.numbering()
    assert table is not None
    assert int(table[1660000 - 1300000]) == 731


def test_a_mistake_in_a_numbering_table_leaves_nothing(tmp_path: Path) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text("prefix,area\n166,nowhere\n", encoding="utf-8")
    with pytest.raises(NumberingError, match=r"own\.csv:2: `nowhere` is not an area"):
        create(tmp_path / "a", numbering=csv)
    assert names(tmp_path) == ["own.csv"]


@pytest.mark.parametrize("taken", ["state", "folder", "empty", "file", "link"])
def test_what_is_there_stays_as_it_is(tmp_path: Path, taken: str) -> None:
    path = tmp_path / "a"
    if taken == "state":
        create(path, **SMALL)
    elif taken == "file":
        path.write_text("mine", encoding="utf-8")
    elif taken == "link":
        path.symlink_to("nowhere")
    else:
        path.mkdir()
        if taken == "folder":
            (path / "mine").touch()
    before = path.lstat()
    with pytest.raises(ExistingStateError, match="a exists already: use it as it is, or choose another name"):
        create(path, **SMALL)
    assert os.path.samestat(path.lstat(), before)
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("what", ["state", "file", "folder"])
def test_what_comes_while_a_state_is_made_stays_as_it_is(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    rename = os.rename

    def late(source: str, target: str, **options: int) -> None:
        if target == "a":
            monkeypatch.setattr(os, "rename", rename)
            if what == "state":
                create(path, **SMALL)
            elif what == "file":
                path.touch()
            else:
                (path / "mine").mkdir(parents=True)
        rename(source, target, **options)

    monkeypatch.setattr(os, "rename", late)
    with pytest.raises(ExistingStateError):
        create(path, **SMALL)
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("name", [".", "/", "..", "a/..", ""])
def test_no_name_for_a_folder(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StateError, match=r"is no name for a new folder: give one such as acme.state"):
        create(name)


def test_no_folder_to_make_it_in(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"cannot make .*/no/a: no such file or directory; make the folder that it is"):
        create(tmp_path / "no" / "a")
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match=r"cannot make .*/file/a: not a directory; name a place in a folder"):
        create(tmp_path / "file" / "a")


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"cannot make .*file name too long"):
        create(tmp_path / ("x" * 300))
    for name in ("a\0b", "a\0b/c"):
        with pytest.raises(StateError, match="is no name for a new folder"):
            create(tmp_path / name)
    assert names(tmp_path) == []


def test_a_folder_that_another_user_may_not_write(common: Path) -> None:
    (common / "shut").mkdir(mode=0o755)
    [said] = run("print(said(create, path, 10, 10))", common / "shut" / "a", NOBODY)
    assert said.startswith("StateError: cannot make ")
    assert said.endswith("permission denied; make it in a folder that this user may write, or as another user")


def test_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with pytest.raises(StateError, match=r"cannot write .*/a: no space left on device; make room"):
            create(disk / "a")
        assert names(disk) == []
        create(disk / "a", **SMALL)


def test_a_disk_that_is_full_already(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with pytest.raises(OSError, match="No space left"):
            (disk / "rest").write_bytes(bytes(1 << 21))
        with pytest.raises(StateError, match=r"no space left on device; make room .* fewer --calls and --cells"):
            create(disk / "a", **SMALL)
        assert names(disk) == ["rest"]


def test_a_file_system_that_sets_no_room_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "posix_fallocate", lambda descriptor, at, size: os.ftruncate(descriptor, at + size))
    with pytest.raises(StateError, match=r"sets no room aside for files \(\d+ of \d+ bytes\): make the state on one"):
        create(tmp_path / "a", **SMALL)
    assert names(tmp_path) == []


def test_a_process_that_may_not_make_files_so_large(tmp_path: Path) -> None:
    program = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000)); print(said(create, path))"
    [said] = run(program, tmp_path / "a")
    assert said.endswith("file too large; raise the size of files that this process may write (ulimit -f)")
    assert names(tmp_path) == []


def test_a_network_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    monkeypatch.setitem(state_folder.file_systems.NETWORK, state_folder.file_systems.magic_of(folder), "NFS")
    os.close(folder)
    with pytest.raises(StateError, match=r"is on a network file system \(NFS\), where processes cannot share counts"):
        create(tmp_path / "a")
    assert names(tmp_path) == []


def test_not_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_folder.sys, "platform", "darwin")
    with pytest.raises(StateError, match=r"^a state folder needs Linux"):
        create(tmp_path / "a")
    with pytest.raises(StateError, match=r"^a state folder needs Linux"):
        StateFolder(tmp_path / "a")


# Forks a child for each step, killed before it, until one gets through. Prints how many were killed.
KILLS = """
def stepwise(real):
    def call(*arguments, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)
    return call
for step in range(1, 200):
    child = os.fork()
    if child == 0:
        left = step
        for name in ("mkdir", "open", "fsync", "rename", "fchmod", "write", "pwrite", "posix_fallocate"):
            setattr(os, name, stepwise(getattr(os, name)))
        create(f"{path}/{step}", 64, 100)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended != -signal.SIGKILL:
        print(step, ended)
        break
"""


def test_a_kill_at_any_step_leaves_no_half_state(tmp_path: Path) -> None:
    [said] = run(KILLS, tmp_path)
    steps, ended = map(int, said.split())
    assert (steps > 20, ended) == (True, 0)
    whole = sorted(int(each.name) for each in tmp_path.iterdir() if not each.name.startswith("."))
    assert whole == [steps - 1, steps]  # all that is left to do before the last step is to sync the name
    for step in whole:
        StateFolder(tmp_path / str(step)).close()


def test_processes_that_all_make_it_have_one_state(tmp_path: Path) -> None:
    program = "print('ready'); sys.stdin.readline(); s = open_or_create(path); print(os.fstat(s.folder).st_ino)"
    workers = [start(program, tmp_path / "a") for _ in range(4)]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        said = []
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        for worker in workers:
            out, err = worker.communicate(timeout=60)
            assert worker.returncode == 0, err
            said.append(int(out))
    finally:
        for worker in workers:
            worker.kill()
    assert set(said) == {(tmp_path / "a").stat().st_ino}
    assert names(tmp_path) == ["a"]


def test_what_is_opened_where_there_is_none_has_the_usual_settings(tmp_path: Path) -> None:
    with open_or_create(tmp_path / "a") as state:
        assert (state.settings.calls, state.settings.cells) == (65536, 200_000)
    (tmp_path / "b").touch()
    with pytest.raises(StateError, match="not a directory"):
        open_or_create(tmp_path / "b")


def test_a_state_for_a_group(common: Path) -> None:
    group = 54321
    program = f"""
print(said(create, path, 64, 100, group={group}) != '')
state = StateFolder(path)
print(state.keeper.shared, state.keeper.gid)
with state.activation(), state.making(TABLES, "a.tables") as made:
    os.write(made, b"x")
"""
    assert run(program, common / "a", NOBODY, groups=(group,)) == ["True", f"True {group}"]
    state = common / "a"
    assert modes(state) == {name: mode | mode >> 3 for name, mode in MODES.items()}
    everything = [state, *state.rglob("*")]
    assert {path.stat().st_gid for path in everything} == {group}
    assert stat.S_IMODE((state / "tables" / "a.tables").stat().st_mode) == 0o660


def test_a_group_that_one_is_not_in(common: Path) -> None:
    [said] = run("print(said(create, path, 64, 100, group=54321))", common / "a", NOBODY)
    assert "operation not permitted; a group must be one that this user is in; or make it as root" in said
    assert names(common) == []


@pytest.mark.parametrize("group", ["no-such-group", "a\0b", ""])
def test_a_group_that_is_not_there(tmp_path: Path, group: str) -> None:
    with pytest.raises(StateError, match=r"there is no group .* on this machine: `getent group` lists them"):
        create(tmp_path / "a", group=group)
