"""News of groups and of coupons that went to a friend, told to buyers: wiring, as in `messages.py`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.config.telling import concern, order_and_buyer, tell_account, tell_buyer
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.orders.events import OrderRefunding
from goodfor.orders.hold_types import GROUP_FAILED
from goodfor.payments import queries as payments
from goodfor.promotions import queries as promotions
from goodfor.promotions.errors import CampaignNotFound
from goodfor.promotions.events import CouponFetched
from goodfor.promotions.group_events import PlaceDecided, PlaceReserved

#: Where one looks, as stored messages link to it.
GROUP: Final = "/group/{}"
COUPONS: Final = "/coupons/mine"
_OF_ACCOUNT: Final = "buyer:"


def listen() -> None:
    """Called once by the wiring."""
    events.register(PlaceReserved, on_place_reserved, name="group_messages.on_place_reserved", concern=concern)
    events.register(PlaceDecided, on_place_decided, name="group_messages.on_place_decided", concern=_won)
    events.register(OrderRefunding, on_group_failed, name="group_messages.on_group_failed", concern=_failed)
    events.register(CouponFetched, on_coupon_fetched, name="group_messages.on_coupon_fetched", concern=_of_account)


def _won(event: StoredEvent) -> bool:
    return bool(event.payload["won"]) and concern(event)


def _failed(event: StoredEvent) -> bool:
    return event.payload["reason"] == GROUP_FAILED and concern(event)


def _of_account(event: StoredEvent) -> bool:
    return event.payload["given_by"].startswith(_OF_ACCOUNT) and notify.speaks(event.shop_id)


def on_place_reserved(event: StoredEvent) -> None:
    """It is paid and waits: until when, for how many, and where others join."""
    if (found := order_and_buyer(event)) is None:
        return
    told = event.payload
    group = {
        "missing": told["missing"],
        "until": datetime.fromisoformat(told["expires_at"]),
        "url": GROUP.format(told["group_id"]),
    }
    tell_buyer(event, "group_joined", *found, {"group": group})


def on_place_decided(event: StoredEvent) -> None:
    """The group is whole."""
    if (found := order_and_buyer(event)) is not None:
        group = {"url": GROUP.format(event.payload["group_id"])}
        tell_buyer(event, "group_formed", *found, {"group": group})


def on_group_failed(event: StoredEvent) -> None:
    """In place of the usual word of a refund."""
    if (found := order_and_buyer(event)) is None:
        return
    refund = payments.refund(event.shop_id, UUID(event.payload["refund_id"]))
    context = {"refund": {"number": refund.number, "amount": refund.amount, "reason": ""}}
    tell_buyer(event, "group_failed", *found, context)


def on_coupon_fetched(event: StoredEvent) -> None:
    """Whoever gave it knows that it arrived; of guests nothing is known but a browser."""
    told = event.payload
    try:
        name = promotions.campaign(event.shop_id, UUID(told["campaign_id"])).name
    except CampaignNotFound:
        return
    giver = UUID(told["given_by"].removeprefix(_OF_ACCOUNT))
    coupon = {"name": name, "url": COUPONS}
    tell_account(event, "coupon_fetched", giver, f"coupon:{told['coupon_id']}", {"coupon": coupon})
