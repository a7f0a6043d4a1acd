"""Make a one-time code for a contact; sending it is the caller's, after the commit."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.buyer_models import OneTimeCode
from goodfor.identity.contacts import contact_index, parse_contact, seal_contact
from goodfor.identity.errors import InvalidContact, TooManyCodes
from goodfor.identity.onetime import LIFETIME, code_hash, new_code
from goodfor.identity.types import Contact, IssuedCode, Visitor
from goodfor.identity.visitors import address_hash, device_hash
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Statement

PER_CONTACT, PER_ADDRESS = 5, 20
WINDOW = timedelta(hours=1)
_SENT = Statement("goodfor.identity", "sql/codes_sent.sql")
_ACCOUNT = Statement("goodfor.identity", "sql/account_of_contact.sql")


def issue_code(
    *, shop_id: UUID, contact: str, purpose: str, buyer_id: UUID | None = None, visitor: Visitor, now: datetime
) -> IssuedCode:
    """A code of six digits that is good for five minutes and five guesses. `purpose` is signin, contact, proof or goon.

    The same happens whether or not the contact has an account. At most 5 codes an hour go to a contact and 20 from
    an address; a browser that the account knows counts by itself, so that strangers cannot use up the owner's.
    Raises InvalidContact, TooManyCodes (`retry_after` seconds).
    """
    parsed = parse_contact(contact)
    if parsed is None:
        raise InvalidContact(field="contact")
    code_id, code = uuid7(), new_code()
    index, device = contact_index(shop_id, parsed), device_hash(visitor)
    with transaction.atomic():
        advisory_xact_lock(("contact", shop_id, index.hex()))
        account = _ACCOUNT.row({"shop_id": shop_id, "kind": parsed.kind, "value_index": index, "device_hash": device})
        known = bool(account and account[2])
        _check_rate(shop_id, index, visitor, known, now)
        sealed = seal_contact(shop_id, code_id, parsed)
        row = OneTimeCode.objects.create(
            id=code_id,
            shop_id=shop_id,
            purpose=purpose,
            buyer_id=buyer_id,
            kind=parsed.kind,
            value_key_id=sealed.key_id,
            value_blob=sealed.blob,
            value_index=index,
            code_hash=code_hash(code_id, code),
            address_hash=address_hash(visitor),
            device_hash=device,
            known_device=known,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    return IssuedCode(code_id, purpose, Contact(parsed.kind, parsed.value), code, visitor.locale, row.expires_at)


def _check_rate(shop_id: UUID, index: bytes, visitor: Visitor, known: bool, now: datetime) -> None:
    row = _SENT.row(
        {
            "shop_id": shop_id,
            "value_index": index,
            "address_hash": address_hash(visitor),
            "device_hash": device_hash(visitor),
            "since": now - WINDOW,
        }
    )
    assert row is not None
    by_strangers, by_this_browser, by_address, oldest = row
    to_contact = by_this_browser if known else by_strangers
    if to_contact >= PER_CONTACT or by_address >= PER_ADDRESS:
        wait = int((oldest + WINDOW - now).total_seconds()) + 1
        raise TooManyCodes(_("请过一会儿再发，或换一种登录方式。"), retry_after=max(1, wait))
