"""A simulation is what then happens: the same orders placed and paid for again, by the real path, to the fen.

Some kinds of play in every run; `goodfor soak promotions` takes all of them, and thousands of orders.
"""

import os
from datetime import datetime, timedelta
from typing import Final

import pytest

from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.replaying import close, differences, play, stage
from goodfor.promotions.tests.replayed_specs import KINDS

pytestmark = pytest.mark.django_db(transaction=True)
SCALE: Final = float(os.environ.get("GOODFOR_SOAK_SCALE", "1"))
#: Other seeds another time: what fails names its seed.
FIRST: Final = int(os.environ.get("GOODFOR_SOAK_FIRST", "1000000"))
ROUNDS: Final = max(1, round(6 * SCALE))
EACH: Final = 30


def show(shop: Shop, now: datetime, kinds: list[tuple[str, int]], count: int) -> None:
    here = stage(shop, now)
    gave = 0
    for number, (kind, seed) in enumerate(kinds):
        case = play(here, kind, seed, number, count)
        wrong = differences(here, case)
        assert wrong == [], f"{kind}, seed {seed}: {case.spec} beside {len(case.others)}"
        gave += case.found.touched
        close(here, case, now + timedelta(days=40 * (number + 1)))
    # A case may give nothing (none of its buyers are whom it is for); several may not.
    assert gave > 0 or len(kinds) < 3


def test_a_simulation_is_what_then_happens(shop: Shop, now: datetime) -> None:
    show(shop, now, [(kind, 1) for kind in ("gift", "bundle", "coupon", "budget", "flash")], 4)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_orders_are_what_was_simulated(shop: Shop, now: datetime, kind: str) -> None:
    show(shop, now, [(kind, FIRST + n) for n in range(ROUNDS)], EACH)
