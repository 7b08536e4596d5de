"""A difference as a case of tests/cases/, as the reference decides it: what a person needs to see, and can keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ..case_files import CHINA
from .lives import MAX_CALLS, Asked, Counted, Reported, Step
from .world import Shown

FIELDS = {"number": "number", "media": "media", "ring_seconds": "ring", "origin": "origin"}  # as a case calls them


def case_text(shown: Shown, seed: str) -> str:
    """The case, in TOML. What the engine answers to the last step stands before it as a comment."""
    return "\n".join((*_head(shown, seed), "steps = [", *(f"  {line}" for line in _steps(shown)), "]")) + "\n"


def _head(shown: Shown, seed: str) -> Iterator[str]:
    yield "[[case]]"
    yield f"name = {_text(f'the evaluators differ: seed {seed}')}"
    yield "holds = []  # the sentences of the language that it is about"
    if shown.life.area is not None:
        yield f"area = {_text(shown.life.area)}"
    if shown.life.max_calls != MAX_CALLS:
        yield f"max_calls = {shown.life.max_calls}"
    yield f"plan = {_block(shown.files.text)}"
    for name, text in shown.files.beside:
        yield f"files.{_text(name)} = {_block(text)}"


def _steps(shown: Shown) -> Iterator[str]:
    steps, answers = shown.life.steps, shown.difference.reference
    asked = {step.number for step in steps if isinstance(step, Asked)}
    reported = [step.number for step in steps if isinstance(step, Reported) and step.number in asked]
    labels = {number: f"call {at}" for at, number in enumerate(dict.fromkeys(reported), 1)}
    for step, answer in zip(steps[:-1], answers, strict=False):
        if not isinstance(step, Counted):
            yield _step(step, labels, _expected(step, answer))
    last, right, wrong = steps[-1], answers[-1], shown.difference.engine
    if isinstance(last, Counted):
        if len(right) != len(wrong):
            yield f"# the engine has {len(wrong)} counters, not {len(right)}"
        for one, other in zip(right, wrong, strict=False):
            if one != other:
                yield from _told(one, other)
                yield _counter(one)
    elif isinstance(right, dict):
        yield from _told(right, wrong)
        yield _step(last, labels, _expected(last, right) | _more(right))
    else:
        yield f"# the engine says {_value(wrong)}"
        yield _step(last, labels, _expected(last, right))


def _told(right: dict[str, Any], wrong: dict[str, Any]) -> Iterator[str]:
    for name, value in right.items():
        if wrong[name] != value:
            yield f"# the engine has {name} {wrong[name]!r}, not {value!r}"


def _step(step: Step, labels: Mapping[int | None, str], expected: dict[str, Any]) -> str:
    match step:
        case Asked(name, number, called, caller, at):
            fields = {"from": caller, "called": called, "at": _time(at)}
            fields |= {"peek": True} if name == "peek" else {}
            fields |= {"as": labels[number]} if number in labels else {}
            return _table(fields | expected)
        case Reported(name, number):
            line = _table({name: labels.get(number, "none")} | expected)
            return line if number in labels else f"# of a handle that never was: {line}"
        case Counted():
            raise TypeError("what is counted is told by its entries")


def _expected(step: Step, answer: Any) -> dict[str, Any]:
    """The least that a case says of an answer."""
    if not isinstance(answer, dict):
        return {"is": answer}
    target = (
        {"connect": answer["destination"]} if answer["action"] == "connect" else {"announce": answer["announcement"]}
    )
    usual = ("forwarded", getattr(step, "name", "")) if isinstance(step, Reported) else ("routed", "announced")
    reason = {} if answer["reason"] == usual[answer["action"] != "connect"] else {"reason": answer["reason"]}
    return {name: value for name, value in (target | reason).items() if value is not None}


def _more(answer: dict[str, Any]) -> dict[str, Any]:
    origin = " ".join(part for part in answer["origin"] if part is not None)
    said = {case: answer[name] for name, case in FIELDS.items() if answer[name]} | {"origin": origin}
    return said if answer["reason"] != "unknown_call" else {}


def _counter(entry: dict[str, Any]) -> str:
    plan = {"shared": True} if entry["plan"] is None else {"plan": entry["plan"]}
    counted = {name: entry[name] for name in ("used", "held", "allowed", "period") if entry[name] is not None}
    return _table({"usage": f"{entry['kind']} {entry['name']}"} | plan | counted)


def _table(fields: dict[str, Any]) -> str:
    return "{ " + ", ".join(f"{name} = {_value(value)}" for name, value in fields.items()) + " },"


def _value(value: Any) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else _text(str(value))
    )


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _block(text: str) -> str:
    is_plain = "'''" not in text and all(sign >= " " or sign in "\t\n" for sign in text)
    return f"'''\n{text.strip()}\n'''" if is_plain else _text(text)


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, CHINA).replace(tzinfo=None).isoformat(" ")
