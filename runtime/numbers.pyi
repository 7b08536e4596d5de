from typing import final

import numpy as np
from numpy.typing import NDArray

KINDS: tuple[str, ...]

@final
class Reader:
    def __init__(self, area_codes: NDArray[np.uint16], prefixes: NDArray[np.uint16], area: str | None = None) -> None:
        """area_codes: the tables' section. prefixes: shape (700000,), area codes without their zero by first 7 digits.

        area: what a caller's bare local number belongs to. Raises CallplanError for one that is not an area code.
        """

    def ordinal(self, area: str) -> int:
        """The ordinal of an area code such as "0731". Raises CallplanError for what is none."""

    def read(self, text: str, called: bool = False) -> tuple[str, int, int, int, int]:
        """A number's kind (of KINDS), key, area ordinal, line, and how its origin was found (trace.py).

        Called or calling, it is the same number, but what each mostly is, is read in a way of its own.
        """
