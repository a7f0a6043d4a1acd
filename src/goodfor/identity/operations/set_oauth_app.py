"""Set up, change or switch off a provider of sign-ins in a shop."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.buyer_models import OAuthApp
from goodfor.identity.errors import InvalidIdentity
from goodfor.identity.providers.outside import is_allowed
from goodfor.identity.providers.registry import PROVIDERS
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock


def set_oauth_app(
    *,
    shop_id: UUID,
    provider: str,
    label: str,
    client_id: str,
    secret: str | None,
    server_url: str = "",
    trust_email: bool = False,
    enabled: bool = True,
    actor: str,
    now: datetime,
) -> None:
    """One app a provider and shop. `secret` None keeps the one that is held; it is sealed and never shown again.

    With `trust_email` an e-mail address that the provider calls verified counts as proven here too: only for
    providers that check. Raises InvalidIdentity.
    """
    if provider not in PROVIDERS:
        raise InvalidIdentity(_("不支持的登录服务"), field="provider")
    if not client_id.strip() or len(client_id) > 191 or not label.strip() or len(label) > 40:
        raise InvalidIdentity(_("名称和应用编号都要填"), field="client_id")
    if (provider == "openid_connect") != bool(server_url) or (server_url and not _is_safe(server_url)):
        raise InvalidIdentity(_("服务地址必须以 https:// 开头"), field="server_url")
    with transaction.atomic():
        advisory_xact_lock(("contact", shop_id, "oauth", provider))
        held = OAuthApp.objects.filter(shop_id=shop_id, provider=provider).first()
        values: dict[str, object] = {
            "label": label.strip(),
            "client_id": client_id.strip(),
            "server_url": server_url,
            "trust_email": trust_email,
            "enabled": enabled,
        }
        row_id = held.id if held else uuid7()
        if secret is not None:
            sealed = keyring().seal(secret.encode(), secret_aad(shop_id, row_id))
            values |= {"secret_key_id": sealed.key_id, "secret_blob": sealed.blob}
        elif held is None:
            raise InvalidIdentity(_("请填写密钥"), field="secret")
        if held is None:
            OAuthApp.objects.create(id=row_id, shop_id=shop_id, provider=provider, created_at=now, **values)
        else:
            OAuthApp.objects.filter(shop_id=shop_id, pk=row_id).update(**values)
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="identity.oauth_app_set",
            subject=("oauth_app", row_id),
            data={"provider": provider, "enabled": enabled, "secret_changed": secret is not None},
            now=now,
        )


def secret_aad(shop_id: UUID, row_id: UUID) -> bytes:
    """What binds a provider's secret to its row."""
    return b"identity.oauth:" + shop_id.bytes + row_id.bytes


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        return False
    return is_allowed(url)
