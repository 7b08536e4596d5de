from typing import final

@final
class Base:
    def route(self, called: str, caller: str) -> None: ...
