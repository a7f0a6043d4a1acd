"""Note that a channel keeps what came of a payment frozen until it is shared out. In the transaction that books it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from goodfor.ledger import operations as ledger
from goodfor.payments import states
from goodfor.payments.models import Payment
from goodfor.payments.split_entries import frozen_entry
from goodfor.payments.split_models import Pot


def note_frozen(*, payment: Payment, amount_minor: int, fact_id: UUID, now: datetime) -> None:
    """`payment.request["frozen"]`: seconds until it is shared out, days until the channel gives it free, percent."""
    terms = payment.request["frozen"]
    cap = amount_minor * int(terms["percent"]) // 100
    pot, made = Pot.objects.get_or_create(
        payment_id=payment.id,
        defaults={
            "shop_id": payment.shop_id,
            "account_id": payment.account_id,
            "provider": payment.provider,
            "account_code": payment.account_code,
            "frozen_minor": amount_minor,
            "cap_minor": cap,
            "currency": payment.currency,
            "due_at": now + timedelta(seconds=int(terms["hold"])),
            "release_by": now + timedelta(days=int(terms["days"])),
            "created_at": now,
        },
    )
    if not made:
        # Paid once more under the same number; what comes when the pot is over already settles as usual.
        more = Pot.objects.filter(shop_id=payment.shop_id, payment_id=pot.payment_id, state=states.FROZEN).update(
            frozen_minor=F("frozen_minor") + amount_minor, cap_minor=F("cap_minor") + cap
        )
        if not more:
            return
    entry = frozen_entry(pot=pot, amount_minor=amount_minor, fact_id=fact_id, now=now)
    ledger.post(shop_id=payment.shop_id, currency=payment.currency, entries=(entry,), now=now)
