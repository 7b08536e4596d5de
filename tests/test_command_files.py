"""The files that the command is given: folders, what plans import, the root, and what must not be overwritten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .commands import BAD, GOOD, Command, PlanFile

IMPORTING = 'import "common.plan"\n' + GOOD.replace("otherwise -> a }", "from 010 -> a otherwise -> shared }")
COMMON = "destination shared = 010-8888-6666 limit 3\n"
LISTED = GOOD.replace("    route", '    blacklist { file "lists/l.txt" }\n    route')

# Folders


def test_folders_stand_for_the_plans_below_them(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    plan_file(BAD, "b.plan")
    plan_file(BAD.replace("Good", "Other").replace("4006123456", "4006123457"), "a/c.plan")
    plan_file("not a plan", "a/readme.txt")
    said = json.loads(command("check", "--json", tmp_path).out)
    named = [str(tmp_path / "a" / "c.plan"), str(tmp_path / "b.plan")]
    assert list(dict.fromkeys(entry["file"] for entry in said)) == named


def test_a_folder_without_plans(command: Command, tmp_path: Path) -> None:
    ran = command("check", tmp_path)
    assert ran.status == 2
    assert "no `*.plan` file" in ran.err


def test_links_and_hidden_files_of_a_folder(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    plan_file(GOOD, "plans/a.plan")
    for name in (".hidden/b.plan", ".c.plan"):
        plan_file(BAD, f"plans/{name}")
    (tmp_path / "plans" / "again.plan").symlink_to("a.plan")
    (tmp_path / "plans" / "loop").symlink_to(".")
    assert command("check", tmp_path / "plans") == (0, "", "")
    (tmp_path / "plans" / "lost.plan").symlink_to("nowhere")
    ran = command("check", tmp_path / "plans")
    assert ran.status == 2
    assert "there is no file" in ran.err


def test_a_link_out_of_a_folder(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    plan_file(GOOD, "plans/a.plan")
    out = plan_file(BAD, "out.plan")
    (tmp_path / "plans" / "link.plan").symlink_to(out)
    for options in ([], ["--root", tmp_path / "plans"]):
        ran = command("check", tmp_path / "plans", *options)
        assert ran.status == 2
        assert f"`{tmp_path / 'plans' / 'link.plan'}` is a link out of " in ran.err
        assert "nowhere" not in ran.err
    assert command("check", tmp_path / "plans", "--root", tmp_path).status == 1
    assert command("check", tmp_path / "plans" / "link.plan").status == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    plan_file(GOOD, "plans/a.plan")
    (tmp_path / "plans" / "closed").mkdir(mode=0)
    ran = command("check", tmp_path / "plans")
    assert ran.status == 2
    assert "permission denied" in ran.err


# Imports


def test_what_plans_import(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    plan_file(COMMON, "common.plan")
    path = plan_file(IMPORTING)
    ran = command("build", path, "-o", tmp_path / "p.tables")
    assert (ran.status, ran.out) == (0, "")
    ran = command("route", tmp_path / "p.tables", "4006123456", "10086")
    assert ran.out == "unknown -> connect shared (routed): dial 01088886666, ring for 20 s\n"


def test_a_file_reached_from_a_plan_is_the_plans_mistake(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(IMPORTING)
    ran = command("check", path)
    assert ran.status == 1
    assert f"p.plan:1:8: error[E001]: there is no file `{tmp_path / 'common.plan'}`" in ran.err
    assert ran.err.splitlines()[-1] == "1 error"
    ran = command("check", plan_file(LISTED))
    assert ran.status == 1
    assert f"p.plan:5:22: error[E001]: there is no file `{tmp_path / 'lists' / 'l.txt'}`" in ran.err
    assert command("check", path, tmp_path / "common.plan").status == 2


def test_bad_lines_of_a_list(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    plan_file("# nobody\n88886666\n", "lists/l.txt")
    ran = command("check", "--json", plan_file(LISTED))
    assert ran.status == 1
    (entry,) = (entry for entry in json.loads(ran.out) if entry["severity"] == "error")
    assert entry["file"] == str(tmp_path / "lists" / "l.txt")
    assert (entry["start"], entry["end"]) == ({"line": 2, "column": 1}, {"line": 2, "column": 9})


# The root


def test_root_names_files(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(BAD, "folder/p.plan")
    assert "folder/p.plan:5:26" in command("check", path, "--root", tmp_path).err


def test_what_leads_out_of_the_root(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    plan_file(COMMON, "common.plan")
    path = plan_file(IMPORTING.replace("common", "../common"), "folder/p.plan")
    for arguments in (["check", path], ["check", tmp_path / "folder"], ["route", path, "4006123456", "10086"]):
        ran = command(*arguments)
        assert (ran.status, ran.out) == (1, "")
        assert "error[E031]: `../common.plan` leads out of" in ran.err
    assert "connect shared" in command("route", path, "4006123456", "10086", "--root", tmp_path).out
    ran = command("explain", path, "4006123456", "10086", "--root", tmp_path)
    assert ran.status == 0
    assert "folder/p.plan:6" in ran.out
    assert command("check", tmp_path / "folder", "--root", tmp_path) == (0, "", "")


def test_a_root_that_is_no_folder(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    path = plan_file(GOOD)
    for arguments in (["check", path], ["check", tmp_path], ["build", path, "-o", tmp_path / "p.tables"]):
        for root in (tmp_path / "nowhere", path):
            ran = command(*arguments, "--root", root)
            assert ran.status == 2
            assert f"there is no folder `{root}`" in ran.err
    assert not (tmp_path / "p.tables").exists()


# Never overwritten


def test_build_never_overwrites_what_plans_are_made_of(command: Command, plan_file: PlanFile, tmp_path: Path) -> None:
    common, numbers = plan_file(COMMON, "common.plan"), plan_file("13900001111\n", "lists/l.txt")
    path = plan_file('import "common.plan"\n' + LISTED)
    for out in (common, numbers, tmp_path / "lists" / ".." / "common.plan"):
        before = out.read_bytes()
        ran = command("build", path, "-o", out)
        assert ran.status == 2
        assert "is one of the files that plans are made of" in ran.err
        assert out.read_bytes() == before
