"""Units that paid for an order come back with its refund."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as books
from goodfor.loyalty import accounts, moving, programme, store
from goodfor.loyalty.accounts import REDEEMED as REDEEMED
from goodfor.loyalty.kinds import RESTORE, SALE
from goodfor.loyalty.models import Entry, Wallet
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Move, Source


@transaction.atomic(savepoint=False)
def restore_units(
    *, shop_id: UUID, holder: Holder, order_id: UUID, units: int, source: Source, buys_minor: int, currency: str,
    grace_days: int, actor: str = "system", now: datetime,
) -> Move:  # fmt: skip
    """To the lots that they came from, with their ends; of one that has ended as a new lot that lives `grace_days`.

    `buys_minor`: what of `REDEEMED` they are again. Raises InvalidPoints where more would come back than went.
    """
    spent = Entry.objects.get(
        shop_id=shop_id, source_kind="order", source_id=str(order_id), purpose="spend", order_id=order_id
    )
    why = Why(source, SALE, "", actor, order_id, now)
    moved = moving.put_back(shop_id, holder, spent.id, units, why, grace=timedelta(days=grace_days))
    if not moved.move.again:
        entry = accounts.spent_entry(
            entry_id=moved.move.entry_id, kind=holder.kind, worth_minor=moved.move.minor, buys_minor=buys_minor,
            order_id=order_id, back=True, now=now,
        )  # fmt: skip
        ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
    return moved.move


@transaction.atomic(savepoint=False)
def restore_by_refund(
    *, shop_id: UUID, order_id: UUID, refund_id: UUID, paid_minor: int, back_minor: int, minor: int, currency: str,
    now: datetime,
) -> Move | None:  # fmt: skip
    """`minor` of what points paid is back, `back_minor` in all: as many of them, rounded down, all with all.

    Once for a refund. None: so little that no unit comes back yet.
    """
    spent = Entry.objects.get(
        shop_id=shop_id, source_kind="order", source_id=str(order_id), purpose="spend", order_id=order_id
    )
    row = Wallet.objects.get(shop_id=shop_id, id=spent.wallet_id)
    holder = Holder(row.owner, row.kind, row.scope)
    wallet = store.lock_wallet(shop_id, holder)
    of_order = Entry.objects.filter(shop_id=shop_id, wallet_id=wallet.id, order_id=order_id, kind=RESTORE)
    source = Source("refund", str(refund_id))
    known = of_order.filter(source_kind=source.kind, source_id=source.id).first()
    if known is not None:
        return Move(known.id, known.units, known.minor, again=True)
    if books.transactions_named(shop_id, [accounts.nothing_back_reference(refund_id)], limit=1):
        return None
    before = sum(one.units for one in of_order)
    units = (spent.asked if back_minor >= paid_minor else spent.asked * back_minor // paid_minor) - before
    if units <= 0:
        entry = accounts.nothing_back_entry(refund_id=refund_id, minor=minor, order_id=order_id, now=now)
        ledger.post(shop_id=shop_id, currency=currency, entries=(entry,), now=now)
        return None
    return restore_units(
        shop_id=shop_id, holder=holder, order_id=order_id, units=units,
        source=source, buys_minor=minor, currency=currency,
        grace_days=programme.terms_at(shop_id, now).grace_days, now=now,
    )  # fmt: skip
