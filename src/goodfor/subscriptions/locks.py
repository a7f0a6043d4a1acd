"""Every row lock of subscriptions outside of sql/. With a lock timeout, as everywhere.

Order: plan > subscription > its periods by id > an order and what is below it > mandate > payment > the ledger.
"""

from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from goodfor.kernel.errors import DomainError
from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.subscriptions.errors import PeriodNotFound, PlanNotFound, SubscriptionNotFound
from goodfor.subscriptions.models import Period, Plan, Subscription

T = TypeVar("T", bound=Model)


def lock_plan(shop_id: UUID, plan_id: UUID) -> Plan:
    """Raises PlanNotFound."""
    return _locked(Plan, shop_id, plan_id, PlanNotFound)


def lock_subscription(shop_id: UUID, subscription_id: UUID, owner: UUID | None = None) -> Subscription:
    """Raises SubscriptionNotFound; where an `owner` asks, also for another's."""
    row = _locked(Subscription, shop_id, subscription_id, SubscriptionNotFound)
    if owner is not None and row.owner != owner:
        raise SubscriptionNotFound
    return row


def lock_period(shop_id: UUID, period_id: UUID) -> tuple[Subscription, Period]:
    """A period under its subscription. Raises PeriodNotFound."""
    found = Period.objects.filter(shop_id=shop_id, id=period_id).values_list("subscription_id", flat=True).first()
    if found is None:
        raise PeriodNotFound
    return lock_subscription(shop_id, found), _locked(Period, shop_id, period_id, PeriodNotFound)


def lock_periods(shop_id: UUID, subscription: Subscription) -> list[Period]:
    """All periods of a held subscription that still matter, oldest first: unpaid, running, or to be settled."""
    _set_timeout()
    rows = Period.objects.select_for_update(no_key=True).filter(shop_id=shop_id, subscription_id=subscription.id)
    rows = rows.exclude(state="failed").order_by("id")
    return list(rows)


def _locked(model: type[T], shop_id: UUID, row_id: UUID, missing: type[DomainError]) -> T:
    _set_timeout()
    row = model._default_manager.select_for_update(no_key=True).filter(shop_id=shop_id, id=row_id).first()
    if row is None:
        raise missing
    return row


def _set_timeout() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
