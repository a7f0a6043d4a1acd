"""The first way to be paid, opened once however often it is asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.kernel.locks import advisory_xact_lock
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.set_account import set_account


@transaction.atomic
def start_channel(
    *,
    shop_id: UUID,
    provider: str,
    code: str,
    name: str,
    currency: str,
    config: Mapping[str, Any],
    secrets: Mapping[str, str],
    methods: Sequence[str],
    actor: str,
    now: datetime,
) -> bool:
    """Open the account and switch it on; False where that code is in use already (it is switched on, if it was off).

    Raises AccountInvalid with the field. Keys of an account that is there stay: the settings change them.
    """
    advisory_xact_lock(("start", shop_id, "channel"))
    known = next((account for account in payments.accounts(shop_id, now) if account.code == code), None)
    if known is not None and known.provider == provider:
        if not known.enabled:
            set_account(shop_id=shop_id, account_id=known.id, enabled=True, actor=actor, now=now)
        return False
    open_account(
        shop_id=shop_id,
        provider=provider,
        code=code,
        name=name,
        currency=currency,
        config=config,
        secrets=secrets,
        methods=methods,
        enabled=True,
        actor=actor,
        now=now,
    )
    return True
