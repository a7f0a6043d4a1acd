"""Make receivers known to their channels, and have them forgotten."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.kernel.tenancy import platform_job
from goodfor.payments import states
from goodfor.payments.mapping import opened, receiver_value
from goodfor.payments.models import Account
from goodfor.payments.providers.registry import splitter
from goodfor.payments.schedule import LEASE
from goodfor.payments.split_models import Receiver

log = structlog.get_logger(__name__)
LATER: Final = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120))


def bind_receivers(*, now: datetime, limit: int = 16) -> int:
    """Those of all shops whose time has come; how many. Never inside a transaction."""
    require_no_transaction()
    with platform_job("receivers of splits"):
        due = list(Receiver.objects.filter(next_try_at__lte=now).order_by("next_try_at")[:limit])
    for row in due:
        mine = Receiver.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state, next_try_at=row.next_try_at)
        if not mine.update(next_try_at=now + LEASE):
            continue
        _settle(row, _call(row, now), now)
    return len(due)


def _call(row: Receiver, now: datetime) -> Outcome:
    account = Account.objects.filter(shop_id=row.shop_id, code=row.account_code, valid_to__isnull=True).first()
    adapter = splitter(row.provider)
    if account is None or account.provider != row.provider or adapter is None:
        return Unknown("no_account")
    try:
        with_secrets, receiver = opened(account), receiver_value(row)
    except DecryptFailed:
        return Unknown("no_secrets")
    try:
        if row.state == states.ASKED:
            return adapter.bind_receiver(with_secrets, receiver, now)
        return adapter.unbind_receiver(with_secrets, receiver, now)
    except Exception:
        log.exception("receiver_crashed", receiver=str(row.id))
        return Unknown("crashed")


def _settle(row: Receiver, outcome: Outcome, now: datetime) -> None:
    mine = Receiver.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state)
    if isinstance(outcome, Succeeded):
        after = states.BOUND if row.state == states.ASKED else states.GONE
        mine.update(state=after, failure="", next_try_at=None)
    elif isinstance(outcome, Rejected):
        mine.update(state=states.REFUSED, failure=outcome.code[:64], next_try_at=None)
    else:
        reason = getattr(outcome, "reason", "pending")
        wait = LATER[min(row.attempts, len(LATER) - 1)]
        mine.update(failure=reason[:64], attempts=row.attempts + 1, next_try_at=now + wait)
