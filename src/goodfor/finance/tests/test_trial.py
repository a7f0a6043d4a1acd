"""What terms would pay is what they pay once they are dated back: the trial and the books agree to the fen."""

from datetime import timedelta
from typing import Any

import pytest

from goodfor.finance import queries
from goodfor.finance.errors import InvalidAgreement, PartyNotFound
from goodfor.finance.operations import set_agreement
from goodfor.finance.tests.conftest import Scene
from goodfor.finance.tests.world import counts, rebook
from goodfor.finance.types import AgreementInput, ProfitSearch, Terms, Tier
from goodfor.kernel.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)

TERMS = [
    {"terms": Terms("percent", bp=777)},
    {"terms": Terms("percent", bp=5_000), "base": "margin", "line_cap_minor": 333},
    {"terms": Terms("fixed", minor=199), "month_cap_minor": 500},
    {"terms": Terms("tiers", tiers=(Tier(0, 100), Tier(2, 900)))},
    {"terms": Terms("none")},
]


@pytest.mark.parametrize("more", TERMS)
def test_the_trial_says_what_dating_back_books(scene: Scene, more: dict[str, Any]) -> None:
    li, wang = scene.party(), scene.party("wang")
    scene.agree(li, Terms("percent", bp=1_000), code="first")
    scene.agree(wang, Terms("percent", bp=333), code="beside", priority=1)
    bought = [scene.buy(2), scene.buy(1), scene.buy(3)]
    scene.follow()
    scene.part(bought[2], 1_234)
    scene.follow()
    says = AgreementInput(code="first", party_id=li.id, valid_from=scene.now - timedelta(days=1), **more)
    before, later = counts(), scene.now + timedelta(minutes=1)
    tried = queries.tried(scene.shop_id, says, later)
    assert counts() == before
    assert (tried.lines, tried.whole) == (3, True)
    held = {one.id: queries.shares_of_order(scene.shop_id, one.id) for one in bought}
    assert tried.now_minor == sum(
        share.amount_minor - share.reversed_minor
        for shares in held.values()
        for share in shares
        if share.agreement_code == "first"
    )
    made = set_agreement(shop_id=scene.shop_id, says=says, actor="staff:1", now=later)
    owed = scene.booked("2206:distributor:li")
    rebook(scene.shop_id, made.id, later)
    if more["terms"].kind not in ("tiers", "fixed"):
        # Caps and tiers of the month go on from what the version before has seen: only the books know that.
        assert abs(scene.booked("2206:distributor:li") - owed) == abs(tried.later_minor)
    assert tried.later_minor == tried.would_minor - tried.now_minor


def test_a_trial_refuses_what_would_be_refused(scene: Scene) -> None:
    li, own = scene.party(), scene.party("own", kind="platform")
    good = AgreementInput(code="a", party_id=li.id, terms=Terms("percent", bp=1), valid_from=scene.now)
    for wrong in ({"terms": Terms("percent", bp=10_001)}, {"scope": "sku"}, {"party_id": own.id}, {"code": "ä"}):
        with pytest.raises(InvalidAgreement):
            queries.tried(scene.shop_id, AgreementInput(**{**_says(good), **wrong}), scene.now)
    with pytest.raises(PartyNotFound):
        queries.tried(scene.shop_id, AgreementInput(**{**_says(good), "party_id": uuid7()}), scene.now)
    tried = queries.tried(scene.shop_id, good, scene.now)
    assert (tried.lines, tried.would_minor, tried.examples) == (0, 0, ())


def _says(one: AgreementInput) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def test_profits_are_found_counted_and_summed(scene: Scene) -> None:
    till = scene.till()
    sold, paid = scene.buy(2), scene.pay(till)
    scene.follow()
    shop_id, since = scene.shop_id, scene.now - timedelta(days=1)
    everything = ProfitSearch(since=since)
    found = queries.search_profits(shop_id, everything)
    assert {row.order_id for row in found} == {sold.id, paid.id}
    assert sum(queries.count_profits(shop_id, everything).values()) == 2
    [sums] = queries.sum_profits(shop_id, everything)
    assert sums.orders == 2
    assert sums.amounts["profit"] == sum(row.profit_minor for row in found)
    assert [row.order_id for row in queries.search_profits(shop_id, ProfitSearch(number=paid.number))] == [paid.id]
    assert queries.search_profits(shop_id, ProfitSearch(since=since, supplier_code="none")) == []
    assert len(queries.search_profits(shop_id, ProfitSearch(since=since, supplier_code=""))) == 2
    assert queries.search_profits(shop_id, ProfitSearch(since=since, losing=True)) == []
    assert queries.search_profits(uuid7(), everything) == []
    assert [len(page) for page in queries.walk_profits(shop_id, everything)] == [2]
    by = queries.profit_by(
        shop_id, (scene.now - timedelta(days=1)).date(), (scene.now + timedelta(days=1)).date(), "sku"
    )
    assert sum(one.profit_minor for one in by) == sums.amounts["profit"]
