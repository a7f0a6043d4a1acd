"""Somebody who holds something of each kind, for tests of the wallet and of gifts."""

from datetime import timedelta
from uuid import UUID, uuid4

from goodfor.cards import queries as cards
from goodfor.cards import states as card_states
from goodfor.cards.operations.keep_card import keep_card
from goodfor.gifts.models import Item
from goodfor.identity.buyer_models import Buyer
from goodfor.kernel.clock import utc_now
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Holder, Source, Terms
from goodfor.orders.models import Order
from goodfor.orders.tests.factories import relay_all
from goodfor.promotions.operations.claim_coupon import claim_coupon
from goodfor.promotions.types import BuyerNames
from goodfor.storefront.tests.test_deals import coupons
from goodfor.storefront.tests.test_redeem_pages import deal
from goodfor.storefront.tests.world import World


def fill(world: World, buyer_id: UUID) -> UUID:
    """Codes, two cards, a coupon, and points that may be given on; the id of the card with money on it."""
    now, ref, shop_id = utc_now(), f"buyer:{buyer_id.hex}", world.shop_id
    Order.objects.filter(number=world.orders["delivered"][0]).update(buyer_ref=ref)
    relay_all(now)
    Item.objects.update(ends_at=now + timedelta(days=4))
    # First of all: nobody else is there yet who would have to agree to the campaign.
    _campaign, batch = coupons(world, 500, "满减大券", giftable=True)
    claim_coupon(shop_id=shop_id, batch_id=batch, names=BuyerNames(ref), now=utc_now())
    set_terms(shop_id=shop_id, terms=Terms(on=True, transferable=True), actor="staff:1", now=now - timedelta(days=1))
    give_units(
        shop_id=shop_id, holder=Holder(buyer_id), units=1280, source=Source("test", uuid4().hex), currency="CNY",
        minor=1000, expires_at=now + timedelta(days=20), now=now,
    )  # fmt: skip
    [code] = deal(shop_id, card_states.VALUE, value=50_000, size=1)
    money = cards.card_by_code(shop_id, str(cards.normal_code(code)), now).card_id
    [code] = deal(shop_id, card_states.PRODUCT, (world.sku_id,), size=1)
    goods = cards.card_by_code(shop_id, str(cards.normal_code(code)), now).card_id
    for card_id in (money, goods):
        keep_card(shop_id=shop_id, card_id=card_id, holder_ref=ref, now=now)
    return money


def account(contact: str) -> UUID:
    """The account that was made last; `contact` says whose that is."""
    assert contact
    return Buyer.objects.order_by("-created_at").values_list("id", flat=True)[0]
