"""Numbers of every form are brought to one (language.md 3.4)."""

from __future__ import annotations

import pytest

from callplan.compiler.numbers import WITHHELD, Normalised, normalise

MOBILE = Normalised("mobile", "8613800138000")
CHANGSHA = Normalised("fixed", "8673188881234", "0731")
BEIJING = Normalised("fixed", "861062345678", "010")
SERVICE = Normalised("service", "4006123456")
HONG_KONG = Normalised("abroad", "85221234567")


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "013800138000", "8613800138000", "86013800138000", "+8613800138000", "+86013800138000",
        "008613800138000", "0086013800138000", "+86 138-0013-8000", "(+86) 138.0013.8000", " 138 0013 8000 ",
    ],
)  # fmt: skip
def test_a_mobile_in_every_form(text: str) -> None:
    assert normalise(text) == MOBILE


@pytest.mark.parametrize(
    "text",
    ["073188881234", "8673188881234", "86073188881234", "+8673188881234", "+86 (0731) 8888-1234", "0086-731-88881234"],
)
def test_a_fixed_line_in_every_form(text: str) -> None:
    assert normalise(text) == CHANGSHA


@pytest.mark.parametrize("text", ["01062345678", "861062345678", "8601062345678", "+861062345678", "0086 10 62345678"])
def test_an_area_code_of_two_digits(text: str) -> None:
    assert normalise(text) == BEIJING


def test_a_subscriber_number_has_7_or_8_digits() -> None:
    assert normalise("0731888123") == Normalised("written", "0731888123")
    assert normalise("07318881234") == Normalised("fixed", "867318881234", "0731")
    assert normalise("0731888812345") == Normalised("written", "0731888812345")


@pytest.mark.parametrize("text", ["4006123456", "4006-123-456", "864006123456", "+864006123456", "00864006123456"])
def test_a_service_number_in_every_form(text: str) -> None:
    assert normalise(text) == SERVICE


def test_a_service_number_has_no_leading_0() -> None:
    assert normalise("04006123456").kind == "written"
    assert normalise("8006123456") == Normalised("service", "8006123456")


@pytest.mark.parametrize("text", ["+85221234567", "0085221234567", "+852 2123-4567", "00(852)2123.4567"])
def test_a_number_abroad_in_every_form(text: str) -> None:
    assert normalise(text) == HONG_KONG


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("+1234", "written"), ("+12345", "abroad"), ("+123456789012345", "abroad"), ("+1234567890123456", "written"),
        ("001234", "written"), ("0012345", "abroad"), ("00123456789012345", "abroad"), ("000123456", "written"),
        ("+0123456", "written"), ("+86", "written"), ("+8612345", "written"), ("+8673288881234", "written"),
    ],
)  # fmt: skip
def test_the_edges_of_abroad(text: str, kind: str) -> None:
    assert normalise(text).kind == kind


def test_what_is_known_as_written_keeps_all_its_digits() -> None:
    assert normalise("000123456").digits == "000123456"
    assert normalise("+0123456").digits == "0123456"
    assert normalise("8673288881234").digits == "8673288881234"
    assert normalise("10086") == Normalised("written", "10086")


@pytest.mark.parametrize("text", ["12800138000", "1380013800", "138001380000", "0732-8888-1234", "861380013800"])
def test_impossible_lengths_prefixes_and_area_codes_stay_as_written(text: str) -> None:
    assert normalise(text).kind == "written"


@pytest.mark.parametrize(
    "text",
    [
        "", "+", " ", "()", "anonymous", "1380013800x", "138+00138000", "++8613800138000", "13800138000+",
        "13800138000;", "１３８００１３８０００", "\u0661\u0663\u0668", "²",
        "138\t00138000", "138\x0000138000", "sip:13800138000", "138/0013",
    ],
)  # fmt: skip
def test_anything_else_is_withheld(text: str) -> None:
    assert normalise(text) is WITHHELD


def test_a_local_number_belongs_to_the_own_area() -> None:
    assert normalise("88881234", own_area="0731") == CHANGSHA
    assert normalise("62345678", own_area="010") == BEIJING
    assert normalise("8888123", own_area="0731") == Normalised("fixed", "867318888123", "0731")
    assert normalise("8612345", own_area="0731").digits == "867318612345"
    assert normalise("88881234").kind == "written"


@pytest.mark.parametrize("text", ["18881234", "98881234", "08881234", "888123", "888812345", "+88881234"])
def test_what_is_no_local_number(text: str) -> None:
    assert normalise(text, own_area="0731").kind != "fixed"


def test_keys_are_exact_and_differ_where_numbers_do() -> None:
    assert MOBILE.key == 10**13 + 8613800138000
    assert normalise("10086").key == 2**62 + 10**5 + 10086
    assert normalise("+40 06123456").key != SERVICE.key
    assert normalise("010").key != normalise("10").key
    assert normalise("+999999999999999").key == 10**15 + 999_999_999_999_999
    assert normalise("9" * 15).key < 2**63


def test_what_can_be_on_no_list_has_no_key() -> None:
    assert WITHHELD.key == 0
    assert normalise("1" * 16).key == 0
    assert normalise("000" + "1" * 13).key == 0
    assert normalise("1" * 100_000).key == 0


def test_what_is_dialled() -> None:
    assert [n.dial for n in (MOBILE, CHANGSHA, BEIJING, HONG_KONG, SERVICE)] == [
        "13800138000", "073188881234", "01062345678", "+85221234567", "4006123456",
    ]  # fmt: skip
