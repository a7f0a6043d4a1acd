"""The daily round over suppliers' accounts, all shops: days enrolled and sampled, balances watched."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef, Q

from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.account_models import BalanceDay, SweepDay
from goodfor.supply.days import LONGEST, day_of, span_of
from goodfor.supply.models import Supplier
from goodfor.supply.operations.sample_balance import sample_balance
from goodfor.supply.operations.sweep_orders import enrol
from goodfor.supply.operations.watch_balance import watch_balance
from goodfor.supply.providers.base import Descriptor
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.purchase_models import Attempt

log = structlog.get_logger(__name__)
_PACE: Final = Statement("goodfor.supply", "sql/pace.sql")
SUPPLIERS_AT_ONCE: Final = 4
#: A supplier that does not say its balance is asked again so much later.
AGAIN: Final = timedelta(minutes=10)
#: Days that were missed, with the worker down, say.
DAYS_BACK: Final = 14


def keep_accounts(*, now: datetime) -> int:
    """Every supplier that is bought from, or was lately; how many samples were taken."""
    lately = Attempt.objects.filter(
        shop_id=OuterRef("shop_id"), supplier_id=OuterRef("id"), sent_at__gte=now - timedelta(days=LONGEST)
    )
    with platform_job("keep the accounts with suppliers"):
        rows = list(
            Supplier.objects.filter(Q(enabled=True) | Exists(lately)).order_by("id").values_list("shop_id", "id")
        )

    def work(one: tuple[UUID, UUID]) -> int:
        try:
            return keep_account(shop_id=one[0], supplier_id=one[1], now=now)
        except Exception:
            log.exception("supply_account_failed", supplier=str(one[1]))
            return 0

    return sum(side_by_side(rows, work, at_once=SUPPLIERS_AT_ONCE))


def keep_account(*, shop_id: UUID, supplier_id: UUID, now: datetime) -> int:
    """One supplier: 1 if its balance was sampled."""
    supplier = Supplier.objects.get(shop_id=shop_id, id=supplier_id)
    watch_balance(shop_id=shop_id, supplier_id=supplier_id, now=now)
    connector = connector_for(supplier.protocol)
    if connector is None:
        return 0
    over = day_of(now, connector.about.zone, supplier.cutoff_minute) - timedelta(days=1)
    _enrol_missing(supplier, connector.about, over, now)
    if BalanceDay.objects.filter(shop_id=shop_id, supplier_id=supplier_id, day=over).exists():
        return 0
    if not _may_sample(supplier, now):
        return 0
    return 1 if sample_balance(shop_id=shop_id, supplier_id=supplier_id, day=over, now=now) else 0


def _enrol_missing(supplier: Supplier, about: Descriptor, over: date, now: datetime) -> None:
    first = over - timedelta(days=DAYS_BACK)
    known = set(
        SweepDay.objects.filter(shop_id=supplier.shop_id, supplier_id=supplier.id, day__gte=first).values_list(
            "day", flat=True
        )
    )
    if over in known:
        return
    for back in range(DAYS_BACK + 1):
        day = over - timedelta(days=back)
        start, end = span_of(day, about.zone, supplier.cutoff_minute)
        bought = Attempt.objects.filter(
            shop_id=supplier.shop_id, supplier_id=supplier.id, sent_at__gte=start, sent_at__lt=end
        )
        if day not in known and (day == over or bought.exists()):
            enrol(supplier, about, day, now)


def _may_sample(supplier: Supplier, now: datetime) -> bool:
    params = {
        "shop_id": supplier.shop_id, "supplier_id": supplier.id, "method": "sample", "now": now, "step": AGAIN,
        "burst": timedelta(0),
    }  # fmt: skip
    return _PACE.row(params) is not None
