"""Take a program's key away."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.errors import ClientNotFound
from goodfor.identity.models import ApiClient
from goodfor.kernel import audit


def revoke_api_client(*, shop_id: UUID, client_id: UUID, actor: str, now: datetime) -> bool:
    """End a client for good, effective with its next request. True when this call did it, False when it was done.

    Raises ClientNotFound.
    """
    with transaction.atomic():
        mine = ApiClient.objects.filter(shop_id=shop_id, pk=client_id)
        if not mine.filter(revoked_at__isnull=True).update(
            active=False, revoked_at=now, previous_secret_hash=None, previous_valid_until=None
        ):
            if not mine.exists():
                raise ClientNotFound
            return False
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="identity.api_client_revoked",
            subject=("api_client", client_id),
            data={},
            now=now,
        )
    return True
