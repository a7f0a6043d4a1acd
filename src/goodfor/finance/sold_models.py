"""Tables of what was sold and shared: each amount beside how much of it was given back since."""

from django.db import models
from django.db.models import F, Q

from goodfor.finance import states
from goodfor.kernel.ids import uuid7


class Sold(models.Model):
    """A part of an order line that one contract covers (one supplier), as it was delivered.

    Of an agent the price is what is passed on, the fee and its VAT; of a principal it is VAT and turnover.
    """

    pk = models.CompositePrimaryKey("order_line_id", "part")
    order_line_id = models.UUIDField()
    part = models.SmallIntegerField()
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    sku_id = models.UUIDField()
    category_id = models.UUIDField(null=True)
    supplier_code = models.CharField(max_length=32, default="", blank=True)
    contract_id = models.UUIDField(null=True)
    model = models.CharField(max_length=10)
    fee_bearer = models.CharField(max_length=10)
    quantity = models.IntegerField()
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    cost_minor = models.BigIntegerField()
    cost_back_minor = models.BigIntegerField(default=0)
    rate_bp = models.IntegerField(default=0)
    vat_minor = models.BigIntegerField(default=0)
    vat_back_minor = models.BigIntegerField(default=0)
    passed_minor = models.BigIntegerField(default=0)
    passed_back_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    fee_back_minor = models.BigIntegerField(default=0)
    input_minor = models.BigIntegerField(default=0)
    input_back_minor = models.BigIntegerField(default=0)
    delivered_at = models.DateTimeField()

    class Meta:
        db_table = "finance_sold"
        constraints = [
            models.CheckConstraint(condition=Q(model__in=states.MODELS), name="finance_sold_model"),
            models.CheckConstraint(
                # What was given on top has no price: all of it is discount.
                condition=Q(quantity__gt=0, cost_minor__gte=0, discount_minor__gte=0)
                & (Q(gross_minor__gt=0) | Q(gross_minor=0, discount_minor__gt=0)),
                name="finance_sold_amounts",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("gross_minor"))
                & Q(cost_back_minor__gte=0, cost_back_minor__lte=F("cost_minor"))
                & Q(vat_back_minor__gte=0, vat_back_minor__lte=F("vat_minor"))
                & Q(passed_back_minor__gte=0, passed_back_minor__lte=F("passed_minor"))
                & Q(fee_back_minor__gte=0, fee_back_minor__lte=F("fee_minor"))
                & Q(input_back_minor__gte=0, input_back_minor__lte=F("input_minor")),
                name="finance_sold_given_back",
            ),
            # Of an agent the parts are the price, and what was given back of them is what was given back of it.
            models.CheckConstraint(
                condition=Q(
                    model=states.AGENT,
                    input_minor=0,
                    gross_minor=F("passed_minor") + F("fee_minor") + F("vat_minor"),
                    refunded_minor=F("passed_back_minor") + F("fee_back_minor") + F("vat_back_minor"),
                )
                | Q(
                    model=states.PRINCIPAL,
                    passed_minor=0,
                    fee_minor=0,
                    vat_minor__lte=F("gross_minor"),
                    vat_back_minor__lte=F("refunded_minor"),
                ),
                name="finance_sold_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "order_id"], name="finance_sold_order"),
            models.Index(fields=["shop_id", "delivered_at", "order_line_id"], name="finance_sold_time"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id}/{self.part}"


class Share(models.Model):
    """What a party gets of an order line by a version of an agreement. Once superseded, all of it was taken back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    order_line_id = models.UUIDField()
    sku_id = models.UUIDField()
    agreement_id = models.UUIDField()
    agreement_code = models.CharField(max_length=32)
    version = models.IntegerField()
    party_id = models.UUIDField()
    account = models.CharField(max_length=160)
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    reversed_minor = models.BigIntegerField(default=0)
    #: The month's volume before this line, in the measure of the terms: what a tier was chosen by.
    volume_before = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    rank = models.SmallIntegerField(default=0)
    explained = models.JSONField(default=dict)
    booked_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "finance_share"
        constraints = [
            models.UniqueConstraint(fields=["order_line_id", "agreement_id"], name="finance_share_once"),
            # Of all versions of an agreement one pays.
            models.UniqueConstraint(
                fields=["order_line_id", "agreement_code"],
                condition=Q(superseded_at__isnull=True),
                name="finance_share_one_version",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, reversed_minor__gte=0, reversed_minor__lte=F("amount_minor")),
                name="finance_share_reversed",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(reversed_minor=F("amount_minor")),
                name="finance_share_superseded",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "order_id"], name="finance_share_order"),
            models.Index(fields=["shop_id", "party_id", "booked_at"], name="finance_share_party"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.agreement_code} {self.version}"


class Volume(models.Model):
    """How much an agreement has seen in a month (by delivery, in the shop's books), and shared: for tiers and caps."""

    pk = models.CompositePrimaryKey("shop_id", "agreement_code", "month", "currency")
    shop_id = models.UUIDField()
    agreement_code = models.CharField(max_length=32)
    month = models.DateField()
    currency = models.CharField(max_length=3)
    units = models.BigIntegerField(default=0)
    base_minor = models.BigIntegerField(default=0)
    shared_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "finance_volume"
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gte=0, base_minor__gte=0, shared_minor__gte=0), name="finance_volume_amounts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement_code} {self.month:%Y-%m}"


class Step(models.Model):
    """Something of the books that finance has answered: a delivery, a refund, goods taken back. Once each."""

    pk = models.CompositePrimaryKey("order_id", "reference")
    order_id = models.UUIDField()
    #: Of the ledger's transaction that was answered.
    reference = models.CharField(max_length=160)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    #: By line, what it gave back: {line: minor}.
    lines = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "finance_step"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=states.STEPS), name="finance_step_kind"),
            models.UniqueConstraint(
                fields=["order_id"], condition=Q(kind=states.STEP_DELIVER), name="finance_step_delivered_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Backdate(models.Model):
    """A version of an agreement that holds from a time in the past on, and how far its difference was booked."""

    agreement_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    after_at = models.DateTimeField(null=True)
    after_line = models.UUIDField(null=True)
    lines = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "finance_backdate"
        indexes = [models.Index(fields=["started_at"], condition=Q(done_at__isnull=True), name="finance_backdate_due")]

    def __str__(self) -> str:
        return str(self.agreement_id)
