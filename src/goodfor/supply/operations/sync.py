"""Look at what suppliers offer and hold for us: whole catalogues, single items that were hinted at, balances."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import connection

from goodfor.kernel.clock import utc_now
from goodfor.kernel.crew import Crew
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.calling import Line, line_to
from goodfor.supply.errors import SupplierNotFound
from goodfor.supply.models import Item, Supplier
from goodfor.supply.operations.guard import free_in, may_call
from goodfor.supply.operations.note_items import forget_unseen, forget_variants, note_items
from goodfor.supply.providers.values import Balance, Doubt, ItemPage, Refused
from goodfor.supply.providers.values import Item as SoldItem

log = structlog.get_logger(__name__)
_HINTED: Final = Statement("goodfor.supply", "sql/claim_hints.sql")
_FRESHEN: Final = Statement("goodfor.supply", "sql/freshen.sql")
#: What is offered is read again when its last look is so old, so that what a supplier took away without a word stops
#: selling within a minute; of one supplier at most so many a turn of the loop.
STALE_AFTER: Final = timedelta(seconds=40)
FRESHEN_AT_ONCE: Final = 10
#: An item for which the supplier's pace had no place is tried again so much later.
PACED: Final = timedelta(seconds=2)
SWEEP_EVERY: Final = timedelta(hours=6)
SWEEP_AGAIN: Final = timedelta(minutes=5)
MAX_PAGES: Final = 5_000
CALLS_AT_ONCE: Final = 8
#: Most of the time they wait for a place in a pace, and hold nothing but a stack meanwhile; so many are at work.
_SWEEPERS: Final = Crew("supply.sweep", 64)
_AT_WORK: Final = threading.BoundedSemaphore(24)
#: A longer wait (seconds) is worth a new connection.
LONG: Final = 1.0
#: The longest wait for a place in a supplier's pace.
LONGEST_WAIT: Final = 30.0


def sweep(
    *, shop_id: UUID, supplier_id: UUID, now: datetime, rest: Callable[[float], None] = time.sleep
) -> int:  # fmt: skip
    """The whole catalogue, page by page, at the supplier's pace; how many items changed. What is gone is not sold.

    `rest` lets so many seconds pass until the pace has a place. A sweep that breaks off forgets nothing and is tried
    again soon. Raises SupplierNotFound. Outside of transactions.
    """
    supplier = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if supplier is None:
        raise SupplierNotFound
    changed, cursor, whole = 0, None, False
    for _page in range(MAX_PAGES):
        line = line_to(supplier, utc_now())
        if line is None or not _waited(line, "page", rest):
            break
        page = line.connector.catalogue.page(line.site, line.wire, cursor, None)
        if not isinstance(page, ItemPage):
            line.hang_up(attempt_id=None, now=utc_now())
            break
        changed += note_items(supplier=supplier, items=page.items, now=utc_now())
        cursor = page.cursor
        if cursor is None:
            whole = True
            break
    if whole:
        forget_unseen(supplier_id=supplier_id, shop_id=shop_id, since=now, now=utc_now())
    Supplier.objects.filter(shop_id=shop_id, id=supplier_id).update(
        sweep_at=now + (SWEEP_EVERY if whole else SWEEP_AGAIN), **({"swept_at": now} if whole else {})
    )
    return changed


def _waited(line: Line, method: str, rest: Callable[[float], None]) -> bool:
    """Wait for a place in the pace; False when that takes too long."""
    until = time.monotonic() + LONGEST_WAIT
    place: dict[str, Any] = {
        "shop_id": line.supplier.shop_id,
        "supplier_id": line.supplier.id,
        "about": line.connector.about,
        "method": method,
    }
    while not may_call(now=utc_now(), **place):
        seconds = free_in(now=utc_now(), **place)
        if time.monotonic() + seconds > until:
            return False
        rest(max(0.05, seconds))
    return True


def _rest(seconds: float) -> None:
    """A hand of the crew that waits for long gives up its place at work, and its connection: dozens wait at once."""
    if seconds <= LONG:
        time.sleep(seconds)
        return
    connection.close()
    _AT_WORK.release()
    try:
        time.sleep(seconds)
    finally:
        _AT_WORK.acquire()


def read_balance(*, shop_id: UUID, supplier_id: UUID, now: datetime) -> Balance | Refused | Doubt:
    """Ask what is left there and note it; also the harmless call that tests a connection. Raises SupplierNotFound."""
    supplier = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if supplier is None:
        raise SupplierNotFound
    line = line_to(supplier, now)
    if line is None:
        return Doubt("no_protocol")
    told = line.connector.catalogue.balance(line.site, line.wire)
    line.hang_up(attempt_id=None, now=now)
    if isinstance(told, Balance):
        Supplier.objects.filter(shop_id=shop_id, id=supplier_id).update(
            balance=told.amount, credit=told.credit or supplier.credit, balance_at=now
        )
    return told


def read_item(*, shop_id: UUID, supplier_id: UUID, item_id: str, now: datetime) -> bool:
    """Read one item whole; True when it could be read. One that is gone is not sold any more.

    At the supplier's pace: what has no place in it stays told of, and is read a little later.
    """
    supplier = Supplier.objects.get(shop_id=shop_id, id=supplier_id)
    line = line_to(supplier, now)
    if line is None:
        return False
    if not may_call(shop_id=shop_id, supplier_id=supplier_id, about=line.connector.about, method="item", now=now):
        told_of = Item.objects.filter(shop_id=shop_id, supplier_id=supplier_id, item_id=item_id, hint_at__isnull=False)
        told_of.update(hint_at=now + PACED)
        return False
    found = line.connector.catalogue.item(line.site, line.wire, item_id)
    if isinstance(found, SoldItem):
        note_items(supplier=supplier, items=[found], now=now)
        forget_variants(supplier=supplier, item=found, now=now)
        return True
    if isinstance(found, Refused) and found.why == "off_sale":
        gone = Item.objects.filter(shop_id=shop_id, supplier_id=supplier_id, item_id=item_id)
        gone.update(state="deleted", changed_at=now, hint_at=None)
        return True
    line.hang_up(attempt_id=None, now=now)
    return False


def read_hinted(*, now: datetime, limit: int = 100) -> int:
    """Items that suppliers told of: read now, all shops."""
    with platform_job("items that changed"):
        rows = _HINTED.rows({"now": now, "limit": limit, "again": now + timedelta(minutes=1)})
    due = sorted({(row[0], row[1], row[2]) for row in rows})

    def work(one: tuple[UUID, UUID, str]) -> int:
        try:
            return int(read_item(shop_id=one[0], supplier_id=one[1], item_id=one[2], now=now))
        except Exception:
            log.exception("supply_item_not_read", supplier=str(one[1]))
            return 0

    return sum(side_by_side(due, work, at_once=CALLS_AT_ONCE))


def freshen(*, now: datetime) -> int:
    """Have offered items read that nobody looked at for a while, those of enabled suppliers, oldest first; how many.

    Beyond what its bound reaches in a minute, a supplier's items are read in turn, and whole by the sweep.
    """
    with platform_job("items that are offered"):
        return _FRESHEN.run({"now": now, "before": now - STALE_AFTER, "each": FRESHEN_AT_ONCE})


def keep_sweeping(*, now: datetime) -> int:
    """Hand those whose time has come to the crew: one that allows a page in five seconds holds no other up."""
    room = _SWEEPERS.room()
    return sum(_SWEEPERS.take(one, partial(_sweep_in_turn, one)) for one in _to_sweep(now, room)) if room else 0


def _to_sweep(now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    with platform_job("sweep suppliers"):
        due = list(
            Supplier.objects.filter(enabled=True, sweep_at__lte=now)
            .order_by("sweep_at")
            .values_list("shop_id", "id")[:limit]
        )
        Supplier.objects.filter(id__in=[supplier_id for _shop, supplier_id in due]).update(sweep_at=now + SWEEP_AGAIN)
    return due


def _sweep_in_turn(one: tuple[UUID, UUID]) -> int:
    """On a hand of the crew. Whoever waits for a place at work holds no connection."""
    shop_id, supplier_id = one
    with _AT_WORK:
        try:
            read_balance(shop_id=shop_id, supplier_id=supplier_id, now=utc_now())
            sweep(shop_id=shop_id, supplier_id=supplier_id, now=utc_now(), rest=_rest)
        except Exception:
            log.exception("supply_sweep_failed", supplier=str(supplier_id))
        finally:
            connection.close()
    return 1
