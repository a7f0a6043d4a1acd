"""The staff write something down about an order, for one another."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.orders import store
from goodfor.orders.claims import note_aad
from goodfor.orders.errors import InvalidNote
from goodfor.orders.models import Note

MAX_NOTE = 500
MOST_NOTES = 100


@transaction.atomic(savepoint=False)
def add_note(*, shop_id: UUID, order_id: UUID, text: str, actor: str, now: datetime) -> UUID:
    """Keep a note of 1 to 500 characters, sealed; at most 100 an order. Raises OrderNotFound, InvalidNote."""
    text = text.strip()
    if not 0 < len(text) <= MAX_NOTE or "\x00" in text:
        raise InvalidNote
    order = store.lock_order(shop_id, order_id)
    if Note.objects.filter(shop_id=shop_id, order_id=order.id).count() >= MOST_NOTES:
        raise InvalidNote
    note_id = uuid7()
    sealed = keyring().seal(text.encode(), note_aad(note_id))
    Note.objects.create(
        id=note_id,
        shop_id=shop_id,
        order_id=order.id,
        author=actor,
        key_id=sealed.key_id,
        blob=sealed.blob,
        at=now,
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="order_noted",
        subject=("order", order.id),
        data={"note_id": str(note_id), "length": len(text)},
        now=now,
    )
    return note_id
