"""Changes seeds by bytes, words and lines; tested by tests/test_fuzz.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

WORD = re.compile(rb"[0-9A-Za-z_\x80-\xff]+|[ \t\r\n]+|.", re.DOTALL)
LONGEST = 1 << 16  # bytes of an input, so that one takes milliseconds
BYTES = (0, 9, 10, 13, 32, 34, 35, 0x7F, 0x80, 0xBF, 0xC0, 0xE2, 0xED, 0xEF, 0xF4, 0xFE, 0xFF)


class Mutator:
    """Makes inputs of seeds: all chance comes from `chance`, so an input can be made again.

    `words`: what stands in such files, or should not, for places where there is a word.
    """

    def __init__(self, chance: Random, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
        self.chance = chance
        self.seeds = seeds
        self.words = words

    def make(self) -> bytes:
        data = self.chance.choice(self.seeds)
        changes: tuple[Callable[[bytes], bytes], ...] = (
            self._flip, self._put, self._cut, self._repeat, self._splice, self._digits, self._digits, self._digits,
            self._word, self._word, self._swap_words, self._drop_words, self._repeat_words, self._swap_lines,
        )  # fmt: skip
        for _ in range(self.chance.choice((0, 1, 1, 1, 1, 2, 2, 3, 5, 12))):
            data = self.chance.choice(changes)(data)[:LONGEST]
        return data

    def _range(self, size: int, most: int) -> tuple[int, int]:
        start = self.chance.randrange(size + 1)
        return start, min(size, start + self.chance.randint(1, most))

    def _byte(self) -> int:
        return self.chance.choice((self.chance.choice(BYTES), self.chance.randrange(256)))

    def _flip(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.chance.randint(1, 3) if data else 0):
            changed[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        return bytes(changed)

    def _put(self, data: bytes) -> bytes:
        at = self.chance.randrange(len(data) + 1)
        return data[:at] + bytes(self._byte() for _ in range(self.chance.randint(1, 4))) + data[at:]

    def _cut(self, data: bytes) -> bytes:
        start, end = self._range(len(data), max(1, len(data) // self.chance.choice((2, 8, 64))))
        return data[:start] + data[end:]

    def _repeat(self, data: bytes) -> bytes:
        start, end = self._range(len(data), 40)
        return data[:end] + data[start:end] * self.chance.choice((1, 2, 70, 300)) + data[end:]

    def _splice(self, data: bytes) -> bytes:
        """A piece of a seed in place of one of this."""
        other = self.chance.choice(self.seeds)
        start, end = self._range(len(data), 200)
        first, last = self._range(len(other), 200)
        return data[:start] + other[first:last] + data[end:]

    def _digits(self, data: bytes) -> bytes:
        """Other digits in place of some, which often leaves a file that is as good as before."""
        places = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
        changed = bytearray(data)
        for at in self.chance.sample(places, min(len(places), self.chance.randint(1, 3))):
            changed[at] = self.chance.choice(b"0123456789")
        return bytes(changed)

    def _split(self, data: bytes) -> list[bytes]:
        return WORD.findall(data)

    def _word(self, data: bytes) -> bytes:
        """A word in place of another, or beside it."""
        found = self._split(data)
        if found:
            at = self.chance.randrange(len(found))
            new = self.chance.choice((self.chance.choice(self.words), self.chance.choice(found)))
            found[at : at + self.chance.randrange(2)] = [new]
        return b"".join(found)

    def _swap_words(self, data: bytes) -> bytes:
        found = self._split(data)
        if found:
            first, second = self.chance.randrange(len(found)), self.chance.randrange(len(found))
            found[first], found[second] = found[second], found[first]
        return b"".join(found)

    def _drop_words(self, data: bytes) -> bytes:
        found = self._split(data)
        start, end = self._range(len(found), 6)
        return b"".join(found[:start] + found[end:])

    def _repeat_words(self, data: bytes) -> bytes:
        found = self._split(data)
        start, end = self._range(len(found), 8)
        return b"".join(found[:end] + found[start:end] * self.chance.choice((1, 1, 3, 70, 300)) + found[end:])

    def _swap_lines(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        first, second = self.chance.randrange(len(lines)), self.chance.randrange(len(lines))
        lines[first], lines[second] = lines[second], lines[first]
        return b"\n".join(lines)
