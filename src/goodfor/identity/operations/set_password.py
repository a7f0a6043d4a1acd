"""Set, change or remove a password."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.buyer_models import Buyer, BuyerDevice
from goodfor.identity.buyer_reads import buyer_view
from goodfor.identity.errors import BuyerNotFound
from goodfor.identity.operations.end_session import revoke_sessions
from goodfor.identity.operations.note_change import note_change
from goodfor.identity.passwords import check_strength, hash_password
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit


def set_password(*, buyer: SignedInBuyer, password: str, own_words: tuple[str, ...] = (), now: datetime) -> None:
    """A password of zxcvbn score 3 or 4; the face has asked for a fresh proof. An empty one removes it.

    All other browsers are signed out and no longer known. `own_words` are words that are easy to guess here, such as
    the shop's name. Raises WeakPassword, BuyerNotFound.
    """
    view = buyer_view(buyer.shop_id, buyer.buyer_id)
    if password:
        mine = [c.contact.value for c in view.contacts]
        check_strength(password, [view.name, *mine, *(value.removeprefix("+86") for value in mine), *own_words])
    stored = hash_password(password) if password else ""
    with transaction.atomic():
        rows = Buyer.objects.filter(shop_id=buyer.shop_id, pk=buyer.buyer_id).exclude(state="erased")
        if not rows.update(password=stored, password_changed_at=now):
            raise BuyerNotFound
        ended = revoke_sessions(buyer.shop_id, buyer.buyer_id, buyer.session_id, now)
        forget_devices(buyer.shop_id, buyer.buyer_id, buyer.device_hash)
        kind = "password_set" if password else "password_removed"
        note_change(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, kind=kind, now=now)
        audit.record(
            shop_id=buyer.shop_id,
            actor=f"buyer:{buyer.buyer_id}",
            action=f"identity.buyer_{kind}",
            subject=("buyer", buyer.buyer_id),
            data={"sessions_ended": ended},
            now=now,
        )


def forget_devices(shop_id: UUID, buyer_id: UUID, keep: bytes | None) -> None:
    """Know no browser of the buyer any more but one. A step of several operations, in the caller's transaction."""
    rows = BuyerDevice.objects.filter(shop_id=shop_id, buyer_id=buyer_id)
    (rows if keep is None else rows.exclude(device_hash=keep)).delete()
