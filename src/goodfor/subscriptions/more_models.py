"""Tables beside the periods: refunds of them, days that were recognised, what was told, and pauses."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7


class PeriodRefund(models.Model):
    """Money of a period that went back, once a refund."""

    refund_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    period = models.ForeignKey("subscriptions.Period", on_delete=models.PROTECT, related_name="+")
    deferred_minor = models.BigIntegerField()
    income_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_refund"
        constraints = [
            models.CheckConstraint(
                condition=Q(deferred_minor__gte=0, income_minor__gte=0, deferred_minor__gt=-F("income_minor")),
                name="subscriptions_refund_minor",
            )
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}"


class Day(models.Model):
    """A day of a shop that was recognised."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    day = models.DateField()
    minor = models.BigIntegerField(default=0)
    periods = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_day"
        constraints = [models.UniqueConstraint(fields=["shop_id", "day"], name="subscriptions_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.minor}"


class Reminder(models.Model):
    """Somebody was reminded of a period so many days before its end, once."""

    shop_id = models.UUIDField()
    period = models.ForeignKey("subscriptions.Period", on_delete=models.PROTECT, related_name="+", db_index=False)
    days = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_reminder"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "period", "days"], name="subscriptions_reminded_once")
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.days}"


class Pause(models.Model):
    """A pause of a subscription; one that was taken back ends when it begins."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_pause"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="subscriptions_pause_span")
        ]
        indexes = [models.Index(fields=["shop_id", "subscription", "id"], name="subscriptions_pause_of")]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.starts_at}"
