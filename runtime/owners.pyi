from typing import final

from .state_folder import StateFolder

@final
class Owners:
    """This process's share in one file `owners`; for Cython code."""

@final
class Member:
    """An engine's share in its process's entry among the owners of a state. It leaves when it is forgotten."""

    @property
    def owners(self) -> Owners: ...
    @property
    def number(self) -> int:
        """This process's number, 1 to 1,023; 0 where it has yet to register, being new or forked, and after leaving."""

    def register(self) -> int:
        """Make this process an owner, if it is none yet; its number. Raises StateError where all 1,023 are taken."""

    def publish(self, version: int) -> None:
        """Tell others the oldest version of the tables that this member may still decide by, 0: any."""

    def is_alive(self, owner: int) -> bool:
        """Whether the process that has a number lives. One's own does once it is registered; 0 never does."""

    def leave(self) -> None:
        """End this share; the last one of a process gives its number back, and its calls are orphans."""

def join(state: StateFolder) -> Member:
    """A new share in this process's entry. All that one process joins have one entry, one lock, one number.

    Raises StateError where the file `owners` cannot be used.
    """
