"""Add a passkey to an account, or take one away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from goodfor.identity.buyer_models import BuyerPasskey
from goodfor.identity.buyer_reads import buyer_view
from goodfor.identity.errors import InvalidProfile, NotListed, PasskeyRefused
from goodfor.identity.operations.ceremonies import open_ceremony, take_ceremony
from goodfor.identity.operations.change_contact import check_other_way_in
from goodfor.identity.operations.note_change import note_change
from goodfor.identity.passkeys import begin_registration, finish_registration
from goodfor.identity.types import RelyingParty, Sent, SignedInBuyer
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock

KIND, MOST = "passkey.new", 10


def begin_passkey(*, buyer: SignedInBuyer, party: RelyingParty, now: datetime) -> Sent:
    """Options for `navigator.credentials.create`. The face has asked for a fresh proof. Raises BuyerNotFound."""
    view = buyer_view(buyer.shop_id, buyer.buyer_id)
    name = view.name or next((c.contact.masked for c in view.contacts), party.name)
    existing = [bytes(row.credential_id) for row in _mine(buyer)]
    if len(existing) >= MOST:
        raise InvalidProfile(_("最多 10 个通行密钥，先删掉不用的。"), field="passkey")
    options, state = begin_registration(party, buyer.buyer_id.bytes, name, existing)
    return Sent(open_ceremony(buyer.shop_id, KIND, buyer.buyer_id, state, now), options)


def finish_passkey(
    *,
    buyer: SignedInBuyer,
    party: RelyingParty,
    ceremony_id: UUID,
    answer: Mapping[str, Any],
    label: str,
    now: datetime,
) -> UUID:
    """Keep the passkey that the browser made; its id. Raises PasskeyRefused."""
    taken = take_ceremony(buyer.shop_id, ceremony_id, KIND, buyer.buyer_id, now)
    if taken is None:
        raise PasskeyRefused
    made = finish_registration(party, taken[0], answer)
    try:
        with transaction.atomic():
            row = BuyerPasskey.objects.create(
                shop_id=buyer.shop_id,
                buyer_id=buyer.buyer_id,
                credential_id=made.credential_id,
                credential=made.credential,
                sign_count=made.count,
                backed_up=made.backed_up,
                label=label[:60],
                created_at=now,
            )
            _note(buyer, row.id, "added", label[:60], now)
    except IntegrityError as error:
        raise PasskeyRefused from error
    return row.id


def remove_passkey(*, buyer: SignedInBuyer, passkey_id: UUID, now: datetime) -> None:
    """Take one away; another way to sign in must remain. Raises NotListed, LastWayIn."""
    with transaction.atomic():
        advisory_xact_lock(("buyer", buyer.shop_id, buyer.ref))
        row = _mine(buyer).filter(pk=passkey_id).first()
        if row is None:
            raise NotListed
        check_other_way_in(buyer, BuyerPasskey, row.id)
        BuyerPasskey.objects.filter(shop_id=buyer.shop_id, pk=row.id).delete()
        _note(buyer, row.id, "removed", row.label, now)


def _mine(buyer: SignedInBuyer) -> QuerySet[BuyerPasskey]:
    return BuyerPasskey.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id).order_by("id")


def _note(buyer: SignedInBuyer, passkey_id: UUID, what: str, label: str, now: datetime) -> None:
    note_change(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, kind=f"passkey_{what}", data={"label": label}, now=now)
    audit.record(
        shop_id=buyer.shop_id,
        actor=f"buyer:{buyer.buyer_id}",
        action=f"identity.passkey_{what}",
        subject=("buyer", buyer.buyer_id),
        data={"passkey": str(passkey_id)},
        now=now,
    )
