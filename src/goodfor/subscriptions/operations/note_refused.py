"""A charge was refused: it is tried again, or it is over."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.subscriptions import states
from goodfor.subscriptions.events import ChargeFailed
from goodfor.subscriptions.locks import lock_period
from goodfor.subscriptions.models import Period, Subscription
from goodfor.subscriptions.operations.hear_mandate import note_mandate_over
from goodfor.subscriptions.operations.steps import (
    announce_again,
    end_subscription,
    fail_period,
    move_period,
    move_subscription,
)
from goodfor.subscriptions.schedule import next_try

#: `ChargeRefused.code` of a consent that is over.
_OVER: Final = "mandate_ended"


@transaction.atomic(savepoint=False)
def note_refused(*, shop_id: UUID, period_id: UUID, attempt: int, code: str, now: datetime) -> bool:
    """False where that try is not under way any more: told twice, or its money came after all.

    The first charge, and one of an upgrade, are not tried again: the member is there and decides. A renewal is tried
    after 1, 3, 5 and 7 days, with a word each time; then the subscription has lapsed.
    """
    row, period = lock_period(shop_id, period_id)
    if period.state != states.CHARGING or period.attempt != attempt:
        return False
    again: datetime | None = None
    if period.kind == states.FIRST:
        end_subscription(row, states.REFUSED_FIRST, actor="channel", now=now)
    elif period.kind == states.UPGRADE:
        fail_period(period, states.LAPSED, actor="channel", now=now)
        if code == _OVER:
            note_mandate_over(row, now=now)
        announce_again(row, now=now)
    elif row.stops:
        fail_period(period, states.CANCELLED, actor="channel", now=now)
    elif code == _OVER and row.mandate_id == period.mandate_id:
        fail_period(period, states.MANDATE_LOST, actor="channel", now=now)
        note_mandate_over(row, now=now)
    elif code == _OVER:
        # By the old consent, while a new one was given.
        again = now
        move_period(period, states.DUE, actor="channel", cause="signed_anew", now=now, next_try_at=now)
    else:
        again = _later(row, period, now)
    event = ChargeFailed(
        row.id, period.id, row.owner, period.kind, attempt, code, period.price_minor - period.credit_minor,
        period.currency, again.isoformat() if again else "",
    )  # fmt: skip
    publish(shop_id=shop_id, event=event, cause=("subscriptions.period", period.id), now=now)
    return True


def _later(row: Subscription, period: Period, now: datetime) -> datetime | None:
    first = period.first_refused_at or now
    again = next_try(period.attempt, first)
    if again is None:
        end_subscription(row, states.LAPSED, actor="channel", now=now)
        return None
    # A loop that rested for days does not try twice at once.
    again = max(again, now)
    move_period(
        period, states.DUE, actor="channel", cause=f"refused:{period.attempt}", now=now, next_try_at=again,
        first_refused_at=first,
    )  # fmt: skip
    if row.state != states.PAST_DUE:
        move_subscription(row, states.PAST_DUE, actor="channel", cause=f"refused:{period.id}", now=now)
    return again
