"""The index of call ids: one call an id, whole ids and digests, full buckets, and threads that claim one id at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from callplan.runtime import call_ids
from callplan.runtime.call_ids import IN_PROGRESS, KNOWN, NEW, NO_ROOM, Index

KEY = bytes(range(16))


def _python_hashes(seed: int, texts: list[bytes]) -> list[int]:
    """CPython's own hashes under a seed; it has the same function with a key made of the seed."""
    program = f"import sys; assert sys.hash_info.algorithm == 'siphash13'; print([hash(text) for text in {texts!r}])"
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return [int(number) for number in ran.stdout.strip().strip("[]").split(",")]


def _python_key(seed: int) -> bytes:
    """The key that CPython makes of a seed; all zero for 0."""
    made = bytearray(16)
    for at in range(16 if seed else 0):
        seed = (seed * 214013 + 2531011) & 0xFFFFFFFF
        made[at] = seed >> 16 & 0xFF
    return bytes(made)


@pytest.mark.skipif(sys.hash_info.algorithm != "siphash13", reason="this Python hashes in another way")
@pytest.mark.parametrize("seed", [0, 7, 400])
def test_the_hash_is_the_one_that_python_has_too(seed: int) -> None:
    texts = [bytes(range(256))[:size] for size in (1, 2, 7, 8, 9, 15, 16, 17, 31, 63, 64, 255)]
    found = [call_ids.hashed(_python_key(seed), text) for text in texts]
    assert [number - (number >> 63 << 64) for number in found] == _python_hashes(seed, texts)


def test_where_an_id_goes_depends_on_the_key() -> None:
    texts = [b"call-%d@switch" % number for number in range(64)]
    ours, theirs = ([call_ids.hashed(key, text) >> 4 & 255 for text in texts] for key in (KEY, KEY[::-1]))
    assert sum(a == b for a, b in zip(ours, theirs, strict=True)) < 8


def test_one_call_has_an_id_until_it_is_over() -> None:
    index = Index(8, 4, KEY)
    assert index.find(b"a") == (NEW, 0)
    verdict, call = index.claim(b"a", 1)
    assert (verdict, call) == (NEW, 1 << 24)
    assert index.claim(b"a", 2)[0] == IN_PROGRESS  # it is being decided
    assert index.find(b"a")[0] == IN_PROGRESS
    index.connect(call)
    assert index.claim(b"a", 3) == (KNOWN, call)
    assert index.find(b"a") == (KNOWN, call)
    assert index.claim(b"b", 4)[0] == NEW
    index.end(call)
    assert index.find(b"a") == (NEW, 0)
    verdict, again = index.claim(b"a", 5)
    assert verdict == NEW
    assert again != call


def test_what_is_refused_takes_no_record() -> None:
    index = Index(1, 1, KEY)
    _, call = index.claim(b"a", 1)
    for generation in range(2, 50):
        assert index.claim(b"a", generation)[0] == IN_PROGRESS
        assert index.claim(b"b", generation)[0] == NO_ROOM
    index.end(call)
    assert index.claim(b"b", 50)[0] == NEW


def test_a_full_bucket_has_room_again_when_a_call_is_over() -> None:
    index = Index(32, 1, KEY)
    calls = [index.claim(b"call %d" % number, number + 1) for number in range(16)]
    assert all(verdict == NEW for verdict, _ in calls)
    for _, call in calls:
        index.connect(call)
    assert all(index.find(b"call %d" % number) == (KNOWN, call) for number, (_, call) in enumerate(calls))
    for generation in range(100, 140):  # more than there are records: a claim without room gives its record back
        assert index.claim(b"one more", generation)[0] == NO_ROOM
    words = index.bucket(b"one more")
    assert all(words)
    index.end(calls[9][1])
    assert index.find(b"call 9") == (NEW, 0)
    assert index.claim(b"one more", 200)[0] == NEW
    assert [at for at, word in enumerate(index.bucket(b"one more")) if word != words[at]] == [9]


def test_calls_that_are_over_fill_nothing() -> None:
    index = Index(4, 1, KEY)
    for number in range(500):
        verdict, call = index.claim(b"call %d" % number, number + 1)
        assert verdict == NEW
        index.connect(call)
        assert index.find(b"call %d" % number) == (KNOWN, call)
        index.end(call)


@pytest.mark.parametrize("size", [1, 8, 254, 255, 256, 1000, 70000])
def test_ids_of_every_length(size: int) -> None:
    index = Index(8, 1, KEY)
    id_ = b"x" * size
    _, call = index.claim(id_, 1)
    index.connect(call)
    assert index.find(id_) == (KNOWN, call)
    assert index.find(id_[:-1] + b"y")[0] == NEW
    assert index.find(id_ + b"x")[0] == NEW
    assert size == 1 or index.find(id_[:-1])[0] == NEW


def test_an_id_that_is_the_digest_of_another_is_not_it() -> None:
    index = Index(8, 1, KEY)
    long = b"x" * 300
    digest, is_digest = call_ids.kept(long)
    assert is_digest
    assert len(digest) == 32
    assert call_ids.kept(digest) == (digest, False)
    assert call_ids.kept(b"x" * 255) == (b"x" * 255, False)
    assert index.claim(long, 1)[0] == NEW
    assert index.find(digest) == (NEW, 0)
    assert index.claim(digest, 2)[0] == NEW


def test_an_empty_id_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one byte"):
        Index(1, 1, KEY).claim(b"", 1)


@pytest.mark.parametrize("arguments", [(0, 1, KEY), (1, 0, KEY), (1, 3, KEY), (1, 1, KEY[:-1])])
def test_sizes_that_cannot_be(arguments: tuple[int, int, bytes]) -> None:
    with pytest.raises(ValueError, match="power of two"):
        Index(*arguments)


@pytest.mark.parametrize(("threads", "buckets"), [(2, 1), (3, 4)])
def test_of_threads_that_claim_one_id_at_once_one_gets_it(threads: int, buckets: int) -> None:
    rounds = 4000
    index = Index(threads, buckets, KEY)  # each takes a record at most
    verdicts = np.zeros((threads, rounds), np.uint8)
    calls = np.zeros((threads, rounds), np.uint64)
    running = [
        threading.Thread(target=index.contend, args=(number, threads, rounds, verdicts[number], calls[number]))
        for number in range(threads)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    winners = (verdicts == NEW).sum(axis=0)
    assert winners.max() == 1
    # Where all give up, since one that was waited for did not get the processor, each says that another is at it.
    assert (verdicts[:, winners == 0] == IN_PROGRESS).all()
    assert (verdicts != NO_ROOM).all()
    for number in range(threads):
        known = verdicts[number] == KNOWN
        assert (calls[number][known] == calls.max(axis=0, where=verdicts == NEW, initial=0)[known]).all()
    assert index.find(b"a" * 24) == (NEW, 0)
