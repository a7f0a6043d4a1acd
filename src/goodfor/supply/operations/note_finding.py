"""Write down what changed about a purchase after it had ended. In the caller's transaction, which booked it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.supply import states
from goodfor.supply.account_models import Finding
from goodfor.supply.errors import FindingClosed, FindingNotFound
from goodfor.supply.events import RefundedAfterSuccess
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.returns import awaited, other_returns


def note_finding(
    attempt: Attempt, kind: str, *, mark: str, amount: Decimal | None, told_by: str, now: datetime,
    is_open: bool = False,
) -> UUID | None:  # fmt: skip
    """Once for each mark; None: it was known. `amount` in their currency."""
    row, new = Finding.objects.get_or_create(
        shop_id=attempt.shop_id, attempt_id=attempt.id, kind=kind, mark=mark[:64],
        defaults={
            "supplier_id": attempt.supplier_id, "amount": amount or 0, "told_by": told_by[:100], "at": now,
            "open": is_open,
        },
    )  # fmt: skip
    return row.id if new else None


def note_return(want: Want, attempt: Attempt, refunded: Decimal, told_by: str, now: datetime) -> None:
    """Money of an ended purchase came back; `refunded` is all so far.

    What was never delivered may be given back: that is as it should be. More than that is for goods that came, which
    the buyer may have: a person looks. So is what codes cost that they took back, or what answers a complaint.
    """
    claimed = attempt.claimed_minor > 0
    due = _undelivered(attempt) + other_returns(attempt)
    suspicious = not claimed and refunded > due and not awaited(attempt)
    found = note_finding(
        attempt, "claim" if claimed else "refund", mark=f"{refunded:.6f}", amount=refunded - attempt.refunded,
        told_by=told_by, now=now, is_open=suspicious,
    )  # fmt: skip
    if found is None or not suspicious:
        return
    event = RefundedAfterSuccess(
        found, attempt.id, attempt.supplier_id, f"{(refunded - attempt.refunded).normalize():f}", attempt.currency
    )
    publish(shop_id=want.shop_id, event=event, cause=("supply.attempt", attempt.id), now=now)


def _undelivered(attempt: Attempt) -> Decimal:
    if attempt.state != states.PARTIAL or attempt.charged is None:
        return Decimal(0)
    return attempt.charged * (attempt.quantity - attempt.got) / attempt.quantity


@transaction.atomic(savepoint=False)
def close_finding(*, shop_id: UUID, finding_id: UUID, note: str, actor: str, now: datetime) -> None:
    """A person has looked: what was done about it stands in the note. Raises FindingNotFound, FindingClosed."""
    rows = Finding.objects.filter(shop_id=shop_id, id=finding_id)
    if not rows.filter(open=True).update(open=False, closed_at=now, closed_by=actor[:100], note=note.strip()[:200]):
        raise FindingClosed if rows.exists() else FindingNotFound
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.finding_closed",
        subject=("supply.finding", finding_id),
        data={"note": note.strip()[:200]},
        now=now,
    )
