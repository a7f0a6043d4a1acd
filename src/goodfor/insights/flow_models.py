"""Tables of the flow: how far the orders placed on a day have come, and which days are to be counted again."""

from django.db import models
from django.db.models import Q


class Flow(models.Model):
    """Counts of the orders placed on a day, by their first line's SKU, by channel, method and segment."""

    pk = models.CompositePrimaryKey("shop_id", "day", "currency", "sku_id", "channel", "method", "segment")
    shop_id = models.UUIDField()
    day = models.DateField()
    currency = models.CharField(max_length=3, db_collation="C")
    sku_id = models.UUIDField()
    channel = models.CharField(max_length=16, db_collation="C")
    #: How the buyer set out to pay last, or paid; empty: never did.
    method = models.CharField(max_length=32, db_collation="C")
    #: Empty until something of the order was booked.
    segment = models.CharField(max_length=12, db_collation="C")
    placed = models.IntegerField()
    started = models.IntegerField()
    paid = models.IntegerField()
    held = models.IntegerField()
    delivered = models.IntegerField()
    expired = models.IntegerField()
    cancelled = models.IntegerField()
    refunded = models.IntegerField()
    refunded_undelivered = models.IntegerField()
    partly_refunded = models.IntegerField()
    claimed = models.IntegerField()
    claims = models.IntegerField()
    proven = models.IntegerField()
    placed_minor = models.BigIntegerField()

    class Meta:
        db_table = "insights_flow"

    def __str__(self) -> str:
        return str(self.day)


class Dirty(models.Model):
    """A day whose orders have changed since they were counted."""

    pk = models.CompositePrimaryKey("shop_id", "day")
    shop_id = models.UUIDField()
    day = models.DateField()
    since = models.DateTimeField()

    class Meta:
        db_table = "insights_dirty"
        indexes = [models.Index(fields=["since"], name="insights_dirty_since")]

    def __str__(self) -> str:
        return str(self.day)


class Visit(models.Model):
    """How many browsers came how far on a day. A product's own row has its page views alone."""

    pk = models.CompositePrimaryKey("shop_id", "day", "step", "product_id")
    shop_id = models.UUIDField()
    day = models.DateField()
    step = models.CharField(max_length=12, db_collation="C")
    product_id = models.UUIDField()
    visitors = models.BigIntegerField()
    views = models.BigIntegerField()

    class Meta:
        db_table = "insights_visit"
        constraints = [models.CheckConstraint(condition=Q(visitors__gte=0, views__gte=0), name="insights_visit_counts")]

    def __str__(self) -> str:
        return f"{self.day} {self.step}"
