"""What a shop gave back today, and how much more it may. Part of `queries`."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.identity import queries as identity
from goodfor.identity.types import RefundLimits, ShopView, refund_limits
from goodfor.kernel.money import Money
from goodfor.orders.deciding import STAFF
from goodfor.orders.models import RefundDay


@dataclass(frozen=True, slots=True)
class RefundsToday:
    """The day so far, in the shop's currency: of all the staff with the cap, and of one person with the line."""

    by_staff: Money
    cap: Money | None
    mine: Money
    limit: Money | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a shop by its own calendar, and the bounds that hold."""

    on: date
    limits: RefundLimits


def day_of(shop: ShopView, now: datetime) -> Day:
    """The day that `now` is in where the shop is."""
    return Day(now.astimezone(ZoneInfo(shop.timezone)).date(), refund_limits(shop.settings))


def counted(shop_id: UUID, on: date, currency: str, kind: str, actor: str = "") -> int:
    """Minor units that a day has counted; without an actor the sum of the kind."""
    rows = RefundDay.objects.filter(shop_id=shop_id, day=on, currency=currency, kind=kind, actor=actor)
    return rows.values_list("minor", flat=True).first() or 0


def refunds_today(shop_id: UUID, actor: str, now: datetime) -> RefundsToday:
    """What the staff and this person gave back today. Raises ShopNotFound."""
    shop = identity.shop_by_id(shop_id)
    day, currency = day_of(shop, now), shop.currency

    def bound(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, currency)

    return RefundsToday(
        by_staff=Money(counted(shop_id, day.on, currency, STAFF), currency),
        cap=bound(day.limits.cap),
        mine=Money(counted(shop_id, day.on, currency, STAFF, actor), currency),
        limit=bound(day.limits.daily),
    )
