"""Pace and breakers: how fast a supplier is called, and when not at all."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.supply.events import BreakerOpened
from goodfor.supply.health_models import Outage
from goodfor.supply.providers.base import Descriptor
from goodfor.supply.purchase_models import Breaker, Pace

_PACE: Final = Statement("goodfor.supply", "sql/pace.sql")
_TRIP: Final = Statement("goodfor.supply", "sql/trip.sql")

#: Why -> (failures in a row that open, pause, whole supplier). What is not here opens nothing.
_TRIPS: Final = {
    "config": (1, timedelta(minutes=10), True),
    "balance": (1, timedelta(minutes=5), True),
    "unknown": (3, timedelta(minutes=1), True),
    "not_sent": (3, timedelta(seconds=20), True),
    # Whoever says "slower" is not asked again at once.
    "throttled": (1, timedelta(seconds=10), True),
    "failed": (3, timedelta(minutes=1), False),
    "bad_codes": (1, timedelta(minutes=30), False),
    "stock": (1, timedelta(minutes=2), False),
    "off_sale": (1, timedelta(minutes=10), False),
    "price": (1, timedelta(minutes=2), False),
    "busy": (3, timedelta(seconds=30), False),
}


def may_call(*, shop_id: UUID, supplier_id: UUID, about: Descriptor, method: str, now: datetime) -> bool:
    """Take a place in the supplier's rate for this method, and for all together; False: not now."""
    for rate in about.rates:
        if rate.method not in (method, "*"):
            continue
        step = timedelta(seconds=rate.seconds / rate.calls)
        params = {
            "supplier_id": supplier_id, "shop_id": shop_id, "method": rate.method, "now": now, "step": step,
            "burst": timedelta(seconds=rate.seconds) - step,
        }  # fmt: skip
        if _PACE.row(params) is None:
            return False
    return True


def free_in(*, shop_id: UUID, supplier_id: UUID, about: Descriptor, method: str, now: datetime) -> float:
    """Seconds until `may_call` may find a place, if nobody else takes it first."""
    steps = {
        rate.method: timedelta(seconds=rate.seconds) - timedelta(seconds=rate.seconds / rate.calls)
        for rate in about.rates
        if rate.method in (method, "*")
    }
    rows = Pace.objects.filter(shop_id=shop_id, supplier_id=supplier_id, method__in=steps)
    waits = [(at - steps[name] - now).total_seconds() for name, at in rows.values_list("method", "at")]
    return max([0.0, *waits])


def trip(*, shop_id: UUID, supplier_id: UUID, item_ref: UUID, why: str, now: datetime) -> None:
    """Count a failure against the supplier or the item; enough in a row open its breaker."""
    if why not in _TRIPS:
        return
    most, pause, whole = _TRIPS[why]
    key = "" if whole else str(item_ref)
    row = _TRIP.row(
        {
            "shop_id": shop_id, "supplier_id": supplier_id, "item_key": key, "most": most, "pause": pause,
            "reason": why, "now": now,
        }
    )  # fmt: skip
    if row is not None and row[0]:
        Outage.objects.create(
            shop_id=shop_id, supplier_id=supplier_id, item_key=key, reason=why[:40], opened_at=now, until=row[1]
        )
        event = BreakerOpened(supplier_id, key, why)
        publish(shop_id=shop_id, event=event, cause=("supply.supplier", supplier_id), now=now)


def mend(*, shop_id: UUID, supplier_id: UUID, item_ref: UUID) -> None:
    """It worked: the breakers of supplier and item are closed."""
    Breaker.objects.filter(shop_id=shop_id, supplier_id=supplier_id, item_key__in=("", str(item_ref))).delete()


def probe(*, shop_id: UUID, supplier_id: UUID, item_ref: UUID, now: datetime) -> bool:
    """The one attempt that a half-open breaker lets through; the next only a minute later."""
    half = Breaker.objects.filter(
        shop_id=shop_id, supplier_id=supplier_id, item_key__in=("", str(item_ref)), until__lte=now
    )
    return half.update(until=now + timedelta(minutes=1)) > 0
