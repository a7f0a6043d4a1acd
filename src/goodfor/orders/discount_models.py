"""What campaigns took off an order, by line, and how that came. Reached through `models`."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7


class Discount(models.Model):
    """What one revision (and coupon) of a campaign took off one line. Never changed: refunds are in the books."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    campaign_id = models.UUIDField()
    revision_id = models.UUIDField()
    coupon_id = models.UUIDField(null=True)
    minor = models.BigIntegerField()
    #: Pieces at an activity price, or given.
    units = models.IntegerField(default=0)
    #: The part of it that lies below the floor, for what the shop pays itself; of a gift its cost.
    loss = models.BigIntegerField(default=0)

    class Meta:
        db_table = "orders_discount"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "revision_id", "coupon_id"], nulls_distinct=False, name="orders_discount_once"
            ),
            models.CheckConstraint(condition=Q(minor__gt=0, units__gte=0, loss__gte=0), name="orders_discount_amounts"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "order_id"], name="orders_discount_order"),
            models.Index(fields=["shop_id", "campaign_id", "order_id"], name="orders_discount_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.minor}"


class LinePoints(models.Model):
    """By how much more points a line earns by a campaign, noted when it was ordered. Never changed."""

    pk = models.CompositePrimaryKey("line_id", "revision_id")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    campaign_id = models.UUIDField()
    revision_id = models.UUIDField()
    times_bp = models.IntegerField()
    plus = models.BigIntegerField()

    class Meta:
        db_table = "orders_line_points"
        constraints = [
            models.CheckConstraint(condition=Q(times_bp__gte=10_000, plus__gte=0), name="orders_line_points_more")
        ]
        indexes = [models.Index(fields=["shop_id", "order_id"], name="orders_line_points_order")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.times_bp}"


class Trace(models.Model):
    """Which campaigns were looked at when an order was priced, and why each gave what it gave, in that order."""

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    #: Rows of [campaign, revision, name, outcome, wanted, given, coupon or null].
    steps = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "orders_trace"

    def __str__(self) -> str:
        return str(self.order_id)
