"""Money came by a mandate: note it on its charge, in the transaction that applies the fact."""

from datetime import datetime

from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.mandate_models import MandateCharge
from goodfor.payments.models import Payment


def note_charged(*, payment: Payment, now: datetime) -> None:
    """Under the payment's lock. Money of a charge that was refused before is `late`: another may be under way."""
    charge = MandateCharge.objects.filter(shop_id=payment.shop_id, payment_id=payment.id).first()
    if charge is None:
        return
    to = states.LATE if charge.state == states.REFUSED else states.SUCCEEDED
    moved = MandateCharge.objects.filter(shop_id=charge.shop_id, id=charge.id, state=charge.state).update(
        state=to, ended_at=charge.ended_at or now
    )
    if moved:
        record_history(
            shop_id=charge.shop_id, machine=states.CHARGE, subject_id=charge.id, moves=[(charge.state, to)],
            actor="channel", cause=payment.number, now=now,
        )  # fmt: skip
