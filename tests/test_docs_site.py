"""The site of docs/ builds without a warning, and needs no other host. Needs callplan[docs]."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import DOCS, TOP

pytest.importorskip("mkdocs")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(TOP)}
    ran = subprocess.run(command, cwd=TOP, env=environment, check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return folder


def test_every_page_and_every_example_is_there(site: Path) -> None:
    built = {path.stem for path in site.glob("*.html")}
    assert {path.stem for path in DOCS.glob("*.md")} | {"language", "readme", "architecture", "examples"} <= built
    examples = (site / "examples.html").read_text(encoding="utf-8")
    for path in (TOP / "examples").glob("*.*"):
        assert f'id="{path.name.replace(".", "")}"' in examples


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    for path in site.rglob("*.html"):
        for tag in re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*>", path.read_text(encoding="utf-8")):
            assert not re.search(r'(?:src|href)="(?:https?:)?//', tag), tag
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import )['\"]?(?:https?:)?//", path.read_text(encoding="utf-8")), path


def test_a_link_into_the_project_leads_to_its_page(site: Path) -> None:
    tutorial = (site / "tutorial.html").read_text(encoding="utf-8")
    assert 'href="examples.html#hotlineplan"' in tutorial
    assert 'href="language.html#5-schedules-and-calendars"' in tutorial
    assert "../" not in "".join(re.findall(r'<a [^>]*href="([^"]*)"', tutorial))
