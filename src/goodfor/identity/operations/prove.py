"""A fresh proof in a session that is signed in: what guards codes, contacts, export and deletion."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.buyer_models import Buyer, BuyerSession
from goodfor.identity.errors import InvalidCode, InvalidPassword, SignInNeeded
from goodfor.identity.operations.account_steps import use_code
from goodfor.identity.operations.forgive import forgive
from goodfor.identity.operations.knock import Try, knock
from goodfor.identity.passwords import matches
from goodfor.identity.types import SignedInBuyer, Visitor
from goodfor.kernel import audit
from goodfor.kernel.ids import hash_token, secret_token


def prove_by_code(*, buyer: SignedInBuyer, code_id: UUID, code: str, visitor: Visitor, now: datetime) -> str:
    """By a code sent to a contact of the account; the session's new token. Raises InvalidCode, TooManyGuesses."""
    tries = _knock(buyer, "code", visitor, now)
    token: str | None = None
    with transaction.atomic():
        contact = use_code(buyer.shop_id, code_id, "proof", buyer.buyer_id, code, now)
        if contact is not None:
            token = renew_session(buyer, f"code:{contact.kind}", now)
    if token is None:
        raise InvalidCode(field="code")
    forgive(shop_id=buyer.shop_id, tries=tries)
    return token


def prove_by_password(*, buyer: SignedInBuyer, password: str, visitor: Visitor, now: datetime) -> str:
    """By the account's password; the session's new token. Raises InvalidPassword, TooManyGuesses."""
    tries = _knock(buyer, "password", visitor, now)
    stored = Buyer.objects.filter(shop_id=buyer.shop_id, pk=buyer.buyer_id).values_list("password", flat=True).first()
    if not matches(password, stored or ""):
        raise InvalidPassword(field="password")
    with transaction.atomic():
        token = renew_session(buyer, "password", now)
    forgive(shop_id=buyer.shop_id, tries=tries)
    return token


def renew_session(buyer: SignedInBuyer, method: str, now: datetime) -> str:
    """Note the proof and give the session a new token: what held the old one holds nothing.

    In the caller's transaction. Raises SignInNeeded when the session ended meanwhile.
    """
    token = secret_token(32)
    live = BuyerSession.objects.filter(shop_id=buyer.shop_id, pk=buyer.session_id, revoked_at__isnull=True)
    if not live.update(token_hash=hash_token(token), proved_at=now):
        raise SignInNeeded
    audit.record(
        shop_id=buyer.shop_id,
        actor=f"buyer:{buyer.buyer_id}",
        action="identity.buyer_proved",
        subject=("buyer", buyer.buyer_id),
        data={"method": method, "session": str(buyer.session_id)},
        now=now,
    )
    return token


def _knock(buyer: SignedInBuyer, way: str, visitor: Visitor, now: datetime) -> list[Try]:
    # The device of the session, not the one that the browser names now: a new name would be a new set of guesses.
    return knock(
        shop_id=buyer.shop_id,
        way=way,
        account=buyer.buyer_id.bytes,
        visitor=visitor,
        known_device=buyer.device_hash,
        now=now,
    )
