"""A consent was given, or is over."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.payments import queries as payments
from goodfor.payments.operations.end_mandate import end_mandate
from goodfor.subscriptions import states
from goodfor.subscriptions.events import MandateLost
from goodfor.subscriptions.locks import lock_subscription
from goodfor.subscriptions.models import Period, Subscription, Terms
from goodfor.subscriptions.operations.steps import (
    begin_period,
    begin_renewal,
    end_subscription,
    fail_period,
    move_subscription,
    unpaid_period,
)
from goodfor.subscriptions.schedule import AHEAD


@transaction.atomic(savepoint=False)
def hear_signed(*, shop_id: UUID, subscription_id: UUID, mandate_id: UUID, now: datetime) -> None:
    """The first period is charged now; of one that went on, the new consent takes the old one's place.

    One that nobody waits for any more is ended at its channel. Repeated, it changes nothing.
    """
    row = lock_subscription(shop_id, subscription_id)
    view = payments.mandate(shop_id, mandate_id)
    if not view.chargeable:
        return
    first, anew = row.state == states.AWAITING, row.state not in (states.AWAITING, states.ENDED)
    if first and row.mandate_id in (None, mandate_id):
        if row.periods:
            return
        _take(row, mandate_id, view.account_id)
        terms = Terms.objects.get(shop_id=shop_id, id=row.terms_id)
        begin_period(
            row, terms, kind=states.FIRST, starts_at=now, anchor_at=now, cycle=0, charge_at=now, cause="signed",
            now=now,
        )  # fmt: skip
        Subscription.objects.filter(shop_id=shop_id, id=row.id).update(anchor_at=now)
    elif anew and row.signing_id in (None, mandate_id) and row.mandate_id != mandate_id:
        old = row.mandate_id
        _take(row, mandate_id, view.account_id)
        # What was refused for want of a consent is tried at once.
        waiting = Period.objects.filter(shop_id=shop_id, subscription_id=row.id, state=states.DUE, attempt__gt=0)
        waiting.update(next_try_at=now)
        if row.state == states.PAST_DUE and unpaid_period(row) is None:
            # With the consent its renewal was given up: he has just given another one for it.
            begin_renewal(row, charge_at=now, cause="signed", now=now)
        if old is not None:
            end_mandate(shop_id=shop_id, mandate_id=old, by="system", now=now)
    elif row.mandate_id != mandate_id:
        end_mandate(shop_id=shop_id, mandate_id=mandate_id, by="system", now=now)


@transaction.atomic(savepoint=False)
def hear_mandate_over(*, shop_id: UUID, subscription_id: UUID, mandate_id: UUID, now: datetime) -> None:
    """Nothing is renewed any more, and what is paid stays; before the first charge it is over."""
    row = lock_subscription(shop_id, subscription_id)
    if row.state == states.ENDED or row.mandate_id != mandate_id or row.mandate_over:
        return
    if row.state == states.AWAITING:
        end_subscription(row, states.MANDATE_LOST, actor="channel", now=now)
        return
    waiting = unpaid_period(row)
    if waiting is not None and waiting.state == states.DUE:
        fail_period(waiting, states.MANDATE_LOST, actor="channel", now=now)
    note_mandate_over(row, now=now)


def note_mandate_over(row: Subscription, *, now: datetime) -> None:
    """Of a held one: it is told once, and may be signed anew until what is paid ends."""
    if row.mandate_over:
        return
    move_subscription(row, row.state, actor="channel", cause="mandate_over", now=now, mandate_over=True)
    until = row.paid_until.isoformat() if row.paid_until else ""
    event = MandateLost(row.id, row.owner, until)
    publish(shop_id=row.shop_id, event=event, cause=("subscriptions.subscription", row.id), now=now)


def _take(row: Subscription, mandate_id: UUID, account_id: UUID) -> None:
    """This consent is the one that counts from now on."""
    ahead = payments.announces_charges(row.shop_id, account_id)
    Subscription.objects.filter(shop_id=row.shop_id, id=row.id).update(
        mandate_id=mandate_id, signing_id=None, mandate_over=False,
        ahead_hours=int(AHEAD.total_seconds() // 3600) if ahead else 0,
    )  # fmt: skip
    row.mandate_id, row.mandate_over = mandate_id, False
