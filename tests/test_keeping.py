"""What a build keeps for the next: the same result as without it after every change, and no trust in what is found."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from callplan import CallplanError
from callplan.compiler import keeping, many
from callplan.compiler.build import BuildResult, build
from callplan.compiler.many import build_many

from . import random_folders
from .test_many import same


class Folder:
    """Plans in a folder, and another one for what their builds keep."""

    def __init__(self, root: Path, seed: int = 0) -> None:
        self.root = root / "plans"
        self.kept = root / "kept"
        self.texts = random_folders.texts(seed)
        self.write()

    def write(self) -> None:
        """Make the folder what `texts` says; a file that stays as it is is left alone."""
        for path in [path for path in self.root.rglob("*") if path.is_file()]:
            if str(path.relative_to(self.root)) not in self.texts:
                path.unlink()
        for name, text in self.texts.items():
            path = self.root / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                random_folders.write(self.root, {name: text})

    def files(self) -> list[Path]:
        return sorted(self.root.rglob("*.plan"))

    def build(self) -> BuildResult:
        """With what was kept; it is as without."""
        found = build_many(self.files(), self.root, keep=self.kept)
        assert same(found, build(self.files(), self.root))
        return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setattr(many, "_MOST_FILES", 3)
    monkeypatch.setattr(keeping, "_RACE", -(10**18))  # files of this moment count as old ones
    return Folder(tmp_path)


def test_what_has_not_changed_is_not_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.build().compiled == len(folder.files())
    monkeypatch.setattr(keeping, "plain_bytes", None)
    monkeypatch.setattr(many, "build_piece", None)
    assert folder.build().compiled == 0


@pytest.mark.parametrize(
    ("name", "compiled"),
    [
        ("p04.plan", range(1, 4)),
        ("lists/1.txt", range(3, 11)),
        ("shared/days.plan", range(12, 15)),
        ("p00.plan", range(1, 4)),
    ],
)
def test_a_change_compiles_what_it_touches(folder: Folder, name: str, compiled: range) -> None:
    folder.build()
    folder.texts[name] += "# more\n"
    folder.write()
    assert folder.build().compiled in compiled
    assert folder.build().compiled == 0


def edit(texts: dict[str, str], drawn: random.Random) -> None:
    """One change of those that people make."""
    plans = sorted(name for name in texts if name.startswith("p"))
    name = drawn.choice(plans)
    match drawn.randrange(6):
        case 0:
            texts[name] = texts[name].replace("calls per", "0 calls per".replace("0 ", ""), 1) + "# a word\n"
        case 1:
            number = drawn.randrange(100, 200)
            texts[f"p{number}.plan"] = random_folders.plan(number, drawn)
        case 2:
            del texts[name]
        case 3:
            listed = drawn.choice(sorted(each for each in texts if each.endswith(".txt")))
            texts[listed] += f"138{drawn.randrange(10**8):08}\n"
        case 4:
            mistake = random_folders.MISTAKES[drawn.choice(sorted(random_folders.MISTAKES))]
            mistake(texts, name, drawn)
        case _:
            texts |= random_folders.texts(drawn.randrange(100))


@pytest.mark.parametrize("seed", range(8))
def test_edits_give_what_a_cold_build_gives(folder: Folder, seed: int) -> None:
    drawn = random.Random(seed)
    for _ in range(6):
        edit(folder.texts, drawn)
        folder.write()
        folder.build()


def test_damaged_pieces_are_made_again(folder: Folder) -> None:
    folder.build()
    pieces = sorted(folder.kept.glob("*.piece"))
    damages = (
        lambda data: data[:-1],
        lambda data: b"",
        lambda data: b"x" * 1000,
        lambda data: data[:20] + bytes([data[20] ^ 1]) + data[21:],
        lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
    )
    for at, damage in enumerate(damages):
        path = pieces[at % len(pieces)]
        path.write_bytes(damage(path.read_bytes()))
        assert folder.build().compiled in range(1, 4)
        assert folder.build().compiled == 0
    pieces[0].write_bytes(pieces[1].read_bytes())  # another's
    assert folder.build().compiled in range(1, 4)


def test_another_compiler_uses_nothing(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.build()
    monkeypatch.setattr(keeping, "_state", lambda: "another")
    assert folder.build().compiled == len(folder.files())


def test_a_file_that_changed_a_moment_ago_is_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_RACE", 2 * 10**9)
    folder.build()
    path = folder.root / "p04.plan"
    before = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("closed-0", "closed-1"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert folder.build().compiled in range(1, 4)


def test_files_that_were_copied_are_known_by_their_text(folder: Folder) -> None:
    folder.build()
    for path in [path for path in folder.root.rglob("*") if path.is_file()]:
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
    assert folder.build().compiled == 0


def test_a_list_that_came_to_lead_out_of_the_root(folder: Folder) -> None:
    folder.build()
    outside = folder.root.parent / "outside.txt"
    (folder.root / "lists" / "1.txt").rename(outside)
    (folder.root / "lists" / "1.txt").symlink_to(outside)
    found = folder.build()
    assert {each.code for each in found.diagnostics if each.severity == "error"} == {"E032"}


def test_mistakes_are_not_kept(folder: Folder) -> None:
    folder.texts["p04.plan"] = folder.texts["p04.plan"].replace("own = ", "own = 1", 1)
    folder.write()
    assert folder.build().image is None
    found = folder.build()
    assert found.image is None
    assert found.compiled in range(1, 4)


def test_what_is_not_used_is_removed(folder: Folder) -> None:
    folder.build()
    before = set(folder.kept.glob("*.piece"))
    folder.texts = {name: text for name, text in folder.texts.items() if not name.startswith("p0")}
    folder.write()
    folder.build()
    assert len(set(folder.kept.iterdir())) < len(before)


def test_the_folder_is_the_users_alone(folder: Folder) -> None:
    folder.build()
    assert folder.kept.stat().st_mode & 0o777 == 0o700
    folder.kept.chmod(0o750)
    with pytest.raises(
        CallplanError, match="is open to others; what builds keep needs a folder of your own: chmod 700"
    ):
        folder.build()


def test_a_folder_that_cannot_be_used(folder: Folder) -> None:
    (folder.root.parent / "mine").mkdir(mode=0o700)
    (folder.root.parent / "mine" / "letter.txt").touch()
    for name, said in (("mine", "has other files in it"), ("mine/letter.txt", "file exists"), ("a\0b", "not a path")):
        folder.kept = folder.root.parent / name
        with pytest.raises(CallplanError, match=said):
            folder.build()
