"""Which paid periods of a subscription may be picked from."""

from datetime import datetime

from goodfor.subscriptions import states
from goodfor.subscriptions.mapping import is_open
from goodfor.subscriptions.models import Period, Subscription


def leaves_nothing(row: Subscription) -> bool:
    """Whether it ended in a way that leaves nothing to pick or to be given, whatever was paid."""
    return row.state == states.ENDED and row.why in states.NOTHING_LEFT


def begun_periods(row: Subscription, now: datetime) -> list[Period]:
    """Those that are paid and have begun, oldest first: the last few, since none else is open."""
    rows = Period.objects.filter(
        shop_id=row.shop_id, subscription_id=row.id, state__in=(states.PAID, states.CLOSED), starts_at__lte=now
    )
    return list(rows.order_by("-number")[:4][::-1])


def open_periods(row: Subscription, now: datetime) -> list[Period]:
    """Those with picks to make now, oldest first."""
    return [] if leaves_nothing(row) else [period for period in begun_periods(row, now) if is_open(period, now)]
