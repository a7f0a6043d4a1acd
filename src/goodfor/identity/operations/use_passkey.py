"""Sign in, or prove oneself again, by a passkey."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from goodfor.identity.buyer_models import BuyerPasskey
from goodfor.identity.errors import PasskeyRefused
from goodfor.identity.operations.ceremonies import open_ceremony, take_ceremony
from goodfor.identity.operations.note_change import note_change
from goodfor.identity.operations.open_session import open_session
from goodfor.identity.operations.prove import renew_session
from goodfor.identity.passkeys import begin_assertion, credential_of, finish_assertion
from goodfor.identity.types import NewSession, RelyingParty, Sent, SignedInBuyer, Visitor
from goodfor.kernel import audit

SIGNIN, PROOF = "passkey.signin", "passkey.proof"


def ask_passkey(*, shop_id: UUID, party: RelyingParty, buyer: SignedInBuyer | None, now: datetime) -> Sent:
    """Options for `navigator.credentials.get`: any passkey of this shop, or those of a buyer who is to prove again."""
    allowed: list[bytes] = []
    if buyer is not None:
        rows = BuyerPasskey.objects.filter(shop_id=shop_id, buyer_id=buyer.buyer_id).order_by("id")
        allowed = [bytes(row.credential_id) for row in rows]
        if not allowed:
            raise PasskeyRefused
    options, state = begin_assertion(party, allowed)
    kind = SIGNIN if buyer is None else PROOF
    return Sent(open_ceremony(shop_id, kind, buyer.buyer_id if buyer else None, state, now), options)


def sign_in_by_passkey(
    *,
    shop_id: UUID,
    party: RelyingParty,
    ceremony_id: UUID,
    answer: Mapping[str, Any],
    visitor: Visitor,
    replaces: str = "",
    now: datetime,
) -> NewSession:
    """The account that the passkey belongs to. Raises PasskeyRefused, one answer for all that can be wrong."""
    taken = take_ceremony(shop_id, ceremony_id, SIGNIN, None, now)
    if taken is None:
        raise PasskeyRefused
    buyer_id = _verify(shop_id, party, taken[0], answer, None, now)
    with transaction.atomic():
        return open_session(
            shop_id=shop_id,
            buyer_id=buyer_id,
            method="passkey",
            visitor=visitor,
            replaces=replaces,
            created=False,
            now=now,
        )


def prove_by_passkey(
    *, buyer: SignedInBuyer, party: RelyingParty, ceremony_id: UUID, answer: Mapping[str, Any], now: datetime
) -> str:
    """A fresh proof; the session's new token. Raises PasskeyRefused."""
    taken = take_ceremony(buyer.shop_id, ceremony_id, PROOF, buyer.buyer_id, now)
    if taken is None:
        raise PasskeyRefused
    _verify(buyer.shop_id, party, taken[0], answer, buyer.buyer_id, now)
    with transaction.atomic():
        return renew_session(buyer, "passkey", now)


def _verify(
    shop_id: UUID,
    party: RelyingParty,
    state: Mapping[str, Any],
    answer: Mapping[str, Any],
    buyer_id: UUID | None,
    now: datetime,
) -> UUID:
    """Whose passkey made the answer. A counter that does not grow is the mark of a copy: refused and written down."""
    credential_id, handle, count = credential_of(answer)
    row = BuyerPasskey.objects.filter(shop_id=shop_id, credential_id=credential_id).first()
    if row is None or (handle is not None and handle != row.buyer_id.bytes) or buyer_id not in (None, row.buyer_id):
        raise PasskeyRefused
    finish_assertion(party, state, bytes(row.credential), answer)
    # Many authenticators do not count: then both stay 0.
    grows = Q(sign_count__lt=count) if count else Q(sign_count=0)
    rows = BuyerPasskey.objects.filter(grows, shop_id=shop_id, pk=row.id)
    if not rows.update(sign_count=count, last_used_at=now):
        _note_copy(row, now)
        raise PasskeyRefused
    return row.buyer_id


def _note_copy(row: BuyerPasskey, now: datetime) -> None:
    with transaction.atomic():
        note_change(
            shop_id=row.shop_id, buyer_id=row.buyer_id, kind="passkey_copied", data={"label": row.label}, now=now
        )
        audit.record(
            shop_id=row.shop_id,
            actor="system",
            action="identity.passkey_copied",
            subject=("buyer", row.buyer_id),
            data={"passkey": str(row.id)},
            now=now,
        )
