"""Write down a fact that nobody called us about, and tell the rooms above."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.payments.events import FactRecorded
from goodfor.payments.mapping import recorded_fact
from goodfor.payments.models import FactRow, Payment
from goodfor.payments.types import Fact, RecordedFact


def record_fact(*, shop_id: UUID, fact: Fact, now: datetime) -> RecordedFact:
    """Insert it unapplied with the event `FactRecorded`; a fact that is known already is returned as it stands."""
    payment_id = Payment.objects.filter(shop_id=shop_id, number=fact.our_ref).values_list("id", flat=True).first()
    with transaction.atomic(savepoint=False):
        row, fresh = insert_fact(shop_id=shop_id, fact=fact, payment_id=payment_id, now=now)
        if fresh:
            event = FactRecorded(fact_id=row.id, payment_id=payment_id, kind=fact.kind)
            publish(shop_id=shop_id, event=event, cause=("payments.fact", row.id), now=now)
    return recorded_fact(row)


def insert_fact(*, shop_id: UUID, fact: Fact, payment_id: UUID | None, now: datetime) -> tuple[FactRow, bool]:
    """The row of the fact and whether it is new. Waits for a twin that is being inserted at this moment."""
    new_id = uuid7()
    FactRow.objects.bulk_create(
        [
            FactRow(
                id=new_id,
                shop_id=shop_id,
                account_id=fact.account_id,
                provider=fact.provider,
                payment_id=payment_id,
                kind=fact.kind,
                our_ref=fact.our_ref,
                channel_ref=fact.channel_ref,
                parent_ref=fact.parent_ref,
                amount_minor=fact.amount.amount_minor,
                currency=fact.amount.currency,
                happened_at=fact.happened_at,
                source=fact.source,
                inbox_id=fact.inbox_id,
                recorded_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    row = FactRow.objects.get(shop_id=shop_id, account_id=fact.account_id, kind=fact.kind, channel_ref=fact.channel_ref)
    return row, row.id == new_id
