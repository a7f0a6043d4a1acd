"""Goods that somebody won went back, all of them or a part: he has what they were worth as points."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.types import Holder, Source
from goodfor.mall import accounts, states
from goodfor.mall.locks import lock_play
from goodfor.mall.models import PrizeBack
from goodfor.payments import queries as payments


@transaction.atomic(savepoint=False)
def swap_prize(*, shop_id: UUID, order_id: UUID, refund_id: UUID, now: datetime) -> bool:
    """Once for a refund; False where this was done before. The marketing falls by what came back.

    In a shop where points buy nothing any more nothing can be given. Raises DrawNotFound where the order is no prize.
    """
    row = lock_play(shop_id, order_id)
    if PrizeBack.objects.filter(shop_id=shop_id, refund_id=refund_id).exists():
        return False
    amount = payments.refund(shop_id, refund_id).amount
    minor = amount.amount_minor
    units = loyalty.points_for(shop_id, minor, now) or 0
    PrizeBack.objects.create(refund_id=refund_id, shop_id=shop_id, play=row, minor=minor, units=units, at=now)
    row.back_minor += minor
    if row.back_minor == row.minor:
        row.state = states.SWAPPED
        record_history(
            shop_id=shop_id, machine=states.PLAY, subject_id=row.id, moves=[(states.PLAYED, states.SWAPPED)],
            actor="system", cause=f"refund:{refund_id}", now=now,
        )  # fmt: skip
    row.save(update_fields=["back_minor", "state"])
    entry = accounts.prize_back_entry(
        play_id=row.id, refund_id=refund_id, order_id=order_id, minor=minor, now=now
    )  # fmt: skip
    ledger.post(shop_id=shop_id, currency=amount.currency, entries=(entry,), now=now)
    if units:
        worth, ends = loyalty.present(shop_id, units, now)
        give_units(
            shop_id=shop_id, holder=Holder(row.owner), units=units, source=Source("prizeback", str(refund_id)),
            currency=amount.currency, minor=worth, expires_at=ends, now=now,
        )  # fmt: skip
    return True
