"""Tables of the public figures: counts by day, when a day is counted again, and the key that signs them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7


class FigureDay(models.Model):
    """What a shop did on a day of the books, in all and for each category and SKU; counted from the rows themselves.

    Pages add up days, so what they cost does not grow with the history. `speeds`, `backs`: counts by `figures.BOUNDS`.
    """

    pk = models.CompositePrimaryKey("shop_id", "scope", "scope_id", "day")
    shop_id = models.UUIDField()
    #: shop, category or sku; the shop has its own id as `scope_id`.
    scope = models.CharField(max_length=8)
    scope_id = models.UUIDField()
    day = models.DateField()
    #: Units of the orders placed that day that were delivered, good ones in the place of bad ones with them.
    units = models.BigIntegerField(default=0)
    #: Of these, how many proved bad, whenever that was.
    bad = models.BigIntegerField(default=0)
    speeds = ArrayField(models.IntegerField(), default=list)
    #: Refunds that were back that day.
    backs = ArrayField(models.IntegerField(), default=list)
    #: Claims opened that day: decided, of these by nobody; promised moments, of these kept.
    decided = models.IntegerField(default=0)
    automatic = models.IntegerField(default=0)
    due = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    #: Amounts beyond the price that reached buyers that day, in the shop's currency.
    grants = models.IntegerField(default=0)
    granted_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "aftersales_figure_day"
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=("shop", "category", "sku")), name="aftersales_figure_scope"),
            models.CheckConstraint(
                condition=Q(units__gte=0, bad__gte=0, grants__gte=0, granted_minor__gte=0)
                & Q(decided__gte=F("automatic"), automatic__gte=0, due__gte=F("kept"), kept__gte=0),
                name="aftersales_figure_counts",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "day"], name="aftersales_figure_day_of")]

    def __str__(self) -> str:
        return f"{self.scope} {self.day}"


class FigureTurn(models.Model):
    """When a day of a shop was counted last, and when it will be again; null: nothing changes any more."""

    pk = models.CompositePrimaryKey("shop_id", "day")
    shop_id = models.UUIDField()
    day = models.DateField()
    counted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "aftersales_figure_turn"
        indexes = [
            models.Index(fields=["due_at"], name="aftersales_figure_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.day)


class FigureKey(models.Model):
    """The Ed25519 key that a shop's figures are signed with: the public half, and the private one sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField(unique=True)
    public_key = models.BinaryField()
    key_id = models.SmallIntegerField()
    blob = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "aftersales_figure_key"

    def __str__(self) -> str:
        return str(self.shop_id)
