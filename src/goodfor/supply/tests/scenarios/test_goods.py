"""What was delivered: every protocol."""

from goodfor.supply.tests.scenarios import goods
from goodfor.supply.tests.scenarios.matrix import SCENARIOS, cells
from goodfor.supply.tests.scenarios.stall import Stall


@cells(goods)
def test_cell(booth: Stall) -> None:
    SCENARIOS[booth.number].run(booth)
