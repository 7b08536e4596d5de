"""Service numbers, destinations and the numbers of lists (language.md 3)."""

from __future__ import annotations

import pytest

from .checking import found, one, plan, sound, underlined


def _destination(address: str) -> str:
    return plan(f"destination there = {address}", "forward busy -> there")


def test_service_numbers_without_their_hyphens() -> None:
    numbers = sound(plan(number="number 4006-123-456, 800-612-3456")).numbers
    assert [number.digits for number in numbers] == ["4006123456", "8006123456"]
    assert numbers[0].span.text == "4006-123-456"


@pytest.mark.parametrize("number", ["400612345", "40061234567", "5006123456", "+864006123456", "010-6234-5678"])
def test_what_is_no_service_number(number: str) -> None:
    problem = one(plan(number=f"number {number}"))
    assert (problem.code, underlined(problem)) == ("E201", number)
    assert problem.help == "a service number has 10 digits and starts with 400 or 800"


def test_a_number_claimed_twice_shows_both_places() -> None:
    problem = one(plan("number 4006-123-456"))
    assert (problem.code, underlined(problem)) == ("E202", "4006-123-456")
    (related,) = problem.related
    assert (related.message, related.span.text) == ("first claimed here, by plan `line`", "4006123456")


def test_a_number_claimed_by_two_plans_of_two_files() -> None:
    problem = one(plan(), plan(name="other"))
    assert problem.code == "E202"
    assert problem.span is not None
    assert (problem.span.source.name, problem.related[0].span.source.name) == ("1.plan", "0.plan")


@pytest.mark.parametrize(
    ("address", "kind", "dial"),
    [
        ("010-6234-5678", "fixed", "01062345678"),
        ("0731-888-1234", "fixed", "07318881234"),
        ("139-1234-5678", "mobile", "13912345678"),
        ("+86-10-6234-5678", "fixed", "01062345678"),
        ("+8613912345678", "mobile", "13912345678"),
        ("+86-0731-8888-1234", "fixed", "073188881234"),
        ("+852-2123-4567", "abroad", "+85221234567"),
        ('"sip:agents@pbx.acme.cn;transport=tcp"', "uri", "sip:agents@pbx.acme.cn;transport=tcp"),
        ('"sips:x"', "uri", "sips:x"),
        ('"TEL:+85221234567"', "uri", "TEL:+85221234567"),
        ('"tel:10086;phone-context=+86"', "uri", "tel:10086;phone-context=+86"),
    ],
)
def test_destinations_and_what_is_dialled(address: str, kind: str, dial: str) -> None:
    there = sound(_destination(address)).destinations["there"]
    assert (there.kind, there.dial) == (kind, dial)


@pytest.mark.parametrize(
    ("address", "code", "help_text"),
    [
        ("013912345678", "E203", "did you mean `13912345678`?"),
        ("8613912345678", "E203", "did you mean `13912345678`?"),
        ("0085221234567", "E203", "did you mean `+85221234567`?"),
        ("10-6234-5678", "E203", "did you mean `01062345678`?"),
        ("4007-123-456", "E203", "write a fixed line"),
        ("12345", "E203", "write a fixed line"),
        ("+1234", "E203", "write a fixed line"),
        ("+8610086", "E203", "write a fixed line"),
        ("12912345678", "E203", "write a fixed line"),
        ("0732-8888-1234", "E204", None),
        ("8888-1234", "E205", "write the area code in front, as in `0731-8888-1234`"),
        ("888-1234", "E205", "write the area code in front, as in `0731-8888-1234`"),
    ],
)
def test_what_cannot_be_a_destination(address: str, code: str, help_text: str | None) -> None:
    problem = one(_destination(address))
    assert (problem.code, underlined(problem)) == (code, address)
    assert (problem.help or "").startswith(help_text or "")
    assert (problem.help is None) == (help_text is None)


def test_an_unknown_area_code_is_named() -> None:
    assert one(_destination("0732-8888-1234")).message == ("`0732-8888-1234` starts with `0732`, which is no area code")


@pytest.mark.parametrize("uri", ["", "sip:", "http://acme.cn", "agents@pbx.acme.cn", "tel:", "tel:agents", "xsip:a"])
def test_what_is_no_uri(uri: str) -> None:
    problem = one(_destination(f'"{uri}"'))
    assert (problem.code, underlined(problem)) == ("E206", f'"{uri}"')


@pytest.mark.parametrize("sign", [" ", "<", ">", "'", "é", "：", "\u00a0"])
def test_what_cannot_stand_in_a_uri(sign: str) -> None:
    text = _destination(f'"sip:agents{sign}x@acme.cn"')
    problem = one(text)
    assert (problem.code, underlined(problem)) == ("E207", sign)


@pytest.mark.parametrize(
    "address", ["4006-123-456", "+864006123456", "864006123456", '"tel:4006123456"', '"tel:+86-4006123456;x=1"']
)
def test_a_destination_that_is_a_served_number_is_a_loop(address: str) -> None:
    problem = one(_destination(address))
    assert (problem.code, underlined(problem)) == ("E208", address)
    assert problem.message == "destination `there` is the service number `4006123456`: its calls would come back"
    (related,) = problem.related
    assert (related.message, related.span.text) == ("plan `line` answers it here", "4006123456")


def test_a_loop_through_a_later_plan_of_another_file() -> None:
    problem = one(_destination("4007-123-456"), plan(number="number 4007123456", name="other"))
    assert (problem.code, problem.related[0].message) == ("E208", "plan `other` answers it here")


def test_entries_are_kept_as_written() -> None:
    text = plan("list vip { 13900001111, 0731-8888-1234, 10086, 4006-123-456, +852-2123-4567, }", "block caller in vip")
    entries = sound(text).lists["vip"].entries
    assert [entry.span.text for entry in entries] == [
        "13900001111", "0731-8888-1234", "10086", "4006-123-456", "+852-2123-4567",
    ]  # fmt: skip


def test_lists_in_lists_and_in_the_blacklist() -> None:
    checked_plan = sound(plan("blacklist { vip, 10086 }", "list vip { more }", "list more { 10010 }"))
    assert checked_plan.blacklist is not None
    assert checked_plan.blacklist.entries[0] is checked_plan.lists["vip"]
    assert checked_plan.lists["vip"].entries == (checked_plan.lists["more"],)
    assert checked_plan.blacklist.announce.name == "blacklisted"


def test_the_blacklist_names_its_announcement() -> None:
    checked_plan = sound(plan("blacklist { 10086 } announce sorry", 'announcement sorry = "sorry.wav"'))
    assert checked_plan.blacklist is not None
    assert checked_plan.blacklist.announce is checked_plan.announcements["sorry"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("8888-1234", "E205"), ("8881234", "E205"), ("1234567890123456", "E209"), ("0732-8888-1234", "W202"),
        ("1380013800", "W202"), ("+1234", "W202"), ("0731", "W202"),
    ],
)  # fmt: skip
def test_entries_that_are_no_whole_numbers(number: str, code: str) -> None:
    assert found(plan(f"blacklist {{ 10086, {number} }}")) == [(code, number)]


def test_an_entry_without_the_0_of_its_area_code() -> None:
    assert one(plan("blacklist { 731-8888-1234 }")).help == "did you mean `073188881234`?"


@pytest.mark.parametrize("twin", ["13800138000", "+86-138-0013-8000", "013800138000", "vip"])
def test_one_entry_twice(twin: str) -> None:
    problem = one(plan(f"blacklist {{ 13800138000, vip, {twin} }}", "list vip { 10086 }"))
    assert (problem.code, underlined(problem)) == ("W201", twin)
    assert problem.related[0].span.text == ("vip" if twin == "vip" else "13800138000")


def test_the_same_digits_from_abroad_are_another_number() -> None:
    assert found(plan("blacklist { +40-0612-3456, 4006-123-456 }")) == []
