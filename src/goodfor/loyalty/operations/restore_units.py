"""Units that paid for an order come back with its refund."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

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
    paid = _paid(shop_id, order_id)
    source, reference = Source("refund", str(refund_id)), accounts.nothing_back_reference(refund_id)
    known = paid.back.filter(source_kind=source.kind, source_id=source.id).first()
    if known is not None:
        return Move(known.id, known.units, known.minor, again=True)
    if books.transactions_named(shop_id, [reference], limit=1):
        return None
    return _back(
        paid, _Step(source, reference, ("payments.refund", refund_id), minor, currency, now),
        back_minor=back_minor, paid_minor=paid_minor,
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def restore_by_credit(
    *, shop_id: UUID, order_id: UUID, paid_minor: int, back_minor: int, currency: str, unpaid: bool = False,
    now: datetime,
) -> Move | None:  # fmt: skip
    """Of what units met of an order, `paid_minor`, so much is theirs again in all: as many of them, all with all.

    `unpaid`: its money never came. Then those whose end has come meanwhile have ended: whoever orders and does not pay
    gets them no longer life. Called as often as one likes, in any order: only what is more than before moves. None: no
    unit comes back now.
    """
    paid = _paid(shop_id, order_id)
    before = sum(
        one.amount_minor
        for one in books.postings_of_order(shop_id, order_id)
        if one.account == REDEEMED and one.kind == "points_restore" and not one.layer
    )
    if back_minor <= before:
        return None
    named = f"{order_id}:{back_minor}"
    step = _Step(
        Source("credit", named), accounts.nothing_back_reference(named), ("orders.order", order_id),
        back_minor - before, currency, now, grace=not unpaid,
    )  # fmt: skip
    return _back(paid, step, back_minor=back_minor, paid_minor=paid_minor)


@dataclass(frozen=True, slots=True)
class _Paid:
    """What units paid of an order: the movement, whose they are, and what of them is back. Their wallet is held."""

    spent: Entry
    holder: Holder
    back: QuerySet[Entry]


@dataclass(frozen=True, slots=True)
class _Step:
    """`minor` of it comes back by this source. `reference`: for the books, where no unit comes with it. `grace`: what
    has ended lives a while."""

    source: Source
    reference: str
    cause: tuple[str, UUID]
    minor: int
    currency: str
    now: datetime
    grace: bool = True


def _paid(shop_id: UUID, order_id: UUID) -> _Paid:
    spent = Entry.objects.get(
        shop_id=shop_id, source_kind="order", source_id=str(order_id), purpose="spend", order_id=order_id
    )
    row = Wallet.objects.get(shop_id=shop_id, id=spent.wallet_id)
    holder = Holder(row.owner, row.kind, row.scope)
    wallet = store.lock_wallet(shop_id, holder)
    back = Entry.objects.filter(shop_id=shop_id, wallet_id=wallet.id, order_id=order_id, kind=RESTORE)
    return _Paid(spent, holder, back)


def _back(paid: _Paid, step: _Step, *, back_minor: int, paid_minor: int) -> Move | None:
    spent, now = paid.spent, step.now
    assert spent.order_id is not None, "it paid for an order"
    before = sum(one.units for one in paid.back)
    units = (spent.asked if back_minor >= paid_minor else spent.asked * back_minor // paid_minor) - before
    if units <= 0:
        entry = accounts.nothing_back_entry(
            reference=step.reference, cause=step.cause, kind=paid.holder.kind, minor=step.minor,
            order_id=spent.order_id, now=now,
        )  # fmt: skip
        ledger.post(shop_id=spent.shop_id, currency=step.currency, entries=(entry,), now=now)
        return None
    grace_days = programme.terms_at(spent.shop_id, now).grace_days if step.grace else 0
    return restore_units(
        shop_id=spent.shop_id, holder=paid.holder, order_id=spent.order_id, units=units, source=step.source,
        buys_minor=step.minor, currency=step.currency, grace_days=grace_days, now=now,
    )  # fmt: skip
