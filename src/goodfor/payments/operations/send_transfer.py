"""Pay somebody out of an account at a channel, and ask what became of it. Nothing is written: that is the caller's."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Unknown
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.providers.base import NOT_SENT, ConfigProblem
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.registry import transferrer
from goodfor.payments.providers.transfers import Transferrer
from goodfor.payments.types import Transfer

_Call = Callable[[Transferrer, OpenAccount], Outcome]


def send_transfer(*, shop_id: UUID, account_id: UUID, transfer: Transfer, now: datetime) -> Outcome:
    """Send it by the account, which may have been replaced meanwhile. Never inside a transaction.

    Where its keys cannot be opened, or it is gone, nothing was sent: Unknown("not_sent").
    """
    return _with_account(shop_id, account_id, lambda one, account: one.transfer(account, transfer, now), NOT_SENT)


def ask_transfer(*, shop_id: UUID, account_id: UUID, transfer: Transfer, now: datetime) -> Outcome:
    """What became of it. Rejected("not_found"): the channel never heard of its number."""
    return _with_account(
        shop_id, account_id, lambda one, account: one.query_transfer(account, transfer, now), "no_account"
    )


def _with_account(shop_id: UUID, account_id: UUID, call: _Call, without: str) -> Outcome:
    require_no_transaction()
    row = Account.objects.filter(shop_id=shop_id, id=account_id, lender_shop_id__isnull=True).first()
    channel = transferrer(row.provider) if row else None
    if row is None or channel is None:
        return Unknown(without)
    try:
        account = opened(row)
    except DecryptFailed:
        return Unknown(without)
    try:
        return call(channel, account)
    except ConfigProblem:
        # Found out before anything is sent.
        return Unknown(without)
