"""Replace the secret of an API key."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import ClientNotFound, ClientRevoked, InvalidIdentity
from goodfor.identity.keys import compose, hash_secret, new_secret
from goodfor.identity.locks import lock_api_client
from goodfor.identity.models import ApiClient
from goodfor.identity.queries import client_view
from goodfor.identity.types import NewApiKey
from goodfor.kernel import audit

GRACE = timedelta(hours=24)
LONGEST_GRACE = timedelta(days=30)


def rotate_api_key(*, shop_id: UUID, client_id: UUID, grace: timedelta = GRACE, actor: str, now: datetime) -> NewApiKey:
    """A new secret under the same key id; the old one works until `now + grace`, an even older one no more.

    Raises ClientNotFound, ClientRevoked, InvalidIdentity (grace below 0 or above 30 days).
    """
    if not timedelta(0) <= grace <= LONGEST_GRACE:
        raise InvalidIdentity(_("旧密钥最多保留 30 天"), field="grace")
    secret = new_secret()
    with transaction.atomic():
        lock_api_client(shop_id, client_id)
        client = ApiClient.objects.filter(shop_id=shop_id, pk=client_id).first()
        if client is None:
            raise ClientNotFound
        if not client.active:
            raise ClientRevoked
        client.previous_secret_hash, client.previous_valid_until = client.secret_hash, now + grace
        client.secret_hash = hash_secret(secret)
        client.save(update_fields=["secret_hash", "previous_secret_hash", "previous_valid_until"])
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="identity.api_key_rotated",
            subject=("api_client", client_id),
            data={"key_id": client.key_id, "old_key_valid_until": (now + grace).isoformat()},
            now=now,
        )
    return NewApiKey(client_view(client), compose(client.key_id, secret))
