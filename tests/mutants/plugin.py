"""A plugin of pytest, loaded only where a mutant is tried: at the first assertion that fails it ends the run.

What fails in another way is no comparison of decisions or books, so it does not count; the run goes on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

NOTE = "CALLPLAN_MUTANT_NOTE"  # the environment names the file to write


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(AssertionError):
        Path(os.environ[NOTE]).write_text(item.nodeid, encoding="utf-8")
        item.session.shouldstop = "caught"
    return report
