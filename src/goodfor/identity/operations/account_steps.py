"""Small steps that operations on accounts share; each runs in its caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.identity import states
from goodfor.identity.buyer_models import Buyer, BuyerContact
from goodfor.identity.contacts import contact_index, open_contact, seal_contact
from goodfor.identity.onetime import cleaned, code_hash
from goodfor.identity.types import Contact, Visitor
from goodfor.identity.visitors import device_hash
from goodfor.kernel.crypto import Sealed
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Row, Statement
from goodfor.kernel.statemachine import record_history

_USE = Statement("goodfor.identity", "sql/use_code.sql")
_ACCOUNT = Statement("goodfor.identity", "sql/account_of_contact.sql")


def use_code(
    shop_id: UUID, code_id: UUID, purpose: str, buyer_id: UUID | None, code: str, now: datetime
) -> Contact | None:
    """One guess, counted; the code's contact when it was right, and the code is used up."""
    row = _USE.row(
        {
            "shop_id": shop_id,
            "code_id": code_id,
            "purpose": purpose,
            "buyer_id": buyer_id,
            "code_hash": code_hash(code_id, cleaned(code)),
            "now": now,
        }
    )
    if row is None or not row[0]:
        return None
    return open_contact(shop_id, code_id, row[1], Sealed(row[2], bytes(row[3])))


def account_of(shop_id: UUID, kind: str, index: bytes, visitor: Visitor) -> Row | None:
    """(buyer id, stored password, whether it knows this browser) of the account that a contact opens."""
    params: dict[str, Any] = {
        "shop_id": shop_id,
        "kind": kind,
        "value_index": index,
        "device_hash": device_hash(visitor),
    }
    return _ACCOUNT.row(params)


def make_buyer(shop_id: UUID, visitor: Visitor, cause: str, now: datetime) -> UUID:
    """A new account without a way in; the caller adds one in the same transaction."""
    buyer = Buyer.objects.create(shop_id=shop_id, locale=visitor.locale[:16], created_at=now)
    record_history(
        shop_id=shop_id,
        machine=states.BUYER,
        subject_id=buyer.id,
        moves=[(None, states.ACTIVE)],
        actor=f"buyer:{buyer.id}",
        cause=cause,
        now=now,
    )
    return buyer.id


def keep_contact(shop_id: UUID, buyer_id: UUID, contact: Contact, now: datetime) -> None:
    """Keep a proven contact, instead of the buyer's one of the same kind. Raises IntegrityError when it is taken."""
    BuyerContact.objects.filter(shop_id=shop_id, buyer_id=buyer_id, kind=contact.kind).delete()
    row_id = uuid7()
    sealed = seal_contact(shop_id, row_id, contact)
    BuyerContact.objects.create(
        id=row_id,
        shop_id=shop_id,
        buyer_id=buyer_id,
        kind=contact.kind,
        value_key_id=sealed.key_id,
        value_blob=sealed.blob,
        value_index=contact_index(shop_id, contact),
        verified_at=now,
    )
