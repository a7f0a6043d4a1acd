"""Write down what one step of a question to a supplier came to. One transaction; calls are made before and after."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel.events import publish
from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.statemachine import record_history
from goodfor.supply import entries, states
from goodfor.supply.events import ComplaintEnded, SupplierAnswered
from goodfor.supply.inquiry_models import Inquiry
from goodfor.supply.locks import lock_inquiry
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.returns import other_returns
from goodfor.supply.schedule import inquire_at


@dataclass(frozen=True, slots=True)
class End:
    """The last word. `failed`: nobody said it, it is for lack of an answer or of such a service."""

    said: str
    used_at: datetime | None = None
    failed: bool = False
    #: Of a complaint that is upheld, in their currency.
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """No end yet: asked again by the schedule. `sent`: something went out that may have changed something there."""

    sent: bool = False
    ticket: str = ""
    #: They say that it is still unused.
    unused: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing was asked: not before `until`."""

    until: datetime


Step = End | Wait | Hold


@transaction.atomic
def begin_call(*, shop_id: UUID, inquiry_id: UUID, lease: datetime, now: datetime) -> bool:
    """Something is about to be sent, which is known from now on. False: another void of the code, or another complaint
    about the purchase, is out there; or this one does not wait any more."""
    row = lock_inquiry(shop_id, inquiry_id)
    if row.state != states.INQUIRY_DUE:
        return False
    columns: dict[str, Any] = {"state": states.INQUIRY_SENT, "sent_at": now, "calls": row.calls + 1, "next_at": lease,
                               "unused_at": None}  # fmt: skip
    if row.kind == "complain":
        attempt = Attempt.objects.get(shop_id=shop_id, id=row.attempt_id)
        columns["refunded_before"] = max(Decimal(0), attempt.refunded - other_returns(attempt))
    try:
        with transaction.atomic():
            Inquiry.objects.filter(shop_id=shop_id, id=row.id, state=states.INQUIRY_DUE).update(**columns)
    except IntegrityError:
        return False
    _moved(row, states.INQUIRY_SENT, "called", now)
    return True


@transaction.atomic
def settle_inquiry(*, shop_id: UUID, inquiry_id: UUID, step: Step, now: datetime) -> str:
    """The state after. What has ended stays as it is. Raises InquiryNotFound."""
    row = lock_inquiry(shop_id, inquiry_id)
    if row.state not in states.INQUIRY_LIVE:
        return row.state
    if isinstance(step, Hold):
        end = _held(row, step, now)
    elif isinstance(step, Wait):
        end = _waited(row, step, now)
    else:
        end = step
    return row.state if end is None else _end(row, end, now)


def _held(row: Inquiry, step: Hold, now: datetime) -> End | None:
    sent = row.state == states.INQUIRY_SENT
    if inquire_at(kind=row.kind, sent=sent, tries=0, asked_at=row.asked_at, now=now) is None:
        return End("silent", failed=True)
    Inquiry.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(next_at=step.until)
    return None


def _waited(row: Inquiry, step: Wait, now: datetime) -> End | None:
    state = states.INQUIRY_SENT if step.sent else states.INQUIRY_DUE
    tries = row.tries + 1 if state == row.state else 1
    at = inquire_at(kind=row.kind, sent=step.sent, tries=tries - 1, asked_at=row.asked_at, now=now)
    if at is None:
        return End("silent", failed=True)
    columns: dict[str, Any] = {
        "state": state, "tries": tries, "next_at": at, "ticket": step.ticket[:64] or row.ticket,
        "sent_at": row.sent_at or now if step.sent else row.sent_at,
        "unused_at": (row.unused_at or now) if step.unused else None,
    }  # fmt: skip
    try:
        with transaction.atomic():
            Inquiry.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(**columns)
    except IntegrityError:
        # They are taking it back by another word of ours: that one has its end first.
        Inquiry.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(next_at=at)
        return None
    if state != row.state:
        _moved(row, state, "waiting", now)
        row.state = state
    return None


def _end(row: Inquiry, end: End, now: datetime) -> str:
    state = states.INQUIRY_FAILED if end.failed else states.INQUIRY_DONE
    columns: dict[str, Any] = {
        "state": state, "said": end.said, "used_at": end.used_at, "ended_at": max(now, row.asked_at), "next_at": None,
    }  # fmt: skip
    if row.kind == "complain":
        columns |= _money(row, end)
    known = Inquiry.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state)
    try:
        with transaction.atomic():
            known.update(**columns)
    except IntegrityError:
        # Taken back before, for somebody else: it does not come back a second time.
        end = End("refused")
        known.update(**columns | {"said": end.said})
    _moved(row, state, end.said, now)
    row.state, row.amount_minor, row.currency = state, columns.get("amount_minor"), columns.get("currency", "")
    _tell(row, end, now)
    if end.said == "voided" and row.kind == "void":
        # What they paid back for it is booked by the next question about the purchase.
        known_ended = Attempt.objects.filter(shop_id=row.shop_id, id=row.attempt_id).exclude(state=states.SENDING)
        known_ended.update(next_at=now)
    return state


def _money(row: Inquiry, end: End) -> dict[str, Any]:
    attempt = Attempt.objects.get(shop_id=row.shop_id, id=row.attempt_id)
    currency = Want.objects.values_list("currency", flat=True).get(shop_id=row.shop_id, id=attempt.want_id)
    if end.amount is None:
        return {"currency": currency}
    rate = Supplier.objects.values_list("rate", flat=True).get(shop_id=row.shop_id, id=row.supplier_id)
    minor = entries.minor(end.amount, rate, EXPONENTS[currency])
    return {"amount": end.amount, "amount_minor": minor, "currency": currency}


def _tell(row: Inquiry, end: End, now: datetime) -> None:
    cause = ("supply.inquiry", row.id)
    if row.kind == "complain" and end.said != "silent" and row.sent_at is not None:
        ended = ComplaintEnded(
            row.id, row.subject, row.attempt_id, row.supplier_id, end.said, row.amount_minor or 0, row.currency
        )
        publish(shop_id=row.shop_id, event=ended, cause=cause, now=now)
        return
    answered = SupplierAnswered(row.id, row.subject, row.code_id, row.kind, end.said, end.used_at)
    publish(shop_id=row.shop_id, event=answered, cause=cause, now=now)


def _moved(row: Inquiry, state: str, cause: str, now: datetime) -> None:
    record_history(
        shop_id=row.shop_id, machine=states.INQUIRY, subject_id=row.id, moves=[(row.state, state)], actor="system",
        cause=cause[:64], now=now,
    )  # fmt: skip
