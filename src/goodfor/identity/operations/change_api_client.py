"""Change what a program's key may do, and how often."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.errors import ClientNotFound, ClientRevoked, InvalidIdentity
from goodfor.identity.locks import lock_api_client
from goodfor.identity.models import ApiClient
from goodfor.identity.operations.create_api_client import MAX_RATE
from goodfor.identity.queries import client_view
from goodfor.identity.types import ApiClientView, Scope
from goodfor.kernel import audit


def change_api_client(
    *,
    shop_id: UUID,
    client_id: UUID,
    name: str,
    scopes: Iterable[str],
    rate_per_minute: int,
    actor: str,
    now: datetime,
) -> ApiClientView:
    """Effective with its next request; the key stays. Raises InvalidIdentity, ClientNotFound, ClientRevoked."""
    name = name.strip()
    wanted = sorted({str(scope) for scope in scopes})
    if not name or len(name) > 100:
        raise InvalidIdentity(_("名称需要 1 到 100 个字"), field="name")
    if not wanted or not set(wanted) <= set(Scope):
        raise InvalidIdentity(_("权限范围有误"), field="scopes")
    if not 1 <= rate_per_minute <= MAX_RATE:
        raise InvalidIdentity(_("每分钟请求数需要在 1 到 1000000 之间"), field="rate_per_minute")
    with transaction.atomic():
        lock_api_client(shop_id, client_id)
        client = ApiClient.objects.filter(shop_id=shop_id, pk=client_id).first()
        if client is None:
            raise ClientNotFound
        if not client.active:
            raise ClientRevoked
        before = {"name": client.name, "scopes": sorted(client.scopes), "rate_per_minute": client.rate_per_minute}
        after = {"name": name, "scopes": wanted, "rate_per_minute": rate_per_minute}
        changed = [key for key, value in after.items() if before[key] != value]
        if changed:
            client.name, client.scopes, client.rate_per_minute = name, wanted, rate_per_minute
            client.save(update_fields=["name", "scopes", "rate_per_minute"])
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="identity.api_client_changed",
                subject=("api_client", client_id),
                data={"before": {key: before[key] for key in changed}, "after": {key: after[key] for key in changed}},
                now=now,
            )
    return client_view(client)
