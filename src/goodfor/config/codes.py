"""What buyers' accounts and notify have to do with each other: codes that go out, addresses that are forgotten.

Neither room knows the other, so this is wiring. Notify is asked for by name: an installation may run without it.
"""

from importlib import import_module
from typing import Any
from uuid import UUID

from goodfor.identity import events as identity_events
from goodfor.identity import queries as identity
from goodfor.identity.types import IssuedCode, ShopView
from goodfor.kernel import events
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import Unavailable
from goodfor.kernel.events import StoredEvent

CHANNELS = {"email": "email", "phone": "sms"}


def listen() -> None:
    """Forget addresses in the send log when an account is erased; called once by the wiring, where notify is."""
    events.register(identity_events.BuyerErasing, on_buyer_erasing, name="codes.on_buyer_erasing")


def send(shop: ShopView, issued: IssuedCode) -> None:
    """Queue a one-time code by mail or text message. Raises Unavailable where the shop has no such channel."""
    types: Any = import_module("goodfor.notify.types")
    channel = CHANNELS[issued.contact.kind]
    now = utc_now()
    queued = import_module("goodfor.notify.operations.send").send(
        shop_id=shop.id,
        scene="signin_code",
        audience=types.BUYER,
        subject=f"code:{issued.code_id}",
        recipients=[types.Recipient(channel, issued.contact.value)],
        context={"code": issued.code, "minutes": str(max(1, round((issued.expires_at - now).total_seconds() / 60)))},
        language=types.language_of(issued.locale),
        now=now,
        expires_at=issued.expires_at,
    )
    if not queued.message_ids:
        raise Unavailable


def on_buyer_erasing(event: StoredEvent) -> None:
    """Within the hour before an account is erased: the send log forgets its addresses."""
    forget = import_module("goodfor.notify.operations.forget_recipient").forget_recipient
    for kind, channel in CHANNELS.items():
        contact = identity.contact_of_buyer(event.shop_id, UUID(event.payload["buyer_id"]), kind)
        if contact is not None:
            forget(shop_id=event.shop_id, channel=channel, address=contact.value, actor="system", now=event.occurred_at)
