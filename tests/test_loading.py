"""From paths to parsed files: what is read and in which order, circles, list files, and what is said but once."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from callplan.compiler.diagnostics import Diagnostic
from callplan.compiler.loading import Loaded, load, load_text

from .checking import plan


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def imports(*paths: str) -> str:
    return "".join(f'import "{path}"\n' for path in paths)


def names(loaded: Loaded) -> list[str]:
    return [source.name for source in loaded.sources]


def seen(loaded: Loaded) -> dict[str, list[str]]:
    return {by.name: [each.name for each in found] for by, found in loaded.imports.items()}


def codes(problems: list[Diagnostic]) -> list[str]:
    """The codes; every sentence is filled in on the way."""
    assert all(problem.message and all(related.message for related in problem.related) for problem in problems)
    return [problem.code for problem in problems]


def place(problem: Diagnostic) -> tuple[str, int, str]:
    """File, line and text that a problem points at."""
    assert problem.span is not None
    return problem.span.source.name, problem.span.source.position(problem.span.start)[0], problem.span.text


# Order, and each file once


def test_imports_are_transitive_and_come_after_who_imports_them(tmp_path: Path) -> None:
    texts = {
        "a.plan": imports("lib/b.plan", "c.plan") + plan(),
        "lib/b.plan": imports("deep/d.plan", "../e.plan"),
        "lib/deep/d.plan": "",
        "c.plan": "",
        "e.plan": "",
    }
    write(tmp_path, texts)
    loaded, problems = load([tmp_path / "a.plan"])
    assert problems == []
    assert names(loaded) == ["a.plan", "lib/b.plan", "lib/deep/d.plan", "e.plan", "c.plan"]
    assert seen(loaded)["a.plan"] == ["lib/b.plan", "c.plan"]
    assert seen(loaded)["lib/b.plan"] == ["lib/deep/d.plan", "e.plan"]
    assert loaded.incomplete == frozenset()


def test_each_file_is_read_once(tmp_path: Path) -> None:
    common = ["common.plan", "./common.plan", "lib/../common.plan", "lib//../common.plan", "soft.plan", "hard.plan"]
    write(
        tmp_path, {"a.plan": imports("lib/b.plan", *common), "lib/b.plan": imports("../common.plan"), "common.plan": ""}
    )
    (tmp_path / "soft.plan").symlink_to("common.plan")
    (tmp_path / "hard.plan").hardlink_to(tmp_path / "common.plan")
    paths = [
        tmp_path / "a.plan",
        tmp_path / "common.plan",
        f"{tmp_path}/./soft.plan",
        tmp_path / "a.plan",
    ]
    loaded, problems = load(paths)
    assert problems == []
    assert names(loaded) == ["a.plan", "lib/b.plan", "common.plan"]
    assert seen(loaded)["a.plan"] == ["lib/b.plan", "common.plan"]


def test_plans_of_imported_files_belong_to_the_build(tmp_path: Path) -> None:
    write(
        tmp_path, {"a.plan": imports("b.plan") + plan(name="a"), "b.plan": plan(name="b", number="number 4006123457")}
    )
    loaded, problems = load([tmp_path / "a.plan"])
    assert problems == []
    assert [each.name.value for file in loaded.files for each in file.plans] == ["a", "b"]


def test_a_file_is_shown_as_it_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path, {"plans/a.plan": imports("lib/b.plan"), "plans/lib/b.plan": imports("../c.plan"), "plans/c.plan": ""}
    )
    monkeypatch.chdir(tmp_path)
    loaded, _ = load(["plans/a.plan"])
    assert [source.shown for source in loaded.sources] == ["plans/a.plan", "plans/lib/b.plan", "plans/c.plan"]
    loaded, _ = load([tmp_path / "plans" / "a.plan"])
    assert loaded.sources[1].shown == str(tmp_path / "plans" / "lib" / "b.plan")
    loaded, _ = load(["plans/a.plan", "./plans/lib/b.plan"])
    assert loaded.sources[1].shown == "./plans/lib/b.plan"


def test_a_long_chain_and_a_wide_one(tmp_path: Path) -> None:
    write(tmp_path, {f"{at}.plan": imports(f"{at + 1}.plan") for at in range(1500)} | {"1500.plan": ""})
    loaded, problems = load([tmp_path / "0.plan"])
    assert problems == []
    assert names(loaded) == [f"{at}.plan" for at in range(1501)]
    write(tmp_path, {"wide.plan": imports(*(f"{at}.plan" for at in range(1501)))})
    assert len(load([tmp_path / "wide.plan"])[0].files) == 1502


def test_standard_input_lies_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"common.plan": "", "-": ""})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(imports("common.plan", "-").encode())))
    loaded, problems = load(["-"])
    assert problems == []
    assert names(loaded) == ["<stdin>", "common.plan", "-"]


def test_a_text_cannot_name_files() -> None:
    loaded, problems = load_text(imports("common.plan") + plan('blacklist { file "l.txt" }'), "<text>")
    assert codes(problems) == ["E035", "E035"]
    assert [place(problem)[2] for problem in problems] == ['"l.txt"', '"common.plan"']
    assert loaded.incomplete == frozenset(loaded.sources)


# Circles


def test_a_circle_is_shown_as_its_path(tmp_path: Path) -> None:
    write(tmp_path, {"top.plan": imports("a.plan"), "a.plan": imports("b.plan"), "b.plan": "\n" + imports("a.plan")})
    loaded, (problem,) = load([tmp_path / "top.plan"])
    assert problem.code == "E033"
    assert "`a.plan -> b.plan -> a.plan`" in problem.message
    assert place(problem) == ("b.plan", 2, '"a.plan"')
    assert [related.message for related in problem.related] == ["`b.plan` is imported here"]
    assert names(loaded) == ["top.plan", "a.plan", "b.plan"]
    assert seen(loaded)["b.plan"] == ["a.plan"]
    assert loaded.incomplete == frozenset()


def test_a_file_that_imports_itself(tmp_path: Path) -> None:
    write(tmp_path, {"a.plan": imports("./a.plan")})
    (tmp_path / "link.plan").symlink_to("a.plan")
    _, (problem,) = load([tmp_path / "link.plan"])
    assert "`link.plan -> link.plan`" in problem.message


def test_each_circle_is_reported_once(tmp_path: Path) -> None:
    texts = {f"{at}.plan": imports("ring.plan") for at in range(5)}
    texts |= {
        "ring.plan": imports("gnir.plan"),
        "gnir.plan": imports("ring.plan", "0.plan"),
        "other.plan": imports("4.plan"),
    }
    write(tmp_path, texts)
    loaded, problems = load([tmp_path / f"{at}.plan" for at in range(5)] + [tmp_path / "other.plan"])
    said = [problem.fields["circle"] for problem in problems]
    assert said == ["ring.plan -> gnir.plan -> ring.plan", "0.plan -> ring.plan -> gnir.plan -> 0.plan"]
    assert len(loaded.files) == 8


def test_a_long_circle_is_cut_in_the_middle(tmp_path: Path) -> None:
    write(tmp_path, {f"{at}.plan": imports(f"{(at + 1) % 300}.plan") for at in range(300)})
    _, (problem,) = load([tmp_path / "0.plan"])
    assert problem.message.endswith(
        "`0.plan -> 1.plan -> 2.plan -> 3.plan -> … -> 296.plan -> 297.plan -> 298.plan -> 299.plan -> 0.plan`"
    )
    assert len(problem.related) == 8


# What cannot be read


def test_a_missing_import_is_one_mistake_however_many_name_it(tmp_path: Path) -> None:
    texts = {f"{at}.plan": imports("common.plan", "./lost.plan") for at in range(20)}
    write(tmp_path, texts | {"common.plan": "\n" + imports("lost.plan"), "fine.plan": ""})
    paths = [tmp_path / f"{at}.plan" for at in range(20)]
    loaded, (problem,) = load([*paths, tmp_path / "fine.plan"])
    assert problem.code == "E001"
    assert problem.message == f"there is no file `{tmp_path / 'lost.plan'}`"
    assert place(problem) == ("0.plan", 2, '"./lost.plan"')
    assert len(problem.related) == 8
    assert {source.name for source in loaded.sources} - {source.name for source in loaded.incomplete} == {"fine.plan"}


@pytest.mark.parametrize(
    ("path", "code"), [("folder", "E002"), ("fifo", "E003"), ("loop", "E004"), ("", "E002"), ("a" * 300, "E004")]
)
def test_only_regular_files_are_read(tmp_path: Path, path: str, code: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    write(tmp_path, {"a.plan": f'import "{path}"\n' + plan(f'blacklist {{ file "{path}" }}')})
    _, problems = load([tmp_path / "a.plan"])
    assert codes(problems) == [code, code]
    assert [place(problem)[2] for problem in problems] == [f'"{path}"', f'"{path}"']


def test_a_file_that_is_named_too_is_the_commands_mistake(tmp_path: Path) -> None:
    write(tmp_path, {"a.plan": imports("lost.plan")})
    _, (problem,) = load([tmp_path / "a.plan", tmp_path / "lost.plan"])
    assert (problem.code, problem.span) == ("E001", None)


def test_an_imported_file_that_is_no_text(tmp_path: Path) -> None:
    write(tmp_path, {"a.plan": imports("b.plan", "c.plan"), "c.plan": imports("b.plan")})
    (tmp_path / "b.plan").write_bytes(b"# \xff")
    loaded, (problem,) = load([tmp_path / "a.plan"])
    assert problem.code == "E006"
    assert place(problem)[:2] == ("b.plan", 1)
    assert {source.name for source in loaded.incomplete} == {"a.plan", "c.plan"}


def test_a_mistake_in_a_shared_file_is_reported_once(tmp_path: Path) -> None:
    write(tmp_path, {f"{at}.plan": imports("common.plan") for at in range(3)} | {"common.plan": "area = 3"})
    _, problems = load([tmp_path / f"{at}.plan" for at in range(3)])
    assert problems
    assert {place(problem)[0] for problem in problems} == {"common.plan"}
    assert len({problem.span for problem in problems}) == len(problems)


# The root


def test_no_path_leads_out_of_the_root(tmp_path: Path) -> None:
    write(tmp_path, {"in/a.plan": imports("../out.plan", "/etc/passwd", "link.plan", "lib/b.plan"), "out.plan": ""})
    write(tmp_path, {"in/lib/b.plan": imports("../../in/c.plan"), "in/c.plan": "", "beside/d.plan": ""})
    (tmp_path / "in" / "link.plan").symlink_to("../out.plan")
    loaded, problems = load([tmp_path / "in" / "a.plan"])
    assert codes(problems) == ["E031", "E030", "E032"]
    assert [place(problem)[1] for problem in problems] == [1, 2, 3]
    assert all(problem.help for problem in problems)
    assert names(loaded) == ["a.plan", "lib/b.plan", "c.plan"]
    loaded, problems = load([tmp_path / "in" / "a.plan"], root=tmp_path)
    assert codes(problems) == ["E030"]
    assert names(loaded) == ["in/a.plan", "out.plan", "in/lib/b.plan", "in/c.plan"]


def test_folders_that_are_links(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"in/a.plan": imports("near/b.plan", "far/c.plan"), "in/lib/b.plan": imports("../d.plan"), "in/d.plan": ""},
    )
    write(tmp_path, {"out/c.plan": ""})
    (tmp_path / "in" / "near").symlink_to("lib")
    (tmp_path / "in" / "far").symlink_to("../out")
    loaded, problems = load([tmp_path / "in" / "a.plan"])
    assert codes(problems) == ["E032"]
    assert names(loaded) == ["a.plan", "near/b.plan", "d.plan"]


def test_a_root_that_is_itself_a_link(tmp_path: Path) -> None:
    write(tmp_path, {"releases/1/a.plan": imports("lib/b.plan"), "releases/1/lib/b.plan": ""})
    (tmp_path / "current").symlink_to("releases/1")
    for root in (None, tmp_path / "current"):
        loaded, problems = load([tmp_path / "current" / "a.plan"], root)
        assert problems == []
        assert names(loaded) == ["a.plan", "lib/b.plan"]


@pytest.mark.parametrize("root", ["nowhere", "a.plan", "a\0b", "\ud800"])
def test_a_root_that_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    write(tmp_path, {"a.plan": plan()})
    monkeypatch.chdir(tmp_path)
    loaded, (problem,) = load(["a.plan"], root)
    assert (problem.code, loaded.files) == ("E034", ())


def test_a_current_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    _, (problem,) = load(["a.plan"])
    assert problem.code == "E001"
    write(tmp_path, {"a.plan": imports("b.plan"), "b.plan": ""})
    loaded, problems = load([tmp_path / "a.plan"])
    assert problems == []
    assert names(loaded) == ["a.plan", "b.plan"]


def test_nothing_to_load() -> None:
    loaded, problems = load([])
    assert (loaded.files, problems) == ((), [])


# List files


def test_list_files(tmp_path: Path) -> None:
    text = 'list outside { file "numbers/l.txt" }\n' + plan(
        'list l { file "./numbers/l.txt" }', 'blacklist { file "m.txt" }'
    )
    write(tmp_path, {"a.plan": imports("lib/b.plan") + text, "lib/b.plan": 'list b { file "../m.txt", file "l.txt" }'})
    write(tmp_path, {"numbers/l.txt": "\ufeff13800138000\n", "m.txt": "1380013xxxx", "lib/l.txt": ""})
    loaded, problems = load([tmp_path / "a.plan"])
    assert problems == []
    found = {(by.name, path): file for (by, path), file in loaded.list_files.items()}
    assert {key: file.name for key, file in found.items()} == {
        ("a.plan", "numbers/l.txt"): "numbers/l.txt",
        ("a.plan", "./numbers/l.txt"): "numbers/l.txt",
        ("a.plan", "m.txt"): "m.txt",
        ("lib/b.plan", "../m.txt"): "m.txt",
        ("lib/b.plan", "l.txt"): "lib/l.txt",
    }
    assert found["a.plan", "numbers/l.txt"] is found["a.plan", "./numbers/l.txt"]
    assert found["a.plan", "m.txt"] is found["lib/b.plan", "../m.txt"]
    assert found["a.plan", "numbers/l.txt"].data == b"13800138000\n"


def test_a_list_file_is_one_mistake_however_many_name_it(tmp_path: Path) -> None:
    lists = 'list l { file "l.txt" } list m { file "lost.txt" }'
    write(tmp_path, {f"{at}.plan": lists for at in range(3)} | {"l.txt": "1380013800x\nabc\n"})
    loaded, problems = load([tmp_path / f"{at}.plan" for at in range(3)])
    assert codes(problems) == ["E220", "E001"]
    assert [place(problem) for problem in problems] == [("l.txt", 2, "abc"), ("0.plan", 1, '"lost.txt"')]
    assert len(problems[1].related) == 2
    assert len(loaded.list_files) == 3
    assert loaded.incomplete == frozenset()


def test_a_plan_that_is_named_as_a_list(tmp_path: Path) -> None:
    write(tmp_path, {"a.plan": imports("a.txt") + plan('blacklist { file "a.txt" }'), "a.txt": plan(name="b")})
    _, problems = load([tmp_path / "a.plan"])
    assert {place(problem)[0] for problem in problems} == {"a.txt"}
    assert {problem.code for problem in problems} == {"E220"}


def test_list_files_stay_in_the_root(tmp_path: Path) -> None:
    write(
        tmp_path, {"in/a.plan": plan('blacklist { file "../l.txt", file "/etc/passwd", file "link.txt" }'), "l.txt": ""}
    )
    (tmp_path / "in" / "link.txt").symlink_to("../l.txt")
    loaded, problems = load([tmp_path / "in" / "a.plan"])
    assert codes(problems) == ["E031", "E030", "E032"]
    assert loaded.list_files == {}
