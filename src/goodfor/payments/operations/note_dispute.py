"""A channel tells of a dispute: ask it where it can be asked, write down whose the money is now, and tell the staff."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Rejected, Succeeded
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry, Line
from goodfor.payments import states
from goodfor.payments.dispute_models import Dispute
from goodfor.payments.events import DisputeEnded
from goodfor.payments.locks import lock_dispute, lock_payment
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account, FactRow, Inbox, Payment
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.operations.record_fact import insert_fact
from goodfor.payments.providers.base import UNSUPPORTED, fact_of
from goodfor.payments.providers.registry import disputing
from goodfor.payments.types import DISPUTE_LOSS, Fact, channel_account, dispute_account

ENDS: Final = {"dispute_won": states.WON, "dispute_lost": states.LOST}
KINDS: Final = frozenset({"disputed", *ENDS})


def note_dispute(*, shop_id: UUID, fact: Fact, now: datetime) -> bool:
    """Ask the channel about the dispute and apply what it says; False when it gave no answer: let it call again.

    Where the channel cannot be asked, its own signed word counts. Never inside a transaction.
    """
    require_no_transaction()
    account = Account.objects.filter(shop_id=shop_id, id=fact.account_id).first()
    if account is None:
        return False
    said = fact
    if adapter := disputing(account.provider):
        outcome = adapter.query_dispute(opened(account), fact.channel_ref, now)
        if isinstance(outcome, Succeeded):
            said = fact_of(outcome)
        elif outcome != Rejected(UNSUPPORTED):
            return False
    apply_dispute(shop_id=shop_id, account=account, fact=said, now=now)
    if fact.inbox_id:
        Inbox.objects.filter(shop_id=shop_id, id=fact.inbox_id, applied_at__isnull=True).update(applied_at=now)
    return True


def apply_dispute(*, shop_id: UUID, account: Account, fact: Fact, now: datetime) -> UUID:
    """Open the dispute, or end it, once for each word of the channel; returns its id."""
    with transaction.atomic():
        payment = _payment_of(shop_id, account, fact)
        row, _fresh = insert_fact(shop_id=shop_id, fact=fact, payment_id=payment.id if payment else None, now=now)
        dispute = _dispute(account, fact, payment, now)
        if row.applied_at is None:
            if end := ENDS.get(fact.kind):
                _end(dispute, account, end, now)
            FactRow.objects.filter(shop_id=shop_id, id=row.id).update(
                outcome="confirmed", applied_at=now, payment_id=dispute.payment_id
            )
    return dispute.id


def _payment_of(shop_id: UUID, account: Account, fact: Fact) -> Payment | None:
    """The payment that is disputed, locked: no refund of it begins meanwhile."""
    # Of any version of the account: its keys may have changed since it was paid.
    own = Payment.objects.filter(shop_id=shop_id, provider=account.provider, account_code=account.code)
    found = own.filter(number=fact.our_ref) if fact.our_ref else own.filter(channel_ref=fact.parent_ref or "-")
    payment_id = found.values_list("id", flat=True).first()
    return lock_payment(shop_id, payment_id) if payment_id else None


def _dispute(account: Account, fact: Fact, payment: Payment | None, now: datetime) -> Dispute:
    new = Dispute(
        id=uuid7(), shop_id=account.shop_id, account_id=account.id, provider=account.provider,
        payment_id=payment.id if payment else None, channel_ref=fact.channel_ref,
        amount_minor=fact.amount.amount_minor, currency=fact.amount.currency, opened_at=now,
    )  # fmt: skip
    Dispute.objects.bulk_create([new], ignore_conflicts=True)
    row = lock_dispute(account.shop_id, account.id, fact.channel_ref)
    if row.id == new.id:
        _history(row, None, states.DISPUTED, now)
        _post(row, account, "dispute", held=row.amount_minor, now=now)
        open_case(
            shop_id=row.shop_id, kind="dispute", business_key=f"dispute:{row.id}", payment_id=row.payment_id,
            detail=_detail(row, payment), now=now,
        )  # fmt: skip
    return row


def _detail(row: Dispute, payment: Payment | None) -> dict[str, Any]:
    detail: dict[str, Any] = {"channel_ref": row.channel_ref, "amount_minor": row.amount_minor}
    if payment is not None and payment.refunded_minor:
        # The same money may go twice: once by our refund, once by the bank.
        detail["refunded_minor"] = payment.refunded_minor
    return detail


def _end(row: Dispute, account: Account, end: str, now: datetime) -> None:
    if row.state == end or row.state == states.WON:
        return
    before = row.state
    Dispute.objects.filter(shop_id=row.shop_id, id=row.id, state=before).update(state=end, closed_at=now)
    _history(row, before, end, now)
    if end == states.WON:
        _post(row, account, "dispute_won", held=-row.amount_minor if before == states.DISPUTED else 0, now=now)
    else:
        _post(row, account, "dispute_lost", held=-row.amount_minor, now=now)
    row.state, row.closed_at = end, now
    kind, source_id = "", None
    if row.payment_id is not None:
        paid = Payment.objects.get(shop_id=row.shop_id, id=row.payment_id)
        kind, source_id = paid.source_type, paid.source_id
    publish(
        shop_id=row.shop_id, event=DisputeEnded(row.id, kind, source_id, end == states.WON),
        cause=("payments.dispute", row.id), now=now,
    )  # fmt: skip


def _post(row: Dispute, account: Account, kind: str, *, held: int, now: datetime) -> None:
    """`held` is what the dispute's account gains; the channel's, or the loss, is the other side."""
    channel, order_id = channel_account(row.provider, account.code), _order_of(row)
    if kind == "dispute_lost":
        # A loss of its order, whose profit is less by it.
        lines = (Line(dispute_account(row.provider), held), Line(DISPUTE_LOSS, -held, order_id=order_id))
    elif held:
        lines = (Line(dispute_account(row.provider), held), Line(channel, -held))
    else:
        # Won after it was lost: what was written off comes back.
        lines = (Line(channel, row.amount_minor), Line(DISPUTE_LOSS, -row.amount_minor, order_id=order_id))
    entry = Entry(
        reference=f"{kind}:{row.id}", kind=kind, lines=lines, effective_at=now, cause=("payments.dispute", row.id)
    )
    ledger.post(shop_id=row.shop_id, currency=row.currency, entries=(entry,), now=now)


def _order_of(row: Dispute) -> UUID | None:
    if row.payment_id is None:
        return None
    found = Payment.objects.filter(shop_id=row.shop_id, id=row.payment_id, source_type="order")
    return found.values_list("source_id", flat=True).first()


def _history(row: Dispute, before: str | None, after: str, now: datetime) -> None:
    record_history(
        shop_id=row.shop_id, machine=states.DISPUTE, subject_id=row.id, moves=[(before, after)], actor="channel",
        cause=row.channel_ref, now=now,
    )  # fmt: skip
