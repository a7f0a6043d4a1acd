"""What comes back by itself: every protocol."""

from goodfor.supply.tests.scenarios import replies
from goodfor.supply.tests.scenarios.matrix import SCENARIOS, cells
from goodfor.supply.tests.scenarios.stall import Stall


@cells(replies)
def test_cell(booth: Stall) -> None:
    SCENARIOS[booth.number].run(booth)
