"""Weak signs of who belongs together, noted in the background once somebody is proven: no act waits for it.

The groups themselves follow by the loop `risk.links` within seconds; strong links come from the events alone.
"""

from contextlib import suppress
from typing import Final
from uuid import UUID

from goodfor.identity import events as identity_events
from goodfor.identity import queries as identity
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.orders import queries as orders
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.events import OrderPaid
from goodfor.orders.reach import reach
from goodfor.risk.keys import key_of
from goodfor.risk.operations.note_hints import hints_of, note_hints
from goodfor.risk.types import KeyKind

#: What says that the owner was here: a sign-in from a new browser, another mailbox.
_PROVEN: Final = frozenset({"new_device", "contact_changed"})


def listen() -> None:
    """Called once by the wiring."""
    events.register(identity_events.BuyerJoined, on_account, name="risk.hints_on_joined")
    events.register(
        identity_events.BuyerAccountChanged, on_account, name="risk.hints_on_account_changed", concern=is_proven
    )
    events.register(OrderPaid, on_paid, name="risk.hints_on_order_paid")


def is_proven(event: StoredEvent) -> bool:
    """Whether a change of an account says that its owner was here."""
    return event.payload["kind"] in _PROVEN


def on_account(event: StoredEvent) -> None:
    """The mailbox of an account."""
    buyer_id = UUID(event.payload["buyer_id"])
    contact = identity.contact_of_buyer(event.shop_id, buyer_id, "email")
    if contact is not None:
        _note(event, f"buyer:{buyer_id.hex}", contact.value)


def on_paid(event: StoredEvent) -> None:
    """The mailbox that a paid order goes to; a program's customers are not one person."""
    order_id = UUID(event.payload["order_id"])
    with suppress(OrderNotFound):
        who = reach(event.shop_id, order_id)
        if who.client_id is None and "@" in who.contact:
            _note(event, orders.buyer_named(event.shop_id, order_id), who.contact)


def _note(event: StoredEvent, buyer: str, mail: str) -> None:
    key = key_of(event.shop_id, KeyKind.BUYER, buyer) if buyer else None
    if key is not None:
        note_hints(shop_id=event.shop_id, buyer=key, hints=hints_of(mail_address=mail), at=event.occurred_at)
