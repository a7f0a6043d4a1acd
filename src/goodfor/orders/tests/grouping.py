"""Group buys and bargains for the tests of orders, of the audit and of soaks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.orders.operations import place_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import Till, begin, pay, sql
from goodfor.orders.types import Buyer, HoldOrder, LineRequest, PlacedOrder
from goodfor.promotions import group_queries, plan_cache
from goodfor.promotions.operations.campaign_steps import who_may
from goodfor.promotions.tests.factories import run, window
from goodfor.promotions.types import ACTIVITY, BY_CHOICE, BY_GROUP, ChoiceRequest, Limit, Scope, Spec, UnitPrice

GROUP_PRICE = 4000


def campaign(
    shop: Shop, now: datetime, play: str = "group", *limits: Limit, price: int = GROUP_PRICE, **settings: Any
) -> UUID:
    """A group buy (of three, within a day) or a bargain for the shop's SKU, running."""
    plan_cache.forget()
    known = {"size": 3, "hours": 24, "each": 2} if play == BY_GROUP else {"helpers": 5, "hours": 24, "help_most": 2}
    spec = Spec(
        play=play, layer=ACTIVITY, window=window(now), scope=Scope(skus=frozenset({shop.sku_id})),
        effect=UnitPrice(price), trigger=BY_CHOICE, limits=limits, play_settings={**known, **settings},
    )  # fmt: skip
    view = identity.shop_by_id(shop.demo.shop_id)
    people = who_may(view.id)
    return run(view, spec, people[0] if people else make_staff(view, now).actor, now).campaign_id


def order(
    shop: Shop, asked: ChoiceRequest, now: datetime, ref: str, *, quantity: int = 1, hold: HoldOrder | None = None,
    **buyer: Any,
) -> PlacedOrder:  # fmt: skip
    """An order for it; each buyer at an address of his own."""
    address = f"192.0.{sum(ref.encode()) % 200}.{len(ref)}"
    return place_order(
        shop_id=shop.demo.shop_id, lines=[LineRequest(shop.sku_id, quantity)],
        buyer=Buyer(ref, ip=address, **buyer), channel="storefront", hold=hold, choice=asked, now=now,
    )  # fmt: skip


def asked_for(shop: Shop, campaign_id: UUID, group_id: UUID | None = None) -> ChoiceRequest:
    return ChoiceRequest(BY_GROUP, campaign_id, shop.sku_id, group_id)


def start(
    shop: Shop, till: Till, campaign_id: UUID, now: datetime, ref: str = "guest:h", **more: Any
) -> tuple[UUID, UUID]:
    """A group whose first buyer has paid: its id, and his order's."""
    placed = order(shop, asked_for(shop, campaign_id), now, ref, **more)
    pay(begin(till, placed.order_id, now), now)
    return group_of(shop, placed.order_id), placed.order_id


def join(shop: Shop, till: Till, campaign_id: UUID, group_id: UUID, now: datetime, ref: str, **more: Any) -> UUID:
    """Another buyer, who has paid."""
    placed = order(shop, asked_for(shop, campaign_id, group_id), now, ref, **more)
    pay(begin(till, placed.order_id, now), now)
    return placed.order_id


def group_of(shop: Shop, order_id: UUID) -> UUID:
    found = group_queries.place_of_order(shop.demo.shop_id, order_id)
    assert found is not None
    return found.group.id


def place_state(shop: Shop, order_id: UUID) -> str:
    found = group_queries.place_of_order(shop.demo.shop_id, order_id)
    return found.state if found else ""


def group_row(group_id: UUID) -> tuple[str, int]:
    """Its state, and how many persons have paid."""
    [(state, persons)] = sql("SELECT state, persons FROM promotions_group WHERE id = %s", [group_id])
    return state, persons
