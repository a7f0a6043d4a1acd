"""Let a person into the console once, without a password."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.identity.errors import StaffNotFound
from goodfor.identity.models import SigninLink, Staff
from goodfor.identity.signin import compose_token
from goodfor.identity.types import NewSigninLink
from goodfor.kernel import audit
from goodfor.kernel.ids import hash_token, secret_token

LIFETIME = timedelta(minutes=15)


def issue_signin_link(
    *, shop_id: UUID, staff_id: UUID, lifetime: timedelta = LIFETIME, actor: str, now: datetime
) -> NewSigninLink:
    """A one-time token for an active person of the shop, valid for `lifetime`. Raises StaffNotFound."""
    secret = secret_token(32)
    with transaction.atomic():
        if not Staff.objects.filter(shop_id=shop_id, pk=staff_id, active=True).exists():
            raise StaffNotFound
        link = SigninLink.objects.create(
            shop_id=shop_id,
            staff_id=staff_id,
            token_hash=hash_token(secret),
            created_at=now,
            expires_at=now + lifetime,
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="identity.signin_link_issued",
            subject=("staff", staff_id),
            data={"link_id": str(link.id), "expires_at": link.expires_at.isoformat()},
            now=now,
        )
    return NewSigninLink(staff_id, link.expires_at, compose_token(shop_id, secret))
