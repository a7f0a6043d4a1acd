"""Tables of how suppliers did: counts by the hour, openings of breakers, complaints about what they delivered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7


class Tally(models.Model):
    """The purchases that were sent to a supplier within an hour (UTC), counted again until nothing changes any more.

    Pages add up hours, so what they cost does not grow with the history. `speeds`, `delays`: counts by the bounds in
    `health.BOUNDS`, which can be added up where percentiles cannot.
    """

    pk = models.CompositePrimaryKey("supplier_id", "hour")
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    hour = models.DateTimeField()
    tries = models.IntegerField(default=0)
    ended = models.IntegerField(default=0)
    #: With goods, whole or in part, at once or late.
    success = models.IntegerField(default=0)
    #: Whose end was not known for a while.
    unknown = models.IntegerField(default=0)
    speeds = ArrayField(models.IntegerField(), default=list)
    #: Calls of theirs about purchases, by seconds since the purchase was sent.
    delays = ArrayField(models.IntegerField(), default=list)
    #: Units that were good, and units that were paid for and were not.
    good = models.BigIntegerField(default=0)
    faulty = models.BigIntegerField(default=0)
    #: In their currency.
    charged = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    refunded = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    refunds = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_tally"
        constraints = [
            models.CheckConstraint(
                condition=Q(tries__gte=F("ended"), ended__gte=F("success"), success__gte=0)
                & Q(
                    tries__gte=F("unknown"),
                    unknown__gte=0,
                    good__gte=0,
                    faulty__gte=0,
                    charged__gte=0,
                    refunded__gte=0,
                    refunds__gte=0,
                ),
                name="supply_tally_counts",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], name="supply_tally_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["shop_id", "hour"], name="supply_tally_shop"),
            models.Index(fields=["hour"], name="supply_tally_old"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.hour}"


class Outage(models.Model):
    """A breaker opened: the supplier (no item) or one of its items was not bought from. The breaker itself forgets."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    item_key = models.CharField(max_length=36, default="", blank=True)
    reason = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "supply_outage"
        indexes = [models.Index(fields=["shop_id", "supplier_id", "-opened_at"], name="supply_outage_recent")]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.reason}"


class Complaint(models.Model):
    """A buyer complained about codes that a supplier delivered. `upheld`: the buyer had money back or a good one."""

    pk = models.CompositePrimaryKey("claim_id", "attempt_id")
    claim_id = models.UUIDField()
    attempt_id = models.UUIDField()
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    units = models.IntegerField()
    at = models.DateTimeField()
    upheld = models.BooleanField(default=False)

    class Meta:
        db_table = "supply_complaint"
        indexes = [models.Index(fields=["shop_id", "supplier_id", "-at"], name="supply_complaint_recent")]

    def __str__(self) -> str:
        return str(self.claim_id)
