from typing import final

from .cells import InUse
from .names import Names
from .numbers import Reader
from .tables import Tables

@final
class Loaded:
    """A version of the tables that an engine decides with, or that calls in progress began with."""

    tables: Tables
    named: Names
    reader: Reader
    def __init__(self, tables: Tables, reader: Reader, number: int) -> None:
        """`number`: the version's, from 1 on."""

    def in_use(self) -> InUse:
        """What later tables have to leave to it."""
