"""Give a program a key."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import InvalidIdentity, ShopNotFound
from goodfor.identity.keys import compose, hash_secret, new_key_id, new_secret
from goodfor.identity.models import ApiClient, Shop
from goodfor.identity.queries import client_view
from goodfor.identity.types import NewApiKey, Scope
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7

MAX_RATE = 1_000_000


def create_api_client(
    *,
    shop_id: UUID,
    name: str,
    scopes: Iterable[str],
    rate_per_minute: int = 600,
    wallet_account: str | None = None,
    actor: str,
    now: datetime,
) -> NewApiKey:
    """Make a client and its key, which is shown here once. Raises InvalidIdentity, ShopNotFound.

    `wallet_account` is the code of its prepaid account in the ledger, by default `2207:wallet:{client id}`;
    whoever calls opens that account. Demand signatures with set_signing_key.
    """
    name = name.strip()
    wanted = sorted({str(scope) for scope in scopes})
    if not name or len(name) > 100:
        raise InvalidIdentity(_("名称需要 1 到 100 个字"), field="name")
    if not wanted or not set(wanted) <= set(Scope):
        raise InvalidIdentity(_("权限范围有误"), field="scopes")
    if not 1 <= rate_per_minute <= MAX_RATE:
        raise InvalidIdentity(_("每分钟请求数需要在 1 到 1000000 之间"), field="rate_per_minute")
    client_id, key_id, secret = uuid7(), new_key_id(), new_secret()
    with transaction.atomic():
        if not Shop.objects.filter(pk=shop_id).exists():
            raise ShopNotFound
        client = ApiClient.objects.create(
            id=client_id,
            shop_id=shop_id,
            name=name,
            key_id=key_id,
            secret_hash=hash_secret(secret),
            scopes=wanted,
            rate_per_minute=rate_per_minute,
            wallet_account=wallet_account or f"2207:wallet:{client_id}",
            created_at=now,
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="identity.api_client_created",
            subject=("api_client", client_id),
            data={"key_id": key_id, "name": name, "scopes": wanted, "rate_per_minute": rate_per_minute},
            now=now,
        )
    return NewApiKey(client_view(client), compose(key_id, secret))
