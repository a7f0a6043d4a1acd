"""Change a channel account: a new version with what is given, and all else, secrets too, as it was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.payments.errors import AccountInvalid, AccountNotFound, AlreadyApplied
from goodfor.payments.locks import lock_account
from goodfor.payments.mapping import opened
from goodfor.payments.operations.lend_account import renew_loans
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import AccountView, Lender


def change_account(
    *,
    shop_id: UUID,
    account_id: UUID,
    name: str,
    config: Mapping[str, Any],
    secrets: Mapping[str, str],
    methods: Sequence[str],
    actor: str,
    now: datetime,
) -> AccountView:
    """`secrets` holds only what is new; what is missing there is kept, without anybody seeing it.

    Payments that were begun stay with the old version. Raises AccountNotFound, AccountInvalid, DecryptFailed, and
    AlreadyApplied when somebody else changed the account meanwhile.
    """
    with transaction.atomic():
        row = lock_account(shop_id, account_id)
        if row is None:
            raise AccountNotFound
        if row.valid_to is not None:
            raise AlreadyApplied
        if row.lender_shop_id is not None:
            raise AccountInvalid(_("这个收款账户由平台提供，只能由平台修改"), field="code")
        held = dict(opened(row).secrets)
        before = {"name": row.name, "config": dict(row.config), "methods": list(row.methods)}
        made = open_account(
            shop_id=shop_id,
            provider=row.provider,
            code=row.code,
            name=name,
            currency=row.currency,
            config=config,
            secrets={**held, **{key: value for key, value in secrets.items() if value}},
            methods=methods,
            now=now,
            actor=actor,
            enabled=row.enabled,
            exposure_limit_minor=row.exposure_limit_minor,
        )
        renew_loans(lender=Lender(shop_id, row.code), actor=actor, now=now)
        after = {"name": name, "config": dict(config), "methods": list(methods)}
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="payments.account_reconfigured",
            subject=("payments.account", made.id),
            data={
                "code": row.code,
                "before": {key: value for key, value in before.items() if after[key] != value},
                "after": {key: value for key, value in after.items() if before[key] != value},
                "secrets_changed": sorted(key for key, value in secrets.items() if value),
            },
            now=now,
        )
    return made
