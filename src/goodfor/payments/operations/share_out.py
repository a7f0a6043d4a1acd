"""Decide who gets how much of a frozen payment, and give the rest free; the errand is done after the commit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from goodfor.kernel import audit
from goodfor.kernel.ids import order_number, uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger
from goodfor.payments import states
from goodfor.payments.errors import PaymentNotFrozen
from goodfor.payments.locks import lock_payment, lock_pot
from goodfor.payments.models import Payment, Refund
from goodfor.payments.split_entries import release_entry
from goodfor.payments.split_models import WHOLE, Pot, Receiver, Split, SplitShare

log = structlog.get_logger(__name__)
#: After a pot crashed.
LATER: Final = timedelta(minutes=10)


def share_out_due(*, now: datetime, limit: int = 50) -> int:
    """Payments of all shops whose hold is over, and those that their channel has given free by itself; how many."""
    with platform_job("share out frozen payments"):
        due = list(
            Pot.objects.filter(Q(due_at__lte=now) | Q(release_by__lte=now, state=states.FROZEN))
            .order_by("due_at")
            .values_list("shop_id", "payment_id")[:limit]
        )
    for shop_id, payment_id in due:
        try:
            share_out(shop_id=shop_id, payment_id=payment_id, now=now)
        except Exception:
            log.exception("share_out_crashed", payment=str(payment_id))
            Pot.objects.filter(shop_id=shop_id, payment_id=payment_id, due_at__isnull=False).update(due_at=now + LATER)
    return len(due)


def share_out(*, shop_id: UUID, payment_id: UUID, now: datetime, nobody: bool = False, actor: str = "system") -> None:
    """Share out what was kept of the payment by the standing shares; `nobody`: give all of it free.

    Harmless while an errand is under way. Raises PaymentNotFrozen for a payment that is not (any more).
    """
    with transaction.atomic():
        payment = lock_payment(shop_id, payment_id)
        pot = lock_pot(shop_id, payment_id)
        if pot is None or pot.state != states.FROZEN:
            raise PaymentNotFrozen
        if actor != "system":
            audit.record(
                shop_id=shop_id, actor=actor, action="payments.shared_out", subject=("payments.payment", payment_id),
                data={"nobody": nobody}, now=now,
            )  # fmt: skip
        if Split.objects.filter(shop_id=shop_id, payment_id=payment_id).exclude(state=states.FAILED).exists():
            Pot.objects.filter(shop_id=shop_id, payment_id=payment_id).update(due_at=None)
            return
        kept = payment.captured_minor - payment.refunded_minor
        if now >= pot.release_by or not kept:
            # The channel has given it free by itself, or all of it went back to the buyer.
            release(pot, given_minor=0, now=now)
            return
        # Money that came besides what was bought goes back: nobody has a share in it.
        shares = _shares(payment, kept) if payment.settles and not nobody else []
        _begin(pot, payment, kept, shares, actor, now)


def release(pot: Pot, *, given_minor: int, now: datetime) -> None:
    """The pot is over: what the receivers did not get is ours. In the caller's transaction, with the pot locked."""
    Pot.objects.filter(shop_id=pot.shop_id, payment_id=pot.payment_id).update(
        state=states.RELEASED, released_at=now, due_at=None
    )
    entry = release_entry(pot=pot, given_minor=given_minor, now=now)
    if entry is not None:
        ledger.post(shop_id=pot.shop_id, currency=pot.currency, entries=(entry,), now=now)


def _shares(payment: Payment, kept: int) -> list[tuple[UUID, int]]:
    receivers = Receiver.objects.filter(
        shop_id=payment.shop_id, provider=payment.provider, account_code=payment.account_code, state=states.BOUND,
        basis_points__gt=0,
    ).order_by("id")  # fmt: skip
    # Rounded down: what is left of a fen is the shop's.
    amounts = ((one.id, kept * one.basis_points // WHOLE) for one in receivers)
    return [(receiver_id, amount) for receiver_id, amount in amounts if amount]


def _begin(
    pot: Pot, payment: Payment, kept: int, shares: Sequence[tuple[UUID, int]], actor: str, now: datetime
) -> None:
    refunds = Refund.objects.filter(shop_id=pot.shop_id, payment_id=pot.payment_id).exclude(state=states.FAILED)
    split = Split.objects.create(
        id=uuid7(), shop_id=pot.shop_id, payment_id=pot.payment_id, number="S" + order_number(now)[1:],
        base_minor=kept, refunds=[str(refund_id) for refund_id in refunds.values_list("id", flat=True)],
        next_try_at=now, created_at=now,
    )  # fmt: skip
    SplitShare.objects.bulk_create(
        SplitShare(
            id=uuid7(), shop_id=pot.shop_id, split_id=split.id, payment_id=pot.payment_id, receiver_id=receiver_id,
            amount_minor=amount, currency=pot.currency,
        )
        for receiver_id, amount in shares
    )  # fmt: skip
    Pot.objects.filter(shop_id=pot.shop_id, payment_id=pot.payment_id).update(due_at=None, tries=pot.tries + 1)
    record_history(
        shop_id=pot.shop_id, machine=states.SPLIT, subject_id=split.id, moves=[(None, states.CREATED)], actor=actor,
        cause=f"payments.payment:{payment.id}", now=now,
    )  # fmt: skip
