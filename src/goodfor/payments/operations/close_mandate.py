"""Steps by which a mandate comes about or is over, in their caller's transaction under the mandate's lock."""

from datetime import datetime

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.errors import AlreadyApplied
from goodfor.payments.events import MandateActive, MandateEnded
from goodfor.payments.locks import lock_payment
from goodfor.payments.mandate_models import Mandate, MandateCharge
from goodfor.payments.operations.settle_charge import refuse_charge
from goodfor.payments.providers.mandates import MANDATE_ENDED
from goodfor.payments.schedule import next_ask


def activate_mandate(row: Mandate, ref: str, *, now: datetime) -> None:
    """The channel says that it is signed."""
    _move(row, states.ACTIVE, "channel", now, channel_ref=ref, active_at=now, next_ask_at=None, asked=0)
    event = MandateActive(mandate_id=row.id, holder=row.holder)
    publish(shop_id=row.shop_id, event=event, cause=("payments.mandate", row.id), now=now)


def fail_mandate(row: Mandate, code: str, *, actor: str, now: datetime) -> None:
    """It never came about. Asked about once more later: somebody may sign what is still open at the channel."""
    later = max(row.expires_at, next_ask(asked=row.asked, now=now))
    _move(row, states.FAILED, actor, now, failure=code[:64], next_ask_at=later)


def finish_mandate(row: Mandate, by: str, *, now: datetime) -> None:
    """Over. Charges that were not sent are taken back; unless the channel said so itself, it is told at once."""
    tell_at = None if by == "channel" else now
    _move(row, states.ENDED, by, now, ended_at=now, ended_by=by[:64], next_ask_at=tell_at, asked=0)
    unsent = MandateCharge.objects.filter(shop_id=row.shop_id, mandate_id=row.id, state__in=states.UNSENT)
    for payment_id in unsent.order_by("id").values_list("payment_id", flat=True):
        payment = lock_payment(row.shop_id, payment_id)
        charge = unsent.filter(payment_id=payment_id).first()
        if charge is not None:
            refuse_charge(payment, charge, MANDATE_ENDED, now=now)
    event = MandateEnded(mandate_id=row.id, holder=row.holder, by=by[:64])
    publish(shop_id=row.shop_id, event=event, cause=("payments.mandate", row.id), now=now)


def _move(row: Mandate, to: str, actor: str, now: datetime, **changes: object) -> None:
    """Raises AlreadyApplied where somebody else moved it."""
    before = row.state
    if not Mandate.objects.filter(shop_id=row.shop_id, id=row.id, state=before).update(state=to, **changes):
        raise AlreadyApplied
    for name, value in {"state": to, **changes}.items():
        setattr(row, name, value)
    record_history(
        shop_id=row.shop_id, machine=states.MANDATE, subject_id=row.id, moves=[(before, to)], actor=actor,
        cause=row.number, now=now,
    )  # fmt: skip
