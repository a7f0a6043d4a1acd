"""Tables of insights. All of it can be made anew from the rooms below, but for what is frozen of an order.

`shop_id` leads every key; ids of other rooms are opaque. Where a row belongs to no SKU, supplier or campaign, the id is
`types.NONE`, so that keys are never null. Days are days of the books.
"""

from django.db import models
from django.db.models import F, Q

from goodfor.insights.flow_models import Dirty as Dirty
from goodfor.insights.flow_models import Flow as Flow
from goodfor.insights.flow_models import Visit as Visit
from goodfor.insights.report_models import Brief as Brief
from goodfor.insights.report_models import Forecast as Forecast
from goodfor.insights.report_models import Issue as Issue
from goodfor.insights.report_models import Report as Report
from goodfor.insights.types import DAY, GRAINS, NONE


class Progress(models.Model):
    """How far a roll-up has come: every database transaction below is in. One row a roll-up, for all shops."""

    name = models.CharField(max_length=20, primary_key=True)
    upto_xid = models.BigIntegerField()

    class Meta:
        db_table = "insights_progress"

    def __str__(self) -> str:
        return self.name


class OrderFact(models.Model):
    """What is frozen of an order when its first posting is met: later renaming, claiming or erasing moves no figure.

    `buyer` is a hash that leads nowhere outside of this room; `paid_on` comes once, when it is paid.
    """

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    buyer = models.UUIDField(null=True)
    paid_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=16)
    method = models.CharField(max_length=32)
    segment = models.CharField(max_length=12)

    class Meta:
        db_table = "insights_order"
        indexes = [models.Index(fields=["shop_id", "paid_on"], name="insights_order_paid")]

    def __str__(self) -> str:
        return str(self.order_id)


class Cell(models.Model):
    """Of an order that suppliers filled: who filled which part of which line, frozen at its delivery."""

    pk = models.CompositePrimaryKey("shop_id", "order_id", "n")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    n = models.SmallIntegerField()
    #: The transaction of its delivery: postings from then on go by these parts.
    from_tx = models.BigIntegerField()
    line_id = models.UUIDField()
    sku_id = models.UUIDField()
    supplier_id = models.UUIDField(default=NONE)
    #: The part's share of what the order costs, and its units.
    weight = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        db_table = "insights_cell"
        constraints = [
            models.CheckConstraint(condition=Q(weight__gt=0, units__gt=0), name="insights_cell_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.n}"


class Cube(models.Model):
    """Sums of postings, and counts of what they tell, by every dimension at once.

    Three grains hold the same sums: `d` by day, `m` by month, `t` by day without SKU, supplier and campaign. A page
    reads the smallest that can answer. Amounts in minor units, as `types.MEASURES` says.
    """

    pk = models.CompositePrimaryKey(
        "shop_id", "grain", "day", "currency", "sku_id", "supplier_id", "channel", "method", "segment", "campaign_id"
    )
    shop_id = models.UUIDField()
    grain = models.CharField(max_length=1, db_collation="C")
    day = models.DateField()
    currency = models.CharField(max_length=3, db_collation="C")
    sku_id = models.UUIDField()
    supplier_id = models.UUIDField()
    channel = models.CharField(max_length=16, db_collation="C")
    method = models.CharField(max_length=32, db_collation="C")
    segment = models.CharField(max_length=12, db_collation="C")
    campaign_id = models.UUIDField()
    paid_minor = models.BigIntegerField()
    paid_back_minor = models.BigIntegerField()
    sales_minor = models.BigIntegerField()
    sales_back_minor = models.BigIntegerField()
    adjusted_minor = models.BigIntegerField()
    other_income_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    marketing_minor = models.BigIntegerField()
    compensation_minor = models.BigIntegerField()
    recovery_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField()
    paid_orders = models.BigIntegerField()
    orders = models.BigIntegerField()
    lines = models.BigIntegerField()
    units = models.BigIntegerField()
    refunds = models.BigIntegerField()

    class Meta:
        db_table = "insights_cube"
        constraints = [models.CheckConstraint(condition=Q(grain__in=GRAINS), name="insights_cube_grain")]
        indexes = [
            models.Index(fields=["shop_id", "sku_id", "day"], name="insights_cube_sku", condition=Q(grain=DAY)),
        ]

    def __str__(self) -> str:
        return f"{self.grain} {self.day}"


class Buyer(models.Model):
    """In which month a buyer's first paid order was, as it was met first."""

    pk = models.CompositePrimaryKey("shop_id", "currency", "buyer")
    shop_id = models.UUIDField()
    currency = models.CharField(max_length=3, db_collation="C")
    buyer = models.UUIDField()
    cohort = models.DateField()

    class Meta:
        db_table = "insights_buyer"

    def __str__(self) -> str:
        return str(self.buyer)


class Active(models.Model):
    """What a buyer bought in a month."""

    pk = models.CompositePrimaryKey("shop_id", "currency", "buyer", "month")
    shop_id = models.UUIDField()
    currency = models.CharField(max_length=3, db_collation="C")
    buyer = models.UUIDField()
    month = models.DateField()
    orders = models.IntegerField()
    paid_minor = models.BigIntegerField()

    class Meta:
        db_table = "insights_active"
        constraints = [models.CheckConstraint(condition=Q(orders__gt=0), name="insights_active_orders")]

    def __str__(self) -> str:
        return f"{self.buyer} {self.month}"


class Cohort(models.Model):
    """Of the buyers whose first order was in month `cohort`: how many bought in `month`, how often, for how much."""

    pk = models.CompositePrimaryKey("shop_id", "currency", "cohort", "month")
    shop_id = models.UUIDField()
    currency = models.CharField(max_length=3, db_collation="C")
    cohort = models.DateField()
    month = models.DateField()
    buyers = models.IntegerField()
    orders = models.BigIntegerField()
    paid_minor = models.BigIntegerField()

    class Meta:
        db_table = "insights_cohort"
        constraints = [models.CheckConstraint(condition=Q(month__gte=F("cohort")), name="insights_cohort_after")]

    def __str__(self) -> str:
        return f"{self.cohort} {self.month}"
