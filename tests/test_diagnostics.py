"""The catalogue of messages, and how diagnostics look to people and to programs."""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from callplan.compiler import diagnostics as diagnostics_module
from callplan.compiler import render
from callplan.compiler.diagnostics import LONGEST_FIELD, Diagnostic, Related, has_errors, in_file_order
from callplan.compiler.messages import CATALOGUE
from callplan.compiler.source import Source, Span

COMPILER = Path(diagnostics_module.__file__).parent
SOURCES = [path for path in sorted(COMPILER.glob("*.py")) if path.name != "messages.py"]
SENTENCES = {**CATALOGUE.messages, **CATALOGUE.helps, **CATALOGUE.related}


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize(("key", "sentence"), SENTENCES.items(), ids=SENTENCES)
def test_sentences_are_one_line_in_lower_case_without_a_full_stop(key: str, sentence: str) -> None:
    assert not sentence.endswith(".")
    assert "\n" not in sentence
    assert re.match(r"[a-z`{]|(SIP|PHS|URI)", sentence)
    assert sentence.count("`") % 2 == 0


@pytest.mark.parametrize("code", CATALOGUE.messages)
def test_codes_have_a_severity_and_a_number(code: str) -> None:
    assert re.fullmatch(r"[EWN][0-9]{3}", code)
    assert Diagnostic(code, None).severity in ("error", "warning", "note")


def test_every_code_that_the_compiler_reports_has_a_sentence_and_the_other_way() -> None:
    used = {code for path in SOURCES for code in re.findall(r'"([EWN]\d{3})"', path.read_text(encoding="utf-8"))}
    assert used == set(CATALOGUE.messages)


def test_every_help_and_second_place_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    unused = [key for key in (*CATALOGUE.helps, *CATALOGUE.related) if f'"{key}"' not in text]
    assert unused == []


def test_codes_are_not_used_twice() -> None:
    text = (COMPILER / "messages.py").read_text(encoding="utf-8")
    keys = re.findall(r'^    "(\w+)":', text, re.MULTILINE)
    assert sorted(keys) == sorted(set(keys))


def test_fields_fill_the_sentence_the_help_and_the_second_place() -> None:
    source = Source("a.plan", "x")
    related = Related("declared_here", Span(source, 0, 1), {"name": "x"})
    problem = Diagnostic(
        "E101", Span(source, 0, 1), {"kind": "list", "name": "vp", "suggestion": "vip"}, "did_you_mean", (related,)
    )
    assert problem.message == CATALOGUE.messages["E101"].format(kind="list", name="vp")
    assert problem.help == "did you mean `vip`?"
    assert problem.related[0].message == "`x` is declared here"
    assert Diagnostic("E001", None, {"file": "a"}).help is None


def test_a_long_word_is_cut_in_the_message() -> None:
    message = Diagnostic("E001", None, {"file": "a" * 10_000}).message
    assert len(message) < LONGEST_FIELD + 40
    assert "aaa…" in message


def test_has_errors() -> None:
    warning, error = Diagnostic("W101", None), Diagnostic("E001", None)
    assert not has_errors([warning])
    assert has_errors([warning, error])
    assert not has_errors([])


def test_file_order() -> None:
    first, second = Source("b.plan", "abc"), Source("a.plan", "abc")
    found = [
        Diagnostic("E011", Span(second, 1, 2)),
        Diagnostic("E011", Span(first, 2, 3)),
        Diagnostic("E010", Span(first, 2, 3)),
        Diagnostic("E012", Span(first, 0, 3)),
        Diagnostic("E012", Span(first, 0, 1)),
        Diagnostic("E001", None, {}, file="c.plan"),
    ]
    by_mention = [(d.code, d.span.source.name if d.span else d.file) for d in in_file_order(found)]
    assert by_mention == [
        ("E001", "c.plan"),
        ("E011", "a.plan"),
        *[(c, "b.plan") for c in ("E012", "E012", "E010", "E011")],
    ]
    by_sources = [d.span.source.name for d in in_file_order(found, [first, second]) if d.span]
    assert by_sources == ["b.plan"] * 4 + ["a.plan"]
    assert in_file_order(found)[2].span == Span(first, 0, 1)


# Rendering


def _problem(text: str, marked: str, code: str = "E011", after: int = 0) -> Diagnostic:
    source = Source("acme.plan", text)
    start = text.index(marked, after)
    return Diagnostic(code, Span(source, start, start + len(marked)), {"word": marked, "what": "a name"})


def _lines(problem: Diagnostic) -> list[str]:
    return render.text([problem]).splitlines()


def test_text_of_a_diagnostic() -> None:
    source = Source("acme.plan", 'plan "a" {\n    list vip { }\n    list vip { }\n}\n')
    first, second = Span(source, 20, 23), Span(source, 37, 40)
    problem = Diagnostic(
        "E101",
        second,
        {"kind": "list", "name": "vip", "suggestion": "vp"},
        "did_you_mean",
        (Related("first_declared", first),),
    )
    assert render.text([problem]) == (
        f"acme.plan:3:10: error[E101]: {problem.message}\n"
        "  3 |     list vip { }\n"
        "    |          ^^^\n"
        "    = acme.plan:2:10: first declared here\n"
        "  2 |     list vip { }\n"
        "    |          ---\n"
        "    = help: did you mean `vp`?\n"
    )


def test_text_without_a_place() -> None:
    assert render.text([Diagnostic("E001", None, {"file": "a.plan"}, file="a.plan")]) == (
        "a.plan: error[E001]: there is no file `a.plan`\n"
    )
    assert render.text([]) == ""


def _columns(text: str) -> int:
    wide = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(c) else wide.get(unicodedata.east_asian_width(c), 1) for c in text)


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("from 湖南, 北京 -> x", "北京"),
        ("目的地 广东 = 1", "="),
        ("cafe\u0301 = x", "x"),
        ("ａｂ，c", "，"),
        ("abc", "abc"),
        ("  한국 日本", "日本"),
    ],
)
def test_markers_stand_under_wide_characters(line: str, marked: str) -> None:
    _, shown, marker = _lines(_problem(f"# above\n{line}\n", marked))
    assert shown == f"  2 | {line}"
    at = shown.index(marked)
    assert marker.index("^") == _columns(shown[:at])
    assert marker.count("^") == _columns(marked)


def test_tabs_are_spaces_up_to_the_next_stop() -> None:
    _, shown, marker = _lines(_problem("\ta\tbc = d", "bc"))
    assert shown == "  1 |     a   bc = d"
    assert marker == "    |         ^^"


def test_hidden_characters_are_escaped_everywhere() -> None:
    source = Source("a\u202e.plan", "x = \u202e\x1b[31m\x00\ud800 y")
    problem = Diagnostic("E011", Span(source, 4, 11), {"word": "\x1b\u2066", "what": "a\nb"}, None)
    shown = render.text([problem])
    assert "a\\u202e.plan:1:5" in shown
    assert "`\\x1b\\u2066` is a keyword, so it cannot be a\\nb" in shown
    assert "x = \\u202e\\x1b[31m\\x00\\ud800 y" in shown
    assert shown.splitlines()[2].count("^") == len("\\u202e\\x1b[31m\\x00")
    as_json = json.dumps(render.as_json(problem), ensure_ascii=False)
    for text in (shown.replace("\n", ""), as_json):
        assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in text)


def test_colours_change_nothing_else() -> None:
    problems = [_problem("a\nb", "b"), _problem("a\nb", "b", "W101")]
    plain = [Diagnostic(p.code, p.span, {**p.fields, "kind": "list", "name": "b"}) for p in problems]
    coloured = render.text(plain, colour=True)
    assert "\x1b[1;31m" in coloured
    assert "\x1b[1;33m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render.text(plain)
    assert "\x1b" not in render.text(plain)


def test_a_span_of_several_lines_shows_its_first_and_its_last() -> None:
    text = "route {\n    a\n    b\n  } # end\n"
    assert _lines(_problem(text, "route {\n    a\n    b\n  }"))[1:] == [
        "  1 | route {",
        "    | ^^^^^^^",
        "...",
        "  4 |   } # end",
        "    |   ^",
    ]
    assert _lines(_problem(text, "a\n    b"))[1:] == ["  2 |     a", "    |     ^", "  3 |     b", "    |     ^"]
    assert _lines(_problem(text, "a\n"))[1:] == ["  2 |     a", "    |     ^"]


def test_an_empty_span_has_one_mark() -> None:
    source = Source("a.plan", "abc\n")
    assert _lines(Diagnostic("E001", Span(source, 3, 3), {"file": "a"}))[1:] == ["  1 | abc", "    |    ^"]
    assert _lines(Diagnostic("E001", Span(source, 4, 4), {"file": "a"}))[1:] == ["  2 |", "    | ^"]


@pytest.mark.parametrize("at", [0, 50, 5000, 9_990])
def test_of_a_long_line_the_marked_part_is_shown(at: int) -> None:
    line = "".join(chr(ord("a") + index % 26) for index in range(10_000))
    source = Source("a.plan", line)
    _, shown, marker = _lines(Diagnostic("E001", Span(source, at, at + 5), {"file": "a"}))
    assert len(shown) < render.WIDTH + 20
    assert shown[marker.index("^") : marker.index("^") + 5] == line[at : at + 5]
    assert marker.count("^") == 5
    assert shown.startswith("  1 | …") == (at > 40)
    assert shown.endswith("…") == (at < 9000)


def test_a_long_mark_is_cut() -> None:
    source = Source("a.plan", "a" * 10_000)
    _, shown, marker = _lines(Diagnostic("E001", Span(source, 0, 10_000), {"file": "a"}))
    assert len(marker) <= len(shown) < render.WIDTH + 20


def test_line_numbers_are_aligned() -> None:
    source = Source("a.plan", "x\n" * 120)
    problem = Diagnostic(
        "E001", Span(source, 200, 201), {"file": "a"}, None, (Related("first_declared", Span(source, 0, 1)),)
    )
    bars = {line.index("|") for line in _lines(problem) if "|" in line}
    assert bars == {6}


def test_summary() -> None:
    error, warning = Diagnostic("E001", None), Diagnostic("W101", None)
    assert render.summary([]) == ""
    assert render.summary([error]) == "1 error"
    assert render.summary([warning, error, error, warning]) == "2 errors, 2 warnings"


def test_json() -> None:
    source = Source("acme.plan", "plan\n  vip 北京 x")
    related = Related("first_declared", Span(source, 0, 4))
    problem = Diagnostic(
        "E011", Span(source, 11, 13), {"word": "北京", "what": "a name", "right": "r"}, "write", (related,)
    )
    assert render.as_json(problem) == {
        "code": "E011",
        "severity": "error",
        "message": "`北京` is a keyword, so it cannot be a name",
        "file": "acme.plan",
        "start": {"line": 2, "column": 7},
        "end": {"line": 2, "column": 9},
        "help": "write `r`",
        "related": [
            {
                "message": "first declared here",
                "file": "acme.plan",
                "start": {"line": 1, "column": 1},
                "end": {"line": 1, "column": 5},
            }
        ],
    }


def test_json_without_a_place() -> None:
    found = render.as_json(Diagnostic("E001", None, {"file": "a.plan"}, file="a.plan"))
    assert (found["file"], found["start"], found["end"], found["help"], found["related"]) == (
        "a.plan",
        None,
        None,
        None,
        [],
    )


def test_neither_lark_nor_rich_is_loaded_before_a_text_is_read() -> None:
    code = (
        "import sys, callplan.compiler.parse, callplan.compiler.reading, callplan.compiler.render;"
        "sys.exit(bool({'lark', 'rich', 'click'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=COMPILER.parent.parent, check=False).returncode == 0
