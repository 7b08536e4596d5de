from typing import Literal, final

@final
class Decision:
    """What becomes of a call. It stays readable after the engine is closed."""

    @property
    def action(self) -> Literal["connect", "announce", "ignore"]: ...
    @property
    def reason(self) -> str:
        """One of the reasons of the language reference: `routed`, `forwarded`, `blacklisted`, ..."""
    @property
    def destination(self) -> str | None:
        """The plan's name for where the call goes; None unless it connects."""
    @property
    def number(self) -> str | None:
        """What to dial: `01062345678`, `13912345678`, `+85221234567`, `sip:...`; None unless it connects."""
    @property
    def announcement(self) -> str | None: ...
    @property
    def media(self) -> str | None:
        """The announcement's recording, where the plan names one."""
    @property
    def ring_seconds(self) -> int:
        """How long to ring before `no_answer()`; 0 for an announcement."""
    @property
    def origin(self) -> tuple[str, str | None]:
        """The caller's area (`0731`, `abroad`, `unknown`) and line type (`mobile`, `fixed`, None)."""
    @property
    def call(self) -> int:
        """The handle of this call: 64 bits; 0 when there is nothing to end."""
