"""A no: every protocol."""

from goodfor.supply.tests.scenarios import failures
from goodfor.supply.tests.scenarios.matrix import SCENARIOS, cells
from goodfor.supply.tests.scenarios.stall import Stall


@cells(failures)
def test_cell(booth: Stall) -> None:
    SCENARIOS[booth.number].run(booth)
