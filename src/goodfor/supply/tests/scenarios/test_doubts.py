"""Nobody knows whether it was bought: every protocol."""

from goodfor.supply.tests.scenarios import doubts
from goodfor.supply.tests.scenarios.matrix import SCENARIOS, cells
from goodfor.supply.tests.scenarios.stall import Stall


@cells(doubts)
def test_cell(booth: Stall) -> None:
    SCENARIOS[booth.number].run(booth)
