"""Set up a channel of a shop, or put new settings in the place of the old."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.notify.errors import ChannelAccountInvalid
from goodfor.notify.mapping import account_aad, account_view, opened
from goodfor.notify.models import Account
from goodfor.notify.providers import base
from goodfor.notify.providers.registry import provider_for
from goodfor.notify.types import ChannelAccountView

_DESTINATION: Final = ("host", "port", "security", "base_url", "esp")


def open_channel_account(
    *,
    shop_id: UUID,
    channel: str,
    provider: str,
    name: str,
    config: Mapping[str, Any],
    secrets: Mapping[str, str],
    actor: str,
    now: datetime,
    enabled: bool = True,
) -> ChannelAccountView:
    """The channel's account from now on; the one before ends. `config` is public, `secrets` are sealed, never shown.

    A secret left out is taken over from the account before, so that who changes the sender's name need not know the
    password; but only if provider and destination are the same, or a password could be sent to a server of one's own.
    Raises ChannelAccountInvalid with the name of the wrong field.
    """
    adapter = provider_for(provider)
    if adapter is None or channel not in adapter.channels:
        raise ChannelAccountInvalid(_("没有这种通道服务"), field="provider")
    if not 0 < len(name) <= 100 or not name.isprintable():
        raise ChannelAccountInvalid(_("请填写名称"), field="name")
    account_id = uuid7()
    with transaction.atomic(savepoint=False):
        before = Account.objects.filter(shop_id=shop_id, channel=channel, valid_to__isnull=True).first()
        kept = dict(opened(before).secrets) if before and _same_place(before, provider, config) else {}
        given = {key: value for key, value in secrets.items() if value}
        try:
            full_config, full_secrets = adapter.prepare(config, {**kept, **given})
            adapter.check(base.Account(account_id, shop_id, channel, provider, full_config, secrets=full_secrets))
        except base.ConfigProblem as problem:
            raise ChannelAccountInvalid(field=problem.field_name, reason=problem.code) from None
        sealed = keyring().seal(json.dumps(full_secrets).encode(), account_aad(shop_id, account_id))
        Account.objects.filter(shop_id=shop_id, channel=channel, valid_to__isnull=True).update(valid_to=now)
        row = Account.objects.create(
            id=account_id,
            shop_id=shop_id,
            channel=channel,
            provider=provider,
            name=name,
            config=full_config,
            secret_names=sorted(full_secrets),
            secret_key_id=sealed.key_id,
            secret_blob=sealed.blob,
            enabled=enabled,
            valid_from=now,
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="notify.account_opened",
            subject=("notify.account", account_id),
            data={"channel": channel, "provider": provider, "enabled": enabled, "secrets": sorted(given)},
            now=now,
        )
    return account_view(row)


def _same_place(before: Account, provider: str, config: Mapping[str, Any]) -> bool:
    return before.provider == provider and all(before.config.get(key) == config.get(key) for key in _DESTINATION)
