"""The books of the built-in sandbox channel: opened, paid, closed, refunded. Demo and tests only."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.money import Money
from goodfor.payments.models import SandboxTrade

_TRIES = 32


def open_trade(*, shop_id: UUID, account_id: UUID, number: str, amount: Money) -> None:
    """Make the trade known; again changes nothing."""
    SandboxTrade.objects.bulk_create(
        [
            SandboxTrade(
                shop_id=shop_id,
                account_id=account_id,
                number=number,
                amount_minor=amount.amount_minor,
                currency=amount.currency,
            )
        ],
        ignore_conflicts=True,
    )


def pay_trade(*, shop_id: UUID, number: str, now: datetime) -> bool:
    """The buyer pays; False when it is not open any more."""
    trades = SandboxTrade.objects.filter(shop_id=shop_id, number=number, state="unpaid")
    return trades.update(state="paid", paid_at=now) == 1


def close_trade(*, shop_id: UUID, number: str) -> bool:
    """No longer payable; False when it was paid or closed before."""
    return SandboxTrade.objects.filter(shop_id=shop_id, number=number, state="unpaid").update(state="closed") == 1


def refund_trade(*, shop_id: UUID, number: str, refund_number: str, amount: Money) -> bool:
    """Give money back, once for each refund number; False when there is not so much left."""
    for _try in range(_TRIES):
        trade = SandboxTrade.objects.filter(shop_id=shop_id, number=number, state="paid").first()
        if trade is None or trade.currency != amount.currency:
            return False
        if refund_number in trade.refunds:
            return bool(trade.refunds[refund_number] == amount.amount_minor)
        if trade.refunded_minor + amount.amount_minor > trade.amount_minor:
            return False
        with transaction.atomic():
            # Only if nobody else gave money back meanwhile; otherwise look again.
            done = SandboxTrade.objects.filter(
                shop_id=shop_id, id=trade.id, refunded_minor=trade.refunded_minor
            ).update(
                refunded_minor=trade.refunded_minor + amount.amount_minor,
                refunds={**trade.refunds, refund_number: amount.amount_minor},
            )
        if done:
            return True
    return False
