"""Switch an account on or off, change its exposure limit, note a withdrawal from the counterparty."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.payments.errors import AccountInvalid, AccountNotFound
from goodfor.payments.models import Account


def set_account(
    *,
    shop_id: UUID,
    account_id: UUID,
    actor: str,
    now: datetime,
    enabled: bool | None = None,
    exposure_limit_minor: int | None = None,
    unlimited: bool = False,
    withdrawn: bool = False,
) -> None:
    """Change what is given; `unlimited` takes the limit away, `withdrawn` counts exposure anew from now.

    Old payments are not touched. What changed is audited, old and new.

    Raises AccountNotFound for an unknown or ended account, AccountInvalid for a negative limit.
    """
    changes: dict[str, object] = {}
    if enabled is not None:
        changes["enabled"] = enabled
    if exposure_limit_minor is not None:
        if exposure_limit_minor < 0:
            raise AccountInvalid(field="exposure_limit_minor")
        changes["exposure_limit_minor"] = exposure_limit_minor
    elif unlimited:
        changes["exposure_limit_minor"] = None
    if withdrawn:
        changes["exposure_since"] = now
    with transaction.atomic(savepoint=False):
        current = Account.objects.filter(shop_id=shop_id, id=account_id, valid_to__isnull=True)
        before = current.values(*changes).first() if changes else None
        if before is None or not current.update(**changes):
            raise AccountNotFound
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="payments.account_changed",
            subject=("payments.account", account_id),
            data={"before": _words(before), "after": _words(changes)},
            now=now,
        )


def _words(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
