"""Write down how an errand of a split went: who has a share, what is free now, what came back."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.payments import states
from goodfor.payments.locks import lock_errand, lock_payment, lock_pot
from goodfor.payments.models import Payment
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.operations.share_out import release
from goodfor.payments.operations.take_back_shares import take_back_shares
from goodfor.payments.providers.base import NOT_SENT
from goodfor.payments.providers.splits import ShareResult, results_of
from goodfor.payments.schedule import next_refund_try
from goodfor.payments.split_entries import return_entry, share_entry
from goodfor.payments.split_models import Pot, Receiver, Split, SplitReturn, SplitShare

#: When a refused split is tried anew, under a new number; after the last a person decides.
ANEW: Final = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=12))
AMBIGUOUS_AFTER: Final = 5


def settle_split(*, shop_id: UUID, split_id: UUID, outcome: Outcome, now: datetime) -> None:
    """Move the split by the outcome. One that is over is left as it is."""
    with transaction.atomic():
        payment_id = Split.objects.values_list("payment_id", flat=True).get(shop_id=shop_id, id=split_id)
        order_id = _order_of(lock_payment(shop_id, payment_id))
        pot = lock_pot(shop_id, payment_id)
        row = lock_errand(Split, shop_id, split_id)
        if pot is None or row.state not in states.UNFINISHED_REFUND:
            return
        shares = list(SplitShare.objects.filter(shop_id=shop_id, split_id=split_id).order_by("id"))
        results = _matched(shop_id, shares, outcome)
        if isinstance(outcome, Succeeded) and results is None:
            outcome = Unknown("incomplete")
        if isinstance(outcome, Succeeded):
            assert results is not None
            _shared(pot, results, order_id, now)
        elif isinstance(outcome, Rejected):
            SplitShare.objects.filter(shop_id=shop_id, split_id=split_id, state=states.PENDING).update(
                state=states.FAILED, code="refused"
            )
            _anew(pot, outcome, now)
        _move(row, outcome, now)
        if isinstance(outcome, Succeeded):
            # A refund may have come while this was under way.
            take_back_shares(shop_id=shop_id, payment_id=payment_id, now=now)
        reach("splits.settling")


def settle_return(*, shop_id: UUID, return_id: UUID, outcome: Outcome, now: datetime) -> None:
    """Move the return by the outcome. What a receiver does not give back is a case: the buyer has the money already."""
    with transaction.atomic():
        payment_id = SplitReturn.objects.values_list("payment_id", flat=True).get(shop_id=shop_id, id=return_id)
        order_id = _order_of(lock_payment(shop_id, payment_id))
        pot = lock_pot(shop_id, payment_id)
        row = lock_errand(SplitReturn, shop_id, return_id)
        if pot is None or row.state not in states.UNFINISHED_REFUND:
            return
        share = SplitShare.objects.get(shop_id=shop_id, id=row.share_id)
        _move(row, outcome, now)
        if isinstance(outcome, Succeeded):
            entry = return_entry(pot=pot, back=row, receiver_id=share.receiver_id, order_id=order_id, now=now)
            ledger.post(shop_id=shop_id, currency=row.currency, entries=(entry,), now=now)
        elif isinstance(outcome, Rejected):
            about = _label(share) | {"reason": outcome.code[:64], "amount_minor": row.amount_minor}
            _case(row, "split_not_returned", about, now)
        reach("splits.settling")


def _matched(shop_id: UUID, shares: list[SplitShare], outcome: Outcome) -> list[tuple[SplitShare, ShareResult]] | None:
    """Each share with the channel's own word about it; None unless every one has a final one of its amount."""
    told = {(one.account, one.amount.amount_minor): one for one in results_of(outcome)}
    refs = dict(Receiver.objects.filter(shop_id=shop_id).values_list("id", "ref"))
    pairs = [(share, told.get((refs.get(share.receiver_id, ""), share.amount_minor))) for share in shares]
    found = [(share, result) for share, result in pairs if result is not None and result.state != "pending"]
    return found if len(found) == len(shares) else None


def _order_of(payment: Payment) -> UUID | None:
    return payment.source_id if payment.source_type == "order" else None


def _shared(pot: Pot, results: list[tuple[SplitShare, ShareResult]], order_id: UUID | None, now: datetime) -> None:
    given, entries = 0, []
    for share, result in results:
        SplitShare.objects.filter(shop_id=pot.shop_id, id=share.id, state=states.PENDING).update(
            state=result.state, code=result.code[:64], channel_ref=result.ref[:64]
        )
        if result.state == states.SUCCEEDED:
            given += share.amount_minor
            entries.append(share_entry(pot=pot, share=share, order_id=order_id, now=now))
        else:
            # The channel gave it to us with the rest; the receiver is to be paid some other way.
            detail = _label(share) | {"reason": result.code[:64], "amount_minor": share.amount_minor}
            open_case(
                shop_id=pot.shop_id, kind="split_share_failed", business_key=f"share:{share.id}",
                payment_id=pot.payment_id, detail=detail, now=now,
            )  # fmt: skip
    if entries:
        ledger.post(shop_id=pot.shop_id, currency=pot.currency, entries=entries, now=now)
    release(pot, given_minor=given, now=now)


def _anew(pot: Pot, outcome: Rejected, now: datetime) -> None:
    wait = ANEW[pot.tries - 1] if 0 < pot.tries <= len(ANEW) else None
    Pot.objects.filter(shop_id=pot.shop_id, payment_id=pot.payment_id).update(due_at=now + wait if wait else None)
    if wait is None:
        open_case(
            shop_id=pot.shop_id, kind="split_refused", business_key=f"split:{pot.payment_id}:{pot.tries}",
            payment_id=pot.payment_id, detail={"reason": outcome.code[:64]}, now=now,
        )  # fmt: skip


def _move(row: Split | SplitReturn, outcome: Outcome, now: datetime) -> None:
    before = row.state
    if isinstance(outcome, Succeeded):
        row.state, row.failure, row.channel_ref = states.SUCCEEDED, "", outcome.ref[:64] or row.channel_ref
    elif isinstance(outcome, Rejected):
        row.state, row.failure = states.FAILED, outcome.code[:64]
    elif isinstance(outcome, Pending):
        row.state, row.channel_ref = states.REQUESTED, outcome.ref[:64] or row.channel_ref
    elif outcome.reason == NOT_SENT and before == states.REQUESTED:
        row.state, row.failure = states.CREATED, NOT_SENT
    else:
        row.state, row.failure = states.UNKNOWN, outcome.reason[:64]
    row.next_try_at = row.finished_at = None
    if row.state in states.UNFINISHED_REFUND:
        row.next_try_at = next_refund_try(attempts=row.attempts, now=now, repeatable=True)
    else:
        row.finished_at = now
    if row.state == states.UNKNOWN and (row.attempts == AMBIGUOUS_AFTER or row.next_try_at is None):
        _case(row, "split_unknown", {"reason": row.failure, "attempts": row.attempts}, now)
    type(row).objects.filter(shop_id=row.shop_id, id=row.id, state=before).update(
        state=row.state, failure=row.failure, channel_ref=row.channel_ref, next_try_at=row.next_try_at,
        finished_at=row.finished_at,
    )  # fmt: skip
    if row.state != before:
        record_history(
            shop_id=row.shop_id, machine=row.machine, subject_id=row.id, moves=[(before, row.state)],
            actor="channel", cause=f"attempt:{row.attempts}", now=now,
        )  # fmt: skip


def _case(row: Split | SplitReturn, kind: str, detail: dict[str, object], now: datetime) -> None:
    open_case(
        shop_id=row.shop_id, kind=kind, business_key=f"errand:{row.id}:{kind}", payment_id=row.payment_id,
        detail={"number": row.number} | detail, now=now,
    )  # fmt: skip


def _label(share: SplitShare) -> dict[str, object]:
    label = Receiver.objects.values_list("label", flat=True).get(shop_id=share.shop_id, id=share.receiver_id)
    return {"receiver": label}
