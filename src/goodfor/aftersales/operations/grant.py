"""Owe a buyer something beyond the price, and pay it at once where there is a wallet. In the caller's transaction.

Order of locks: the order's row (if the caller needs it) > the day's counter > the reserve's row > the ledger, whose
balance rows come last and in one statement. A caller that has already moved a wallet in this transaction would take
them the other way round: compensation is therefore given in a transaction of its own, after the one that decided.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.aftersales import accounts, states
from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.events import GrantMade
from goodfor.aftersales.grant_mapping import grant_view
from goodfor.aftersales.grant_models import WALLET, Grant
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.pay_grant import Payment, mark_paid, wallet_of
from goodfor.aftersales.types import GrantView, Way
from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as books
from goodfor.ledger.errors import AccountNotOpen
from goodfor.orders import queries as orders

_COUNT = Statement("goodfor.aftersales", "sql/count_grant.sql")
_LOCK_RESERVE = Statement("goodfor.aftersales", "sql/lock_reserve.sql")
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class _Whose:
    number: str
    buyer: str
    sku_id: UUID | None


@transaction.atomic(savepoint=False)
def grant(
    *,
    shop_id: UUID,
    case_id: UUID | None,
    order_id: UUID,
    line_id: UUID | None,
    kind: str,
    amount_minor: int,
    currency: str,
    way: Way,
    reason: str,
    now: datetime,
    day_cap_minor: int | None = None,
) -> GrantView | None:
    """What a case (or an order without one) is owed, once of each kind: the same again gives the first.

    With a `day_cap_minor` at most what the shop's day still has of it, down to nothing: None, as for no amount at all.
    Compensation is borne by the reserve as far as it reaches. Who has a wallet has the money in it when this commits;
    a guest's, and what goes `hand` to hand, stays owed. Raises CaseNotFound, OrderNotFound.
    """
    mine = {"shop_id": shop_id, "kind": kind, "case_id": case_id} | ({} if case_id else {"order_id": order_id})
    known = Grant.objects.filter(**mine).first()
    if known is not None or amount_minor <= 0:
        return grant_view(known) if known else None
    whose = _whose(shop_id, case_id, order_id)
    row = Grant(
        id=uuid7(), shop_id=shop_id, case_id=case_id, order_id=order_id, line_id=line_id, sku_id=whose.sku_id,
        number=whose.number, buyer=whose.buyer, kind=kind, amount_minor=amount_minor, currency=currency, way=way,
        reason=reason[:40], made_at=now,
    )  # fmt: skip
    # Of two at the same moment one waits here for the other, and finds its row.
    Grant.objects.bulk_create([row], ignore_conflicts=True)
    if not Grant.objects.filter(shop_id=shop_id, id=row.id).exists():
        return grant_view(Grant.objects.get(**mine))
    if day_cap_minor is not None and not _count(row, day_cap_minor, now):
        Grant.objects.filter(shop_id=shop_id, id=row.id).delete()
        return None
    _book(row, now)
    return grant_view(row)


def _whose(shop_id: UUID, case_id: UUID | None, order_id: UUID) -> _Whose:
    if case_id is None:
        return _Whose(orders.order_view(shop_id, order_id).number, orders.buyer_of(shop_id, order_id), None)
    case = Case.objects.filter(shop_id=shop_id, id=case_id).values_list("number", "buyer", "sku_id").first()
    if case is None:
        raise CaseNotFound
    return _Whose(*case)


def _count(row: Grant, cap_minor: int, now: datetime) -> bool:
    """Take what the day's cap allows; False: nothing. Less than was promised is written down for the staff."""
    wanted = row.amount_minor
    row.day = now.astimezone(ZoneInfo(identity.shop_by_id(row.shop_id).timezone)).date()
    given = 0
    if cap_minor > 0:
        key = {"shop_id": row.shop_id, "day": row.day, "currency": row.currency}
        counted = _COUNT.row({**key, "amount": wanted, "cap": cap_minor})
        assert counted is not None
        given = int(counted[0])
    if given < wanted:
        audit.record(
            shop_id=row.shop_id, actor=SYSTEM, action="aftersales.compensation_capped",
            subject=("order", row.order_id),
            data={"wanted_minor": wanted, "given_minor": given, "cap_minor": cap_minor, "day": row.day.isoformat()},
            now=now,
        )  # fmt: skip
    row.amount_minor = given
    return given > 0


def _book(row: Grant, now: datetime) -> None:
    account = wallet_of(row.shop_id, row.buyer, row.currency, now) if row.way == WALLET else ""
    pool = "main"
    if row.kind == states.COMPENSATION:
        pool, row.reserve_minor = _reserve(row)
    Grant.objects.filter(shop_id=row.shop_id, id=row.id).update(
        amount_minor=row.amount_minor, reserve_minor=row.reserve_minor, day=row.day
    )
    record_history(
        shop_id=row.shop_id, machine=states.GRANT, subject_id=row.id, moves=[(None, states.OWED)], actor=SYSTEM,
        cause=row.kind, now=now,
    )  # fmt: skip
    made = GrantMade(row.id, row.order_id, row.number, row.kind, row.amount_minor, row.currency, row.way)
    publish(shop_id=row.shop_id, event=made, cause=("aftersales.grant", row.id), now=now)
    entries = [
        accounts.approved_entry(
            grant_id=row.id, amount_minor=row.amount_minor, reserve_minor=row.reserve_minor, pool=pool,
            order_id=row.order_id, line_id=row.line_id, sku_id=row.sku_id, now=now,
        )
    ]  # fmt: skip
    if account:
        paid = mark_paid(row, Payment(account, SYSTEM), now)
        assert paid is not None, "nobody else knows of it yet"
        entries.append(paid)
    # One statement for both: the reserve's and the wallet's balance rows are locked in the ledger's own order.
    ledger.post(shop_id=row.shop_id, currency=row.currency, entries=entries, now=now)


def _reserve(row: Grant) -> tuple[str, int]:
    """The pool and what of this it bears. Its row is held until the commit, so that nobody counts on the same money;
    the account is guarded besides, and the database refuses what would take it below zero."""
    found = _LOCK_RESERVE.row({"shop_id": row.shop_id})
    if found is None or found[1] != row.currency:
        return "main", 0
    try:
        there = books.available(row.shop_id, accounts.reserve(found[0]), row.currency)
    except AccountNotOpen:
        return found[0], 0
    return found[0], max(min(row.amount_minor, there), 0)
