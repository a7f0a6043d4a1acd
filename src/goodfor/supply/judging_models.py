"""Table of what followed from how a supplier did: its weight, held back, suspended, and how each ended."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7

#: From mild to strict. `weigh`: counts as twice as dear. `hold`: only where nobody else delivers. `suspend`: never.
LEVELS = ("weigh", "hold", "suspend")


class Consequence(models.Model):
    """A supplier had more bad codes than its contract bears. Lifted by a person; the mild ones also by better days.

    Rates are hundredths of a percent: `rate_points` was found, `bound_points` is what it crossed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    level = models.CharField(max_length=8)
    #: In routing, what a weight is multiplied and a cost divided by.
    factor = models.FloatField(default=1.0)
    since = models.DateTimeField()
    units = models.IntegerField()
    bad = models.IntegerField()
    rate_points = models.IntegerField()
    bound_points = models.IntegerField()
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    #: `system`: a stricter or milder one took its place, or the days were better.
    lifted_by = models.CharField(max_length=100, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "supply_consequence"
        constraints = [
            models.UniqueConstraint(
                fields=["supplier_id"], condition=Q(lifted_at__isnull=True), name="supply_consequence_one"
            ),
            models.CheckConstraint(
                condition=Q(level__in=LEVELS, factor__gt=0, factor__lte=1, bad__gte=1, units__gte=F("bad"))
                & Q(rate_points__gte=F("bound_points"), bound_points__gte=1),
                name="supply_consequence_numbers",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by="") | (Q(lifted_at__isnull=False) & ~Q(lifted_by="")),
                name="supply_consequence_lifted",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "supplier_id", "-at"], name="supply_consequence_recent")]

    def __str__(self) -> str:
        return f"{self.level} {self.supplier_id}"
