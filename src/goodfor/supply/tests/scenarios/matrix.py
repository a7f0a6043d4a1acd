"""Which scenarios there are, and which cells are run. A scenario's function takes a stall."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Final

import pytest

from goodfor.sandbox.suppliers.registry import all_vendors
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.tests.scenarios.kits import kit_of

if TYPE_CHECKING:
    from goodfor.supply.tests.scenarios.stall import Stall

#: As the reference numbers them.
TITLES: Final = {
    1: "signature of request", 2: "success inline", 3: "success by callback", 4: "success by polling",
    5: "callback before the create reply", 6: "duplicate and reordered callbacks", 7: "forged callback",
    8: "unsigned part tampered", 9: "timeout after the create was processed", 10: "502 HTML page",
    11: "duplicate-number reply", 12: "not found early, then found", 13: "definite failure, failover",
    14: "late success", 15: "price guard trip", 16: "balance out", 17: "partial delivery", 18: "refund after success",
    19: "unknown state word", 20: "dirty codes", 21: "clock skew", 22: "throttling", 23: "shrinking pages",
    24: "item deleted or banned", 25: "sweep finds a refund",
}  # fmt: skip
Run = Callable[["Stall"], None]


@dataclass(frozen=True)
class Scenario:
    """One line of the matrix. `ends`: the words of `kits.End` that it knows."""

    number: int
    run: Run
    ends: frozenset[str]


SCENARIOS: Final[dict[int, Scenario]] = {}


def scenario(number: int, *ends: str) -> Callable[[Run], Run]:
    """Registers a function as that scenario."""

    def register(run: Run) -> Run:
        SCENARIOS[number] = Scenario(number, run, frozenset(ends))
        return run

    return register


def protocols() -> list[str]:
    """Those that have a stand-in and a connector."""
    return [name for name in all_vendors() if connector_for(name) is not None]


def cells(module: ModuleType) -> pytest.MarkDecorator:
    """All cells of a module's scenarios that a protocol has, one protocol after the other.

    A third of them, the diagonals of the table, is in every run: each protocol and each scenario is met several times.
    The others are long evidence.
    """
    numbers = sorted(one.number for one in SCENARIOS.values() if one.run.__module__ == module.__name__)
    found = [
        pytest.param(name, number, id=f"{name}-{number}", marks=() if (place + number) % 3 == 0 else pytest.mark.soak)
        for place, name in enumerate(protocols())
        for number in numbers
        if number not in kit_of(name).absent
    ]
    return pytest.mark.parametrize(("protocol", "number"), found)
