"""What a path means: its name from the root, and when two of them are one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from callplan.compiler import syntax
from callplan.compiler.paths import Place, Root
from callplan.compiler.source import Source, Span


def string(value: str) -> syntax.String:
    return syntax.String(value, Span(Source("a.plan", f'"{value}"'), 0, len(value) + 2))


def reached(root: str, by: str, path: str) -> tuple[str, str] | str:
    """Path and name of what a file names, or the code of what is said."""
    base = Root(root)
    found = base.reached(string(path), base.named(by))
    return (found.path, found.name) if isinstance(found, Place) else found.code


@pytest.mark.parametrize(
    ("root", "by", "path", "found"),
    [
        ("", "a.plan", "b.plan", ("b.plan", "b.plan")),
        ("", "a.plan", "./lib//../b.plan", ("b.plan", "b.plan")),
        (".", "lib/a.plan", "../b.plan", ("b.plan", "b.plan")),
        ("lib", "lib/a.plan", "sub/b.plan", ("lib/sub/b.plan", "sub/b.plan")),
        ("lib/", "./lib/a.plan", "b.plan", ("lib/b.plan", "b.plan")),
        ("lib", "lib/a.plan", "../b.plan", "E031"),
        ("lib", "lib/a.plan", "../library/b.plan", "E031"),
        ("lib", "lib/a.plan", "../lib/b.plan", ("lib/b.plan", "b.plan")),
        ("lib", "lib/a.plan", "..", "E031"),
        ("lib", "lib/a.plan", "..b.plan", ("lib/..b.plan", "..b.plan")),
        ("lib", "other/a.plan", "b.plan", "E031"),
        ("", "a.plan", "~/b.plan", ("~/b.plan", "~/b.plan")),
        ("", "a.plan", "-", ("-", "-")),
        ("", "-", "b.plan", ("b.plan", "b.plan")),
        ("", "a.plan", "/b.plan", "E030"),
        ("", "a.plan", "//b.plan", "E030"),
        ("/", "/a.plan", "b.plan", ("/b.plan", "b.plan")),
        ("", "a.plan", "b\0.plan", ("b\0.plan", "b\0.plan")),
        ("", "a.plan", "\ud800.plan", ("\ud800.plan", "?.plan")),
    ],
)
def test_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str, by: str, path: str, found: tuple[str, str] | str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert reached(root, by, path) == found


def test_the_root_is_the_folder_of_the_first_file() -> None:
    assert Root.of(["plans/a.plan", "b.plan"], None).path == "plans"
    assert Root.of(["a.plan"], None).path == "."
    assert Root.of(["plans/a.plan"], "up").path == "up"
    assert Root.of(["-", "plans/a.plan"], None).path == ""
    assert Root.of([], None).path == ""
    assert Root.of([""], None).path == ""
    assert Root.of([Path("/a.plan")], None).path == "/"


def test_named_files_may_lie_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    root = Root("plans")
    assert root.named("plans/a.plan").name == "a.plan"
    assert root.named("other/a.plan").name == "../other/a.plan"
    assert root.named(tmp_path / "plans" / "a.plan").name == "a.plan"
    assert root.named(f"/{tmp_path}/plans//a.plan").name == "a.plan"
    assert root.named("-").name == "<stdin>"
    assert root.named("./-").name == "../-"


def test_keys_tell_files_apart(tmp_path: Path) -> None:
    for name in ("a.plan", "b.plan"):
        (tmp_path / name).touch()
    (tmp_path / "soft.plan").symlink_to("a.plan")
    (tmp_path / "hard.plan").hardlink_to(tmp_path / "a.plan")
    root = Root(str(tmp_path))
    keys = {name: root.named(tmp_path / name).key for name in ("a.plan", "b.plan", "soft.plan", "hard.plan", "no.plan")}
    assert keys["a.plan"] == keys["soft.plan"] == keys["hard.plan"]
    assert len(set(keys.values())) == 3
    assert root.named(f"{tmp_path}/x/../no.plan").key == keys["no.plan"]
