"""Folders of plan files as builds of many files have them: shared files, lists, and now and then a mistake of each kind
that one file makes with another. Used by tests/test_many.py and tests/test_keeping.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

SHARED = "shared/common.plan"
TEXTS = {
    SHARED: """import "days.plan"
destination desk = 010-6234-5678 limit 5 announce wait
destination spare = 0731-8234-5678
destination night = 13812345678 limit 3
announcement wait = "wait.wav"
list known { 13800138000, file "known.txt" }
area south { guangdong, hunan }
""",
    "shared/days.plan": """calendar company { holiday 2026-12-24..2026-12-26 }
schedule office { mon-fri 09:00-18:00 except holidays company }
schedule festive { holidays china }
""",
    "shared/known.txt": "13900139000\n021-6234-5678\n",
}
ROUTES = (
    "during office -> desk or own\n        otherwise -> split { 50% own, 50% night }",
    "caller in known and during office -> desk\n        from south -> own\n        otherwise -> announce closed",
    "during festive -> announce holiday\n        otherwise -> own or desk",
    "otherwise -> split { 30% own or desk, 70% desk }",
)


def plan(at: int, drawn: random.Random, more: str = "", route: str = "") -> str:
    """A plan without a mistake that has much of what is shared."""
    return f"""import "{SHARED}"
plan "Plan {at}" {{
    number 400{at:07}
    destination own = 021-6{at % 7:03}-{drawn.randrange(10**4):04}{drawn.choice(("", " limit 7"))}
    announcement holiday = "holiday-{at % 3}.wav"
    announcement closed = "closed-{at % 2}.wav"
    blacklist {{ 1391234{drawn.randrange(9) + 1000}, file "lists/{at % 4}.txt" }}
    block from {drawn.choice(("beijing", "shanghai", "xizang"))}
    quota {drawn.randrange(1, 5)}000 calls per {drawn.choice(("day", "week"))}
    {more}
    route {{
        {route or drawn.choice(ROUTES)}
    }}
    forward busy -> own
}}
"""


Mistake = Callable[[dict[str, str], str, random.Random], None]


def _into_plan(text: str) -> Mistake:
    def put(texts: dict[str, str], name: str, _: random.Random) -> None:
        texts[name] = texts[name].replace("    forward busy", f"    {text}\n    forward busy", 1)

    return put


def _before(text: str) -> Mistake:
    def put(texts: dict[str, str], name: str, _: random.Random) -> None:
        texts[name] = text + texts[name]

    return put


def _to(other: str, text: str) -> Mistake:
    def put(texts: dict[str, str], _: str, __: random.Random) -> None:
        texts[other] = texts.get(other, "") + text

    return put


def _same_number(texts: dict[str, str], name: str, drawn: random.Random) -> None:
    texts[name] = texts[name].replace("    number ", f"    number 400{drawn.randrange(12):07}, ", 1)


def _same_name(texts: dict[str, str], name: str, drawn: random.Random) -> None:
    texts[name] = texts[name].replace('plan "Plan', f'plan "Plan {drawn.randrange(12)}" {{\n}}\nplan "Plan', 1)


def _rename(texts: dict[str, str], name: str, drawn: random.Random) -> None:
    before, _, after = texts[name].partition('plan "Plan ')
    texts[name] = f'{before}plan "Plan {drawn.randrange(12)}"{after[after.index(chr(34)) + 1 :]}'


MISTAKES: dict[str, Mistake] = {
    "a number twice": _same_number,
    "a name twice": _same_name,
    "another's name": _rename,
    "a loop": _into_plan("destination round = 400-000-0007"),
    "a loop by a URI": _into_plan('destination round = "tel:4000000004"'),
    "a word too many": _into_plan("number number"),
    "a brace too few": _into_plan("schedule late {"),
    "an unknown name": _into_plan("forward unreachable -> nowhere"),
    "an unused name": _into_plan("area nowhere { hunan }"),
    "a missing list": _into_plan('list few { file "lists/none.txt" }'),
    "a missing import": _before('import "shared/none.plan"\n'),
    "an import out of the root": _before('import "../none.plan"\n'),
    "an import of a plan": _before('import "p03.plan"\n'),
    "an expectation that holds": _into_plan("expect { 13800130001 at 2026-11-24 10:00 -> announce blacklisted }"),
    "one that does not": _into_plan("expect { 13912349999 at 2026-11-24 10:00 -> announce blacklisted }"),
    "a hole": lambda texts, name, _: texts.update({name: texts[name].replace("otherwise ->", "from hunan ->", 1)}),
    "an operator": _to("operator.plan", "operator { forward per call 3 }\n"),
    "two operators": _to("p05.plan", "operator { forward per call 3 }\noperator { forward per call 4 }\n"),
    "an odd list line": _to("lists/1.txt", "75512345678\n"),
    "a strange list line": _to("lists/2.txt", "10086123\n"),
    "a shared name without use": _to("shared/days.plan", "schedule never { sun 10:00-11:00 }\n"),
    "a shared mistake": _to("shared/days.plan", "schedule broken { sun 25:00-11:00 }\n"),
    "a shared loop": _to(SHARED, "destination far = 400-000-0009\n"),
    "a circle": _to("shared/days.plan", 'import "common.plan"\n'),
    "a shared name twice": _to("shared/days.plan", "destination spare = 0731-8234-5679\n"),
    "text lost": _to("p02.plan", "schedule office spare {"),
    "no plan at all": lambda texts, name, _: texts.update({name: "# to come\n"}),
}


def texts(seed: int, plans: int = 12, mistakes: int = 0) -> dict[str, str]:
    """The files of a folder, by their paths; `mistakes`: how many are drawn, each somewhere."""
    drawn = random.Random(seed)
    found = dict(TEXTS)
    found |= {f"lists/{at}.txt": f"0755-8612-00{at}9\n1380013{at}xxx\n" for at in range(4)}
    found |= {f"p{at:02}.plan": plan(at, drawn) for at in range(plans)}
    for name in drawn.sample(sorted(MISTAKES), mistakes):
        MISTAKES[name](found, f"p{drawn.randrange(plans):02}.plan", drawn)
    return found


def write(folder: Path, found: dict[str, str]) -> list[Path]:
    """The files in a folder; the plan files of it, sorted."""
    for name, text in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sorted(folder.rglob("*.plan"))
