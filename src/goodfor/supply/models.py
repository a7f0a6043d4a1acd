"""Tables of supply. What makes buying twice impossible stands here and in `sql/schema/guards.sql`.

Costs are exact decimals in the supplier's currency; prices and what the ledger says are minor units. Other rooms' ids
(shop, SKU, order, line) are opaque, without foreign keys.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.supply import account_models as account_models
from goodfor.supply import health_models as health_models
from goodfor.supply import inquiry_models as inquiry_models
from goodfor.supply import judging_models as judging_models
from goodfor.supply import purchase_models as purchase_models
from goodfor.supply import sheet_models as sheet_models
from goodfor.supply import states as states
from goodfor.supply import watch_models as watch_models

CYCLES = ("prepaid", "t1", "weekly", "monthly")
STOCK_WORDS = ("exact", "in_stock", "low", "out", "unlimited", "unknown")
SALE_STATES = ("on", "paused", "banned", "deleted")


class Supplier(models.Model):
    """An account at one address of one protocol, and the contract with whoever runs it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    protocol = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    config = models.JSONField(default=dict)
    secret_key_id = models.IntegerField(null=True)
    secret_blob = models.BinaryField(null=True)
    #: Part of the address that calls come to; nobody can guess it.
    hook = models.CharField(max_length=43, unique=True)
    enabled = models.BooleanField(default=False)
    #: One of their currency in the shop's, for suppliers of another currency; 1 otherwise.
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    cycle = models.CharField(max_length=8, default="prepaid")
    #: The contract: minutes after midnight (their zone) when a day ends, tax, days of refund, and what they promise.
    cutoff_minute = models.SmallIntegerField(default=0)
    tax_class = models.CharField(max_length=16, default="", blank=True)
    refund_days = models.SmallIntegerField(null=True)
    replaceable = models.BooleanField(default=False)
    promise_seconds = models.IntegerField(null=True)
    #: Whom the staff call when nobody knows how a purchase ended.
    contact = models.CharField(max_length=200, default="", blank=True)
    #: Below this the staff are told. In their currency; `balance` as they said it last, `credit`: how far below zero.
    low_balance = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    balance = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    credit = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    balance_at = models.DateTimeField(null=True)
    #: What may be lost here in a day, in the shop's minor units, to prices that rise between question and order,
    #: where the protocol has no guard. Nothing, or 0: nobody said so, and nothing is bought there.
    surprise_minor = models.BigIntegerField(null=True)
    #: What of its codes may be bad within 7 days, in hundredths of a percent, until it counts as dearer, is held back,
    #: is suspended; 0: never. Nothing follows as long as fewer units came.
    bad_least_units = models.IntegerField(default=50, db_default=50)
    bad_weigh_points = models.SmallIntegerField(default=100, db_default=100)
    bad_hold_points = models.SmallIntegerField(default=300, db_default=300)
    bad_suspend_points = models.SmallIntegerField(default=1000, db_default=1000)
    #: Smaller first.
    priority = models.SmallIntegerField(default=100)
    #: When its items and its balance are looked at again.
    sweep_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "supply_supplier"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "code"], name="supply_supplier_code"),
            models.CheckConstraint(condition=Q(cycle__in=CYCLES), name="supply_supplier_cycle"),
            models.CheckConstraint(condition=Q(rate__gt=0, credit__gte=0), name="supply_supplier_amounts"),
            models.CheckConstraint(
                condition=Q(surprise_minor__isnull=True) | Q(surprise_minor__gte=0), name="supply_supplier_surprise"
            ),
            models.CheckConstraint(
                condition=Q(
                    bad_least_units__gte=1, bad_weigh_points__gte=0, bad_hold_points__gte=0, bad_suspend_points__gte=0
                ),
                name="supply_supplier_bad_codes",
            ),
            models.CheckConstraint(
                condition=Q(secret_key_id__isnull=True, secret_blob__isnull=True)
                | Q(secret_key_id__isnull=False, secret_blob__isnull=False),
                name="supply_supplier_sealed",
            ),
            models.CheckConstraint(
                condition=Q(cutoff_minute__gte=0, cutoff_minute__lt=1440), name="supply_supplier_cutoff"
            ),
        ]
        indexes = [
            models.Index(fields=["sweep_at"], name="supply_supplier_sweep", condition=Q(enabled=True)),
        ]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """Something a supplier sells, as it was last seen. One row for each thing that is ordered by an id of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    item_id = models.CharField(max_length=64)
    #: Of a variant; empty where there are none.
    variant = models.CharField(max_length=64, default="", blank=True)
    name = models.CharField(max_length=300)
    category = models.CharField(max_length=64, default="", blank=True)
    brand = models.CharField(max_length=100, default="", blank=True)
    kind = models.CharField(max_length=8)
    cost = models.DecimalField(max_digits=18, decimal_places=6)
    currency = models.CharField(max_length=3)
    face_value = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    face_currency = models.CharField(max_length=8, default="", blank=True)
    state = models.CharField(max_length=8)
    stock_word = models.CharField(max_length=9)
    stock = models.BigIntegerField(null=True)
    least = models.IntegerField(default=1)
    most = models.IntegerField(null=True)
    multiple = models.IntegerField(default=1)
    #: Form, channels, floors, closed hours, countries: what `routing` and the buyer's form read.
    terms = models.JSONField(default=dict)
    #: False: only a list told of it, its form was not read yet.
    whole = models.BooleanField(default=True)
    #: The supplier told that something changed: to be read.
    hint_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    #: What `matching` compares of its name and brand; written with the name.
    words = ArrayField(models.TextField(), default=list, db_default=[])

    class Meta:
        db_table = "supply_item"
        constraints = [
            models.UniqueConstraint(fields=["supplier_id", "item_id", "variant"], name="supply_item_once"),
            models.CheckConstraint(condition=Q(state__in=SALE_STATES), name="supply_item_state"),
            models.CheckConstraint(condition=Q(stock_word__in=STOCK_WORDS), name="supply_item_stock_word"),
            models.CheckConstraint(
                condition=Q(cost__gte=0, least__gte=1, multiple__gte=1) & (Q(stock__isnull=True) | Q(stock__gte=0)),
                name="supply_item_numbers",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "supplier_id", "name"], name="supply_item_named"),
            models.Index(fields=["hint_at"], name="supply_item_hint", condition=Q(hint_at__isnull=False)),
            models.Index(fields=["changed_at"], name="supply_item_changed"),
            GinIndex(fields=["words"], name="supply_item_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name


class Offer(models.Model):
    """An item that may be bought for a SKU, and on which terms of ours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    supplier_id = models.UUIDField()
    enabled = models.BooleanField(default=True)
    #: Smaller first; equal ones share by weight.
    priority = models.SmallIntegerField(default=100)
    weight = models.SmallIntegerField(default=1)
    #: At most so many units a day of the shop; null: no bound.
    daily_quota = models.IntegerField(null=True)
    #: Minutes of the day (of the shop's clock) between which it is used; equal: always.
    from_minute = models.SmallIntegerField(default=0)
    to_minute = models.SmallIntegerField(default=0)
    #: Where it may be sold; empty: everywhere.
    channels = ArrayField(models.CharField(max_length=16), default=list)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "supply_offer"
        constraints = [
            models.UniqueConstraint(fields=["sku_id", "item"], name="supply_offer_once"),
            models.CheckConstraint(
                condition=Q(from_minute__gte=0, from_minute__lt=1440, to_minute__gte=0, to_minute__lt=1440),
                name="supply_offer_hours",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1) & (Q(daily_quota__isnull=True) | Q(daily_quota__gte=0)),
                name="supply_offer_numbers",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "sku_id"], name="supply_offer_sku"),
            models.Index(fields=["shop_id", "supplier_id"], name="supply_offer_supplier"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.item_id}"


class Route(models.Model):
    """How a SKU is bought. `floor_minor`: what a sale must at least earn a unit, in the shop's currency.

    Below it nothing is bought, unless `loss_budget_minor` (of a day) has room for the difference.
    """

    pk = models.CompositePrimaryKey("shop_id", "sku_id")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    floor_minor = models.BigIntegerField(default=0)
    loss_budget_minor = models.BigIntegerField(default=0)
    #: Seconds after the payment until the buyer has goods or the money back.
    deadline_seconds = models.IntegerField(default=600)
    #: Several suppliers may share a large order.
    may_split = models.BooleanField(default=True)

    class Meta:
        db_table = "supply_route"
        constraints = [
            models.CheckConstraint(
                condition=Q(loss_budget_minor__gte=0, deadline_seconds__gte=10, deadline_seconds__lte=604_800),
                name="supply_route_numbers",
            ),
        ]

    def __str__(self) -> str:
        return str(self.sku_id)
