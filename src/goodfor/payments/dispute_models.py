"""Disputes: money that a buyer's bank took back, until the channel says whose it is."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.payments import states

DISPUTE_STATES = sorted(states.DISPUTE.states)


class Dispute(models.Model):
    """One dispute at a channel, by the channel's number. `payment_id` null: it is about none that we know."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    payment_id = models.UUIDField(null=True)
    channel_ref = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, default=states.DISPUTED)
    evidence_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_dispute"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "account_id", "channel_ref"], name="payments_dispute_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_dispute_amount"),
            models.CheckConstraint(condition=Q(state__in=DISPUTE_STATES), name="payments_dispute_state"),
            models.CheckConstraint(
                condition=Q(state=states.DISPUTED, closed_at__isnull=True)
                | (~Q(state=states.DISPUTED) & Q(closed_at__isnull=False)),
                name="payments_dispute_closed",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "payment_id"], name="payments_dispute_payment")]

    def __str__(self) -> str:
        return self.channel_ref
