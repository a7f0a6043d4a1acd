"""Calls of suppliers: every protocol."""

from goodfor.supply.tests.scenarios import calls
from goodfor.supply.tests.scenarios.matrix import SCENARIOS, cells
from goodfor.supply.tests.scenarios.stall import Stall


@cells(calls)
def test_cell(booth: Stall) -> None:
    SCENARIOS[booth.number].run(booth)
