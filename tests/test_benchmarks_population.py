"""The plans that are measured: they compile as they are, and one seed always writes the same."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import callplan
from benchmarks import plans, population

PLANS, LISTED = 12, 600


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> population.Population:
    return population.write(tmp_path_factory.mktemp("population"), PLANS, LISTED, seed=7)


def _lists(root: Path) -> list[list[bytes]]:
    return [path.read_bytes().split() for path in sorted(root.rglob("*.txt"))]


def _digest(root: Path) -> str:
    return sha256(b"".join(path.read_bytes() for path in sorted(root.rglob("*.*")))).hexdigest()


def test_the_plans_compile_without_a_word(written: population.Population) -> None:
    tables = callplan.compile(*written.files, root=written.root)
    assert tables.diagnostics == ()
    assert len(tables.sections["plans"]) == len(written.files) == PLANS


def test_they_have_what_the_targets_name(written: population.Population) -> None:
    with callplan.Engine(callplan.compile(*written.files, root=written.root)) as engine:
        kinds = [entry.kind for entry in engine.usage() if entry.plan == "Customer 000000"]
        text = written.files[0].read_text(encoding="utf-8")
        assert (kinds.count("quota"), kinds.count("limit"), kinds.count("split")) == (2, 3, 2)
        assert len(text.partition("block from ")[2].partition("\n")[0].split(", ")) == 20
        assert set(engine.peek_many(written.called, written.root.name.encode())["reason"].tolist()) <= {
            engine.names("reason").index("routed")
        }


def test_the_lists_add_up_and_are_uneven(written: population.Population) -> None:
    sizes = sorted(map(len, _lists(written.root)))
    assert len(sizes) == PLANS
    assert sum(sizes) == LISTED
    assert sizes[0] >= 1
    assert sizes[-1] > 4 * sizes[PLANS // 2]


def test_who_is_listed_is_blacklisted(written: population.Population) -> None:
    with callplan.Engine(callplan.compile(*written.files, root=written.root)) as engine:
        for number, listed in zip(written.called.tolist(), _lists(written.root), strict=True):
            reasons = engine.peek_many(number, np.array(listed))["reason"]
            assert {engine.names("reason")[reason] for reason in reasons} == {"blacklisted"}


def test_a_seed_decides_all_of_it(tmp_path: Path) -> None:
    digests = [population.write(tmp_path / name, 3, 30, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    first, same, other = (_digest(found.root) for found in digests)
    assert first == same != other


@pytest.mark.parametrize(("count", "listed"), [(0, 0), (3, 2)])
def test_too_few_callers_are_refused(tmp_path: Path, count: int, listed: int) -> None:
    with pytest.raises(ValueError, match="at least one a plan"):
        population.write(tmp_path, count, listed)


def test_the_hot_plan_compiles_without_a_word() -> None:
    tables = callplan.compile_text(plans.hot_plan())
    assert tables.diagnostics == ()
    with callplan.Engine(tables) as engine:
        assert engine.peek(plans.CALLED, plans.CALLER, plans.AT).reason == "routed"
        assert engine.peek(plans.CALLED, "13900001000", plans.AT).reason == "blacklisted"
