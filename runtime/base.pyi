from typing import final

@final
class Base:
    """What other costs are multiples of."""

    def route(self, called: str, caller: str) -> None:
        """Nothing, as `Engine.route` is called: both numbers by position or by name."""
