"""News of gifts, and reminders of what somebody holds: told to whose they are. Wiring, as in `messages.py`."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from goodfor.config.telling import locale_of, recipients_of, tell_account
from goodfor.gifts import queries as gifts
from goodfor.gifts.events import GiftEndsSoon, GiftOpened, HeldReminder
from goodfor.gifts.types import CODES, COUPON, POINTS, UNSEEN, GiftView, is_member, member_id
from goodfor.identity import queries as identity
from goodfor.identity.errors import BuyerNotFound
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.notify.operations.send import send
from goodfor.notify.types import BUYER, language_of
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.reach import reach

#: Where one looks, as stored messages link to it.
GIFT: Final = "/gifts/{}"
ORDER: Final = "/o/{}"
WALLET: Final = "/me/wallet?kind={}"


def listen() -> None:
    """Called once by the wiring."""
    for event, handler, concern in (
        (GiftOpened, on_gift_opened, _not_told_yet), (GiftEndsSoon, on_gift_ends_soon, _speaks),
        (HeldReminder, on_held_reminder, _speaks),
    ):  # fmt: skip
        events.register(event, handler, name=f"gift_messages.{handler.__name__}", concern=concern)


def _speaks(event: StoredEvent) -> bool:
    """A shop without channels tells nobody."""
    return notify.speaks(event.shop_id)


def _not_told_yet(event: StoredEvent) -> bool:
    """Of coupons promotions tell."""
    return event.payload["kind"] != COUPON and _speaks(event)


def on_gift_opened(event: StoredEvent) -> None:
    """Its giver knows that it arrived."""
    _tell_giver(event, "gift_opened")


def on_gift_ends_soon(event: StoredEvent) -> None:
    """Nobody has taken it: it may be sent once more, or taken back."""
    _tell_giver(event, "gift_ends_soon")


def on_held_reminder(event: StoredEvent) -> None:
    """A member, or the guest who left a contact with the order."""
    told, ref = event.payload, event.payload["holder_ref"]
    ends_at = datetime.fromisoformat(told["ends_at"]) if told["ends_at"] else ""
    held = {
        "title": told["title"], "unseen": "1" if told["what"] == UNSEEN else "", "until": ends_at,
        "url": WALLET.format(told["kind"]),
    }  # fmt: skip
    subject = f"held:{told['subject_id']}:{told['what']}"
    if is_member(ref):
        tell_account(event, "held_reminder", member_id(ref), subject, {"held": held})
    elif told["kind"] == CODES and told["number"].startswith("G"):
        held["url"] = ORDER.format(told["number"])
        _tell_guest(event, "held_reminder", told["number"], subject, {"held": held})


def _tell_giver(event: StoredEvent, scene: str) -> None:
    gift = gifts.gift(event.shop_id, UUID(event.payload["gift_id"]))
    with override(_language(event.shop_id, gift)):
        told = {"title": _("积分") if gift.kind == POINTS else gift.title, "units": str(gift.units)}
    context = {"gift": {**told, "until": gift.ends_at, "url": GIFT.format(gift.number)}}
    subject, kind, number = f"gift:{gift.id}", *gift.giver_ref.split(":", 1)
    if is_member(gift.giver_ref):
        tell_account(event, scene, member_id(gift.giver_ref), subject, context)
    elif kind == "order":
        _tell_guest(event, scene, number, subject, context)


def _language(shop_id: UUID, gift: GiftView) -> str:
    if not is_member(gift.giver_ref):
        return "zh-hans"
    try:
        locale = identity.buyer_view(shop_id, member_id(gift.giver_ref)).locale
    except BuyerNotFound:
        return "zh-hans"
    return "en" if language_of(locale) == "en" else "zh-hans"


def _tell_guest(event: StoredEvent, scene: str, number: str, subject: str, context: dict[str, Any]) -> None:
    """By the contact that was left with an order, where there is one."""
    try:
        order = orders.order_by_number(event.shop_id, number)
    except OrderNotFound:
        return
    who = reach(event.shop_id, order.id)
    send(
        shop_id=event.shop_id, scene=scene, audience=BUYER, subject=subject, recipients=recipients_of(who),
        context=context, language=language_of(locale_of(who)), now=event.occurred_at, about_id=order.id,
    )  # fmt: skip
