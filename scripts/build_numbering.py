"""Builds runtime/data: places, and mobile prefixes to area codes. tests/test_numbering.py rebuilds and compares.

    python scripts/build_numbering.py [FOLDER]

Needs the packages of the extra `data`: phonenumbers (city names of mobile prefixes and of fixed lines),
py-cn-phone-area-code (cities to area codes; its source is read, for it does not run on Python 3), pypinyin.
What these lack or have outdated stands below, each with its reason.
"""

import argparse
import ast
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGES = {"phonenumbers": "Apache-2.0", "py-cn-phone-area-code": "MIT", "pypinyin": "MIT"}
DATA = Path(__file__).resolve().parent.parent / "runtime" / "data"

FIRST = 1_300_000  # the first seven digits of the first cell
CELLS = 700_000
SHORTEST = 6  # of the cells of shorter keys three in ten are wrong: 86173 says Beijing

# ------------------------------------------------------------------------------------------------ provinces

PINYIN = {
    "陕西": "shaanxi",  # two a by convention, to tell it from 山西
    "长治": "changzhi",  # the rest are characters with two readings that pypinyin 0.55 gets wrong
    "朝阳": "chaoyang",
    "漯河": "luohe",
    "昌都": "changdu",
    "阿勒泰": "aletai",
    "锡林郭勒": "xilinguole",
    "克孜勒苏": "kezilesu",
}
AUTONOMOUS = {
    "内蒙古": "内蒙古自治区",
    "广西": "广西壮族自治区",
    "西藏": "西藏自治区",
    "宁夏": "宁夏回族自治区",
    "新疆": "新疆维吾尔自治区",
}
MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
PROVINCES = (
    *MUNICIPALITIES,
    *AUTONOMOUS,
    *("河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南"),
    *("湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海"),
)
PROVINCE_ALSO = {"内蒙古": ("内蒙",)}

# ------------------------------------------------------------------------------------------------ cities

# Official names that phonenumbers has outdated, by their year.
RENAMED = {
    "安徽省巢湖市": ("巢湖市", "county-level, in Hefei, since 2011; its old code 0565 is withdrawn"),
    "山东省莱芜市": ("莱芜区", "district of Jinan since 2019; its code is its own"),
    "湖北省襄樊市": ("襄阳市", "襄樊 until 2010"),
    "贵州省毕节地区": ("毕节市", "地区 until 2011"),
    "贵州省铜仁地区": ("铜仁市", "地区 until 2011"),
    "青海省海东地区": ("海东市", "地区 until 2013"),
    "西藏日喀则地区": ("日喀则市", "地区 until 2014"),
    "西藏昌都地区": ("昌都市", "地区 until 2014"),
    "西藏林芝地区": ("林芝市", "地区 until 2015"),
    "西藏山南地区": ("山南市", "地区 until 2016"),
    "西藏那曲地区": ("那曲市", "地区 until 2017"),
    "新疆吐鲁番地区": ("吐鲁番市", "地区 until 2015"),
    "新疆哈密地区": ("哈密市", "地区 until 2016"),
}

# Cities that no mobile prefix of phonenumbers names: province, official name, code, note.
ADDED = (
    ("海南", "三亚市", "0898", "its old code 0899 is withdrawn"),
    ("海南", "三沙市", "0898", ""),
    ("海南", "儋州市", "0898", "its old code 0890 is withdrawn"),
    ("湖北", "天门市", "0728", "county-level, directly under the province"),
    ("河南", "济源市", "0391", "county-level, directly under the province"),
    ("新疆", "奎屯市", "0992", "county-level, with a code of its own"),
    ("青海", "格尔木市", "0979", "county-level, with a code of its own"),
)

# A second code inside a city; the first is the one that the city's mobiles get.
SECOND_CODE = {
    "济南": ("0634", "0634: Laiwu"),
    "海西": ("0979", "0979: Golmud"),
    "伊犁": ("0992", "0992: Kuitun"),
}

# Names without a suffix that are a province's too, and so need theirs.
KEEPS_SUFFIX = {"吉林市": "吉林市", "海南藏族自治州": "海南州"}

NOTES = {
    "仙桃": "county-level, directly under the province",
    "潜江": "county-level, directly under the province",
    "神农架": "forestry district, directly under the province",
    "石河子": "county-level, with a code of its own",
    "普洱": "思茅 until 2007",
}
ALSO = {
    "巴音郭楞": ("巴州",),
    "克孜勒苏": ("克州",),
    "博尔塔拉": ("博州",),
    "普洱": ("思茅", "思茅市"),
    "莱芜": ("莱芜市",),
    "吕梁": ("lyuliang", "lüliang"),  # ü is yu in passports, v on keyboards
}
NATIONS = (  # of the autonomous prefectures: 延边朝鲜族自治州 is called 延边
    *("土家族", "苗族", "藏族", "羌族", "彝族", "布依族", "侗族", "傣族", "景颇族", "哈尼族", "壮族", "白族"),
    *("傈僳族", "回族", "蒙古族", "蒙古", "朝鲜族", "哈萨克", "柯尔克孜"),
)


@dataclass(frozen=True)
class City:
    province: str
    name: str
    pinyin: str
    codes: tuple[str, ...]  # the first is the one that the city's mobiles get
    also: tuple[str, ...]
    note: str


# ------------------------------------------------------------------------------------------------ the sources


@cache
def geodata() -> dict[str, str]:
    """Digits after 86, and the place in Chinese."""
    from phonenumbers.geodata import GEOCODE_DATA  # slow to import: all the world's

    return {key[2:]: names["zh"] for key, names in GEOCODE_DATA.items() if key.startswith("86") and "zh" in names}


@cache
def mobile_keys() -> dict[str, str]:
    return {key: label for key, label in geodata().items() if key[0] == "1" and key[1:2] not in ("", "0")}


@cache
def fixed_keys() -> dict[str, str]:
    return {key: label for key, label in geodata().items() if key not in mobile_keys()}


@cache
def listed_codes() -> dict[str, str]:
    """City names of py-cn-phone-area-code and their codes, read from its source."""
    spec = find_spec("py_cn_phone_area_code")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("py-cn-phone-area-code is not installed")
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "find_phone_by_area")
    table = next(n.value for n in function.body if isinstance(n, ast.Assign))
    codes: dict[str, str] = ast.literal_eval(table)
    return codes


def pinyin(name: str) -> str:
    from pypinyin import lazy_pinyin

    return PINYIN.get(name) or "".join(lazy_pinyin(name))


# ------------------------------------------------------------------------------------------------ names


def official_province(name: str) -> str:
    return AUTONOMOUS.get(name) or (f"{name}市" if name in MUNICIPALITIES else f"{name}省")


def split_label(label: str) -> tuple[str, str]:
    """湖南省长沙市 is 湖南 and 长沙市, 内蒙古包头市 is 内蒙古 and 包头市, 北京市 is 北京 and 北京市."""
    province = next(province for province in PROVINCES if label.startswith(province))
    if province in MUNICIPALITIES:
        return province, official_province(province)
    official = official_province(province)
    return province, label.removeprefix(official if label.startswith(official) else province)


def bare(official: str) -> str:
    """长沙市 is 长沙, 恩施土家族苗族自治州 is 恩施."""
    suffix = next(suffix for suffix in ("自治州", "地区", "林区", "市", "盟", "区") if official.endswith(suffix))
    name = official.removesuffix(suffix)
    while suffix == "自治州" and (nation := next((n for n in NATIONS if name.endswith(n)), None)):
        name = name.removesuffix(nation)
    return name


def short(official: str) -> str:
    return KEEPS_SUFFIX.get(official) or bare(official)


def other_names(name: str, officials: Iterable[str]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for official in officials:
        names[official] = None
        if official.endswith("自治州"):
            names[f"{name.removesuffix('州')}州"] = None
        elif official not in KEEPS_SUFFIX:
            names[short(official)] = None
    for more in ALSO.get(name, ()):
        names[more] = None
    names.pop(name, None)
    return tuple(names)


# ------------------------------------------------------------------------------------------------ joining


@cache
def named_by_fixed(code: str, parts: bool) -> str:
    """What phonenumbers says of a code, 0335 also as 33, or of the parts of one, such as 551100."""
    digits = code[1:]
    if not parts:
        return fixed_keys().get(digits) or fixed_keys().get(digits[:2], "")
    return "、".join(label for key, label in sorted(fixed_keys().items()) if len(key) > 3 and key.startswith(digits))


@cache
def all_codes() -> tuple[str, ...]:
    whole = {f"0{key}" for key in fixed_keys() if len(key) == 3 or (len(key) == 2 and key[0] in "12")}
    return tuple(sorted(whole | set(listed_codes().values())))


def code_of(official: str) -> str:
    """The code of a city: as listed, else the one whose fixed lines phonenumbers gives to it."""
    by_fixed = [code for code in all_codes() if official in named_by_fixed(code, parts=False)]
    by_fixed = by_fixed or [code for code in all_codes() if official in named_by_fixed(code, parts=True)]
    for name in (official, bare(official)):
        if code := listed_codes().get(name):
            if by_fixed and code not in by_fixed:
                raise ValueError(f"{official}: listed under {code}, but phonenumbers says {by_fixed}")
            return code
    if len(by_fixed) != 1:
        raise ValueError(f"{official}: not listed, and phonenumbers says {by_fixed}")
    return by_fixed[0]


@cache
def cities_by_label() -> dict[str, City]:
    """A city for each name that a mobile prefix of phonenumbers has."""
    found = {}
    for label in sorted({label for key, label in mobile_keys().items() if len(key) >= SHORTEST}):
        province, old = split_label(label)
        official, note = RENAMED.get(label, (old, ""))
        name = short(official)
        codes = [code_of(official)]
        if name in SECOND_CODE:
            codes.append(SECOND_CODE[name][0])
            note = SECOND_CODE[name][1]
        names = other_names(name, dict.fromkeys((official, old)))
        found[label] = City(province, name, pinyin(name), tuple(codes), names, note or NOTES.get(name, ""))
    return found


def cities() -> list[City]:
    found = set(cities_by_label().values())
    for province, official, code, note in ADDED:
        name = short(official)
        found.add(City(province, name, pinyin(name), (code,), other_names(name, (official,)), note))

    def order(city: City) -> tuple[str, int, int, str]:
        code = city.codes[0]
        place = named_by_fixed(code, parts=False).find(city.name)
        listed = list(listed_codes()).index(city.name) if city.name in listed_codes() else len(listed_codes())
        return code, place if place >= 0 else 999, listed, city.pinyin

    return sorted(found, key=order)


def mobiles() -> NDArray[np.uint16]:
    """Area codes by the first seven digits, the longest key last and so the winner."""
    cells = np.zeros(CELLS, np.uint16)
    keys = [(len(key), key) for key in mobile_keys() if SHORTEST <= len(key) <= 7]
    for length, key in sorted(keys):
        width = 10 ** (7 - length)
        start = int(key) * width - FIRST
        cells[start : start + width] = int(cities_by_label()[mobile_keys()[key]].codes[0])
    return cells


# ------------------------------------------------------------------------------------------------ the files


def packed(cells: NDArray[np.uint16]) -> bytes:
    """Runs: all their areas, then all their lengths, both <u2; zlib."""
    runs: list[tuple[int, int]] = []
    for area, group in groupby(cells.tolist()):
        left = sum(1 for _ in group)
        while left:
            runs.append((area, min(left, 65_535)))
            left -= runs[-1][1]
    both = np.array(runs, "<u2").T
    return zlib.compress(both.tobytes(), 9)


def unpacked(data: bytes) -> NDArray[np.uint16]:
    areas, lengths = np.frombuffer(zlib.decompress(data), "<u2").reshape(2, -1)
    return np.repeat(areas, lengths)


def table(header: str, rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(["# " + header.replace(" ", "\t"), *("\t".join(row) for row in rows)]) + "\n"


def places_text() -> str:
    header = "codes province province_pinyin city city_pinyin also note"
    return table(
        header,
        (
            (" ".join(c.codes), c.province, pinyin(c.province), c.name, c.pinyin, " ".join(c.also), c.note)
            for c in cities()
        ),
    )


def provinces_text() -> str:
    def rows() -> Iterator[tuple[str, str, str]]:
        for name in sorted(PROVINCES, key=pinyin):
            yield name, pinyin(name), " ".join((official_province(name), *PROVINCE_ALSO.get(name, ())))

    return table("province pinyin also", rows())


README = """\
# Where callers are

Made by `scripts/build_numbering.py`; do not edit by hand.

- `places.tsv`: cities and their area codes. A row: codes (the first is the one that the city's mobiles get), province,
  its pinyin, city, its pinyin, other names that are accepted, a note. The first row of a code is its main city.
- `provinces.tsv`: provinces, their pinyin, other names that are accepted.
- `mobiles.bin`: the area code of a mobile by its first seven digits, from 1300000 to 1999999; 0 where nothing is known.
  Runs of equal cells: all their areas, then all their lengths, both little-endian 16-bit words, zlib.

Made from

{sources}

The names of mobile prefixes are phonenumbers' `+86` data. Keys under {shortest} digits are left out:
of their cells three in ten are wrong. A city's code is the one that py-cn-phone-area-code lists,
else the one whose fixed lines phonenumbers gives to the city.
Renamed and missing cities, and cities with a second code, stand in the script. Pinyin is pypinyin's.

Keys joined: {joined} of {keys}. Cells with an area: {known} of {cells}.
"""


def readme_text(cells: NDArray[np.uint16]) -> str:
    keys = [key for key in mobile_keys() if len(key) >= SHORTEST]
    return README.format(
        sources="\n".join(f"- {name} {version(name)} ({licence})" for name, licence in PACKAGES.items()),
        shortest=SHORTEST,
        joined=f"{sum(mobile_keys()[key] in cities_by_label() for key in keys):,}",
        keys=f"{len(keys):,}",
        known=f"{np.count_nonzero(cells):,}",
        cells=f"{CELLS:,}",
    )


def build(folder: Path) -> None:
    cells = mobiles()
    texts = {
        "places.tsv": places_text(),
        "provinces.tsv": provinces_text(),
        "README.md": readme_text(cells),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    mobile_file = folder / "mobiles.bin"
    # another zlib packs the same cells into other bytes: those are no change
    if not mobile_file.exists() or not np.array_equal(unpacked(mobile_file.read_bytes()), cells):
        mobile_file.write_bytes(packed(cells))


def report() -> Iterator[str]:
    lengths = Counter(map(len, mobile_keys()))
    yield f"keys by length: {dict(sorted(lengths.items(), reverse=True))}"
    cells = mobiles()
    yield f"cells with an area: {np.count_nonzero(cells):,} of {CELLS:,}"
    yield f"cities: {len(cities())}; area codes: {len({code for city in cities() for code in city.codes})}"
    yield f"codes without a city: {sorted(set(all_codes()) - {code for city in cities() for code in city.codes})}"


def main() -> None:
    parser = argparse.ArgumentParser(description="build the committed numbering data")
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    folder: Path = parser.parse_args().folder
    build(folder)
    for line in report():
        print(line)


if __name__ == "__main__":
    main()
