"""The one function that applies facts: that money came, to the payment it names."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from goodfor.kernel.money import Money
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.errors import AlreadyApplied
from goodfor.payments.judgement import CASES, Known, judge
from goodfor.payments.locks import lock_attempts
from goodfor.payments.mandate_types import MANDATE
from goodfor.payments.mapping import fact_value, payment_view
from goodfor.payments.models import Account, FactRow, Inbox, Payment
from goodfor.payments.operations.note_charged import note_charged
from goodfor.payments.operations.note_frozen import note_frozen
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.operations.record_fact import insert_fact
from goodfor.payments.types import Applied, Fact, OutcomeName


def apply_fact(*, shop_id: UUID, fact: Fact, now: datetime) -> Applied:
    """Apply a `paid` fact that the channel itself confirmed, in the caller's transaction, once.

    Never raises for what the channel says: what does not fit opens a case and comes back as its outcome. The caller
    posts `Applied.entry()` for every outcome but `already_applied`. Raises ValueError for other kinds of fact.
    """
    if fact.kind != "paid":
        raise ValueError(f"cannot apply a fact of kind {fact.kind!r}")
    with transaction.atomic(savepoint=False):
        attempts, payment = _locked_attempts(shop_id, fact.our_ref)
        # The fact's own merchant decides whose payment it is; a payment made with another one is not touched.
        row, _fresh = insert_fact(shop_id=shop_id, fact=fact, payment_id=payment.id if payment else None, now=now)
        if row.our_ref != fact.our_ref:
            attempts, payment = _locked_attempts(shop_id, row.our_ref)
        case_id = _check_unchanged(row, fact, payment, now)
        if row.applied_at is not None:
            return _applied(row, "already_applied", payment, case_id)
        outcome = judge(fact_value(row), _known(payment, attempts))
        if payment is not None and outcome != "mismatch":
            _take(payment, row, outcome, now)
        if kind := CASES.get(outcome):
            case_id = open_case(
                shop_id=shop_id,
                kind=kind,
                business_key=f"fact:{row.id}",
                payment_id=payment.id if payment else None,
                detail=_detail(row, payment),
                now=now,
            )
        _mark(row, payment, outcome, now)
        return _applied(row, outcome, payment, case_id)


def _locked_attempts(shop_id: UUID, number: str) -> tuple[list[Payment], Payment | None]:
    """All attempts of the source that the number belongs to, locked, and the one of that number."""
    source = Payment.objects.filter(shop_id=shop_id, number=number).values_list("source_type", "source_id").first()
    attempts = lock_attempts(shop_id, *source) if source else []
    return attempts, next((row for row in attempts if row.number == number), None)


def _known(payment: Payment | None, attempts: list[Payment]) -> Known | None:
    if payment is None:
        return None
    return Known(
        account_id=payment.account_id,
        provider=payment.provider,
        amount=Money(payment.amount_minor, payment.currency),
        state=payment.state,
        source_settled=any(row.settles for row in attempts),
    )


def _take(payment: Payment, row: FactRow, outcome: OutcomeName, now: datetime) -> None:
    """Count the money on the payment and move its state."""
    before = payment.state
    payment.captured_minor += row.amount_minor
    payment.next_poll_at = None
    if outcome in ("confirmed", "late") or (
        outcome == "duplicate_payment" and payment.captured_minor >= payment.amount_minor
    ):
        payment.state = states.SUCCEEDED
        payment.succeeded_at = payment.succeeded_at or now
        payment.settles = True if outcome != "duplicate_payment" else payment.settles
    elif before in states.PAYABLE:
        payment.state, payment.failure, payment.closed_at = states.FAILED, outcome, now
    payment.channel_ref = payment.channel_ref if before == states.SUCCEEDED else row.channel_ref
    moved = Payment.objects.filter(shop_id=payment.shop_id, id=payment.id, state=before).update(
        state=payment.state,
        settles=payment.settles,
        captured_minor=payment.captured_minor,
        channel_ref=payment.channel_ref,
        failure=payment.failure,
        succeeded_at=payment.succeeded_at,
        closed_at=payment.closed_at,
        next_poll_at=None,
    )
    if not moved:
        raise AlreadyApplied
    if payment.request.get("frozen"):
        note_frozen(payment=payment, amount_minor=row.amount_minor, fact_id=row.id, now=now)
    if payment.state != before:
        record_history(
            shop_id=payment.shop_id,
            machine=states.PAYMENT,
            subject_id=payment.id,
            moves=[(before, payment.state)],
            actor="channel",
            cause=f"payments.fact:{row.id}",
            now=now,
        )
        if payment.method == MANDATE and payment.state == states.SUCCEEDED:
            note_charged(payment=payment, now=now)


def _mark(row: FactRow, payment: Payment | None, outcome: OutcomeName, now: datetime) -> None:
    """Note what became of the fact, and that the callbacks which spoke of it are dealt with."""
    row.outcome, row.applied_at = outcome, now
    row.payment_id = payment.id if payment and outcome != "mismatch" else None
    row.posting_ref = _posting_ref(row, payment, outcome)
    FactRow.objects.filter(shop_id=row.shop_id, id=row.id).update(
        outcome=row.outcome, applied_at=now, payment_id=row.payment_id, posting_ref=row.posting_ref
    )
    spoke = Q(account_id=row.account_id, our_ref=row.our_ref) | Q(id=row.inbox_id)
    Inbox.objects.filter(spoke, shop_id=row.shop_id, verified=True, applied_at__isnull=True).update(applied_at=now)


def _posting_ref(row: FactRow, payment: Payment | None, outcome: OutcomeName) -> str:
    """`pay:{payment}` for the first money of a payment; later money and money of nobody is named by its fact."""
    if payment is None or outcome == "mismatch":
        return f"payfact:{row.id}"
    first = payment.captured_minor == row.amount_minor
    return f"pay:{payment.id}" if first else f"pay:{payment.id}:{row.id}"


def _check_unchanged(row: FactRow, fact: Fact, payment: Payment | None, now: datetime) -> UUID | None:
    """The channel told another amount or number under this reference before: the first word stands, a case opens."""
    told = (fact.our_ref, fact.amount.amount_minor, fact.amount.currency)
    if (row.our_ref, row.amount_minor, row.currency) == told:
        return None
    return open_case(
        shop_id=row.shop_id,
        kind="tampered",
        business_key=f"changed:{row.id}",
        payment_id=payment.id if payment else None,
        detail=_detail(row, payment) | {"now_says_minor": fact.amount.amount_minor, "now_says_ref": fact.our_ref},
        now=now,
    )


def _detail(row: FactRow, payment: Payment | None) -> dict[str, object]:
    return {
        "our_ref": row.our_ref,
        "channel_ref": row.channel_ref,
        "received_minor": row.amount_minor,
        "received_currency": row.currency,
        "expected_minor": payment.amount_minor if payment else None,
        "provider": row.provider,
    }


def _applied(row: FactRow, outcome: OutcomeName, payment: Payment | None, case_id: UUID | None) -> Applied:
    account_code = Account.objects.filter(shop_id=row.shop_id, id=row.account_id).values_list("code", flat=True).first()
    return Applied(
        outcome=outcome,
        fact_id=row.id,
        fact=fact_value(row),
        payment=payment_view(payment) if payment else None,
        account_code=account_code or "",
        reference=row.posting_ref,
        # A wrong date of theirs must not put money into a month that is closed: the posting would be refused for ever.
        effective_at=max(min(row.happened_at, row.recorded_at), payment.created_at if payment else row.recorded_at),
        case_id=case_id,
    )
