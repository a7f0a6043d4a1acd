"""Add, replace or remove a buyer's telephone number or e-mail address."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.identity.buyer_models import BuyerContact, BuyerLink, BuyerPasskey, OneTimeCode
from goodfor.identity.contacts import contact_index
from goodfor.identity.errors import ContactTaken, InvalidCode, LastWayIn, NotListed
from goodfor.identity.operations.account_steps import keep_contact, use_code
from goodfor.identity.operations.forgive import forgive
from goodfor.identity.operations.knock import knock
from goodfor.identity.operations.note_change import note_change
from goodfor.identity.types import Contact, SignedInBuyer, Visitor
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock


def confirm_contact(*, buyer: SignedInBuyer, code_id: UUID, code: str, visitor: Visitor, now: datetime) -> str:
    """The code that was sent to the new contact proves it; it replaces the one of its kind, which is returned.

    The face has asked for a fresh proof before. Raises InvalidCode, TooManyGuesses, ContactTaken (it opens another
    account, which only its owner can learn; accounts are never merged).
    """
    tries = knock(
        shop_id=buyer.shop_id,
        way="code",
        account=buyer.buyer_id.bytes,
        visitor=visitor,
        known_device=buyer.device_hash,
        now=now,
    )
    kept: Contact | None = None
    try:
        with transaction.atomic():
            contact = use_code(buyer.shop_id, code_id, "contact", buyer.buyer_id, code, now)
            if contact is not None:
                _keep(buyer, contact, now)
                kept = contact
    except IntegrityError as error:
        raise ContactTaken from error
    if kept is None:
        raise InvalidCode(field="code")
    forgive(shop_id=buyer.shop_id, tries=tries)
    return kept.kind


def _keep(buyer: SignedInBuyer, contact: Contact, now: datetime) -> None:
    advisory_xact_lock(("contact", buyer.shop_id, contact_index(buyer.shop_id, contact).hex()))
    keep_contact(buyer.shop_id, buyer.buyer_id, contact, now)
    _note(buyer, contact.kind, "contact_changed", now)


def remove_contact(*, buyer: SignedInBuyer, kind: str, now: datetime) -> None:
    """Forget a contact; another way to sign in must remain. Raises NotListed, LastWayIn."""
    with transaction.atomic():
        advisory_xact_lock(("buyer", buyer.shop_id, buyer.ref))
        rows = BuyerContact.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, kind=kind)
        row = rows.first()
        if row is None:
            raise NotListed
        check_other_way_in(buyer, BuyerContact, row.id)
        index = bytes(row.value_index)
        rows.delete()
        OneTimeCode.objects.filter(shop_id=buyer.shop_id, value_index=index, buyer_id=buyer.buyer_id).delete()
        _note(buyer, kind, "contact_removed", now)


def check_other_way_in(buyer: SignedInBuyer, table: type, row_id: UUID) -> None:
    """Raise LastWayIn unless a contact, a passkey or a link remains beside that row. In the caller's transaction.

    A password is no way in by itself: it belongs to a contact.
    """
    for model in (BuyerContact, BuyerPasskey, BuyerLink):
        rows = model.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id)
        if (rows.exclude(pk=row_id) if model is table else rows).exists():
            return
    raise LastWayIn


def _note(buyer: SignedInBuyer, kind: str, what: str, now: datetime) -> None:
    note_change(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, kind=what, data={"kind": kind}, now=now)
    audit.record(
        shop_id=buyer.shop_id,
        actor=f"buyer:{buyer.buyer_id}",
        action=f"identity.buyer_{what}",
        subject=("buyer", buyer.buyer_id),
        data={"kind": kind},
        now=now,
    )
