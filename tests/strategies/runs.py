"""How the strategies are run; used by tests/shrinking/finding.py and tests/test_differential.py."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings


def some(examples: int, shrink: bool = True) -> settings:
    """So many examples, of a seed alone: nothing is kept from run to run. `shrink`: what fails is shrunk."""
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
        report_multiple_bugs=False,
        print_blob=False,
    )
