"""Origins: area codes, places, the plan's areas, classes of callers (language.md 4).

Tested by tests/test_check_origins.py.
"""

from __future__ import annotations

import re
from functools import cache
from typing import assert_never, get_args

from . import checked, places, syntax
from .check_circles import inside_out
from .check_names import Scope
from .places import Place
from .suggest import Suggestions

ClassName = checked.ClassName
Members = frozenset[tuple[str, str | None]]  # (area code, "abroad" or "unknown"; line type)

_CLASSES: dict[str, ClassName] = {name: name for name in get_args(ClassName)}
_CODE = re.compile(r"[0-9]+")
_PHS = frozenset({"phs", "小灵通"})


class Origins:
    """The origins of one plan or file while it is checked. `members`: who is in each area of the build, filled here."""

    def __init__(self, scope: Scope, members: dict[checked.Area, Members]) -> None:
        self._scope = scope
        self._members = members

    def areas(self) -> None:
        """Check the areas and give each sound one its value."""
        scope = self._scope
        statements = [s for s in scope.statements if isinstance(s, syntax.Area)]
        firsts = {s.name.text: s for s in statements if scope.areas.is_first(s.name)}
        contents = {name: self._mentions(s) for name, s in firsts.items()}
        for name in inside_out(scope, scope.areas, contents):
            statement = firsts.pop(name)
            origin = self.origin(statement.origin, name)
            if origin is not None:
                area = checked.Area(name, origin, statement.span)
                self._members[area] = self._members_of(origin)
                scope.areas.give(statement.name, area)
        for statement in statements:
            if statement.name.text in firsts or not scope.areas.is_first(statement.name):
                self.origin(statement.origin, statement.name.text)

    def origin(self, origin: syntax.Origin, own: str | None = None) -> checked.Origin | None:
        """An origin with its words resolved; None, reported, where one is unsound. `own`: the area whose body it is."""
        terms = [self._term(term, own) for term in origin.terms]
        excluded = [self._term(term, own) for term in origin.excluded]
        sound_terms = tuple(term for term in terms if term is not None)
        sound_excluded = tuple(term for term in excluded if term is not None)
        if len(sound_terms) < len(terms) or len(sound_excluded) < len(excluded):
            return None
        found = checked.Origin(sound_terms, sound_excluded, origin.span)
        if not self._members_of(found) and any(self._members_of_term(term) for term in found.terms):
            self._scope.report("W301", origin.span)
        return found

    def _mentions(self, area: syntax.Area) -> list[syntax.Name]:
        """Where an area's body names areas of the plan: itself only where its name is no place's."""
        return [
            syntax.Name(term.text, term.span)
            for term in (*area.origin.terms, *area.origin.excluded)
            if term.text in self._scope.areas.own and not _is_hidden_place(term.text, area.name.text)
        ]

    def _term(self, term: syntax.Term, own: str | None) -> checked.Term | None:
        scope, text = self._scope, term.text
        if text in _CLASSES:
            return checked.ClassTerm(_CLASSES[text], term.span)
        if _CODE.fullmatch(text):
            if places.is_area_code(text):
                return checked.CodeTerm(text, term.span)
            scope.report("E301", term.span, "write_place", name=text)
            return None
        if text in scope.areas and not _is_hidden_place(text, own):
            area = scope.use(scope.areas, syntax.Name(text, term.span))
            return None if area is None else checked.AreaTerm(area, term.span)
        found = places.find(text)
        if len(found) == 1:
            return checked.PlaceTerm(found[0], term.span)
        if found:
            scope.report("E303", term.span, "write_one_of", name=text, choices=_choices(found))
        elif text in _PHS:
            scope.report("E304", term.span, "write_fixed", name=text)
        elif not scope.may_report(text):
            scope.unsound = True
        elif not scope.report_other_kind("area", text, term.span):
            self._report_unknown(term)
        return None

    def _report_unknown(self, term: syntax.Term) -> None:
        scope = self._scope
        suggestion = scope.areas.nearest(term.text) or _classes().nearest(term.text) or places.suggest(term.text)
        if suggestion is not None:
            scope.areas.use(suggestion)
            scope.report("E302", term.span, "did_you_mean", name=term.text, suggestion=suggestion)
        elif ("area", term.text) not in scope.missing:
            scope.missing.add(("area", term.text))
            scope.report("E302", term.span, name=term.text)

    def _members_of(self, origin: checked.Origin) -> Members:
        found: Members = frozenset().union(*(self._members_of_term(term) for term in origin.terms))
        return found.difference(*(self._members_of_term(term) for term in origin.excluded))

    def _members_of_term(self, term: checked.Term) -> Members:
        match term:
            case checked.AreaTerm():
                return self._members[term.area]
            case checked.CodeTerm():
                return _both_types(term.code)
            case checked.PlaceTerm():
                return frozenset().union(*map(_both_types, term.place.areas))
            case checked.ClassTerm():
                return _class_members(term.kind)
            case _:
                assert_never(term)


def _is_hidden_place(name: str, own: str | None) -> bool:
    """True where an area's own body names a place that the area hides everywhere else."""
    return name == own and bool(places.find(name))


def _choices(found: tuple[Place, ...]) -> str:
    return ", ".join(f"`{place.name}` ({', '.join(place.areas)})" for place in found)


@cache
def _classes() -> Suggestions:
    return Suggestions(_CLASSES)


def _both_types(code: str) -> Members:
    return frozenset({(code, "mobile"), (code, "fixed")})


@cache
def _class_members(kind: ClassName) -> Members:
    match kind:
        case "anywhere":
            return _everyone()
        case "abroad":
            return frozenset({("abroad", None)})
        case "unknown":
            return frozenset({("unknown", "mobile"), ("unknown", None)})
        case "mobile" | "fixed":
            return frozenset(member for member in _everyone() if member[1] == kind)
        case _:
            assert_never(kind)


@cache
def _everyone() -> Members:
    """Every origin that a caller can have (language.md 4.6)."""
    codes = {code for name in places.names() for place in places.find(name) for code in place.areas}
    found: Members = frozenset().union(*map(_both_types, sorted(codes)))
    return found | _class_members("abroad") | _class_members("unknown")
