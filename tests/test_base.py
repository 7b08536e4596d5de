"""BASE: an empty method, called as `Engine.route` is."""

from __future__ import annotations

import inspect
import types

import pytest

from callplan.runtime.base import Base
from callplan.runtime.engine import Engine


def test_it_takes_two_numbers_and_does_nothing() -> None:
    base = Base()
    base.route("4006123456", "10086")
    base.route(called="4006123456", caller="10086")
    for wrong in ((), ("4006123456",), ("4006123456", "10086", 0, 0)):
        with pytest.raises(TypeError):
            base.route(*wrong)  # type: ignore[call-arg]


def test_it_is_as_cheap_to_call_as_an_engine() -> None:
    """A method of the C kind: what `binding=True` makes costs a third more."""
    for method in (Base().route, Engine.__new__(Engine).route):
        assert isinstance(method, types.BuiltinMethodType)
        assert not inspect.isfunction(method)


def test_it_is_final() -> None:
    with pytest.raises(TypeError):
        type("Derived", (Base,), {})
