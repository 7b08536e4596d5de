"""The seed of all random tests: printed with every run, set with CALLPLAN_SEED to run the same again."""

from __future__ import annotations

import os
import secrets

import pytest

from .commands import command, plan_file

__all__ = ["command", "plan_file"]  # fixtures of every test

SEED = os.environ.get("CALLPLAN_SEED") or secrets.token_hex(4)


def pytest_report_header() -> str:
    return f"random calls: CALLPLAN_SEED={SEED}"


@pytest.fixture(scope="session")
def seed() -> str:
    return SEED
