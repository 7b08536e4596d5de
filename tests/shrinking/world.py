"""A world on which the evaluators differ, cut down to a few lines of a plan and a few steps."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from .. import evaluators
from ..comparison import replay
from ..evaluators import Evaluator
from ..plan_files import PlanFiles
from ..strategies.worlds import World
from .files import Time, fewer, smaller
from .lives import MAX_CALLS, Difference, Life, Noting, Step, play


@dataclass(frozen=True)
class Shown:
    """Files and a life of calls that show a difference at its last step."""

    files: PlanFiles
    life: Life
    difference: Difference


def shrunk(world: World, seconds: float) -> Shown | None:
    """What is left of a world after so many seconds; None: it shows no difference when its steps are played again."""
    left = Time(seconds)
    found = _shown(world.files, noted(world))
    before = None
    while found is not None and found != before and not left.is_up():
        before = found
        found = _with_less_text(_with_less_life(found, left), left)
    _forget()
    return found


def noted(world: World) -> Life:
    """The steps of a world, up to the one at which the evaluators differ, if they do."""
    steps: list[Step] = []
    settings: list[tuple[str | None, int]] = [(None, MAX_CALLS)]

    def noting(reference: Evaluator, area: str | None, max_calls: int) -> Evaluator:
        settings.append((area, max_calls))
        return Noting(reference, steps)

    with suppress(Exception):
        replay(world.files, world.start, world.steps, noting)
    return Life(tuple(steps), *settings[-1])


def _with_less_life(shown: Shown, left: Time) -> Shown:
    best = shown

    def shows(life: Life) -> bool:
        nonlocal best
        found = _shown(best.files, life)
        best = best if found is None else found
        return found is not None

    shows(replace(best.life, area=None))
    shows(replace(best.life, max_calls=MAX_CALLS))

    def steps_show(steps: Sequence[Step]) -> bool:
        return shows(replace(best.life, steps=tuple(steps)))

    fewer(best.life.steps, steps_show, left)
    return best


def _with_less_text(shown: Shown, left: Time) -> Shown:
    best = shown

    def shows(files: PlanFiles) -> bool:
        nonlocal best
        _forget()
        found = _shown(files, best.life)
        best = best if found is None else found
        return found is not None

    smaller(best.files, shows, left)
    return best


def _shown(files: PlanFiles, life: Life) -> Shown | None:
    """None: they do not differ there, or one of them cannot do with the files, as where they do not compile."""
    try:
        difference = play(files, life)
    except Exception:
        return None
    return None if difference is None else Shown(files, replace(life, steps=difference.steps), difference)


def _forget() -> None:
    """What the evaluators keep of files."""
    evaluators.program.cache_clear()
    evaluators.tables.cache_clear()
