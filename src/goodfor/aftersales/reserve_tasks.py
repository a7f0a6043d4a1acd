"""Setting aside for compensation, day by day."""

from datetime import datetime

from goodfor.aftersales.grant_models import ReserveRate
from goodfor.aftersales.operations.accrue_reserve import accrue_reserve, days_due
from goodfor.kernel.loops import loop
from goodfor.kernel.tenancy import platform_job


@loop(name="aftersales.reserve", seconds=300.0)
def accrue(now: datetime) -> int:
    """Each day of each shop that provides for compensation, once it is over; how many days."""
    with platform_job("shops that set aside for compensation"):
        shops = list(ReserveRate.objects.filter(basis_points__gt=0).values_list("shop_id", flat=True))
    done = 0
    for shop_id in sorted(shops):
        for day in days_due(shop_id, now):
            accrue_reserve(shop_id=shop_id, day=day, now=now)
            done += 1
    return done
