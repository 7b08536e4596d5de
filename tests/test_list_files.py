"""List files: what is read, and what is said of their lines, with the place of each in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from callplan.compiler import list_files, reading, render
from callplan.compiler.diagnostics import Diagnostic
from callplan.compiler.list_files import read_list_file


def problems_of(folder: Path, data: bytes | str) -> list[Diagnostic]:
    path = folder / "l.txt"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_list_file(str(path), "l.txt")[1]


def place(problem: Diagnostic) -> tuple[int, int, str]:
    """Line, column and text that a problem points at."""
    assert problem.span is not None
    assert problem.span.source.name == "l.txt"
    return *problem.span.source.position(problem.span.start), problem.span.text


def test_a_list_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_bytes(b"\xef\xbb\xbf13800138000\r\n# " + "备注".encode())
    file, problems = read_list_file(str(tmp_path / "l.txt"), "lists/l.txt")
    assert problems == []
    assert file is not None
    assert (file.name, file.data) == ("lists/l.txt", b"13800138000\r\n# " + "备注".encode())


@pytest.mark.parametrize(
    ("line", "code", "text", "help_says"),
    [
        ("abc", "E220", "abc", "one number"),
        ("13800138000, 13900001111", "E220", "13800138000, 13900001111", "one number"),
        ("1３800138000", "E220", "1３800138000", "one number"),
        ("  88886666\t # 客服", "E205", "88886666", "area code"),
        ("\t8888 66xx\r", "E205", "8888 66xx", "area code"),
        ("1234567890123456", "E209", "1234567890123456", None),
        ("138xxxx8000", "E221", "138xxxx8000", "one to eight"),
        ("074x-xxxx-xxx", "E222", "074x-xxxx-xxx", "more of its digits"),
        ("731-8888-1234", "W202", "731-8888-1234", "`0731-8888-1234`"),
        ("731-8888-xxxx", "W202", "731-8888-xxxx", "`0731-8888-xxxx`"),
        ("0600-8888666", "W202", "0600-8888666", None),
    ],
)
def test_a_bad_line(tmp_path: Path, line: str, code: str, text: str, help_says: str | None) -> None:
    (problem,) = problems_of(tmp_path, f"13800138000\n# 备注\n{line}\n1380013xxxx\n")
    assert problem.code == code
    assert place(problem) == (3, line.index(text) + 1, text)
    assert (problem.help is None) == (help_says is None)
    assert help_says is None or help_says in (problem.help or "")
    shown = render.text([problem])
    assert f"{tmp_path / 'l.txt'}:3:" in shown
    assert f"  3 | {line.expandtabs(4).rstrip()}\n" in shown


def test_the_first_bad_lines_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, "abc\n" * 1500 + "731-8888-1234\n" * 20 + "88886666\n")
    assert [problem.code for problem in problems] == ["E220"] * 19 + ["E223"] + ["W202"] * 20
    assert problems[19].message.startswith("1,482 lines")
    assert place(problems[19]) == (20, 1, "abc")
    problems = problems_of(tmp_path, "731-8888-1234\n" * 21)
    assert [problem.code for problem in problems] == ["W202"] * 19 + ["W220"]
    assert problems[19].message.startswith("2 lines")


def test_a_line_too_long_to_be_shown(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "\n" + " " * 5000 + "1" * 100_000 + "\n13800138000")
    assert place(problem) == (2, 5001, "1" * list_files.LONGEST_EXCERPT)
    (problem,) = problems_of(tmp_path, "1" * 30 + "#" + "路" * 100_000)
    assert place(problem) == (1, 1, "1" * 30)
    assert len(render.text([problem])) < 2000


@pytest.mark.parametrize(
    ("data", "found", "byte", "help_says"),
    [
        (b"13800138000\n# \xff", (2, 3), "0xFF", "save the file as UTF-8"),
        ("# 备注\n138\n".encode() + "# 路由".encode("gb18030") + b"\n1", (3, 4), "0xD3", "GBK"),
        ("138".encode("utf-16"), (1, 1), "0xFF", "UTF-16"),
        ("# 备".encode()[:-1], (1, 3), "0xE5", "UTF-8"),
        (b"# " + b"1" * 5_000_000 + b"\xfe", (1, 5_000_003), "0xFE", "UTF-8"),
        ("# 路\n".encode() * 400_000 + b"\xc3(", (400_001, 1), "0xC3", "UTF-8"),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, data: bytes, found: tuple[int, int], byte: str, help_says: str) -> None:
    (problem,) = problems_of(tmp_path, data)
    assert problem.code == "E006"
    assert place(problem)[:2] == found
    assert byte in problem.message
    assert help_says in (problem.help or "")


def test_a_character_over_the_edge_of_two_pieces(tmp_path: Path) -> None:
    for shift in range(4):
        data = b"#" * ((1 << 20) - 3 + shift) + "路由".encode()
        assert problems_of(tmp_path, data) == []
        (problem,) = problems_of(tmp_path, data + b"\xff")
        assert problem.fields["byte"] == "0xFF"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    file, (problem,) = read_list_file(str(tmp_path / "none.txt"), "none.txt")
    assert (file, problem.code, problem.span) == (None, "E001", None)


def test_a_list_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_files, "MOST_LIST_MIB", 1)
    assert problems_of(tmp_path, b"#" * (1 << 20)) == []
    assert [problem.code for problem in problems_of(tmp_path, b"#" * ((1 << 20) + 1))] == ["E005"]
    assert reading.MOST_LIST_MIB << 20 > 12 * 20_000_000
