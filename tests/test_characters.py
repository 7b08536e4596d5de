"""The first look at a text: what is found in it, and that mending it moves nothing."""

from __future__ import annotations

import random

import pytest

from callplan.compiler.characters import MOST_MISTAKES, SIGNS, SPACES, clean
from callplan.compiler.source import Source


def _clean(text: str) -> tuple[str, list[tuple[str, str]]]:
    cleaned = clean(Source("a.plan", text))
    return cleaned.text, [(d.code, d.span.text) for d in cleaned.diagnostics if d.span]


def test_a_sound_text_is_the_same_object() -> None:
    text = 'plan "路由，与" { # 注释，｛\n\tnumber 4006-123-456 }\r\n'
    assert clean(Source("a.plan", text)).text is text
    assert _clean(text)[1] == []


@pytest.mark.parametrize(
    ("text", "mended", "found"),
    [
        ("a，b", "a,b", [("E008", "，")]),
        ("list v ｛ a ｝", "list v { a }", [("E008", "｛"), ("E008", "｝")]),
        ("a ＝ （b）", "a = (b)", [("E008", "＝"), ("E008", "（"), ("E008", "）")]),
        ("a －＞ b", "a -> b", [("E008", "－＞")]),
        ("09：00–18：00", "09:00-18:00", [("E008", "："), ("E008", "–"), ("E008", "：")]),
        ("plan “路由” {", 'plan "路由" {', [("E008", "“路由”")]),
        ("＃ note", "# note", [("E008", "＃")]),
        ("a\u3000\u00a0b", "a  b", [("E018", "\u3000\u00a0")]),
        ("\ufeffplan", " plan", []),
        ("a\ufeff", "a ", [("E018", "\ufeff")]),
        ("a\x00\x01b\x7f", "a  b ", [("E007", "\x00\x01"), ("E007", "\x7f")]),
        ("a\rb\r\n", "a b\r\n", [("E007", "\r")]),
        ('"a\x00b"', '"a b"', [("E007", "\x00")]),
        ('"a\tb"', '"a\tb"', [("E007", "\t")]),
        ('a "b c\nd', 'a "b c"d', [("E009", '"b c')]),
        ('a "b c', 'a "b c"', [("E009", '"b c')]),
        ('plan "a b {\n}', 'plan "a b"{\n}', [("E009", '"a b')]),
    ],
)
def test_what_is_found_and_mended(text: str, mended: str, found: list[tuple[str, str]]) -> None:
    assert _clean(text) == (mended, found)


def test_the_message_names_the_ascii_sign() -> None:
    (problem,) = clean(Source("a.plan", "a；b")).diagnostics
    assert problem.message == "`；` is not an ASCII sign: write `;`"


def test_signs_in_strings_and_comments_are_left_alone() -> None:
    assert _clean('"，｛：\u3000" # ，“\u3000')[1] == []


def test_comments_with_their_places() -> None:
    text = '# one  \nplan "# none" { # 二\r\n}#'
    comments = clean(Source("a.plan", text)).comments
    assert [comment.text for comment in comments] == ["# one", "# 二", "#"]
    assert [comment.span.text for comment in comments] == ["# one", "# 二", "#"]


def test_lone_surrogates_are_one_mistake() -> None:
    cleaned = clean(Source("a.plan", 'plan "\ud800\udc00" {'))
    assert cleaned.text == ""
    assert [(d.code, d.message) for d in cleaned.diagnostics] == [("E006", "`U+D800` is not text in UTF-8")]


def test_mistakes_are_counted_up_to_a_limit() -> None:
    assert len(clean(Source("a.plan", "a\x00" * 5000)).diagnostics) == MOST_MISTAKES + 1


def test_mending_moves_nothing() -> None:
    random_text = random.Random(400)
    alphabet = [*SIGNS, *SPACES, *'"#{}, \n\r\tabc路\x00"#']
    for _ in range(3000):
        text = "".join(random_text.choices(alphabet, k=random_text.randrange(40)))
        cleaned = clean(Source("a.plan", text))
        assert len(cleaned.text) in (len(text), len(text) + 1)  # one more where a string ends with the text
        reported = {0} if text.startswith("\ufeff") else set()
        for problem in cleaned.diagnostics:
            assert problem.span
            line_end = (text + "\n").find("\n", problem.span.start)
            reported.update(range(problem.span.start, line_end + 1 if problem.code == "E009" else problem.span.end))
        changed = {at for at, (old, new) in enumerate(zip(text, cleaned.text, strict=False)) if old != new}
        assert changed <= reported
        assert "\x00" not in cleaned.text
