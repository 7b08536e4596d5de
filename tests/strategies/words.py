"""What may stand in a plan in place of a word of the same kind, right, wrong or odd; used by broken.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

# The first kind that a word matches is its own.
KINDS: Sequence[tuple[str, Sequence[str]]] = (
    # text in quotes: zones, recordings, files, URIs
    (r'"[^"\n]*"', (
        '""', '" "', '"Asia/Shanghai"', '"Asia/Shangai"', '"beijing"', '"localtime"', '"Mars"', '"random 0"',
        '"case.plan"', '"../case.plan"', '"other.plan"', '"shared/common.plan"', '"nowhere.plan"', '"../up.plan"',
        '"lists/a.txt"', '"nowhere.txt"', '"/etc/passwd"', '"."', '"sip:a@b"', '"sip:a b"', '"tel:+86"',
        '"tel:4006-123-450"', '"http://a"',
    )),
    # windows
    (r"\d\d:\d\d-\d\d:\d\d", (
        "00:00-24:00", "22:00-06:00", "09:00-09:00", "00:00-00:00", "24:00-06:00", "24:00-24:00", "08:00-24:01",
        "09:60-10:00", "25:00-26:00", "9:00-18:00", "9-18",
    )),
    # dates
    (r"(?:\d{4}-)?\d\d-\d\d(?:\.\.(?:\d{4}-)?\d\d-\d\d)?", (
        "2026-01-01", "02-29", "12-24..01-02", "2027-02-29", "2026-02-30", "04-31", "2026-13-01", "00-00",
        "1999-01-01", "2100-01-01", "2026-10-07..2026-10-01", "2026-12-24..01-02", "12-24..2026-12-26",
        "2026-02-30..2026-02-31", "2026/1/1",
    )),
    # shares
    (r"\d+(?:\.\d+)?%", ("0%", "0.00%", "33.33%", "50%", "99.99%", "100%", "101%", "1000%", "33.333%")),
    # seconds
    (r"\d+s\b", ("0s", "4s", "5s", "120s", "121s", "99999999999s", "20 s")),
    # patterns
    (r"[+\d][-\d]{2,}x+\b", (
        "1380013xxxx", "13800138000x", "1x", "1xxxx", "0731xxxx", "0999xxxxxxx", "10-6234-56xx", "9xxxxxxxx",
        "+86138xxxxxxxx", "+1x", "+1xxxxxxxx", "073xxxxxxxx", "1380013xxxxxxxxx", "1380013x1xx",
    )),
    # numbers
    (r"\+?\d[-\d]{6,}\b", (
        "13800138000", "+86-138-0013-8000", "0138-0013-8000", "86-13800138000", "0086-13800138000",
        "+86-0138-0013-8000", "12800138000", "010-8888-6666", "10-8888-6666", "+8610-1234", "010-123",
        "0999-1234567", "1234567", "4006-123-450", "4006123451", "+86-4006123450", "8008-123-456", "4006-123",
        "400-6123-4567", "+1-212-555-0123", "00-1-212-555-0123", "+123", "+0123456789", "12345678901234567",
        "20000000000000000000",
    )),
    # area codes
    (r"0\d{2,3}\b", ("010", "020", "0731", "0992", "001", "099", "0732", "0999", "0000")),
    # counts
    (r"\d+\b", ("0", "1", "2", "7", "8", "31", "32", "2147483647", "2147483648", "99999999999999999999")),
    # weekdays
    (r"(?:mon|tue|wed|thu|fri|sat|sun)(?:-\w+)?\b", ("mon", "mon-mon", "fri-mon", "sun-sun", "daily", "funday")),
    # causes and events
    (r"(?:busy|no-answer|unreachable|full)\b", (
        "busy", "no-answer", "unreachable", "full", "no-answer after 5s", "busy after 9s", "no_answer",
    )),
    # periods
    (r"(?:day|week|month)\b", ("day", "week", "month", "year")),
    # origins
    (r"(?:mobile|fixed|abroad|unknown|anywhere|湖南|广东|北京|长沙|hebei)", (
        "湖北", "海南", "重庆", "changsha", "shaanxi", "shanxi", "吉林", "吉林市", "jilin", "suzhou", "taizhou",
        "苏州", "抚州", "长杀", "hunn", "香港", "phs", "小灵通", "大区1", "a1", "mobile except mobile",
        "anywhere except mobile", "anywhere except anywhere", "abroad except abroad", "北京 except 010",
        "长沙 except 0731", "湖南 except 北京",
    )),
    # announcements
    (r"(?:closed|busy|full)\b", ("closed", "quota", "overload", "x1", "x2", "nobody")),
    # names
    (r"(?:[dlascxt]|总机|名单|大区|班次|日历|分配)\d\b", (
        "d1", "d2", "d3", "d9", "l0", "l1", "a0", "a1", "s0", "s1", "c0", "x1", "x9", "t1", "t2", "总机0", "总机1",
        "名单0", "名单1", "大区0", "大区1", "班次0", "班次1", "日历0", "日历1", "分配1", "nobody", "q", "china",
        "北京", "route", "limit",
    )),
    # calendars
    (r"china\b", ("china", "chin", "japan", "c0", "日历0")),
    # what may be left out
    (r"(?:by caller|evenly|answered|announce \w+|limit \d+)", (
        "", "limit 0", "limit 1", "announce closed", "announce nobody",
    )),
    # what joins
    (r"(?:or|and|,)(?!\w)", ("or", "and", ",")),
)  # fmt: skip
WORD = re.compile("|".join(f"({pattern})" for pattern, _ in KINDS))
