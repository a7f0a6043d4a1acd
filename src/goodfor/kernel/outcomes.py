"""The four outcomes of a call to the outside. Unknown is asked about, never guessed."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Done for certain; `ref` is the other side's number."""

    ref: str = ""
    data: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Definitely not done, and repeating it as it is will not help."""

    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted, not finished: ask later."""

    ref: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No definite answer (timeout, lost reply, nonsense): ask before anything else."""

    reason: str


Outcome = Succeeded | Rejected | Pending | Unknown
