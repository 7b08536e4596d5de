"""Whose each cell of the books is, over versions of the tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from callplan.runtime.books import counts_nothing, periods_of
from callplan.runtime.cells import CellsFull, InUse, apply, place, without_empty_tails
from callplan.runtime.chains import chains
from callplan.runtime.counters import Index, keys
from callplan.runtime.errors import StateError
from callplan.runtime.regions import FIRST_WORD
from callplan.runtime.runs import room_for
from callplan.runtime.state_settings import words_of

from .counted import DAY, LIMIT, MONTH, QUOTA, SPLIT, WEEK, books, check_room, counters, end, hold, placed, runs

SECONDS = 86400
NOON = 1_795_521_600.0  # of 2026-11-24, UTC
TODAY = periods_of(int(NOON) // SECONDS)
FIRST = counters(("q", QUOTA, DAY), ("a", LIMIT, 5), ("s", SPLIT, 0), ("b", LIMIT, 10**6))


def quota(period: int, count: int) -> int:
    return period << 32 | count


def test_no_two_counters_share_a_word() -> None:
    found = books()
    first = placed(found, FIRST)
    assert FIRST.words(8).tolist() == [2, 6, 1, 9]
    assert found.cells["words"][found.cells["words"] > 0].sum() == 18
    check_room(found)
    assert [runs(first, at)[0][1] for at in (1, 3)] == [5, 8]


def test_limits_come_last_among_those_of_one_size() -> None:
    first = placed(books(), counters(("a", LIMIT, 1), ("p", QUOTA, DAY), ("b", LIMIT, 1), ("q", QUOTA, DAY)))
    at = first.placement.positions
    assert (at - FIRST_WORD).tolist() == [4, 0, 6, 2]


def test_counters_keep_their_cells_in_any_order() -> None:
    found = books()
    first = placed(found, FIRST)
    found.words[first.placement.positions[0]] = quota(TODAY[DAY], 7)
    again = placed(found, counters(("b", LIMIT, 10**6), ("s", SPLIT, 0), ("q", QUOTA, DAY), ("a", LIMIT, 5)), first)
    assert again.placement.positions.tolist() == first.placement.positions[[3, 2, 0, 1]].tolist()
    assert found.words[again.placement.positions[2]] == quota(TODAY[DAY], 7)
    assert len(again.placement.segments) == 0


def test_another_kind_of_the_same_identity_is_another_counter() -> None:
    found = books()
    first = placed(found, FIRST)
    other = placed(found, counters(("q", SPLIT, 0)), first)
    assert other.placement.positions[0] not in first.placement.positions


def test_the_directory_says_for_people_what_a_cell_is() -> None:
    found = books()
    placed(found, counters(("quota 4006123456 answered month Asia/Shanghai", QUOTA, MONTH), ("目的地", SPLIT, 0)))
    assert found.cells["text"][0].decode() == "quota 4006123456 answered month "
    assert found.cells["text"][1].decode() == "目的地"
    assert found.cells["period"][0] == MONTH


def test_a_limit_that_grows_gets_further_places_and_keeps_those_it_has() -> None:
    found = books(calls=100)
    old = placed(found, counters(("a", LIMIT, 4)))
    hold(found, runs(old, 0)[0][0], 0)
    new = placed(found, counters(("x", QUOTA, DAY), ("a", LIMIT, 9)), old)
    (first, second) = runs(new, 1)
    assert first == runs(old, 0)[0]
    assert second[1:] == (5, True)
    check_room(found)
    again = placed(found, counters(("a", LIMIT, 9)), new)
    assert runs(again, 0) == [first, second]


def test_a_limit_that_is_raised_every_day_does_not_become_a_long_chain() -> None:
    found = books(calls=1000, words=4096)
    version = placed(found, counters(("a", LIMIT, 1)))
    for number in range(2, 366):
        version = placed(found, counters(("a", LIMIT, number)), version)
        assert sum(run[1] for run in runs(version, 0) if run[2]) == number
    assert len(runs(version, 0)) < 20


def test_what_a_lowered_limit_no_longer_gives_out_is_its_tail_while_it_may_be_held() -> None:
    found = books(calls=100)
    old = placed(found, counters(("a", LIMIT, 9)))
    at = int(old.placement.positions[0])
    lowered = placed(found, counters(("a", LIMIT, 3)), old)
    assert runs(lowered, 0) == [(at + 1, 3, True), (at + 4, 6, False)]
    hold(found, at + 6, 7)
    assert without_empty_tails(found, lowered.placement) is lowered.placement
    assert runs(placed(found, counters(("a", LIMIT, 2)), lowered), 0) == [(at + 1, 2, True), (at + 3, 4, False)]
    end(found, 7)
    lone = InUse(lowered.counters, without_empty_tails(found, lowered.placement))
    assert runs(lone, 0) == [(at + 1, 3, True)]
    assert len(lone.placement.segments) == 0


def test_places_that_a_version_in_use_counts_stay_its_limits() -> None:
    found = books(calls=100)
    old = placed(found, counters(("a", LIMIT, 3)))
    large = placed(found, counters(("a", LIMIT, 9)), old)
    lowered = placed(found, counters(("a", LIMIT, 3)), large)
    assert [run[1:] for run in runs(lowered, 0)] == [(3, True), (6, False)]
    # `large` is let go: nobody gives the tail out any more, but the version in force still counts who holds it.
    other = placed(found, counters(("a", LIMIT, 3), ("b", LIMIT, 6)), lowered)
    assert [run[1:] for run in runs(other, 0)] == [(3, True)]
    tail = {place for first, size, _ in runs(lowered, 0) for place in range(first, first + size)}
    assert tail.isdisjoint(place for first, size, _ in runs(other, 1) for place in range(first, first + size))
    assert found.cells["words"].astype(bool).sum() == 3
    placed(found, other.counters, other)
    assert found.cells["words"].astype(bool).sum() == 2


def test_a_place_is_held_as_the_books_say() -> None:
    found = books(calls=4)
    version = placed(found, counters(("a", LIMIT, 4)))
    first = int(version.placement.positions[0]) + 1
    run = np.array([first]), np.array([4])

    def look(place: int, state: int) -> tuple[int, int]:
        found.words[first + 2], found.states[1] = place, state
        return int(found.held(*run)[0]), int(found.last_held(*run)[0])

    generation, call = 77 << 24, 1 << 4
    assert look(generation | call, generation | 2) == (1, 3)
    assert look(generation | call, generation | 5 << 8 | 2) == (1, 3)  # whoever owns the call
    assert look(generation | call, generation | 1 << 7 | 4) == (1, 3)
    assert look(generation | call | 1, generation | 4) == (1, 3)  # the leg that a forward is taking
    assert look(generation | call | 1, generation | 2) == (1, 3)  # also once a forward has died
    assert look(generation | call | 2, generation | 4) == (0, 0)
    assert look(generation | call, generation | 1 << 4 | 2) == (0, 0)
    assert look(generation | call, generation) == (0, 0)
    assert look(generation | call, 78 << 24 | 2) == (0, 0)
    assert look(generation | 9 << 4, generation | 2) == (0, 0)
    assert look(0, 0) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "word", "days", "stays"),
    [
        (DAY, quota(TODAY[DAY], 1), 0, True),
        (DAY, quota(TODAY[DAY], 1), 1, True),
        (DAY, quota(TODAY[DAY], 1), 2, False),
        (DAY, quota(TODAY[DAY], 0), 0, False),
        (DAY, 0, 0, False),
        (DAY, quota(TODAY[DAY] + 5, 1), 0, True),
        (WEEK, quota(TODAY[WEEK], 1), 6, True),  # Tuesday to Monday, which is Sunday somewhere
        (WEEK, quota(TODAY[WEEK], 1), 7, False),
        (MONTH, quota(TODAY[MONTH], 1), 7, True),  # to 1 December
        (MONTH, quota(TODAY[MONTH], 1), 8, False),
    ],
)
def test_a_removed_quota_keeps_its_count_until_its_period_is_over(kind: int, word: int, days: int, stays: bool) -> None:
    found = books()
    version = placed(found, counters(("q", QUOTA, kind)))
    found.words[version.placement.positions[0]] = word
    nothing = placed(found, counters(), version, now=NOON)
    assert len(found.cells[found.cells["words"] > 0]) == 1  # the version before may still count in it
    placed(found, counters(), nothing, now=NOON + days * SECONDS)
    check_room(found)
    back = placed(found, counters(("x", SPLIT, 0), ("q", QUOTA, kind)), now=NOON + days * SECONDS)
    assert int(found.words[back.placement.positions[1]]) == (word if stays else 0)


def test_a_removed_limit_goes_when_no_call_holds_a_place_and_a_split_at_once() -> None:
    found = books(calls=100)
    old = placed(found, counters(("a", LIMIT, 3), ("s", SPLIT, 0)))
    grown = placed(found, counters(("a", LIMIT, 9), ("s", SPLIT, 0)), old)
    found.words[grown.placement.positions[1]] = 12
    hold(found, runs(grown, 0)[1][0] + 2, 5)
    placed(found, counters(("b", LIMIT, 4)))
    assert sorted(found.cells["words"][found.cells["kind"] == LIMIT].tolist())[-3:] == [4, 5, 7]
    check_room(found)
    end(found, 5)
    placed(found, counters())
    assert not found.cells["words"].any()
    assert not found.words.any()


def test_freed_words_are_used_again() -> None:
    found = books(calls=100, cells=8, words=FIRST_WORD + 40)
    placed(found, counters(("a", LIMIT, 9), ("b", LIMIT, 9), ("c", LIMIT, 9)))
    placed(found, counters(("c", LIMIT, 9)))
    large = placed(found, counters(("c", LIMIT, 9), ("d", LIMIT, 19)))
    assert int(large.placement.positions[1]) == FIRST_WORD
    check_room(found)


def test_daily_changes_for_years_do_not_use_the_room_up() -> None:
    random = np.random.default_rng(1)
    found = books(calls=50, cells=400, words=6000)
    names = {f"n{at}": (LIMIT, int(random.integers(1, 60))) for at in range(100)}
    version = placed(found, counters(*((name, *own) for name, own in names.items())))
    for day in range(1, 500):
        for at, name in enumerate(random.choice(list(names), 10, replace=False).tolist()):
            del names[name]
            kind = int(random.integers(0, 3))
            number = int(random.integers(1, 60)) if kind == LIMIT else DAY if kind == QUOTA else 0
            names[f"d{day} {at}"] = kind, number
        raised = str(random.choice([name for name, (kind, _) in names.items() if kind == LIMIT]))
        names[raised] = LIMIT, int(random.integers(1, 60))
        given = counters(*((name, *own) for name, own in names.items()))
        version = placed(found, given, version, now=NOON + day * SECONDS)
        found.words[version.placement.positions[given.kind != LIMIT]] = TODAY[DAY] + day << 32 | 1
    check_room(found)
    placed(found, counters(), now=NOON + 510 * SECONDS)
    assert not found.cells["words"].any()
    assert not found.words.any()


@pytest.mark.parametrize(
    ("cells", "words", "many"),
    [(8, 4096, [(f"n{at}", SPLIT, 0) for at in range(9)]), (64, 100, [("a", LIMIT, 90), ("b", LIMIT, 90)])],
)
def test_what_does_not_fit_changes_nothing_and_says_how_many_cells_would_do(
    cells: int, words: int, many: list[tuple[str, int, int]]
) -> None:
    found = books(calls=100, cells=cells, words=words)
    first = placed(found, counters(("q", QUOTA, DAY)))
    before = found.cells.copy(), found.words.copy()
    with pytest.raises(CellsFull, match="a state made with `--cells 1000` has room for them") as error:
        place(found, counters(*many), [first], NOON)
    assert (found.cells == before[0]).all()
    assert (found.words == before[1]).all()
    enough = books(100, error.value.cells, words_of(error.value.cells))
    placed(enough, counters(*many, ("q", QUOTA, DAY)))


def test_slack_is_left_out_where_there_is_no_room_for_it() -> None:
    found = books(calls=100, words=FIRST_WORD + 46)
    old = placed(found, counters(("a", LIMIT, 40)))
    new = placed(found, counters(("a", LIMIT, 44)), old)
    assert [run[1] for run in runs(new, 0)] == [40, 4]


@pytest.mark.parametrize("steps", range(1, 7))
def test_whoever_is_killed_at_the_changes_leaves_a_directory_to_go_on_from(steps: int) -> None:
    """The words of cells are written last, one by one: here only the first few get there."""
    found = books(calls=100)
    old = placed(found, counters(("a", LIMIT, 3), ("gone", SPLIT, 0), ("q", QUOTA, DAY)))
    found.words[old.placement.positions[2]] = quota(TODAY[DAY], 3)
    wanted = counters(("a", LIMIT, 8), ("q", QUOTA, DAY), ("b", LIMIT, 2), ("s", SPLIT, 0))
    change = place(found, wanted, [old], NOON)
    sizes = found.cells["words"].copy()
    apply(found, change)
    written = [*change.freed.tolist(), *change.added.tolist()]
    for entry in written[steps:]:
        found.cells["words"][entry] = sizes[entry]
    check_room(found)
    new = placed(found, wanted, old, now=NOON)
    check_room(found)
    assert int(found.words[new.placement.positions[1]]) == quota(TODAY[DAY], 3)
    assert sum(run[1] for run in runs(new, 0, 100)) == 8


def damaged(**fields: int) -> None:
    found = books(calls=100)
    old = placed(found, counters(("b", SPLIT, 0), ("a", LIMIT, 3)))
    placed(found, counters(("b", SPLIT, 0), ("a", LIMIT, 9)), old)
    for name, value in fields.items():
        found.cells[name][2] = value
    chains(found.cells, len(found.words))


def test_a_damaged_directory_is_refused() -> None:
    damaged()
    for fields, why in (
        ({"at": 5}, "outside the words"), ({"words": 2000}, "outside the words"), ({"at": 9}, "two cells share words"),
        ({"after": 1}, "not its limit's"), ({"after": 64}, "not its limit's"), ({"after": 65}, "not its limit's"),
        ({"after": 3}, "in a circle"), ({"kind": SPLIT}, "not its limit's"), ({"after": 0}, "two cells"),
    ):  # fmt: skip
        with pytest.raises(StateError, match=f"damaged: .*{why}"):
            damaged(**fields)


def test_room_is_found_for_the_largest_first() -> None:
    taken, sizes = np.array([20, 10]), np.array([5, 5])
    found = room_for(np.array([2, 5, 3, 2]), taken, sizes, 8, 32)
    assert found is not None
    assert found.tolist() == [8, 15, 25, 28]
    assert room_for(np.array([6, 6]), taken, sizes, 8, 32) is None
    assert room_for(np.zeros(0, np.int64), taken, sizes, 8, 32) is not None


def test_an_index_finds_what_is_there() -> None:
    identity = np.array([b"\0" * 16, b"a" + b"\0" * 15, b"a" * 16], "S16")
    given = keys(identity, np.array([QUOTA, QUOTA, LIMIT], np.uint8))
    index = Index(given)
    assert index.find(given[[2, 0, 1]]).tolist() == [2, 0, 1]
    assert index.find(keys(identity, np.array([LIMIT, LIMIT, QUOTA], np.uint8))).tolist() == [-1, -1, -1]
    assert not index.has_doubles
    assert Index(given[[0, 1, 0]]).has_doubles


def test_counts_of_times_before_and_after_the_calendar() -> None:
    assert periods_of(-(10**6)) == (1, 1, 1)
    assert periods_of(10957) == (1, 1, 1)
    assert periods_of(10957 + 2) == (3, 2, 1)  # Monday, 3 January 2000
    assert periods_of(10**9) == (36525, 5219, 1200)
    assert not counts_nothing(np.array([1 << 32 | 1], np.uint64), np.zeros(1, np.uint8), 0.0)[0]


LIMITS = st.fixed_dictionaries({name: st.integers(0, 7) for name in "ab"})  # 0: the tables lack it
OTHERS = st.sets(st.sampled_from(["day", "month", "split"]))
KINDS = {"day": (QUOTA, DAY), "month": (QUOTA, MONTH), "split": (SPLIT, 0)}
CALLS = 8


class Activations(RuleBasedStateMachine):
    """Random versions of tables with calls in progress, beside what each counter should be."""

    def __init__(self) -> None:
        super().__init__()
        self.books = books(CALLS, 64, 512)
        self.now = NOON
        self.counts: dict[str, tuple[int, int]] = {}  # by name of a quota or split: period, count
        self.calls: dict[int, tuple[str, int, int]] = {}  # by record: the limit, its place, the version it began with
        self.kept: dict[int, tuple[InUse, list[tuple[str, int, int]]]] = {}
        self.version = 0
        self.activate({"a": 3, "b": 0}, set(KINDS), False)

    @rule(limits=LIMITS, others=OTHERS, lets_go=st.booleans())
    def activate(self, limits: dict[str, int], others: set[str], lets_go: bool) -> None:
        listed = [(name, *KINDS[name]) for name in sorted(others)]
        listed += [(name, LIMIT, number) for name, number in limits.items() if number]
        if lets_go:
            began = {version for _, _, version in self.calls.values()} | {self.version}
            self.kept = {number: own for number, own in self.kept.items() if number in began}
        in_use = [own for own, _ in self.kept.values()]
        new = placed(self.books, counters(*listed), *in_use, now=self.now)
        self.version += 1
        self.kept[self.version] = new, listed
        known = {name for _, names in self.kept.values() for name, _, _ in names}
        self.counts = {
            name: count for name, count in self.counts.items() if name in known or not self.is_over(name, *count)
        }

    def is_over(self, name: str, period: int, count: int) -> bool:
        kind, length = KINDS[name]
        return kind == SPLIT or count == 0 or period < periods_of(int(self.now) // SECONDS - 1)[length]

    @rule(data=st.data(), turns=st.integers(1, 5))
    def call(self, data: st.DataObject, turns: int) -> None:
        """By any version in use, as a process that has not moved on would."""
        version = data.draw(st.sampled_from(sorted(self.kept)))
        own, listed = self.kept[version]
        for at, (name, kind, number) in enumerate(listed):
            if kind == LIMIT:
                for _ in range(turns):
                    self.take(name, runs(own, at, CALLS), version)
            else:
                period = periods_of(int(self.now) // SECONDS)[number] if kind == QUOTA else 0
                before = self.counts.get(name, (0, 0))
                self.counts[name] = period, before[1] + 1 if before[0] == period else 1
                self.books.words[own.placement.positions[at]] = quota(*self.counts[name])

    def take(self, name: str, rows: list[tuple[int, int, bool]], version: int) -> None:
        places = {place for first, size, _ in rows for place in range(first, first + size)}
        given = [place for first, size, is_given in rows if is_given for place in range(first, first + size)]
        taken = {place for _, place, _ in self.calls.values()}
        free = [call for call in range(CALLS) if call not in self.calls]
        if free and len(taken & places) < len(given):
            place = next(place for place in given if place not in taken)
            hold(self.books, place, free[0])
            self.calls[free[0]] = name, place, version

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), frees=st.booleans())
    def hang_up(self, data: st.DataObject, frees: bool) -> None:
        call = data.draw(st.sampled_from(sorted(self.calls)))
        end(self.books, call)
        if frees:
            self.books.words[self.calls[call][1]] = 0
        del self.calls[call]

    @rule(days=st.sampled_from([1, 2, 40]))
    def wait(self, days: int) -> None:
        self.now += days * SECONDS

    @invariant()
    def no_word_is_of_two(self) -> None:
        check_room(self.books)

    @invariant()
    def counts_go_on(self) -> None:
        own, listed = self.kept[self.version]
        for at, (name, kind, _) in enumerate(listed):
            if kind != LIMIT:
                assert int(self.books.words[own.placement.positions[at]]) == quota(*self.counts.get(name, (0, 0)))

    @invariant()
    def each_place_is_its_limits(self) -> None:
        newest, listed = self.kept[self.version]
        by_name = {name: counter for counter, (name, kind, _) in enumerate(listed) if kind == LIMIT}
        for name, at, _ in self.calls.values():
            (owner,) = (
                cell for cell in self.books.cells[self.books.cells["words"] > 0]
                if cell["at"] < at < int(cell["at"]) + int(cell["words"])
            )  # fmt: skip
            assert (owner["kind"], owner["text"].decode()) == (LIMIT, name)
            if name in by_name:
                assert any(first <= at < first + size for first, size, _ in runs(newest, by_name[name], CALLS))

    @invariant()
    def each_version_has_its_number_of_places_and_no_others(self) -> None:
        owners: dict[int, str] = {}
        for own, listed in self.kept.values():
            for at, (name, kind, number) in enumerate(listed):
                if kind == LIMIT:
                    rows = runs(own, at, CALLS)
                    assert sum(size for _, size, is_given in rows if is_given) == min(number, CALLS)
                    for first, size, _ in rows:
                        for place in range(first, first + size):
                            assert owners.setdefault(place, name) == name


TestActivations = Activations.TestCase
TestActivations.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
