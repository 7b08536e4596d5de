"""A path to a text: what is read, and what is said of what cannot be."""

from __future__ import annotations

import io
import os
import socket
import sys
from pathlib import Path

import pytest

from callplan.compiler import reading
from callplan.compiler.reading import is_unreadable, read


def _code(path: str | Path) -> str:
    source, (problem,) = read(path)
    assert source is None
    assert is_unreadable(problem) == (problem.span is None)
    return problem.code


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    path.write_bytes('plan "路由" {\r\n}'.encode())
    source, problems = read(path)
    assert problems == []
    assert source is not None
    assert (source.name, source.text) == (str(path), 'plan "路由" {\r\n}')


def test_a_name_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.plan").write_text("#")
    source, _ = read(tmp_path / "a.plan", "sub/a.plan")
    assert source is not None
    assert (source.name, source.shown) == ("sub/a.plan", str(tmp_path / "a.plan"))
    _, (problem,) = read(tmp_path / "none.plan", "sub/none.plan")
    assert problem.message == f"there is no file `{tmp_path / 'none.plan'}`"
    assert problem.file == str(tmp_path / "none.plan")


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.plan").write_bytes(b"\xef\xbb\xbfplan")
    source, problems = read(tmp_path / "a.plan")
    assert problems == []
    assert source is not None
    assert source.text == "plan"


def test_no_file(tmp_path: Path) -> None:
    assert _code(tmp_path / "none.plan") == "E001"
    assert _code("") == "E001"
    assert _code("a\x00b") == "E001"
    assert _code("\ud800") == "E001"


def test_a_folder(tmp_path: Path) -> None:
    assert _code(tmp_path) == "E002"


def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert _code(tmp_path / "pipe") == "E003"


def test_a_device_is_not_read() -> None:
    assert _code("/dev/zero") == "E003"


def test_a_socket_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has room for about a hundred bytes
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        assert _code("s") in ("E003", "E004")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    source, (problem,) = read(tmp_path / ("a" * 300))
    assert source is None
    assert problem.code == "E004"
    assert problem.message.endswith("cannot be read: file name too long")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.plan").touch(mode=0o200)
    assert _code(tmp_path / "a.plan") == "E004"


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_MIB", 1)
    path = tmp_path / "a.plan"
    path.write_bytes(b"#" * (1 << 20))
    assert read(path)[1] == []
    path.write_bytes(b"#" * ((1 << 20) + 1))
    assert _code(path) == "E005"


@pytest.mark.parametrize(
    ("data", "place", "byte", "help_says"),
    [
        ('plan "a"\n# 路由'.encode("gb18030"), (2, 4), "0xD3", "GBK"),  # its first two bytes are a sign in UTF-8 too
        ("plan".encode("utf-16"), (1, 1), "0xFF", "UTF-16"),
        ("路".encode() + b"\xff\n", (1, 2), "0xFF", "save the file as UTF-8"),
        (b"plan \xed\xa0\x80", (1, 6), "0xED", "save the file as UTF-8"),
        (b"plan \xc0\xff", (1, 6), "0xC0", "save the file as UTF-8"),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, data: bytes, place: tuple[int, int], byte: str, help_says: str) -> None:
    (tmp_path / "a.plan").write_bytes(data)
    source, (problem,) = read(tmp_path / "a.plan")
    assert source is None
    assert problem.code == "E006"
    assert problem.span is not None
    assert problem.span.source.position(problem.span.start) == place
    assert byte in problem.message
    assert problem.help is not None
    assert help_says in problem.help
    assert not is_unreadable(problem)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"# here")))
    source, problems = read("-")
    assert problems == []
    assert source is not None
    assert (source.name, source.text) == ("<stdin>", "# here")


def test_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert _code("-") == "E001"
