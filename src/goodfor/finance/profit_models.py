"""Tables of what orders earned, of channels' fees, and of how far finance has read the books."""

from django.db import models
from django.db.models import F, Q

from goodfor.finance import states


class OrderProfit(models.Model):
    """What an order earned: sums of its postings, renewed whenever something is posted with it.

    Costs and fees count as positive numbers; the profit is what is left.
    """

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    number = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    stage = models.CharField(max_length=10, default=states.ESTIMATED)
    channel = models.CharField(max_length=65, default="", blank=True)
    revenue_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    cost_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    share_minor = models.BigIntegerField(default=0)
    marketing_minor = models.BigIntegerField(default=0)
    compensation_minor = models.BigIntegerField(default=0)
    recovery_minor = models.BigIntegerField(default=0)
    other_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    profit_minor = models.BigIntegerField(default=0)
    #: What was expected when it was paid; never changed after.
    estimate_minor = models.BigIntegerField(default=0)
    estimate = models.JSONField(default=dict)
    paid_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    #: The last thing posted: nothing more is expected some time after.
    moved_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "finance_order"
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=states.STAGES), name="finance_order_stage"),
            models.CheckConstraint(
                condition=Q(
                    profit_minor=F("revenue_minor")
                    - F("discount_minor")
                    - F("cost_minor")
                    - F("fee_minor")
                    - F("share_minor")
                    - F("marketing_minor")
                    - F("compensation_minor")
                    + F("recovery_minor")
                    + F("other_minor")
                ),
                name="finance_order_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "delivered_at", "order_id"], name="finance_order_time"),
            models.Index(
                fields=["moved_at"], condition=Q(stage__in=("billed", "delivered")), name="finance_order_ending"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Fee(models.Model):
    """What a channel kept of a line of its bill: exact, and rounded so that the bill's lines add up to its sum.

    Positive: kept; negative: handed back.
    """

    pk = models.CompositePrimaryKey("bill_id", "line")
    bill_id = models.UUIDField()
    line = models.IntegerField()
    shop_id = models.UUIDField()
    order_id = models.UUIDField(null=True)
    exact = models.DecimalField(max_digits=20, decimal_places=6)
    amount_minor = models.BigIntegerField()
    happened_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "finance_fee"
        indexes = [
            models.Index(fields=["bill_id", "line"], condition=Q(booked_at__isnull=True), name="finance_fee_due"),
            models.Index(fields=["shop_id", "order_id"], name="finance_fee_order"),
        ]

    def __str__(self) -> str:
        return f"{self.bill_id}:{self.line}"


class FeeBill(models.Model):
    """A bill whose fees are taken into the books."""

    bill_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    account_code = models.CharField(max_length=32)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    exact = models.DecimalField(max_digits=20, decimal_places=6)
    amount_minor = models.BigIntegerField()
    lines = models.IntegerField()
    started_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "finance_fee_bill"
        indexes = [
            models.Index(fields=["started_at"], condition=Q(booked_at__isnull=True), name="finance_fee_bill_due")
        ]

    def __str__(self) -> str:
        return f"{self.account_code} {self.day}"


class Cursor(models.Model):
    """Up to which transaction id of the database the books were read. One row."""

    name = models.CharField(max_length=20, primary_key=True)
    upto_xid = models.BigIntegerField(default=0)

    class Meta:
        db_table = "finance_cursor"

    def __str__(self) -> str:
        return self.name


class Stuck(models.Model):
    """An order that finance could not follow; tried again with growing pauses."""

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    problem = models.CharField(max_length=80)
    tries = models.IntegerField(default=1)
    since = models.DateTimeField()
    next_at = models.DateTimeField()

    class Meta:
        db_table = "finance_stuck"
        indexes = [models.Index(fields=["next_at"], name="finance_stuck_due")]

    def __str__(self) -> str:
        return str(self.order_id)


class StuckErrand(models.Model):
    """A bill whose fees, or an agreement whose differences, could not be booked; tried again with growing pauses."""

    subject_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    problem = models.CharField(max_length=80)
    tries = models.IntegerField(default=1)
    since = models.DateTimeField()
    next_at = models.DateTimeField()

    class Meta:
        db_table = "finance_stuck_errand"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=states.ERRANDS), name="finance_stuck_errand_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
