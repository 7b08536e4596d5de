"""Writes docs/diagnostics.md: every code, with a plan that gives it and what the command says of that plan.

    python scripts/update_reference.py

The plans are those of tests/diagnostics/*.toml, a table a code, with the keys of Example below. Tested by
tests/test_docs_diagnostics.py.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from page_commands import called

import callplan
from callplan.compiler import limits
from callplan.compiler.messages import CATALOGUE
from callplan.compiler.render import escape

TOP = Path(__file__).resolve().parent.parent
EXAMPLES = TOP / "tests" / "diagnostics"
PAGE = TOP / "docs" / "diagnostics.md"

PLAN = "shop.plan"
FRAME = """plan "Shop" {
    number 4006-123-456
    destination shop = 010-6234-5678

{fragment}}
"""
ROUTE = "route { otherwise -> shop }\n"
WORDS = {"break_long_words": False, "break_on_hyphens": False}
SHOWN = 2  # of lines that are repeated, before the last of them

GROUPS = (
    ("0", "Reading and syntax"),
    ("1", "Names"),
    ("2", "Numbers"),
    ("3", "Origins"),
    ("4", "Time"),
    ("5", "Calls"),
    ("6", "Counters"),
    ("7", "What is expected"),
)

HEAD = """# Diagnostics

<!-- written by scripts/update_reference.py -->

Every problem that callplan reports, by its code: `E` is an error, and nothing is compiled; `W` is a warning; `N` is a
note. A code keeps its meaning over versions. Each is shown with a plan that has the problem and with what the command
says of that plan. A fragment stands in this plan, from its fifth line on; behind a fragment that has no route stands
`{route}`.

```
# {plan}
{frame}```

{contents}
"""


@dataclass(frozen=True)
class Example:
    """A plan that gives a code.

    `fragment`: statements for the frame, or `whole`: the whole file. A run of lines with `{n}`, `{next}`, `{hour}` or
    `{minute}` stands there `repeat` times, each line by itself. `files`, `folders`, `links`: what lies beside it, links
    by where they lead; `encoding`, or a `size` in bytes in place of a text. `command`: what comes behind `callplan`;
    `as_text`: the plan is given to callplan.compile_text instead.
    `limits`: those of compiler/limits.py that are lowered. `also`: codes that come with it; `only`: other codes that
    come before it are left out of the page. `why`: what the sentence does not say.
    """

    why: str
    fragment: str | None = None
    whole: str | None = None
    repeat: int = 1
    files: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    size: int | None = None
    command: str = f"check {PLAN}"
    as_text: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    only: bool = False

    @property
    def text(self) -> str | None:
        """The plan file as a template, None where there is none."""
        if self.fragment is None:
            return self.whole
        fragment = self.fragment.rstrip("\n") + "\n"
        if not re.search(r"^route\b", fragment, re.MULTILINE):
            fragment += ROUTE
        indented = "".join(f"    {line}\n" for line in fragment.splitlines() if line)
        return FRAME.replace("{fragment}", indented)


def examples() -> dict[str, Example]:
    """All examples by code."""
    found: dict[str, Example] = {}
    for path in sorted(EXAMPLES.glob("*.toml")):
        for code, keys in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if code in found:
                raise ValueError(f"{path.name}: {code} has an example in another file too")
            lists = {key: tuple(value) for key, value in keys.items() if isinstance(value, list)}
            found[code] = Example(**{**keys, **lists})
    return found


def said(example: Example) -> str:
    """What is printed for an example."""
    if example.as_text:
        return _refused(example.text or "")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        for name, most in example.limits.items():
            stack.enter_context(mock.patch.object(limits, name, most))
        _lay_out(example, Path(folder))
        return called(example.command.split(), Path(folder))


def _refused(text: str) -> str:
    try:
        callplan.compile_text(text)
    except callplan.PlanError as error:
        return f"{error}\n"
    raise ValueError(f"this compiles: {text}")


def codes(output: str) -> list[str]:
    """The codes of a command's output, in order."""
    return re.findall(r"^\S.*?(?:error|warning|note)\[([EWN]\d{3})\]: ", output, re.MULTILINE)


def page() -> str:
    """The whole page."""
    known = examples()
    sections = []
    for digit, title in GROUPS:
        of_group = sorted(
            (code for code in CATALOGUE.messages if code[1] == digit), key=lambda code: code[1:] + code[0]
        )
        parts = [_section(code, known[code]) for code in of_group if code in known]
        sections.append((title, of_group, "\n".join(parts)))
    contents = "\n".join(
        f"- {title}: {' '.join(f'[{code}](#{code.lower()})' for code in of_group)}" for title, of_group, _ in sections
    )
    frame = FRAME.replace("{fragment}", "    …\n")
    head = HEAD.format(route=ROUTE.strip(), plan=PLAN, frame=frame, contents=contents)
    return "\n".join([head, *(f"## {title}\n\n{parts}" for title, _, parts in sections)])


def _lay_out(example: Example, folder: Path) -> None:
    for name in example.folders:
        (folder / name).mkdir()
    for name, target in example.links.items():
        (folder / name).symlink_to(target)
    for name, text in example.files.items():
        (folder / name).write_text(_expanded(text, example.repeat), encoding="utf-8")
    if example.text is not None:
        (folder / PLAN).write_text(_expanded(example.text, example.repeat), encoding=example.encoding)
    if example.size is not None:
        (folder / PLAN).touch()
        os.truncate(folder / PLAN, example.size)


def _expanded(text: str, count: int) -> str:
    """The text with lines that hold a number repeated."""
    return "".join(line for template in text.splitlines(keepends=True) for line in _lines(template, count))


def _lines(template: str, count: int) -> Iterator[str]:
    if not re.search(r"\{(?:n|next|hour|minute)[:}]", template):
        yield template
        return
    for n in range(count):
        yield _numbered(template, {"n": n, "next": n + 1, "hour": n // 60, "minute": n % 60})


def _numbered(template: str, fields: Mapping[str, int]) -> str:
    """A line with its `{n}` or `{n:04}` filled in, and its other braces left alone."""
    return re.sub(
        r"\{(n|next|hour|minute)(?::([^}]*))?\}", lambda found: format(fields[found[1]], found[2] or ""), template
    )


def _shown(text: str, count: int) -> str:
    """The same for people: of repeated lines the first ones, dots and the last; what cannot be seen is escaped."""
    shown = []
    for template in text.splitlines(keepends=True):
        lines = list(_lines(template, count))
        if len(lines) > SHOWN + 1:
            indent = template[: len(template) - len(template.lstrip())]
            lines[SHOWN:-1] = [f"{indent}…\n"]
        shown += lines
    return "".join(sign if sign == "\n" else escape(sign) if sign != "\u00a0" else "\\xa0" for sign in "".join(shown))


def _section(code: str, example: Example) -> str:
    sentence = CATALOGUE.messages[code]
    parts = [f"### {code}", f"**{sentence[0].upper()}{sentence[1:]}**", textwrap.fill(example.why, 120, **WORDS)]
    shown = example.fragment if example.fragment is not None else example.whole
    if shown:
        named = "" if example.fragment is not None else f"# {PLAN}\n"
        parts.append(f"```\n{named}{_shown(shown, example.repeat)}```")
    parts += [f"```\n# {name}\n{_shown(text, example.repeat)}```" for name, text in example.files.items()]
    parts += filter(None, [_beside(example)])
    output = _output(code, example)
    if example.as_text:
        parts.append(f"`callplan.compile_text` raises a `PlanError`, as text:\n\n```\n{output}```")
    else:
        parts.append(f"```console\n$ callplan {example.command}\n{output}```")
    return "\n\n".join(parts) + "\n"


def _beside(example: Example) -> str:
    """What lies there besides texts, in words."""
    words = [f"`{name}` is a folder" for name in example.folders]
    words += [f"`{name}` is a link to `{target}`" for name, target in example.links.items()]
    words += [f"`{PLAN}` has {example.size:,} bytes"] if example.size is not None else []
    words += [f"`{PLAN}` is saved in {example.encoding.upper()}"] if example.encoding != "utf-8" else []
    for name, most in example.limits.items():
        words.append(f"for this example the limit is lowered from {getattr(limits, name):,} to {most:,}")
    text = "; ".join(words)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _output(code: str, example: Example) -> str:
    output = said(example)
    if not example.only:
        return output
    start = next(at.start() for at in re.finditer(r"^\S.*", output, re.MULTILINE) if f"[{code}]: " in at[0])
    return f"…\n{output[start:]}"
