"""Book what a channel kept of each payment, from its imported bill."""

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.finance import accounts, states
from goodfor.finance.mapping import party_view
from goodfor.finance.models import Party
from goodfor.finance.profit_models import Fee, FeeBill
from goodfor.finance.rules import fees
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.sql import Row, Statement
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry
from goodfor.payments import queries as payments

PIECE: Final = 2000
_TAKE = Statement("goodfor.finance", "sql/bill_take.sql")
_DUE = Statement("goodfor.finance", "sql/fees_due.sql")
_BORNE = Statement("goodfor.finance", "sql/fees_borne.sql")
_HAD = Statement("goodfor.finance", "sql/fees_had.sql")
_BOOKED = Statement("goodfor.finance", "sql/fees_booked.sql")


def take_bill(*, shop_id: UUID, bill_id: UUID, now: datetime) -> int:
    """Round the fees of an imported bill of payments, so that they add up to its own; how many lines have one.

    Nothing, and 0, where that was done before. Raises BillNotFound.
    """
    currency = payments.bill(shop_id, bill_id).came.currency
    with transaction.atomic():
        return _TAKE.run({"shop_id": shop_id, "bill_id": bill_id, "exponent": EXPONENTS[currency], "now": now})


def book_fees(*, shop_id: UUID, bill_id: UUID, now: datetime, limit: int = PIECE) -> int:
    """Book the next fees of a bill that was taken in; how many lines, 0 where the rest is booked or waits.

    One entry a line, `fee:{bill}:{line}`, at the time that the channel names, so that nothing is booked twice. Where a
    contract says that a supplier bears it, its share lessens what it is owed; as that is known only of goods that
    finance has told apart, fees of orders whose delivery is still to come, or to be followed, wait for it. Can stop
    anywhere between calls.
    """
    with transaction.atomic():
        bill = FeeBill.objects.get(shop_id=shop_id, bill_id=bill_id)
        rows = _DUE.rows({"shop_id": shop_id, "bill_id": bill_id, "limit": limit})
        if not rows:
            if not Fee.objects.filter(shop_id=shop_id, bill_id=bill_id, booked_at__isnull=True).exists():
                FeeBill.objects.filter(shop_id=shop_id, bill_id=bill_id, booked_at__isnull=True).update(booked_at=now)
            return 0
        made = _entries(bill, rows)
        lines = [row[0] for row in rows]
        _BOOKED.run({"shop_id": shop_id, "bill_id": bill_id, "lines": lines, "now": now})
        reach("finance.fees_booking")
        if made:
            ledger.post(shop_id=shop_id, currency=bill.currency, entries=made, now=now)
    return len(rows)


def _entries(bill: FeeBill, rows: list[Row]) -> list[Entry]:
    borne = _borne(bill.shop_id, rows)
    had: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    for order_id, account, amount in _HAD.rows({"shop_id": bill.shop_id, "ids": sorted(borne)}) if borne else ():
        had[order_id][account] = amount
    made: list[Entry] = []
    for line, amount, order_id, at, channel in rows:
        bears = borne.get(order_id, ())
        entry = fees.entry_of(
            bill_id=bill.bill_id, line=line, amount=amount, provider=bill.provider, account_code=bill.account_code,
            order_id=order_id, at=at, borne=bears, had=had[order_id] if bears else None, channel=channel,
        )  # fmt: skip
        if entry is None:
            continue
        made.append(entry)
        for posting in entry.lines if bears else ():
            had[order_id][posting.account] = had[order_id].get(posting.account, 0) + posting.amount_minor
    return made


def _borne(shop_id: UUID, rows: list[Row]) -> dict[UUID, list[tuple[str, int]]]:
    """By order: (accrued account, price); empty is the platform, and a supplier who is no party."""
    ids = sorted({row[2] for row in rows if row[2] is not None})
    found = _BORNE.rows({"shop_id": shop_id, "ids": ids}) if ids else []
    if not found:
        return {}
    parties = {
        row.code: accounts.accrued(party_view(row))
        for row in Party.objects.filter(shop_id=shop_id, kind=states.SUPPLIER)
    }
    borne: defaultdict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for order_id, supplier, price in found:
        borne[order_id].append((parties.get(supplier, ""), price))
    return borne
