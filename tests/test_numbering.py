"""The built-in numbering table: known prefixes, what must be unknown, and that the sources give the committed data."""

import importlib.util
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from callplan.runtime import numbering, places

ROOT = Path(__file__).parent.parent
DATA = ROOT / "runtime" / "data"

# By two independent public tables. In the oldest mobile numbers, 1380 and 1390, the area code follows.
KNOWN = {
    "1380013": "010",
    "1301010": "010",
    "1777777": "010",
    "1350000": "020",
    "1340000": "0510",
    "1300000": "0531",
    "1350571": "0571",
    "1570731": "0731",
    "1890731": "0731",
    "1859999": "0835",
    "1872500": "0871",
    "1899999": "0991",
    "1390310": "0310",
    "1380314": "0314",
    "1390354": "0354",
    "1380371": "0371",
    "1390398": "0398",
    "1380427": "0427",
    "1390456": "0456",
    "1380472": "0472",
    "1380533": "0533",
    "1380559": "0559",
    "1390571": "0571",
    "1380631": "0631",
    "1380701": "0701",
    "1390736": "0736",
    "1380771": "0771",
    "1390795": "0795",
    "1390871": "0871",
    "1390896": "0896",
    "1390915": "0915",
    "1380936": "0936",
    "1390951": "0951",
    "1390975": "0975",
    "1390996": "0996",
}

# Prefixes whose only key in phonenumbers has under 6 digits and is wrong: 86173 says Beijing.
SHORT_KEYS_ONLY = ("1730000", "1738000", "1784000", "1337400", "1842500")


def area_of(prefix: str) -> int:
    return int(numbering.builtin()[int(prefix) - numbering.PREFIX_BASE])


def test_one_cell_for_each_prefix() -> None:
    table = numbering.builtin()
    assert table.dtype == np.uint16
    assert table.shape == (numbering.PREFIXES,)
    assert table is numbering.builtin()
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 10


@pytest.mark.parametrize(("prefix", "code"), KNOWN.items())
def test_known_prefix(prefix: str, code: str) -> None:
    assert f"0{area_of(prefix)}" == code


def test_every_area_is_an_area_code() -> None:
    areas = {f"0{area}" for area in np.unique(numbering.builtin()).tolist() if area}
    assert areas <= set(places.area_codes())
    # no mobile prefix of the sources names 格尔木 or 奎屯
    assert set(places.area_codes()) - areas == {"0979", "0992"}


@pytest.mark.parametrize("prefix", SHORT_KEYS_ONLY)
def test_short_keys_are_dropped(prefix: str) -> None:
    assert area_of(prefix) == 0


def test_16_and_19_are_wholly_unknown() -> None:
    shares = numbering.shares()
    assert len(shares) == 70
    assert all(0 <= share <= 1 for share in shares.values())
    assert {prefix for prefix, share in shares.items() if share and prefix[:2] in ("16", "19")} == set()
    assert all(shares[prefix] > 0.5 for prefix in ("130", "139", "150", "159", "180", "189"))


def test_shares_count_the_prefixes_with_an_area() -> None:
    known = sum(area_of(str(prefix)) > 0 for prefix in range(1_380_000, 1_390_000))
    assert numbering.shares()["138"] == known / 10_000


def test_share_table_of_a_small_table() -> None:
    table = np.zeros(numbering.PREFIXES, np.uint16)
    table[:10_000] = 10  # 130
    table[10_000] = 21  # one of 131
    table[20_000:29_999] = 731  # all but one of 132
    header, line, row, *rest = numbering.share_table(table).splitlines()
    assert header == "| | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 |"
    assert line.count("---:") == 10
    assert row == "| 13x | 100% | 1% | 99% | 0% | 0% | 0% | 0% | 0% | 0% | 0% |"
    assert [other[:7] for other in rest] == [f"| {tens}x |" for tens in range(14, 20)]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_numbering", ROOT / "scripts" / "build_numbering.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sources_of_the_data() -> dict[str, str]:
    """Package and version, as the data's README says."""
    lines = (DATA / "README.md").read_text(encoding="utf-8").splitlines()
    sources = [line[2:].split(" ") for line in lines if line.endswith(("(MIT)", "(Apache-2.0)"))]
    return {name: release for name, release, _ in sources}


def test_sources_give_the_committed_data(tmp_path: Path) -> None:
    sources = sources_of_the_data()
    assert set(sources) == {"phonenumbers", "py-cn-phone-area-code", "pypinyin"}
    for name, release in sources.items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            pytest.skip(f"{name} is not installed: pip install callplan[data]")
        if installed != release:
            pytest.skip(f"the data is made from {name} {release}, and {installed} is installed")
    build_numbering = script()
    build_numbering.build(tmp_path)
    for name in ("places.tsv", "provinces.tsv", "README.md"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name
    # another zlib packs the same cells into other bytes
    assert np.array_equal(build_numbering.unpacked((tmp_path / "mobiles.bin").read_bytes()), numbering.builtin())
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in DATA.iterdir()}
