"""Pages of the site that do not stand in docs/: files of the project that it shows, and the examples on one page.

A hook of mkdocs, which mkdocs.yml names. Links between files of the project become links between pages; one to a file
that the site does not show becomes its name. Tested by tests/test_docs_site.py.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

TOP = Path(__file__).resolve().parent.parent
SHOWN = {  # files of the project, and the page of each
    "README.md": "readme.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "grammar/language.md": "language.md",
    "benchmarks/RESULTS.md": "results.md",  # where `make results` has been run
}
PICTURES = (".svg", ".png")
EXAMPLES = "examples.md"
RECORDS = 10  # lines that are shown of a file of them
_LINK = re.compile(r"(!?)\[((?:[^\]\[]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
_SOURCES = {page: source for source, page in SHOWN.items()}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages, and the pictures that they show."""
    for source, page in SHOWN.items():
        if (TOP / source).exists():
            text = (TOP / source).read_text(encoding="utf-8")
            files.append(File.generated(config, page, content=text))
            for path in {_full(target, source) for _, _, target in _LINK.findall(text)}:
                if path.endswith(PICTURES) and (TOP / path).exists():
                    name = posixpath.basename(path)
                    files.append(File.generated(config, name, abs_src_path=os.fspath(TOP / path)))
    files.append(File.generated(config, EXAMPLES, content=examples()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turns the links of a page."""
    name = page.file.src_uri
    source = _SOURCES.get(name, f"docs/{name}")
    return _LINK.sub(lambda found: _shown(found[1], found[2], found[3], source), markdown)


def examples() -> str:
    """All that stands in examples/, a section a file; of records only the first."""
    parts = ["# Examples\n", "A plan for each feature, two for whole companies, and an adapter for a switch.\n"]
    for kind in (".plan", ".py", ".csv"):
        for path in sorted((TOP / "examples").glob(f"*{kind}")):
            lines = path.read_text(encoding="utf-8").splitlines()
            if kind == ".csv":
                lines[RECORDS:] = ["…"]
            parts.append("\n".join([f"## {path.name}\n", "```", *lines, "```\n"]))
    return "\n".join(parts)


def _shown(mark: str, text: str, target: str, source: str) -> str:
    """A link or, with its mark, a picture; of what only measurements write, and have not, the text or nothing."""
    full = _full(target, source)
    if (full in SHOWN or (mark and "://" not in target)) and not (TOP / full).exists():
        return "" if mark else text
    return mark + _link(text, target, source)


def _link(text: str, target: str, source: str) -> str:
    """A link as it stands in a file of the project, for the site."""
    path, _, anchor = target.partition("#")
    if not path or "://" in target:
        return f"[{text}]({target})"
    full = _full(path, source)
    page = _page(full)
    if page is None:
        return text if (TOP / full).exists() else f"[{text}]({target})"
    name, own = page
    anchor = anchor or own
    return f"[{text}]({name}#{anchor})" if anchor else f"[{text}]({name})"


def _full(path: str, source: str) -> str:
    """A path that stands in a file of the project, from the project's top."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def _page(path: str) -> tuple[str, str] | None:
    """The page that shows a file of the project, and where on it; None where none does."""
    if path in SHOWN and (TOP / path).exists():
        return SHOWN[path], ""
    if path.endswith(PICTURES):
        return posixpath.basename(path), ""
    if path.startswith("docs/"):
        return path.removeprefix("docs/"), ""
    if path.split("/")[0] == "examples":
        name = posixpath.basename(path) if "/" in path else ""
        return EXAMPLES, name.lower().replace(".", "")
    return None
