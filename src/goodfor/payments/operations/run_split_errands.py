"""Do what splits ask of their channels: share out, take back; and ask about what has no known end."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.money import Money
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.payments import states
from goodfor.payments.mapping import opened, receiver_value
from goodfor.payments.models import Account, Payment
from goodfor.payments.operations.settle_split import settle_return, settle_split
from goodfor.payments.providers.base import NOT_FOUND, NOT_SENT
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.registry import splitter
from goodfor.payments.providers.splits import ReturnAttempt, Share, SplitAttempt, Splitter
from goodfor.payments.schedule import LEASE
from goodfor.payments.split_models import Receiver, Split, SplitReturn, SplitShare

log = structlog.get_logger(__name__)
#: After so many unanswered calls to one account in a run, the rest of its errands wait for the next.
SILENT_CALLS: Final = 2
Row = Split | SplitReturn
Call = Callable[[Splitter, OpenAccount], Outcome]


def run_split_errands(*, now: datetime, limit: int = 32) -> int:
    """Go on with the splits and returns of all shops whose time has come; how many. Never inside a transaction."""
    require_no_transaction()
    silent: dict[UUID, int] = {}
    return sum(_run(model, silent, now, limit) for model in (Split, SplitReturn))


def _run(model: type[Row], silent: dict[UUID, int], now: datetime, limit: int) -> int:
    with platform_job("errands of splits"):
        due: list[Row] = list(model.objects.filter(next_try_at__lte=now).order_by("next_try_at")[:limit])
    for row in due:
        payment = Payment.objects.get(shop_id=row.shop_id, id=row.payment_id)
        if silent.get(payment.account_id, 0) >= SILENT_CALLS:
            continue
        try:
            answered = _go_on(row, payment, now)
        except Exception:
            log.exception("split_crashed", number=row.number)
            answered = False
        if not answered:
            silent[payment.account_id] = silent.get(payment.account_id, 0) + 1
    return len(due)


def _go_on(row: Row, payment: Payment, now: datetime) -> bool:
    """One try, always with the same number; what may have been sent is asked about first. False: no answer."""
    claimed = _claim(row, now)
    if claimed is None:
        return True
    reach("splits.claimed")
    found = _channel(payment)
    outcome: Outcome = Unknown("no_account")
    if found is not None:
        outcome = _call(*found, row, payment, ask_first=claimed, now=now)
    reach("splits.called")
    if isinstance(row, Split):
        settle_split(shop_id=row.shop_id, split_id=row.id, outcome=outcome, now=now)
    else:
        settle_return(shop_id=row.shop_id, return_id=row.id, outcome=outcome, now=now)
    return not isinstance(outcome, Unknown)


def _claim(row: Row, now: datetime) -> bool | None:
    """Lease it, committed before the call: whether to ask first, or None when it is over or somebody is at it."""
    with transaction.atomic():
        model = type(row)
        moved = model.objects.filter(
            shop_id=row.shop_id, id=row.id, state=row.state, next_try_at=row.next_try_at,
            state__in=states.UNFINISHED_REFUND,
        ).update(state=states.REQUESTED, attempts=row.attempts + 1, next_try_at=now + LEASE)  # fmt: skip
        if not moved:
            return None
        if row.state != states.REQUESTED:
            record_history(
                shop_id=row.shop_id, machine=row.machine, subject_id=row.id,
                moves=[(row.state, states.REQUESTED)], actor="system", cause=f"attempt:{row.attempts + 1}", now=now,
            )  # fmt: skip
    return row.state != states.CREATED


def _channel(payment: Payment) -> tuple[Splitter, OpenAccount] | None:
    row = Account.objects.filter(shop_id=payment.shop_id, id=payment.account_id).first()
    adapter = splitter(payment.provider)
    if row is None or adapter is None:
        return None
    try:
        return adapter, opened(row)
    except DecryptFailed:
        return None


def _call(
    adapter: Splitter, account: OpenAccount, row: Row, payment: Payment, *, ask_first: bool, now: datetime
) -> Outcome:
    if isinstance(row, Split):
        split = _split(row, payment)
        ask: Callable[[], Outcome] = lambda: adapter.query_split(account, split, now)  # noqa: E731
        do: Callable[[], Outcome] = lambda: adapter.split(account, split, now)  # noqa: E731
    else:
        back = _return(row, payment)
        ask = lambda: adapter.query_return(account, back, now)  # noqa: E731
        do = lambda: adapter.return_split(account, back, now)  # noqa: E731
    if ask_first:
        told = ask()
        if not (isinstance(told, Rejected) and told.code == NOT_FOUND):
            # A question that was not sent says nothing of what may have been.
            return Unknown("unreachable") if isinstance(told, Unknown) and told.reason == NOT_SENT else told
        # The channel never heard of it: the same number again.
    outcome = do()
    if ask_first and isinstance(outcome, Unknown) and outcome.reason == NOT_SENT:
        # This try was not; an earlier one may still be on its way.
        return Unknown("unreachable")
    if isinstance(outcome, Rejected):
        # "No" may mean "done before": the query knows.
        told = ask()
        if not isinstance(told, Rejected | Unknown):
            return told
    return outcome


def _split(row: Split, payment: Payment) -> SplitAttempt:
    shares = SplitShare.objects.filter(shop_id=row.shop_id, split_id=row.id).order_by("id")
    receivers = {one.id: one for one in Receiver.objects.filter(shop_id=row.shop_id)}
    return SplitAttempt(
        number=row.number,
        payment_number=payment.number,
        channel_ref=payment.channel_ref,
        shares=tuple(
            Share(receiver_value(receivers[one.receiver_id]), Money(one.amount_minor, one.currency)) for one in shares
        ),
        finish=True,
        note=payment.number,
    )


def _return(row: SplitReturn, payment: Payment) -> ReturnAttempt:
    share = SplitShare.objects.select_related("split").get(shop_id=row.shop_id, id=row.share_id)
    receiver = Receiver.objects.get(shop_id=row.shop_id, id=share.receiver_id)
    return ReturnAttempt(
        number=row.number,
        split_number=share.split.number,
        payment_number=payment.number,
        channel_ref=payment.channel_ref,
        receiver=receiver_value(receiver),
        amount=Money(row.amount_minor, row.currency),
        note=payment.number,
    )
