"""An operator's numbering table: the longest prefix wins, and a file with a mistake is not used at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import callplan
from callplan.runtime.numbering import PREFIX_BASE
from callplan.runtime.operator_numbering import read_csv

PLAN = """
plan "numbering" {
    number 4006-123-456
    destination beijing = 010-6234-5678
    destination other = 021-5234-5678
    route { from beijing -> beijing  otherwise -> other }
}
"""


def table(folder: Path, text: str) -> Path:
    path = folder / "numbering.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_longest_prefix_wins_in_any_order(tmp_path: Path) -> None:
    found = read_csv(table(tmp_path, "prefix,area\n1660012,unknown\n166,0731\n\n16600,长沙\n1660013,beijing\n"))
    area = {
        prefix: int(found[prefix - PREFIX_BASE]) for prefix in (1660000, 1660011, 1660012, 1660013, 1669999, 1670000)
    }
    assert area == {1660000: 731, 1660011: 731, 1660012: 0, 1660013: 10, 1669999: 731, 1670000: 0}


def test_an_engine_uses_it_in_place_of_the_built_in_one(tmp_path: Path) -> None:
    tables = callplan.compile_text(PLAN)
    own = callplan.Engine(tables, numbering=table(tmp_path, "prefix,area\n166,010\n"))
    built_in = callplan.Engine(tables)
    assert own.peek("4006123456", "16600001234").destination == "beijing"
    assert own.peek("4006123456", "16600001234").origin == ("010", "mobile")
    assert built_in.peek("4006123456", "16600001234").origin == ("unknown", "mobile")
    assert own.peek("4006123456", "13800138000").origin == ("unknown", "mobile")
    assert own.peek("4006123456", "01088886666").origin == ("010", "fixed")


def test_what_editors_add_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_bytes('\ufeffprefix, area\r\n"166", "0731"\r\n'.encode())
    with pytest.raises(callplan.NumberingError):  # a quote behind a space is not CSV's quote
        read_csv(path)
    path.write_bytes('\ufeffprefix, area\r\n"166","0731"\r\n'.encode())
    assert read_csv(path)[1660000 - PREFIX_BASE] == 731


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: the first line must be `prefix,area`"),
        ("166,0731\n", ":1: the first line must be `prefix,area`"),
        ("prefix,area\n16,0731\n", ":2: `16` is not a prefix"),
        ("prefix,area\n16612345,0731\n", ":2: `16612345` is not a prefix"),
        ("prefix,area\n126,0731\n", ":2: `126` is not a prefix"),
        ("prefix,area\n20000,0731\n", ":2: `20000` is not a prefix"),
        ("prefix,area\n１６６,0731\n", ":2: `１６６` is not a prefix"),
        ("prefix,area\n166,0731\n\n166,0731\n", ":4: the prefix 166 stands in line 2 already"),
        ("prefix,area\n166,0961\n", ":2: `0961` is not an area"),
        ("prefix,area\n166,abroad\n", ":2: `abroad` is not an area"),
        ("prefix,area\n166,湖南\n", ":2: `湖南` has several area codes"),
        ("prefix,area\n166,suzhou\n", ":2: `suzhou` has several area codes: say which, 0512 or 0557"),
        ("prefix,area\n166\n", ":2: 1 columns in place of 2"),
        ("prefix,area\n166,0731,x\n", ":2: 3 columns in place of 2"),
        ('prefix,area\n"166,0731\n', "not CSV"),
        ('prefix,area\n"1660\n000",0731\n', ":3: `1660\n000` is not a prefix"),
        ("prefix,area\n166,0731\u2028167,010\n", ":2: 3 columns in place of 2"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(callplan.NumberingError) as error:
        read_csv(table(tmp_path, text))
    assert said in str(error.value)


def test_all_mistakes_are_told_up_to_ten(tmp_path: Path) -> None:
    with pytest.raises(callplan.NumberingError) as error:
        read_csv(table(tmp_path, "prefix,area\n" + "".join(f"166{n:02},nowhere\n" for n in range(15))))
    assert len(str(error.value).splitlines()) == 11
    assert str(error.value).endswith("and 5 more mistakes")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "gbk.csv").write_bytes("prefix,area\n166,长沙\n".encode("gbk"))
    for path in (tmp_path, tmp_path / "none", tmp_path / "fifo", "a\0b"):
        with pytest.raises(callplan.NumberingError, match="cannot read"):
            read_csv(path)
    with pytest.raises(callplan.NumberingError, match=":2: not UTF-8"):
        read_csv(tmp_path / "gbk.csv")
