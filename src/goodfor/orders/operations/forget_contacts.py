"""Forget how to reach a buyer whose account is about to be erased."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.supply.operations.forget_forms import forget_forms

_FORGET = Statement("goodfor.orders", "sql/forget_contacts.sql")
_FORGET_NOTES = Statement("goodfor.orders", "sql/forget_notes.sql")
_FORGET_FORMS = Statement("goodfor.orders", "sql/forget_forms.sql")


@transaction.atomic(savepoint=False)
def forget_contacts(*, shop_id: UUID, buyer_id: UUID, now: datetime) -> int:
    """Erase contact, address, accounts of top-ups and notes from the buyer's orders; the rest stays. How many changed.

    Guests' orders placed with a contact that the account has proven lose it as well.
    """
    params = {
        "shop_id": shop_id,
        "buyer_ref": f"buyer:{buyer_id.hex}",
        "indexes": identity.contact_indexes(shop_id, buyer_id),
    }
    notes = _FORGET_NOTES.run(params)
    forget_forms(shop_id=shop_id, order_ids=sorted({row[0] for row in _FORGET_FORMS.rows(params)}))
    changed = _FORGET.run(params)
    audit.record(
        shop_id=shop_id,
        actor="system",
        action="orders.contacts_forgotten",
        subject=("buyer", buyer_id),
        data={"orders": changed, "notes": notes},
        now=now,
    )
    return changed
