"""Whom news of orders is told to, in which language: what `messages.py` and `claim_messages.py` share."""

from typing import Any, Final
from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.identity.errors import BuyerNotFound
from goodfor.kernel.events import StoredEvent
from goodfor.notify import queries as notify
from goodfor.notify.operations.send import send
from goodfor.notify.types import BUYER, STAFF, Recipient, kind_of_contact, language_of
from goodfor.orders import events as order_events
from goodfor.orders import queries as orders
from goodfor.orders.queries import order_facts, order_lines
from goodfor.orders.reach import Reach, reach
from goodfor.orders.types import OrderView

#: By which channel each kind of contact is reached.
CHANNELS: Final = (("email", "email"), ("phone", "sms"))


def concern(event: StoredEvent) -> bool:
    """A shop without channels tells nobody; nor does a buyer hear of what a program bought."""
    if not notify.speaks(event.shop_id):
        return False
    order_id = event.payload.get("order_id")
    return order_id is None or event.name == order_events.LatePaymentCame.name or not _by_program(event, order_id)


def _by_program(event: StoredEvent, order_id: str) -> bool:
    return reach(event.shop_id, UUID(order_id)).client_id is not None


def order_and_buyer(
    event: StoredEvent, order_id: UUID | None = None, *, of_programs: bool = False
) -> tuple[OrderView, Reach] | None:
    """The order and its buyer; None where nobody is to be told, because a program placed it."""
    shop_id, found = event.shop_id, order_id or UUID(event.payload["order_id"])
    who = reach(shop_id, found)
    return None if who.client_id is not None and not of_programs else (orders.order_view(shop_id, found), who)


def recipients_of(who: Reach) -> list[Recipient]:
    """The buyer's contact, and the browsers of the buyer's account."""
    kind = kind_of_contact(who.contact)
    found = [Recipient(kind, who.contact)] if kind else []
    return [*found, Recipient("webpush", f"buyer:{who.buyer_ref}")] if who.buyer_ref else found


def tell_buyer(
    event: StoredEvent, scene: str, order: OrderView, who: Reach, context: dict[str, Any], subject: str = ""
) -> None:
    """Send to the buyer; a program is told nothing. `subject`: what it is told about once, else the order."""
    if who.client_id is not None:
        return
    send(
        shop_id=event.shop_id,
        scene=scene,
        audience=BUYER,
        subject=subject or f"order:{order.id}",
        recipients=recipients_of(who),
        context={"order": order_facts(order), "lines": order_lines(order), **context},
        language=language_of(who.locale),
        now=event.occurred_at,
        about_id=order.id,
    )


def tell_account(event: StoredEvent, scene: str, buyer_id: UUID, subject: str, context: dict[str, Any]) -> None:
    """Send to a buyer's account, where the buyer is proven to be; an erased one is told nothing."""
    found = account(event.shop_id, buyer_id)
    if found is None:
        return
    recipients, language = found
    send(
        shop_id=event.shop_id, scene=scene, audience=BUYER, subject=subject, recipients=recipients, context=context,
        language=language, now=event.occurred_at,
    )  # fmt: skip


def account(shop_id: UUID, buyer_id: UUID) -> tuple[list[Recipient], str] | None:
    """An account's own contacts and its browsers, and its language; None for one that was erased."""
    try:
        buyer = identity.buyer_view(shop_id, buyer_id)
    except BuyerNotFound:
        return None
    held = [(channel, identity.contact_of_buyer(shop_id, buyer_id, kind)) for kind, channel in CHANNELS]
    found = [Recipient(channel, contact.value, buyer.name) for channel, contact in held if contact is not None]
    return [*found, Recipient("webpush", f"buyer:{buyer.ref}")], language_of(buyer.locale)


def tell_staff(
    event: StoredEvent, scene: str, subject: str, context: dict[str, Any], about_id: UUID | None = None
) -> None:
    """Send to those among the staff whose work it is."""
    send(
        shop_id=event.shop_id,
        scene=scene,
        audience=STAFF,
        subject=subject,
        recipients=notify.staff_recipients(event.shop_id, scene),
        context=context,
        language=language_of(shop_locale(event.shop_id)),
        now=event.occurred_at,
        about_id=about_id,
    )


def locale_of(who: Reach) -> str:
    """The buyer's language, for `translation.override`."""
    return "en" if language_of(who.locale) == "en" else "zh-hans"


def shop_locale(shop_id: UUID) -> str:
    """The shop's language, for `translation.override`."""
    return "en" if language_of(identity.shop_by_id(shop_id).locale) == "en" else "zh-hans"
