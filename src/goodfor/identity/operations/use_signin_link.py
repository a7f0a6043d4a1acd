"""Use a sign-in link."""

from datetime import datetime

from django.db import transaction

from goodfor.identity.errors import InvalidSigninLink
from goodfor.identity.signin import parse_token
from goodfor.identity.types import SignedIn
from goodfor.kernel import audit
from goodfor.kernel.ids import hash_token
from goodfor.kernel.sql import Statement

_USE = Statement("goodfor.identity", "sql/use_signin_link.sql")


def use_signin_link(*, token: str, now: datetime) -> SignedIn:
    """Use a token up and say whom it lets in; of many at once, one succeeds.

    Raises InvalidSigninLink for an unknown, used or expired token, and for a person who left.
    """
    parsed = parse_token(token)
    if parsed is None:
        raise InvalidSigninLink
    shop_id, secret = parsed
    with transaction.atomic():
        row = _USE.row({"shop_id": shop_id, "token_hash": hash_token(secret), "now": now})
        if row is None:
            raise InvalidSigninLink
        staff_id, user_id, role = row
        audit.record(
            shop_id=shop_id,
            actor=f"staff:{staff_id}",
            action="identity.signed_in_by_link",
            subject=("staff", staff_id),
            data={},
            now=now,
        )
    return SignedIn(shop_id, staff_id, user_id, role)
