"""What a buyer takes along of groups, coupons and invitations, and what is left of it once the account is erased."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from goodfor.identity import queries as identity
from goodfor.identity.tests.buyers import make_buyer
from goodfor.identity.types import Visitor
from goodfor.orders import queries as orders
from goodfor.orders.tests.conftest import Shop, now, shop
from goodfor.orders.tests.factories import broken, open_till, sql
from goodfor.orders.tests.grouping import campaign, start
from goodfor.promotions.operations.campaign_steps import who_may
from goodfor.promotions.operations.claim_pack import claim_pack
from goodfor.promotions.operations.forget_buyer import forget_buyer
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.operations.make_pack import make_pack
from goodfor.promotions.tests.factories import reduce_by, run
from goodfor.promotions.types import BatchWish, PackWish
from goodfor.storefront.personal_offers import offers_kept

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = """
    SELECT array_to_string(names, ' ') FROM promotions_place UNION ALL
    SELECT array_to_string(head_names, ' ') FROM promotions_group UNION ALL SELECT name FROM promotions_help_name
"""


def test_all_of_it_is_taken_along_and_erased_with_the_account(shop: Shop, now: datetime) -> None:
    shop_id, till = shop.demo.shop_id, open_till(shop.demo.shop_id, now)
    mail = f"{uuid4().hex[:12]}@example.com"
    buyer = make_buyer(shop_id, now, mail, Visitor(ip="192.0.2.9", label="test")).buyer_id
    ref = f"buyer:{buyer.hex}"
    of = campaign(shop, now)
    start(shop, till, of, now, ref, contact=mail, device="phone-of-lin")
    view, actor = identity.shop_by_id(shop_id), who_may(shop_id)[0]
    made = run(view, reduce_by(now, 100, coupon=True), actor, now, name="新人券")
    batch = make_coupons(
        shop_id=shop_id, wish=BatchWish(made.campaign_id, "claim", "新人券", wanted=5), actor=actor, now=now
    )
    pack = make_pack(
        shop_id=shop_id, wish=PackWish("礼包", (batch.id,), now, now + timedelta(days=1), newcomers=False), actor=actor,
        now=now,
    )  # fmt: skip
    names, facts = orders.known_of(shop_id, ref=ref, device="phone-of-lin", contacts=[mail], now=now)
    assert (facts["signed_in"], facts["orders_paid"], bool(names.phone)) == (True, 1, True)
    claim_pack(shop_id=shop_id, pack_id=pack.id, names=names, facts=facts, now=now)
    kept = offers_kept(shop_id, buyer, ref, now)
    assert [one["state"] for one in kept["groups"]] == ["joined"]
    assert [(one["name"], one["usable"]) for one in kept["coupons"]] == [("新人券", True)]
    assert (kept["invitations"]["friends"], kept["invitations"]["rewards"]) == (0, [])
    assert offers_kept(shop_id, uuid4(), "buyer:nobody", now)["groups"] == []
    before = sql("SELECT count(*) FROM promotions_pack_name")[0][0]
    assert any("phone-of-lin" in row[0] and names.phone in row[0] for row in sql(NAMES))
    assert forget_buyer(shop_id=shop_id, buyer_id=buyer, now=now) == 3
    # Beside him only names of nobody.
    assert {name for row in sql(NAMES) for name in row[0].split() if not name.startswith("x:")} == {f"b:{ref}"}
    assert (before, sql("SELECT count(*) FROM promotions_pack_name")[0][0]) == (2, 1)
    assert forget_buyer(shop_id=shop_id, buyer_id=buyer, now=now) == 0
    assert broken(now) == {}
