"""Open a channel account, or put a new version of it (new keys) in the place of the old."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import EXPONENTS
from goodfor.payments.errors import AccountInvalid
from goodfor.payments.mapping import account_view, secret_aad
from goodfor.payments.models import Account
from goodfor.payments.providers import base
from goodfor.payments.providers.registry import provider_for
from goodfor.payments.types import AccountView, Lender


def open_account(
    *,
    shop_id: UUID,
    provider: str,
    code: str,
    name: str,
    currency: str,
    config: Mapping[str, Any],
    secrets: Mapping[str, str],
    methods: Sequence[str],
    now: datetime,
    actor: str,
    enabled: bool = False,
    exposure_limit_minor: int | None = None,
    lender: Lender | None = None,
) -> AccountView:
    """Open an account; a current one of the same code ends now and keeps serving its old payments.

    `lender`: only `lend_account` gives one; an account that was lent is changed by its lender alone.
    `config` is public (gateway, pid, version ...), `secrets` are sealed at once and never shown again.
    Raises AccountInvalid with the name of the wrong field.
    """
    _check_words(code=code, name=name, currency=currency, methods=methods)
    account_id = uuid7()
    _check_adapter(
        provider,
        base.Account(account_id, shop_id, code, currency, dict(config), tuple(methods), secrets=dict(secrets)),
    )
    aad = secret_aad(shop_id, account_id)
    sealed = keyring().seal(json.dumps(dict(secrets)).encode(), aad) if secrets else None
    with transaction.atomic(savepoint=False):
        _end_current(shop_id, code, provider, currency, lender, now)
        row = Account.objects.create(
            id=account_id,
            shop_id=shop_id,
            provider=provider,
            code=code,
            name=name,
            currency=currency,
            config=dict(config),
            methods=list(methods),
            secret_key_id=sealed.key_id if sealed else None,
            secret_blob=sealed.blob if sealed else None,
            enabled=enabled,
            valid_from=now,
            exposure_limit_minor=exposure_limit_minor,
            exposure_since=now,
            lender_shop_id=lender.shop_id if lender else None,
            lender_code=lender.code if lender else "",
            created_at=now,
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="payments.account_opened",
            subject=("payments.account", account_id),
            data={"provider": provider, "code": code, "enabled": enabled, "secrets": sorted(secrets)},
            now=now,
        )
    return account_view(row)


def _end_current(shop_id: UUID, code: str, provider: str, currency: str, lender: Lender | None, now: datetime) -> None:
    same_code = Account.objects.filter(shop_id=shop_id, code=code)
    if same_code.exclude(provider=provider, currency=currency).exists():
        # The ledger account is made of provider and code, so a code never changes its provider.
        raise AccountInvalid(_("该编码已用于另一种支付通道"), field="code")
    current = same_code.filter(valid_to__isnull=True)
    if lender is None and current.filter(lender_shop_id__isnull=False).exists():
        raise AccountInvalid(_("这个收款账户由平台提供，只能由平台修改"), field="code")
    current.update(valid_to=now)


def _check_adapter(provider: str, account: base.Account) -> None:
    adapter = provider_for(provider)
    if adapter is None:
        raise AccountInvalid(_("没有这种支付通道"), field="provider")
    try:
        adapter.check(account)
    except base.ConfigProblem as problem:
        raise AccountInvalid(field=problem.field_name, reason=problem.code) from None


def _check_words(*, code: str, name: str, currency: str, methods: Sequence[str]) -> None:
    if not (0 < len(code) <= 32 and code.isascii() and code.replace("_", "").replace("-", "").isalnum()):
        raise AccountInvalid(_("编码只能用字母、数字、下划线和短横线"), field="code")
    if not 0 < len(name) <= 100:
        raise AccountInvalid(_("请填写名称"), field="name")
    if currency not in EXPONENTS:
        raise AccountInvalid(_("不支持的币种"), field="currency")
    if len(methods) > 16 or any(not (m.isascii() and m.isidentifier() and len(m) <= 32) for m in methods):
        raise AccountInvalid(_("支付方式的写法有误"), field="methods")
