"""What the staff's desk reads of orders: long lists, one order's past, figures. Part of `queries`.

Pages name ids from an index first and look the rows up last, so that page 1,000 costs little more than page 1
(ADR 17). Statements are planned with their values each time: which filters are given decides the plan.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from goodfor.identity import queries as identity
from goodfor.kernel.crypto import DecryptFailed, Sealed, keyring
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Row, Statement
from goodfor.orders import states, store
from goodfor.orders.contacts import contact_index
from goodfor.orders.errors import OrderNotFound
from goodfor.orders.models import OrderLine
from goodfor.orders.types import (
    BuyerOfShop,
    DayFigures,
    DeskFigures,
    DeskOrder,
    HistoryStep,
    LineView,
    OrderSearch,
)

_NEWEST = Statement(__package__, "sql/console_newest.sql", planned_each_time=True)
_OLDEST = Statement(__package__, "sql/console_oldest.sql", planned_each_time=True)
_OF_SKUS = Statement(__package__, "sql/console_of_skus.sql", planned_each_time=True)
_EXACT = Statement(__package__, "sql/console_exact.sql", planned_each_time=True)
_COUNTS = Statement(__package__, "sql/console_counts.sql", planned_each_time=True)
_STATES = Statement(__package__, "sql/console_states.sql")
_ROWS = Statement(__package__, "sql/console_rows.sql")
_FIGURES = Statement(__package__, "sql/console_figures.sql", planned_each_time=True)
_SPEED = Statement(__package__, "sql/console_speed.sql", planned_each_time=True)
_HISTORY = Statement(__package__, "sql/console_history.sql")
_BUYER = Statement(__package__, "sql/console_buyer.sql", planned_each_time=True)

#: Tabs say "9,999+" beyond this.
COUNT_LIMIT = 10_000
SKU_COUNT_LIMIT = 1000
WEEK = timedelta(days=7)
WALK = 1000
_ALL = tuple(sorted(states.MACHINE.states))


def search_order_ids(shop_id: UUID, search: OrderSearch, *, offset: int = 0, limit: int = 20) -> list[UUID]:
    """Ids of a page of the orders that fit, newest first unless asked otherwise."""
    return _ids(shop_id, search, after=None, offset=offset, limit=limit)


def _ids(shop_id: UUID, search: OrderSearch, *, after: DeskOrder | None, offset: int, limit: int) -> list[UUID]:
    params = {**_params(shop_id, search), "offset": offset, "limit": limit}
    params |= {"after_at": after.placed_at if after else None, "after_id": after.id if after else None}
    if search.exact:
        statement = _EXACT
    elif search.sku_ids:
        statement = _OF_SKUS
    else:
        statement = _OLDEST if search.oldest_first else _NEWEST
    return [row[0] for row in statement.rows(params)]


def search_orders(shop_id: UUID, search: OrderSearch, *, offset: int = 0, limit: int = 20) -> list[DeskOrder]:
    """A page of the orders that fit."""
    return desk_orders(shop_id, search_order_ids(shop_id, search, offset=offset, limit=limit))


def walk_orders(shop_id: UUID, search: OrderSearch) -> Iterator[list[DeskOrder]]:
    """All orders that fit, a thousand at a time, each page behind the last order of the one before."""
    after: DeskOrder | None = None
    offset = 0
    while True:
        ids = _ids(shop_id, search, after=None if search.exact else after, offset=offset, limit=WALK)
        page = desk_orders(shop_id, ids)
        if page:
            yield page
            after = page[-1]
        if len(ids) < WALK:
            return
        # What is found by something exact is little, and has no index to walk.
        offset += WALK if search.exact else 0


def desk_orders(shop_id: UUID, order_ids: Sequence[UUID]) -> list[DeskOrder]:
    """These orders, in this order; ids of other shops are left out."""
    return [_desk_order(row) for row in _ROWS.rows({"shop_id": shop_id, "ids": list(order_ids)})] if order_ids else []


def desk_order(shop_id: UUID, number: str) -> DeskOrder:
    """One order by its number. Raises OrderNotFound."""
    found = search_orders(shop_id, OrderSearch(number=number), limit=1)
    if not found:
        raise OrderNotFound
    return found[0]


def order_of_line(shop_id: UUID, line_id: UUID) -> DeskOrder | None:
    """The order that a line belongs to: codes name the line that holds them."""
    found = OrderLine.objects.filter(shop_id=shop_id, id=line_id).values_list("order_id", flat=True).first()
    rows = desk_orders(shop_id, [found]) if found else []
    return rows[0] if rows else None


def count_orders(shop_id: UUID, search: OrderSearch) -> dict[str, int] | None:
    """How many orders fit in each state, whatever states are asked for; each count stops at COUNT_LIMIT.

    What is found by a SKU is counted up to SKU_COUNT_LIMIT in all. None where counting would have to read everything:
    an amount within more than a week.
    """
    if search.exact or search.sku_ids:
        limit = COUNT_LIMIT if search.exact else SKU_COUNT_LIMIT
        ids = _ids(shop_id, replace(search, states=()), after=None, offset=0, limit=limit)
        return dict.fromkeys(_ALL, 0) | dict(_STATES.rows({"shop_id": shop_id, "ids": ids}))
    amount = search.least_minor is not None or search.most_minor is not None
    if amount and (search.since is None or search.until is None or search.until - search.since > WEEK):
        return None
    return dict(_COUNTS.rows({**_params(shop_id, search), "limit": COUNT_LIMIT}))


def order_history(shop_id: UUID, subject_ids: Sequence[UUID]) -> list[HistoryStep]:
    """Every move of an order and of whatever else is named, oldest first."""
    return [HistoryStep(*row) for row in _HISTORY.rows({"shop_id": shop_id, "ids": list(subject_ids)})]


def desk_figures(shop_id: UUID, *, currency: str, first: date, last: date, timezone: str, now: datetime) -> DeskFigures:
    """Figures of each day from `first` to `last` in the shop's time zone, of orders in this currency: amounts of two
    are never one sum. And how fast delivery is, of all.
    """
    days = _FIGURES.rows({"shop_id": shop_id, "currency": currency, "first": first, "last": last, "zone": timezone})
    speed = _SPEED.row({"shop_id": shop_id, "now": now, "limit": COUNT_LIMIT})
    assert speed is not None
    p50, p95 = (None if value is None else float(value) for value in speed[:2])
    return DeskFigures(tuple(DayFigures(*row) for row in days), p50, p95, speed[2], speed[3])


def buyer_of_shop(shop_id: UUID, *, contact: str = "", buyer_ref: str | None = None) -> BuyerOfShop | None:
    """A buyer by exact contact, or by the name orders carry; None when the shop has no order of theirs."""
    index = contact_index(shop_id, contact) if contact else None
    row = _BUYER.row({"shop_id": shop_id, "contact_index": index, "buyer_ref": None if index else buyer_ref})
    if row is None or not row[0]:
        return None
    return BuyerOfShop(contact, buyer_ref, row[0], row[1], row[2], row[3], row[6], row[4], row[5])


def _params(shop_id: UUID, search: OrderSearch) -> dict[str, Any]:
    narrow = search.states or search.since or search.until or search.channel
    return {
        "shop_id": shop_id,
        "states": list(search.states or _ALL),
        "since": search.since,
        "until": search.until,
        "channel": search.channel,
        "least": search.least_minor,
        "most": search.most_minor,
        "sku_ids": list(search.sku_ids) or None,
        "plain": not narrow and search.least_minor is None and search.most_minor is None,
        "newest": not search.oldest_first,
        "number": search.number or None,
        "external_ref": search.external_ref or None,
        "client_ids": [c.id for c in identity.clients_of_shop(shop_id)] if search.external_ref else [],
        "contact_index": contact_index(shop_id, search.contact) if search.contact else None,
    }


def _contact(order_id: UUID, key_id: int | None, blob: bytes | None) -> str:
    if key_id is None or blob is None:
        return ""
    try:
        return keyring().open(Sealed(key_id, bytes(blob)), order_id.bytes).decode()
    except DecryptFailed:
        # A list must open even where one contact cannot.
        return ""


def _desk_order(row: Row) -> DeskOrder:
    currency, more = row[7], store.special_lines(row[26])
    lines = tuple(
        LineView(line_id, sku_id, title, quantity, Money(price, currency), *more.get(str(line_id), ()))
        for title, quantity, price, sku_id, line_id in zip(*(part or () for part in row[21:26]), strict=True)
    )
    return DeskOrder(
        id=row[0],
        number=row[1],
        state=row[2],
        channel=row[3],
        total=Money(row[4], currency),
        paid_minor=row[5],
        refunded_minor=row[6],
        client_id=row[8],
        buyer_ref=row[9],
        contact=_contact(row[0], row[10], row[11]),
        external_ref=row[12],
        payment_id=row[13],
        placed_at=row[14],
        pay_by=row[15],
        paid_at=row[16],
        deliver_by=row[17],
        delivered_at=row[18],
        closed_at=row[19],
        refunded_at=row[20],
        lines=lines,
    )
