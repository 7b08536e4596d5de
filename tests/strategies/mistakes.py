"""Mistakes with the diagnostic that each must get, whatever stands around it; tested by tests/test_strategies.py.

`«E406 09:00-09:00»`: what is marked gets that code. `§` is a number of four digits, another one for each mistake. A
line `--- w§.plan` begins a file that lies beside the one with the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FILE = re.compile(r"\n--- (\S+)\n")
_MARK = re.compile(r"«([EWN]\d{3}) ([^»]*)»")
_DESTINATION = "destination d = 010-6234-5678"
_LIMITED = "destination l = 021-6234-5678 limit 2"
_CALL = "13800138000 at 2026-11-23 09:30"


@dataclass(frozen=True)
class Marked:
    """What must be told of a text: a code, and the line and column, from 1, of what is underlined."""

    code: str
    line: int
    column: int
    text: str


def numbered(mistake: str, number: int) -> str:
    """A mistake whose names are used by no other one."""
    return mistake.replace("§", f"{number:04}")


def files_of(mistake: str) -> tuple[str, dict[str, str]]:
    """What stands in a file, and the files beside it by name."""
    text, *files = _FILE.split(mistake)
    return text, dict(zip(files[::2], files[1::2], strict=True))


def unmarked(text: str) -> tuple[str, list[Marked]]:
    """A text without its marks, and what they mark there."""
    found: list[Marked] = []
    plain = ""
    last = 0
    for mark in _MARK.finditer(text):
        plain += text[last : mark.start()]
        found.append(Marked(mark[1], plain.count("\n") + 1, len(plain) - plain.rfind("\n"), mark[2]))
        plain += mark[2]
        last = mark.end()
    return plain + text[last:], found


def _plan(*statements: str, route: str = "route { otherwise -> d }") -> str:
    """A plan that is sound, but for what is added; it stands on one line."""
    return f'plan "w§" {{ number 4009-00§ {_DESTINATION} {" ".join(statements)} {route} }}'


def _route(rules: str, *statements: str) -> str:
    return _plan(*statements, route=f"route {{ {rules} }}")


def _expect(line: str) -> str:
    return _plan(_LIMITED, f"expect {{ {line} }}")


def _times(line: str) -> str:
    return f"schedule w§ {{ {line} }}"


def _too_deep(kind: str, first: str) -> str:
    """Names within names, two more than may be."""
    chain = [f"{kind} w§n0 {{ {first} }}", *(f"{kind} w§n{at} {{ w§n{at - 1} }}" for at in range(1, 66))]
    chain[64] = f"{kind} w§n64 {{ «E108 w§n63» }}"
    return " ".join(chain)


# What stands in a plan or outside of all.
DECLARATIONS: Sequence[str] = (
    # names
    'announcement w§ = "a" announcement «E103 w§» = "b"',
    "area w§ { 北京 } area «E103 w§» { 天津 }",
    "calendar w§ { } calendar «E103 w§» { holiday «E401 2026-02-30» }",
    "destination w§ = 010-6234-5678 destination «E103 w§» = «E203 12345»",
    "list w§ { 10086 } list «E103 w§» { «E205 8888-1234» }",
    "schedule w§ { daily } schedule «E103 w§» { daily }",
    "area w§a { w§b } area w§b { 北京, w§c } area w§c { «E107 w§a» }",
    "area w§ { 北京 except «E107 w§» }",
    "calendar w§a extends w§b { } calendar w§b extends «E112 w§a» { }",
    "list w§a { 10086, w§b } list w§b { w§c } list w§c { 10010, «E107 w§a» }",
    "list w§ { 10086, «E107 w§» }",
    _too_deep("area", "北京"),
    _too_deep("list", "10086"),
    'announcement w§ = «E110 ""»',
    'announcement w§ = «E110 "  "»',
    "schedule w§ { holidays «E101 nothing§» }",
    "calendar w§ extends «E101 nothing§» { }",
    "calendar w§ extends «E101 chin» { }",
    "area w§ { 北京 } schedule w§x { workdays «E102 w§» }",
    "destination w§ = 010-6234-5678 limit 3 announce «E101 nothing§»",
    "list w§ { «E101 nothing§», nothing§, 10086 }",
    "list «W101 unused§» { 10086 }",
    # numbers
    "destination w§ = «E203 12345»",
    "destination w§ = «E203 013912345678»",
    "destination w§ = «E203 0085221234567»",
    "destination w§ = «E203 10-6234-5678»",
    "destination w§ = «E203 4009-999-999»",
    "destination w§ = «E203 +123»",
    "destination w§ = «E204 0732-8888-1234»",
    "destination w§ = «E204 026-8888-1234»",
    "destination w§ = «E205 8888-1234»",
    'destination w§ = «E206 "http://a"»',
    'destination w§ = «E206 "tel:agents"»',
    'destination w§ = "sip:a«E207  »b"',
    'destination w§ = "sips:a«E207 <»b"',
    "list w§ { «E205 888-1234», «E209 1234-5678-9012-3456» }",
    "list w§ { «W202 0732-8888-1234», «W202 10-6234-5678», «W202 10-6234-56xx» }",
    "list w§ { «E221 13xxxxxxxxx», «E222 073xxxxxxxx», «E205 8888-xxxx», «E209 123456789xxxxxxxx» }",
    "list w§ { 13800138000, «W201 +86-138-0013-8000», 1390000xxxx, «W201 1390000xxxx» }",
    "list w§a { 10086 } list w§ { w§a, «W201 w§a» }",
    # origins
    "area w§ { «E301 0732», «E301 000» }",
    "area w§ { «E302 nowhere§», nowhere§ }",
    "area w§ { «E302 hunn», «E302 长杀», «E302 Mobile», «E302 香港» }",
    "area w§ { «E302 湖南长沙», «E302 杨州», «E302 qq», «E302 Changsha», «E302 石家壮», «E302 石家大庄» }",
    "area w§ { 北京 } area w§x { «E302 w§z» }",
    "area w§ { 北京 except «E303 suzhou» }",
    "area w§ { «E304 phs», «E304 小灵通» }",
    "list w§ { 10086 } area w§x { «E102 w§» }",
    "area w§ { «W301 长沙 except 0731» }",
    "area w§ { «W301 北京, abroad except 010, anywhere» }",
    # times
    _times("«E401 2026-02-30», «E401 04-31», «E401 2027-02-29», «E401 13-01», «E401 01-00», «E401 2100-02-29»"),
    _times("«E402 1999-12-31», «E402 2100-01-01»"),
    _times("«E403 2026-10-07..2026-10-01» 09:00-10:00"),
    _times("«E409 12-24..2026-12-26», «E401 2026-02-30»..2026-03-01"),
    _times("daily «E404 25:00»-«E404 26:00», «E404 09:60»-10:00, 08:00-«E404 24:01»"),
    _times("daily «E405 24:00»-06:00 except mon «E406 09:00-09:00»"),
    _times("last fri, day «E413 0», 15, «E413 32», last"),
    "schedule «E407 w§» { }",
    "calendar w§ { holiday 2026-05-01..2026-05-05, «E414 2026-05-03» workday «E414 2026-05-04..2026-05-09» }",
    "calendar w§ { holiday «E415 12-24», «E402 1999-01-01» workday «E415 12-25..01-02» }",
    # counters
    "destination w§ = 010-6234-5678 limit «E601 0»",
    "destination w§ = 010-6234-5678 announce «W601 closed»",
)  # fmt: skip

# What stands outside of all plans.
OUTSIDE: Sequence[str] = (
    # names
    f'{_plan()} plan «E104 "w§"» {{ number 4009-01§ {_DESTINATION} route {{ otherwise -> d }} }}',
    _plan("route { otherwise -> d }", route="«E105 route» { otherwise -> d }"),
    _plan('timezone "UTC" «E105 timezone» "Asia/Shanghai"'),
    _plan("blacklist { 10086 } «E105 blacklist» { 10010 }"),
    f'plan «E106 "w§"» {{ {_DESTINATION} route {{ otherwise -> d }} }}',
    f'plan «E106 "w§"» {{ number 4009-00§ {_DESTINATION} }}',
    f'plan «E109 " "» {{ number 4009-00§ {_DESTINATION} route {{ otherwise -> d }} }}',
    "operator { forward per call 2 } "
    "«E111 operator» { forward destinations «E509 0», per cause «E509 101», per call «E509 8» }",
    _plan('announcement closed = «E110 " "»', "quota 1 calls per day announce closed"),
    _plan('announcement full = "a" announcement «E103 full» = "b"'),
    _plan("quota 1 calls per day announce «E101 close»"),
    _plan("list q { 10086 }", "block caller in q announce «E102 q»"),
    _plan("block from «E102 d» or during «E102 d» or not caller in «E102 d»"),
    _plan("blacklist { «E101 nothing» } announce «E101 nobody»"),
    _plan(_LIMITED, "forward busy -> «E101 nobody», l", "forward unreachable -> nobody"),
    _plan("forward busy -> «E101 q»"),
    _plan(f"forward busy -> «E101 {'n' * 65}»"),
    _plan(*(f"list q{letter} {{ 10086 }}" for letter in "abcdefghijklmnopqrs"), "block caller in «E101 qz»"),
    # numbers
    _plan("number «E201 4009-00-00», «E201 010-6234-5678», «E201 +864009000000»"),
    _plan("number «E202 4009-00§»"),
    _plan("destination x = «E208 400-900§»"),
    _plan('destination x = «E208 "tel:4009-00§"»'),
    # times
    _plan('timezone «E408 "Asia/Shangai"»'),
    _plan('timezone «E408 "beijing"»'),
    _plan('timezone «E408 "localtime"»'),
    _plan('timezone «E408 "Mars"»'),
    # routes
    _route("otherwise -> split { «E501 60% d, 30% d» }"),
    _route("otherwise -> split { «E502 0%» d, 100% d }"),
    _route("otherwise -> «E503 announce closed» or «E503 split evenly { d }» or d"),
    _route("from 010 -> «E503 route { otherwise -> d }» or d otherwise -> d"),
    _route("otherwise -> split x { 50% d, 50% split «E103 x» evenly { d } }"),
    _route("otherwise -> d or «W501 announce closed»"),
    _route("otherwise -> l or «W502 l» or announce closed", _LIMITED),
    _route("otherwise -> d «W503 from 010» -> d «W503 otherwise» -> d"),
    _route("from «E301 0732» -> announce «E101 nobody» during «E101 never» -> split evenly { «E101 none», d }"),
    _route("from 010 -> route { from «E301 0732» -> d } otherwise -> split by caller { 100% «E101 none» }"),
    # forwards
    _plan("forward busy -> d", "«E504 forward» busy -> d"),
    _plan("forward busy after «E505 20s» -> d", "forward unreachable after «E505 20s» -> d"),
    _plan("forward no-answer after «E506 4s» -> d"),
    _plan("forward no-answer after «E506 121s» -> d"),
    _plan(_LIMITED, "forward busy -> d, l, «E507 d»"),
    _plan("forward busy -> d, «W504 d»"),
    _plan(
        _LIMITED, "destination m = 021-6234-5679", 'destination n = "sip:n@a"',
        "forward busy -> d, l", "forward no-answer -> d, m", "forward unreachable -> «E508 n»",
    ),
    # counters
    _plan("quota «E602 0» calls per day"),
    _plan("quota 1 calls per day", "«E603 quota 2 calls per day»"),
    _plan("quota 1 answered calls per week", "«E603 quota 1 answered calls per week announce closed»"),
    # expect
    _expect("from «E301 0732» at «E401 2026-02-30» «E404 09:60» -> «E101 nobody» busy -> announce «E101 nothing»"),
    _expect("10086 at «E402 1999-12-31» 09:30 -> d"),
    _expect("10086 at 2026-11-23 «E404 24:00» -> d"),
    _expect("from «W301 fixed except fixed» at 2026-11-23 09:30 -> d"),
    _expect(f"{_CALL} -> l busy -> «E510 d full» -> l"),
    _expect(f"{_CALL} -> split {{ «E501 60% d, 30% announce full» }}"),
    _expect(f"{_CALL} -> split {{ «E502 0%» d, 100% l }}"),
    _expect(f"{_CALL} -> split {{ 50% «E101 nobody», 50% announce «E101 nothing» }}"),
    # syntax
    _plan("schedule x { daily «E010 9:00-18:00» }", "block during x"),
    _plan("destination x = «E010 ?»", "forward busy -> x"),
    _plan("list x { 10086, «E010 ?» 10010 }", "block caller in x or caller in «E101 y»"),
)  # fmt: skip
# What has files of its own and stands outside of all plans.
WITH_FILES: Sequence[str] = (
    """\
import "w§a.plan" import "w§b.plan" import "w§c.plan"
--- w§a.plan
list w§ { 10086 } destination w§ = 010-6234-5678
--- w§c.plan
area w§c { 上海 }
--- w§b.plan
import "w§a.plan" list «E103 w§» { 10010 } area w§ { 北京 } destination «E103 w§» = «E203 12345»
""",
    """\
import "w§a.plan" import "w§b.plan" list «E103 w§x» { w§, «E101 nothing§» }
--- w§a.plan
list w§ { 10086 } area w§ { 北京 }
--- w§b.plan
list «E103 w§» { 10010 } list w§x { w§ }
""",
    'list w§ { file «E001 "nowhere§.txt"» }',
    """\
list w§ { 10086, file "w§.txt", «W201 file "w§.txt"» }
--- w§.txt
010-8888-6666  # why
«E220 agents»
""",
)
MISTAKES = (*DECLARATIONS, *OUTSIDE, *WITH_FILES)
