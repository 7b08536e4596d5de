"""The catalogue of messages, by code. Another language is another Catalogue. Tested by tests/test_diagnostics.py.

Sentences are lower case, put the user's words in backticks and end without a full stop.
E0: reading and syntax, E1: names, E2: numbers, E3: origins, E4: time, E5: calls (route, split, forward),
E6: counters, E7: expect; W and N likewise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Catalogue:
    """All sentences of one language."""

    messages: Mapping[str, str]
    helps: Mapping[str, str]
    related: Mapping[str, str]
    words: Mapping[str, str]  # what may be expected or found, for E010 and its like


_READING = {
    "E001": "there is no file `{file}`",
    "E002": "`{file}` is a folder, not a file",
    "E003": "`{file}` is not a regular file",
    "E004": "`{file}` cannot be read: {reason}",
    "E005": "`{file}` is larger than {most} MiB",
    "E006": "`{byte}` is not text in UTF-8",
    "E007": "the control character `{character}` cannot stand in a plan",
    "E008": "`{wrong}` is not an ASCII sign: write `{right}`",
    "E009": "this string has no closing quote on its line",
    "E010": "expected {expected}, found {found}",
    "E011": "`{word}` is a keyword, so it cannot be {what}",
    "E012": "`{word}` cannot be {what}: names have letters, digits and `_` only",
    "E013": "nesting is deeper than {most}",
    "E015": "`{count}` is larger than {most}",
    "E016": "`{word}` stands outside a plan",
    "E017": "more than {most} mistakes in this file: this one and those after it are not shown",
    "E018": "`{wrong}` stands here in place of a space",
    "E019": "`{word}` stands inside a plan",
    "E020": "`{cap}` stands twice in this `operator`",
    "E030": "`{path}` is an absolute path",
    "E031": "`{path}` leads out of `{root}`, the root of this build",
    "E032": "`{path}` is, or leads through, a link out of `{root}`, the root of this build",
    "E033": "this import closes a circle: `{circle}`",
    "E034": "there is no folder `{file}`",
    "E035": "a text without a file of its own cannot name `{path}`",
}

_NAMES: dict[str, str] = {
    "E101": "no `{kind}` is named `{name}`",
    "E102": "`{name}` is declared as `{kind}`, not as `{wanted}`",
    "E103": "`{kind} {name}` is declared twice",
    "E104": "two plans are named `{name}`",
    "E105": "`{statement}` stands twice in plan `{plan}`",
    "E106": "plan `{plan}` has no `{statement}`",
    "E107": "`{kind} {name}` contains itself",
    "E108": "`{kind} {name}` is nested more than {most} deep",
    "E109": "a plan's name is empty",
    "E110": "the recording of `{name}` is empty",
    "E111": "`operator` stands twice in this build",
    "E112": "`calendar {name}` extends itself",
    "W101": "nothing uses `{kind} {name}`",
}

_NUMBERS: dict[str, str] = {
    "E201": "`{number}` is not a service number",
    "E202": "service number `{number}` is claimed twice",
    "E203": "`{number}` cannot be a destination",
    "E204": "`{number}` starts with `{area}`, which is no area code",
    "E205": "`{number}` has no area code",
    "E206": "`{uri}` is not a SIP or tel URI",
    "E207": "`{sign}` cannot stand in a URI",
    "E208": "destination `{name}` is the service number `{number}`: its calls would come back",
    "E209": "`{number}` has more than 15 digits, so it can be nobody's number",
    "E220": "`{entry}` is neither a number nor a pattern",
    "E221": "`{entry}` is not a pattern",
    "E222": "`{entry}` stands for numbers of more than one kind",
    "E223": "{count} lines of this list file from here on, this one and others, are wrong",
    "W201": "`{entry}` stands twice in this list",
    "W202": "`{number}` is not a whole number of China or abroad, so it means only a caller shown exactly like that",
    "W220": "{count} lines of this list file from here on, this one and others, are not whole numbers",
}

_ORIGINS: dict[str, str] = {
    "E301": "`{name}` is not an area code",
    "E302": "no place and no `area` is named `{name}`",
    "E303": "`{name}` is the pinyin of several places",
    "E304": "`{name}` is not an origin: PHS callers have fixed-line numbers",
    "W301": "no caller is left in this origin",
}

_TIME: dict[str, str] = {
    "E401": "the date `{date}` does not exist",
    "E402": "the date `{date}` is outside the years 2000 to 2099",
    "E403": "the range `{dates}` runs backward",
    "E404": "`{time}` is not a time of day",
    "E405": "`24:00` can only end a window",
    "E406": "the window `{window}` ends when it starts",
    "E407": "`schedule {name}` has no lines",
    "E408": "no time zone is named `{zone}`",
    "E409": "the range `{dates}` has a year at one end only",
    "E410": "the dates in the schedules of plan `{plan}` name {count} days, more than {most}",
    "E411": "the schedules of plan `{plan}` begin and end {count} times on days that differ, more than {most}",
    "E412": "the schedules of plan `{plan}` tell {count} kinds of time apart, more than {most}",
    "E413": "no month has a day `{day}`",
    "E414": "`calendar {name}` has a day of `{dates}` twice",
    "E415": "`{dates}` has no year, which the days of a calendar need",
    "W410": "`schedule {name}` is never open",
    "N401": "the published days of `china` end with {last}: no later day is a day off or a make-up day",
}

_CALLS: dict[str, str] = {
    "E501": "the shares of this split add up to {sum}%, not to 100%",
    "E502": "a share of `{share}` is not above 0%",
    "E503": "only a destination can stand before an `or`",
    "E504": "`forward {cause}` stands twice in plan `{plan}`",
    "E505": "`after` belongs to `forward no-answer`, not to `forward {cause}`",
    "E506": "`{seconds}s` is not between {least} and {most} seconds",
    "E507": "a `forward` has at most {most} destinations",
    "E508": "the `forward` statements of plan `{plan}` have more than {most} different destinations",
    "E509": "`{what}` of {count} is not between {least} and {most}",
    "E510": "`{name}` has no limit, so it is never full",
    "E520": "no rule takes a call by `{caller}`, {origin}, at {time}",
    "E521": "no rule takes a call from `{origin}` at {time}",
    "E522": "no rule takes a call by `{caller}`, if its area is `{origin}`, at {time}",
    "E524": "a split of plan `{plan}` has {count} branches, more than {most}",
    "E530": "plan `{plan}` tells {cells} kinds of call apart, more than {most}: `from` makes {origins} of origin, "
    "`during` {times} of time, `caller in` {callers} of caller",
    "E531": "the lists of plan `{plan}` tell {count} kinds of caller apart, more than {most}",
    "E532": "the nested routes of plan `{plan}` make more than {most} steps of its targets",
    "E533": "a list of plan `{plan}` takes more than {most} MiB of the tables: its numbers are too many, or lie too "
    "far apart",
    "W501": "no call can reach this: `{name}` has no limit, so it is never full",
    "W502": "`{name}` has been tried before in this `or`",
    "W503": "no call can reach a rule after `otherwise`",
    "W504": "`{name}` stands twice in this `forward`",
    "W510": "this block shuts out every caller of plan `{plan}`, always",
    "W511": "this block is never reached",
    "W512": "this rule is never reached",
    "W513": "no call can reach this branch: none of the {count} listed callers who come to this split belongs to it",
}

_COUNTERS: dict[str, str] = {
    "E601": "a limit of {count} would take no call",
    "E602": "a quota of {count} would take no call",
    "E603": "plan `{plan}` has two quotas of `{kind}`",
    "W601": "`{name}` has no limit, so its announcement is never played",
}

_EXPECTATIONS: dict[str, str] = {
    "E701": "a call by `{who}` takes another path: {ways}",
    "E702": "a call from `{who}` takes another path: {ways}",
    "E703": "the clock of `{zone}` skips `{time}`",
}

_HELPS = {
    "seems_gbk": "the file seems to be in GBK: save it as UTF-8",
    "seems_utf16": "the file seems to be in UTF-16: save it as UTF-8",
    "save_utf8": "save the file as UTF-8",
    "write": "write `{right}`",
    "no_sign_between": "statements need no sign between them",
    "space_between": "two words need a space between them: `{right}`",
    "lower_case": "keywords are in lower case: `{right}`",
    "in_quotes": "it stands in quotes: `{right}`",
    "without_quotes": "it stands without quotes: `{right}`",
    "number_without_spaces": "a number is written without spaces; hyphens may stand in it: `010-6234-5678`",
    "range_without_spaces": "a range is written without spaces",
    "area_code_with_zero": "an area code is written with its zero: `{right}`",
    "two_decimals": "a share has two decimals at most",
    "name_the_number": "give the number a name with `destination`",
    "count_without_comma": "a count is written without commas",
    "one_except": "there is at most one `except` here",
    "evenly_has_no_shares": "a `split evenly` has no shares",
    "comma_joins_lines": "a comma does not join the lines of a schedule",
    "comma_only_in_braces": "only a list between braces may end in a comma",
    "only_in_plans": "it belongs to one plan, between its braces",
    "only_outside_plans": "it is for the whole build: write it outside the plans",
    "pattern_ends_in_x": "a pattern has an `x` for each digit that is free, all of them at its end: `1380013xxxx`",
    "file_in_quotes": 'the name of a file stands in quotes: `file "{right}"`',
    "month_days_last": "days of the month stand last in their line, as in `last fri, day 1, 15`",
    "month_days_each": "days of the month are written one by one: `day 1, 2, 3`",
    "write_call": "a call is written as in `13800138000 at 2026-11-23 09:30 -> …` or"
    " `from 广东 at 2026-11-23 09:30 -> …`",
    "say_what_happened": "before the next destination say what happened at this one, as in `beijing busy -> shanghai`",
    "path_goes_on": "a path ends at a destination that answers or at an announcement: `-> announce busy`",
    "relative_path": "a path starts from the folder of the file that it stands in",
    "give_root": "`--root` names the folder that holds all files of a build",
    "write_entry": "a line has one number, or one pattern such as `1380013xxxx`; `#` starts a comment",
    "write_pattern": "a pattern has digits and then one to eight `x`, as in `1380013xxxx`",
    "more_digits": "write more of its digits before the first `x`",
    "did_you_mean": "did you mean `{suggestion}`?",
    "write_service_number": "a service number has 10 digits and starts with 400 or 800",
    "write_destination": "write a fixed line with its area code (`010-6234-5678`), a mobile of 11 digits, `+` and an "
    "international number, or a SIP or tel URI in quotes",
    "write_area_code": "write the area code in front, as in `0731-8888-1234`",
    "write_place": "area codes start with 0, as in `0731`; the name of a place, as in `长沙`, will do too",
    "write_uri": "a URI starts with `sip:`, `sips:` or `tel:`, as in `sip:agents@pbx.example.cn`",
    "write_one_of": "write one of {choices}",
    "write_fixed": "write `fixed`, or name the area that they are in",
    "write_time": "times are `HH:MM` from `00:00` to `24:00`",
    "write_minute": "a time is `HH:MM` from `00:00` to `23:59`",
    "write_month_day": "days of the month go from 1 to 31, and `last` is the last one",
    "write_midnight": "write `00:00`",
    "write_whole_day": "for the whole day write no times",
    "write_zone": "write an IANA name such as `Asia/Shanghai`",
    "write_plan_name": "write a name that people know the plan by",
    "write_limit": "add a `limit`, or leave `announce` out",
    "confirm_number": "`callplan explain {file} {number} {caller} --at {time}` shows it; "
    "a last rule `otherwise -> ...` would take such calls",
    "confirm_origin": "`callplan explain {file} {number} --from '{origin}' --at {time}` shows it; "
    "a last rule `otherwise -> ...` would take such calls",
    "add_otherwise": "a last rule `otherwise -> ...` would take such calls",
    "why_number": "`callplan explain {file} {number} {who} --at {time}` shows why",
    "why_origin": "`callplan explain {file} {number} --from '{who}' --at {time}` shows why",
    "other_numbering": "the built-in numbering table has another area for it, but the table in use may have this one; "
    "a last rule `otherwise -> ...` would take such calls",
}

_RELATED = {
    "opened_here": "this `{{` has no `}}`",
    "plan_closed_here": "the plan was closed here",
    "first_declared": "first declared here",
    "declared_here": "`{name}` is declared here",
    "first_here": "first here",
    "first_claimed": "first claimed here, by plan `{plan}`",
    "served_here": "plan `{plan}` answers it here",
    "contains_here": "`{outer}` contains `{inner}` here",
    "extends_here": "`{outer}` extends `{inner}` here",
    "no_limit_here": "`{name}` has no limit here",
    "otherwise_here": "`otherwise` takes every call here",
    "listed_here": "the caller is listed here",
    "imported_here": "`{file}` is imported here",
    "named_here": "`{file}` is named here too",
    "let_in_here": "this rule lets the call in",
    "taken_here": "its calls end here",
}

_WORDS = {
    "or": "or",
    "end": "the end of the file",
    "statement": "a statement such as `route`",
    "declaration": "a declaration such as `list`",
    "call": "a call such as `from … at …`",
    "rule": "a rule such as `otherwise -> …`",
    "condition": "a condition such as `from …`",
    "days": "a day such as `mon-fri`",
    "uri": "a SIP or tel URI in quotes",
    "NEW_NAME": "a name",
    "NEW_ANNOUNCEMENT": "the name of an announcement",
    "ANNOUNCEMENT_NAME": "the name of an announcement",
    "DESTINATION_NAME": "a destination",
    "LIST_NAME": "the name of a list",
    "SCHEDULE_NAME": "the name of a schedule",
    "PLACE": "a place",
    "AREA_CODE": "an area code such as `0731`",
    "STRING": "a text in quotes",
    "CALENDAR_NAME": "the name of a calendar such as `china`",
    "SPLIT_NAME": "a name",
    "TELEPHONE": "a number",
    "CALLER_NUMBER": "a number",
    "PATTERN": "a pattern such as `1380013xxxx`",
    "DAY_NUMBER": "a day of the month such as `15`",
    "WEEKDAY": "a weekday such as `mon`",
    "DATES": "a date such as `2026-10-01`",
    "LOCAL_DATE": "a date such as `2026-10-01`",
    "LOCAL_TIME": "a time such as `09:30`",
    "COUNT": "a whole number",
    "SECONDS": "seconds such as `20s`",
    "PERCENT": "a share such as `60%`",
    "WINDOW": "a time such as `09:00-18:00`",
}

CATALOGUE = Catalogue(
    messages=_READING | _NAMES | _NUMBERS | _ORIGINS | _TIME | _CALLS | _COUNTERS | _EXPECTATIONS,
    helps=_HELPS,
    related=_RELATED,
    words=_WORDS,
)
