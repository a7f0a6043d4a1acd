"""How suppliers and risk control are doing, as their rooms count it."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from goodfor.insights.types import RiskHealth, SupplierHealth
from goodfor.risk import queries as risk
from goodfor.supply import queries as supply


def supplier_health(shop_id: UUID, now: datetime) -> list[SupplierHealth]:
    """Every supplier over the last 24 hours, the busiest first."""
    found = []
    for supplier_id, name, enabled, count in supply.health_of_all(shop_id, now):
        units = count.good + count.faulty
        found.append(
            SupplierHealth(
                supplier_id, name, enabled, count.tries,
                count.success / count.ended if count.ended else None, count.faulty / units if units else None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-one.tries, one.name))


def risk_health(shop_id: UUID, *, since: datetime, until: datetime) -> RiskHealth:
    """What risk control decided in a time; reads every decision of it, so not of a year."""
    outcomes: Counter[str] = Counter()
    failing = 0
    for hour in risk.figures(shop_id, since=since, until=until):
        outcomes[hour.outcome.value] += hour.count
        failing += hour.failing
    return RiskHealth(outcomes.total(), tuple(outcomes.most_common()), failing)
