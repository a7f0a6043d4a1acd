"""What members from a tier on alone may buy, and what it costs them."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import InvalidOffer
from goodfor.catalog.models import Sku
from goodfor.catalog.operations import edit_sku
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Terms, Tier, TierSet
from goodfor.orders.errors import TierNeeded
from goodfor.orders.operations import buy_with_balance, quote
from goodfor.orders.queries import known_of
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.promoting import Fair, fair
from goodfor.orders.types import Buyer, LineRequest
from goodfor.promotions.audiences import why_not
from goodfor.promotions.evaluating.conditions import asked_of, least_tier
from goodfor.promotions.tests.factories import flash, reduce_by
from goodfor.promotions.types import Compare, Join

pytestmark = pytest.mark.django_db(transaction=True)
TIERS = TierSet((Tier("普通"), Tier("银卡", 100), Tier("金卡", 500)))
MEMBERS = Compare("tier", "ge", 1)


@pytest.fixture
def here(shop: Shop, now: datetime) -> Fair:
    found = fair(shop, now)
    set_terms(shop_id=found.shop_id, terms=Terms(on=True), actor="staff:1", now=now)
    set_tiers(shop_id=found.shop_id, tiers=TIERS, actor="staff:1", now=now)
    return found


def silver(here: Fair, now: datetime) -> UUID:
    owner = uuid4()
    grant_tier(
        shop_id=here.shop_id, owner=owner, rank=1, until=now + timedelta(days=30), reason="test", actor="staff:1",
        now=now,
    )  # fmt: skip
    return owner


def test_a_price_for_members_is_theirs_alone(here: Fair, now: datetime) -> None:
    here.run(flash(now, price=3000, audience=Join("and", (Compare("signed_in", "eq", True), MEMBERS))))
    here.run(reduce_by(now, 100, audience=Compare("tier", "gt", 1)), "金卡")
    owner = silver(here, now)

    def costs(ref: str) -> int:
        lines = [LineRequest(here.shop.sku_id, 1)]
        return quote(shop_id=here.shop_id, lines=lines, buyer=Buyer(ref), now=now).total.amount_minor

    assert [costs(ref) for ref in ("guest:a", f"buyer:{uuid4().hex}", f"buyer:{owner.hex}")] == [4850, 4850, 3000]
    assert here.sell(ref=f"buyer:{owner.hex}").total.amount_minor == 3000
    _names, facts = known_of(here.shop_id, ref=f"buyer:{owner.hex}", device="", contacts=(), now=now)
    assert why_not(MEMBERS, facts) == ""
    assert why_not(MEMBERS, {}) == "仅限等级够的会员，会员中心里写着怎么升级"


def test_what_a_condition_says_of_tiers() -> None:
    both = Join("and", (Compare("orders_paid", "ge", 1), Compare("tier", "gt", 1)))
    assert [least_tier(one) for one in (None, MEMBERS, both, Join("or", (MEMBERS, both)), Join("not", (MEMBERS,)))] == [
        0, 1, 2, 0, 0,
    ]  # fmt: skip
    assert least_tier(Compare("tier", "lt", 3)) == 0
    assert asked_of(Join("not", (both,))) == {"orders_paid", "tier"}
    assert asked_of(None) == set()


def test_an_exclusive_sku_is_refused_to_others(here: Fair, now: datetime) -> None:
    sku_id, owner = here.shop.sku_id, silver(here, now)
    Sku.objects.filter(id=sku_id).update(least_tier=1)
    for ref in ("guest:a", f"buyer:{uuid4().hex}"):
        with pytest.raises(TierNeeded) as refused:
            here.place(ref=ref)
        assert "银卡" in refused.value.detail
        assert refused.value.data == {"sku_id": str(sku_id), "tier": 1, "tier_name": "银卡"}
    with pytest.raises(TierNeeded):
        buy_with_balance(
            shop_id=here.shop_id, client_id=uuid4(), wallet_account="2202:wallet", currency="CNY",
            lines=[LineRequest(sku_id, 1)], external_ref=None, now=now,
        )  # fmt: skip
    assert here.sell(ref=f"buyer:{owner.hex}").state == "delivered"
    Sku.objects.filter(id=sku_id).update(least_tier=2)
    with pytest.raises(TierNeeded):
        here.place(ref=f"buyer:{owner.hex}")


def test_the_tier_of_a_sku_is_set_with_it(here: Fair, now: datetime) -> None:
    sku = catalog.sku_by_code(here.shop_id, str(here.shop.sku_id))
    asked = {
        "shop_id": here.shop_id, "sku_id": sku.id, "name": sku.name, "face_value_label": sku.face_value_label,
        "price": sku.price, "list_price": sku.list_price, "per_order_limit": sku.per_order_limit,
        "per_buyer_limit": sku.per_buyer_limit, "hold_seconds": sku.hold_seconds, "actor": "staff:1", "now": now,
    }  # fmt: skip
    edit_sku(**asked, least_tier=2)  # type: ignore[arg-type]
    assert catalog.sku_by_code(here.shop_id, sku.code) == replace(sku, least_tier=2)
    assert catalog.skus_for_sale(here.shop_id, [sku.id])[sku.id].least_tier == 2
    for wrong in (-1, 12):
        with pytest.raises(InvalidOffer):
            edit_sku(**asked, least_tier=wrong)  # type: ignore[arg-type]
