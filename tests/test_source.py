"""Places in a text: offsets to lines and columns, lines by number."""

from __future__ import annotations

import pytest

from callplan.compiler.source import Source, Span

TEXT = "plan\n\n  路由 {\r\n}"


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, (1, 1)), (4, (1, 5)), (5, (2, 1)), (6, (3, 1)), (8, (3, 3)), (10, (3, 5)), (14, (4, 1)), (15, (4, 2))],
)
def test_position_counts_lines_and_characters_from_one(offset: int, place: tuple[int, int]) -> None:
    assert Source("a.plan", TEXT).position(offset) == place


@pytest.mark.parametrize(("number", "line"), [(1, "plan"), (2, ""), (3, "  路由 {"), (4, "}"), (0, ""), (5, "")])
def test_line_has_no_line_break(number: int, line: str) -> None:
    assert Source("a.plan", TEXT).line(number) == line


def test_empty_text_has_one_empty_line() -> None:
    source = Source("a.plan", "")
    assert source.position(0) == (1, 1)
    assert source.line(1) == ""


def test_every_offset_is_in_the_line_it_says() -> None:
    source = Source("a.plan", TEXT)
    for offset, character in enumerate(TEXT):
        line, column = source.position(offset)
        if character not in "\r\n":
            assert source.line(line)[column - 1] == character


def test_span_text_and_identity() -> None:
    source = Source("a.plan", TEXT)
    assert Span(source, 8, 10).text == "路由"
    assert Span(source, 8, 10) == Span(source, 8, 10)
    assert Span(source, 8, 10) != Span(Source("a.plan", TEXT), 8, 10)
    assert TEXT not in repr(source)


def test_an_excerpt_counts_from_its_first_line() -> None:
    source = Source("l.txt", "ab\ncd", first=7)
    assert source.position(1) == (7, 2)
    assert source.position(4) == (8, 2)
    assert [source.line(number) for number in (1, 6, 7, 8, 9)] == ["", "", "ab", "cd", ""]
