"""Checks plan texts for the tests of the checker, and says what was found in few words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from callplan.compiler import check as stage
from callplan.compiler import checked, parse
from callplan.compiler.diagnostics import Diagnostic
from callplan.compiler.list_files import list_file
from callplan.compiler.source import Source

NUMBER = "number 4006123456"
DUTY = "destination duty = 13912345678"
ROUTE = "route { otherwise -> duty }"


def plan(*statements: str, number: str = NUMBER, duty: str = DUTY, route: str = ROUTE, name: str = "line") -> str:
    """A plan that is sound, but for the statements added."""
    return "\n".join([f'plan "{name}" {{', number, duty, *statements, route, "}", ""])


def check(*texts: str) -> tuple[checked.Program, list[Diagnostic]]:
    """Check files that have no mistake in their syntax."""
    files = []
    for at, text in enumerate(texts):
        file, problems = parse.parse(Source(f"{at}.plan", text))
        assert not problems, [problem.message for problem in problems]
        files.append(file)
    return stage.check(files)


def check_files(
    files: Mapping[str, str], incomplete: Collection[str] = (), misread: bool = False
) -> tuple[checked.Program, list[Diagnostic]]:
    """Check the files of a build by name, plans and list files, as though they had been found on a disk.

    `incomplete`: those with an import that could not be read. `misread`: whether there are mistakes in their syntax.
    """
    sources = {name: Source(name, text) for name, text in files.items() if name.endswith(".plan")}
    read = {name: parse.parse(source) for name, source in sources.items()}
    assert any(problems for _, problems in read.values()) == misread
    imports = {file.source: [sources[each.path.value] for each in file.imports] for file, _ in read.values()}
    lists = {name: list_file(name, text.encode()) for name, text in files.items() if name.endswith(".txt")}
    list_files = {(source, name): file for source in sources.values() for name, file in lists.items()}
    return stage.check([file for file, _ in read.values()], imports, list_files, [sources[name] for name in incomplete])


def found_in(
    files: Mapping[str, str], incomplete: Collection[str] = (), misread: bool = False
) -> list[tuple[str, str, str]]:
    """What was found in the files of a build: file, code and underlined text."""
    problems = check_files(files, incomplete, misread)[1]
    return [(problem.span.source.name, problem.code, problem.span.text) for problem in problems if problem.span]


def underlined(diagnostic: Diagnostic) -> str:
    """The text that a diagnostic points at."""
    assert diagnostic.span is not None
    return diagnostic.span.text


def found(*texts: str) -> list[tuple[str, str]]:
    """What was found: code and underlined text; every sentence is filled in on the way."""
    problems = check(*texts)[1]
    for problem in problems:
        sentences = [problem.message, problem.help or "", *(related.message for related in problem.related)]
        assert not any(sentence.endswith(".") or "None" in sentence for sentence in sentences), sentences
    return [(problem.code, underlined(problem)) for problem in problems]


def one(*texts: str) -> Diagnostic:
    """The only problem found."""
    (problem,) = check(*texts)[1]
    return problem


def sound(text: str) -> checked.Plan:
    """The only plan of a text without a problem."""
    program, problems = check(text)
    assert not problems, [problem.message for problem in problems]
    (found_plan,) = program.plans
    return found_plan
