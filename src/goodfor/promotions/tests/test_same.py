"""The evaluator against the second one, and what must hold of each of its prices, over random carts and plans.

300 in every run; `goodfor soak promotions` takes 10,000 and 100,000.
"""

import os
import random
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings

from goodfor.promotions.tests.reference.cases import Case, Maker, cases
from goodfor.promotions.tests.reference.holding import broken
from goodfor.promotions.tests.reference.same import by_fast, differences
from goodfor.promotions.tests.reference.smaller import smallest

SCALE: Final = float(os.environ.get("GOODFOR_SOAK_SCALE", "1"))
SAME: Final = max(1, round(10_000 * SCALE))
HELD: Final = max(1, round(100_000 * SCALE))
#: Other seeds another time: what fails names its seed.
FIRST: Final = int(os.environ.get("GOODFOR_SOAK_FIRST", "1000000"))
LONG: Final = settings(max_examples=SAME, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@settings(max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_both_price_the_same(case: Case) -> None:
    assert differences(case) == []


@pytest.mark.soak
@LONG
@given(case=cases())
def test_both_price_the_same_ten_thousand_times(case: Case) -> None:
    assert differences(case) == []


@pytest.mark.soak
def test_a_hundred_thousand_prices_hold() -> None:
    """Shares are the discount, floors and budgets are kept, no line below a fen a piece; and both price the same."""
    for seed in range(FIRST, FIRST + HELD):
        case = Maker(random.Random(seed)).make()
        if broken(case, by_fast(case)):
            case = smallest(case, lambda one: bool(broken(one, by_fast(one))))
            pytest.fail(f"seed {seed}: {broken(case, by_fast(case))} of {case}")
        if differences(case):
            case = smallest(case, lambda one: bool(differences(one)))
            pytest.fail(f"seed {seed}: {differences(case)} of {case}")
