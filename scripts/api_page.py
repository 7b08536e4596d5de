"""Writes docs/api.md: every public name with its signature and what its docstring promises.

    python scripts/update_reference.py

Read from the sources and stubs as text, so that what is compiled is documented by its stub. Tested by
tests/test_docs_reference.py, which fails where the page is behind or a public name is missing.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from callplan.runtime import layout

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "docs" / "api.md"
WIDTH = 100  # of a signature on one line

HEAD = """# The API

<!-- written by scripts/update_reference.py -->

All that `import callplan` gives, and the types that one meets by it. [Embedding](embedding.md) tells what an engine
promises and how the calls of a switch are brought to it. Everything is typed; `callplan` has a `py.typed`.
"""
BATCH = """### The rows of a batch

`route_many` and `peek_many` return an array with these fields. `engine.names(kind, version)` says what the
small ints mean.

| field | dtype |
|---|---|
"""


@dataclass(frozen=True)
class Shown:
    """A class or a function of the page.

    `file` has it; `called`: what users write, where that is not its name. `groups`: titles and the methods below each,
    in order, the rest following as they stand.
    """

    file: str
    name: str
    called: str
    groups: Mapping[str, tuple[str, ...]] | None = None


ENGINE = {
    "Open and close": ("__init__", "close", "reload"),
    "Decide a call": ("route", "peek"),
    "Report what became of it": ("busy", "no_answer", "unreachable", "answered", "end"),
    "Many calls at once": ("route_many", "peek_many", "end_many", "names"),
    "The switch's own call ids": ("find", "reconcile"),
    "Ask why, and what is used": ("explain", "explain_origin", "usage", "calls", "sweep"),
}

SECTIONS = {
    "Compiling": (
        Shown("callplan/__init__.py", "compile", "callplan.compile"),
        Shown("callplan/__init__.py", "compile_text", "callplan.compile_text"),
        Shown("runtime/tables.py", "Tables", "callplan.Tables"),
    ),
    "The engine": (
        Shown("runtime/engine.pyi", "Engine", "callplan.Engine", ENGINE),
        Shown("runtime/decision.pyi", "Decision", "callplan.Decision"),
        Shown("runtime/explain.py", "Step", "callplan.Step"),
        Shown("runtime/usage.py", "Usage", "Usage"),
        Shown("runtime/call_records.py", "CallInProgress", "CallInProgress"),
    ),
    "Errors": (
        Shown("runtime/errors.py", "CallplanError", "callplan.CallplanError"),
        Shown("runtime/errors.py", "PlanError", "callplan.PlanError"),
        Shown("runtime/errors.py", "TablesError", "callplan.TablesError"),
        Shown("runtime/errors.py", "StateError", "callplan.StateError"),
        Shown("runtime/errors.py", "NumberingError", "callplan.NumberingError"),
    ),
    "Diagnostics": (
        Shown("compiler/diagnostics.py", "Diagnostic", "Diagnostic"),
        Shown("compiler/diagnostics.py", "Related", "Related"),
        Shown("compiler/source.py", "Span", "Span"),
        Shown("compiler/source.py", "Source", "Source"),
    ),
}


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for title, entries in SECTIONS.items():
        parts.append(f"## {title}\n")
        parts += [_entry(shown) for shown in entries]
        if title == "The engine":
            fields = (
                f"| `{name}` | `{layout.DECISION[name].str.lstrip('<|')}` |" for name in layout.DECISION.names or ()
            )
            parts.append("\n".join([BATCH.rstrip("\n"), *fields]) + "\n")
    parts.append("## The version\n\n`callplan.__version__` is the version of the package, a string.\n")
    return "\n".join(parts)


def _entry(shown: Shown) -> str:
    node = _found(shown)
    doc = _doc(node)
    if isinstance(node, ast.FunctionDef):
        return f"### {shown.called}\n\n{_code(_signature(node, shown.called))}\n\n{doc}\n"
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    parts = [f"### {shown.called}\n", f"{doc}\n"]
    if bases and shown.file.endswith("errors.py"):
        parts.insert(1, f"A kind of `{bases}`.\n")
    parts += _attributes(node)
    members = dict(_methods(node, shown.called))
    for title, names in (shown.groups or {}).items():
        parts += [f"#### {title}\n", *(members.pop(name) for name in names)]
    return "\n".join([*parts, *members.values()])


def _found(shown: Shown) -> ast.ClassDef | ast.FunctionDef:
    tree = ast.parse((TOP / shown.file).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == shown.name:
            return node
    raise ValueError(f"{shown.file} has no {shown.name}")


def _attributes(node: ast.ClassDef) -> list[str]:
    """The annotated fields and the properties of a class, as a table."""
    rows = []
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            name, annotation, doc = part.target.id, part.annotation, ""
        elif isinstance(part, ast.FunctionDef) and _is_property(part) and part.returns is not None:
            name, annotation, doc = part.name, part.returns, " ".join((ast.get_docstring(part) or "").split())
        else:
            continue
        if not name.startswith("_"):
            cells = (f"`{name}`", f"`{ast.unparse(annotation)}`", doc)
            rows.append("| {} |".format(" | ".join(cell.replace("|", "\\|") for cell in cells)))
    return ["\n".join(["| attribute | type | |", "|---|---|---|", *rows]) + "\n"] if rows else []


def _methods(node: ast.ClassDef, called: str) -> Iterator[tuple[str, str]]:
    """By name the public methods of a class, each as a paragraph under its signature."""
    prefix = called.rpartition(".")[2]
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and not _is_property(part):
            if part.name == "__init__":
                yield part.name, _method(part, prefix)
            elif not part.name.startswith("_"):
                yield part.name, _method(part, f"{prefix}.{part.name}")


def _method(node: ast.FunctionDef, name: str) -> str:
    return "\n\n".join(filter(None, (_code(_signature(node, name)), _doc(node)))) + "\n"


def _is_property(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(each) in ("property", "cached_property") for each in node.decorator_list)


def _signature(node: ast.FunctionDef, name: str) -> str:
    arguments = list(_arguments(node.args))
    returns = "" if node.returns is None or node.name == "__init__" else f" -> {ast.unparse(node.returns)}"
    whole = f"{name}({', '.join(arguments)}){returns}"
    if len(whole) <= WIDTH:
        return whole
    return "\n".join([f"{name}(", *(f"    {argument}," for argument in arguments), f"){returns}"])


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    """Each argument but `self` as it is written: `at: float | None = None`."""
    missing = [None] * (len(arguments.args) - len(arguments.defaults))
    pairs = list(zip(arguments.args, [*missing, *arguments.defaults], strict=True))
    if pairs and pairs[0][0].arg in ("self", "cls"):
        del pairs[0]
    for argument, default in pairs:
        yield _argument(argument, default)
    if arguments.vararg is not None:
        yield f"*{_argument(arguments.vararg, None)}"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _argument(argument, default)


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    end = "" if default is None else f" = {ast.unparse(default)}"
    return f"{ast.unparse(argument)}{end}"


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def _doc(node: ast.ClassDef | ast.FunctionDef) -> str:
    """A docstring as Markdown: lines such as `area: ...` that follow one another become a list."""
    text = inspect.cleandoc(ast.get_docstring(node) or "")
    paragraphs = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.splitlines()
        if len(lines) > 1 and re.match(r"\w+: ", lines[0]):
            lines = [re.sub(r"^(\w+): ", r"- `\1`: ", line) for line in lines]
            lines = [line if line.startswith("- ") else f"  {line.strip()}" for line in lines]
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)
