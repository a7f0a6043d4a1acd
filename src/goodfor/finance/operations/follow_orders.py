"""Follow some orders of a shop through the books: tell apart what was sold, share it, take shares back, add it up."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.finance import agreed, figures, following, planning
from goodfor.finance.events import SharesBooked
from goodfor.finance.following import Books
from goodfor.finance.planning import Plan
from goodfor.finance.rules.facts import Part, ShareFacts, Volume, Volumes
from goodfor.finance.sold_models import Volume as VolumeRow
from goodfor.kernel.events import Event, publish_all
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry

# One statement for many rows each: a shop's day is some thousand orders.
_SOLD = Statement("goodfor.finance", "sql/sold_put.sql")
_SHARE = Statement("goodfor.finance", "sql/share_put.sql")
_STEP = Statement("goodfor.finance", "sql/step_put.sql")
_SOLD_BACK = Statement("goodfor.finance", "sql/sold_change.sql")
_SHARE_BACK = Statement("goodfor.finance", "sql/share_change.sql")
_OPEN = Statement("goodfor.finance", "sql/volume_open.sql")
_VOLUME = Statement("goodfor.finance", "sql/volume_add.sql")
_ORDER = Statement("goodfor.finance", "sql/order_put.sql")

Made = list[tuple[Books, Plan]]
#: Of the ledger's postings in one call.
LINES: Final = 12_000


def follow_orders(*, shop_id: UUID, order_ids: Sequence[UUID], now: datetime) -> int:
    """Do what is not done yet about these orders, all or nothing; how many there are. Harmless when repeated.

    Everything is booked at the time of the news it answers. One at a time in a shop: the month's volumes of agreements
    are counted in order. Raises ValueError where the books make no sense, and what `ledger.post` raises.
    """
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        books = following.read(shop_id, order_ids)
        if not books:
            return 0
        known = agreed.read(shop_id)
        times = {posted.at for one in books if not one.followed for posted in one.delivery}
        months = {planning.month_of(at) for at in times}
        volumes = _volumes(shop_id, months)
        made: Made = []
        for one in books:
            # Volumes are by currency, and those of one order are in one.
            mine = volumes[one.head.currency]
            made.append((one, planning.plan(one, known, mine, now)))
        _write(shop_id, made, now)
        _count(shop_id, _volumes(shop_id, months), volumes)
        reach("finance.followed")
        _post(shop_id, made, now)
    return len(books)


def _volumes(shop_id: UUID, months: set[date]) -> defaultdict[str, Volumes]:
    """By currency."""
    found: defaultdict[str, Volumes] = defaultdict(dict)
    if months:
        for row in VolumeRow.objects.filter(shop_id=shop_id, month__in=months):
            found[row.currency][row.agreement_code, row.month] = Volume(row.units, row.base_minor, row.shared_minor)
    return found


def _count(shop_id: UUID, before: Mapping[str, Volumes], after: Mapping[str, Volumes]) -> None:
    rows = []
    for currency, volumes in after.items():
        for (code, month), new in volumes.items():
            old = before.get(currency, {}).get((code, month), Volume())
            if new != old:
                rows.append({
                    "code": code, "month": month.isoformat(), "currency": currency, "units": new.units - old.units,
                    "base": new.base - old.base, "shared": new.shared - old.shared,
                })  # fmt: skip
    if rows:
        add_volumes(shop_id, rows)


def add_volumes(shop_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Count more, or less, of months: code, month, currency, units, base, shared. In the caller's transaction."""
    params = {"shop_id": shop_id, "rows": json.dumps(rows)}
    _OPEN.run(params)
    _VOLUME.run(params)


def _write(shop_id: UUID, made: Made, now: datetime) -> None:
    fresh = [(books, plan) for books, plan in made if plan.fresh]
    _put(_SOLD, shop_id, [row for books, plan in fresh for row in _sold_rows(books, plan)])
    put_shares(shop_id, [row for books, plan in fresh for row in _share_rows(books, plan)], now)
    _put(_STEP, shop_id, [
        {"order_id": plan.order_id, "reference": step.reference, "kind": step.kind, "amount": step.amount,
         "lines": step.lines}
        for _books, plan in made for step in plan.steps
    ], now)  # fmt: skip
    changed = [plan for _books, plan in made if plan.changed and not plan.fresh]
    parts = [_part_json(line, part) for plan in changed for line in plan.changed for part in plan.sold[line].parts]
    if parts:
        _SOLD_BACK.run({"shop_id": shop_id, "rows": json.dumps(parts)})
    shares = [
        {"line": str(line), "agreement": str(one.agreement_id), "reversed": one.reversed}
        for plan in changed for line in plan.changed for one in plan.shares.get(line, ())
    ]  # fmt: skip
    if shares:
        _SHARE_BACK.run({"shop_id": shop_id, "rows": json.dumps(shares)})
    rows = [_order_json(books, plan) for books, plan in made]
    _ORDER.run({"shop_id": shop_id, "rows": json.dumps(rows, default=str), "now": now})
    told = [_told(books, plan) for books, plan in fresh if plan.shares]
    publish_all(shop_id=shop_id, events=told, now=now)


def _put(statement: Statement, shop_id: UUID, rows: Sequence[Mapping[str, Any]], now: datetime | None = None) -> None:
    if rows:
        moment = {} if now is None else {"now": now}
        statement.run({"shop_id": shop_id, "rows": json.dumps(rows, default=str), **moment})


def put_shares(shop_id: UUID, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Keep shares (`share_row`). In the caller's transaction."""
    _put(_SHARE, shop_id, rows, now)


def _sold_rows(books: Books, plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "line": line.line_id, "part": part.part, "order_id": plan.order_id, "sku": line.sku_id,
            "category": line.category_id, "supplier": part.terms.supplier_code, "contract": part.terms.contract_id,
            "model": part.terms.model, "bearer": part.terms.fee_bearer, "quantity": part.quantity,
            "currency": books.head.currency, "gross": part.gross, "refunded": part.refunded,
            "discount": part.discount, "cost": part.cost, "cost_back": part.cost_back, "rate_bp": part.terms.rate_bp,
            "vat": part.vat, "vat_back": part.vat_back, "passed": part.passed, "passed_back": part.passed_back,
            "fee": part.fee, "fee_back": part.fee_back, "input": part.input, "input_back": part.input_back,
            "at": plan.delivered_at,
        }
        for line in plan.sold.values() for part in line.parts
    ]  # fmt: skip


def _share_rows(books: Books, plan: Plan) -> list[dict[str, Any]]:
    return [
        share_row(plan.order_id, line_id, plan.sold[line_id].sku_id, books.head.currency, one)
        for line_id, mine in plan.shares.items()
        for one in mine
    ]


def share_row(order_id: UUID, line_id: UUID, sku_id: UUID, currency: str, one: ShareFacts) -> dict[str, Any]:
    """A share as it is kept."""
    return {
        "id": uuid7(), "order_id": order_id, "line": line_id, "sku": sku_id, "agreement": one.agreement_id,
        "code": one.agreement_code, "version": one.version, "party": one.party_id, "account": one.account,
        "base": one.base, "amount": one.amount, "reversed": one.reversed, "volume": one.volume_before,
        "currency": currency, "rank": one.rank, "explained": dict(one.explained),
    }  # fmt: skip


def _part_json(line_id: UUID, part: Part) -> dict[str, Any]:
    return {
        "line": str(line_id), "part": part.part, "refunded": part.refunded, "cost_back": part.cost_back,
        "vat_back": part.vat_back, "passed_back": part.passed_back, "fee_back": part.fee_back,
        "input_back": part.input_back,
    }  # fmt: skip


def _order_json(books: Books, plan: Plan) -> dict[str, Any]:
    head, estimate = books.head, plan.estimate or {}
    return {
        "order_id": head.id, "number": head.number, "currency": head.currency, "stage": plan.stage,
        "channel": plan.channel, "profit": plan.profit, "estimated": estimate.get("profit", 0),
        "estimate": estimate or None, "paid_at": head.paid_at, "delivered_at": plan.delivered_at,
        "moved_at": plan.moved_at, **{name: plan.figures[name] for name in figures.NAMES},
    }  # fmt: skip


def _told(books: Books, plan: Plan) -> tuple[Event, tuple[str, UUID]]:
    shares = [one for mine in plan.shares.values() for one in mine]
    event = SharesBooked(
        plan.order_id, sum(one.amount for one in shares), len({one.party_id for one in shares}), books.head.currency
    )
    return event, ("order", plan.order_id)


def _post(shop_id: UUID, made: Made, now: datetime) -> None:
    """The ledger comes last; of large orders so many at once as it takes."""
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for books, plan in made:
        entries[books.head.currency] += plan.entries
    for currency in sorted(entries):
        some, lines = list[Entry](), 0
        for entry in entries[currency]:
            if some and lines + len(entry.lines) > LINES:
                ledger.post(shop_id=shop_id, currency=currency, entries=some, now=now)
                some, lines = [], 0
            some.append(entry)
            lines += len(entry.lines)
        if some:
            ledger.post(shop_id=shop_id, currency=currency, entries=some, now=now)
