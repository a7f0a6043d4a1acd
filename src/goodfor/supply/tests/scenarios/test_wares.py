"""What there is to buy: every protocol."""

from goodfor.supply.tests.scenarios import wares
from goodfor.supply.tests.scenarios.matrix import SCENARIOS, cells
from goodfor.supply.tests.scenarios.stall import Stall


@cells(wares)
def test_cell(booth: Stall) -> None:
    SCENARIOS[booth.number].run(booth)
