"""Tables of the ledger. Rows are written by the functions in sql/schema/; the guards there hold for raw SQL too.

A book is a shop: `shop_id` is the book. Amounts are minor units, debit positive, credit negative, never 0.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q

from goodfor.ledger.fields import Xid8Field


class Account(models.Model):
    """One account in one currency. Immutable except `closed_at`; type and side come from the chart."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    code = models.CharField(max_length=160, db_collation="C")
    type = models.CharField(max_length=9)
    normal_side = models.SmallIntegerField()
    currency = models.CharField(max_length=3)
    guarded = models.BooleanField(default=False)
    slices = models.SmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_account"
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "code", "currency"], name="ledger_account_code"),
            models.CheckConstraint(
                name="ledger_account_type",
                condition=Q(type__in=("asset", "liability", "equity", "income", "expense")),
            ),
            models.CheckConstraint(name="ledger_account_side", condition=Q(normal_side__in=(1, -1))),
            models.CheckConstraint(name="ledger_account_currency", condition=Q(currency__regex="^[A-Z]{3}$")),
            models.CheckConstraint(name="ledger_account_slices", condition=Q(slices__gte=1, slices__lte=64)),
        )

    def __str__(self) -> str:
        return self.code


class Tx(models.Model):
    """The header of a transaction: why, when, by whom. Append-only."""

    id = models.BigAutoField(primary_key=True)
    xid = Xid8Field(db_default=Func(function="pg_current_xact_id"))
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reverses_tx = models.BigIntegerField(null=True)
    settles_tx = models.BigIntegerField(null=True)
    shop_id = models.UUIDField()
    cause_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=160, db_collation="C")
    kind = models.CharField(max_length=60)
    cause_type = models.CharField(max_length=60)
    actor = models.CharField(max_length=120)
    payload_hash = models.BinaryField()
    metadata = models.JSONField(null=True)
    rule_version = models.SmallIntegerField(db_default=1)
    adjustment = models.BooleanField(db_default=False)

    class Meta:
        db_table = "ledger_tx"
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "reference"], name="ledger_tx_reference"),
            models.UniqueConstraint(
                fields=["shop_id", "reverses_tx"],
                name="ledger_tx_reversed_once",
                condition=Q(reverses_tx__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["shop_id", "settles_tx"],
                name="ledger_tx_settled_once",
                condition=Q(settles_tx__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["xid"], name="ledger_tx_xid"),)

    def __str__(self) -> str:
        return self.reference


class Posting(models.Model):
    """One line of a transaction. Append-only; layer 0 is posted, layer 1 is held."""

    pk = models.CompositePrimaryKey("shop_id", "tx_id", "seq")
    shop_id = models.UUIDField()
    tx_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    xid = Xid8Field(db_default=Func(function="pg_current_xact_id"))
    effective_date = models.DateField()
    seq = models.SmallIntegerField()
    layer = models.SmallIntegerField()
    order_id = models.UUIDField(null=True)
    order_line_id = models.UUIDField(null=True)
    sku_id = models.UUIDField(null=True)
    supplier_id = models.UUIDField(null=True)
    party_id = models.UUIDField(null=True)
    brand_id = models.UUIDField(null=True)
    campaign_id = models.UUIDField(null=True)
    # Null for none: an empty text would make every row longer.
    channel = models.CharField(max_length=48, null=True)

    class Meta:
        db_table = "ledger_posting"
        constraints = (
            models.CheckConstraint(name="ledger_posting_amount", condition=~Q(amount_minor=0)),
            models.CheckConstraint(name="ledger_posting_layer", condition=Q(layer__in=(0, 1))),
        )
        indexes = (
            # The tail of a balance and the lines of a statement, both without touching the heap.
            models.Index(
                fields=["account_id", "xid", "tx_id"], include=["amount_minor", "layer"], name="ledger_posting_tail"
            ),
            models.Index(fields=["order_id"], name="ledger_posting_order", condition=Q(order_id__isnull=False)),
            BrinIndex(fields=["effective_date"], name="ledger_posting_date"),
        )

    def __str__(self) -> str:
        return f"{self.tx_id}/{self.seq}"


class Balance(models.Model):
    """Running balance of a guarded account, natural side positive; one row a slice. Moved by the posting guard only."""

    pk = models.CompositePrimaryKey("shop_id", "account_id", "slice")
    shop_id = models.UUIDField()
    account_id = models.BigIntegerField()
    slice = models.SmallIntegerField()
    posted_minor = models.BigIntegerField(default=0)
    pending_out_minor = models.BigIntegerField(default=0)
    floor_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_balance"
        constraints = (
            models.CheckConstraint(
                name="ledger_balance_floor",
                condition=Q(posted_minor__gte=F("floor_minor") + F("pending_out_minor")),
            ),
            models.CheckConstraint(name="ledger_balance_pending", condition=Q(pending_out_minor__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.account_id}/{self.slice}"


class Rollup(models.Model):
    """Sum of an account's postings below a transaction id, debit positive: amount + later postings = balance."""

    pk = models.CompositePrimaryKey("shop_id", "account_id", "layer")
    shop_id = models.UUIDField()
    account_id = models.BigIntegerField()
    layer = models.SmallIntegerField()
    amount_minor = models.BigIntegerField()
    upto_xid = Xid8Field()

    class Meta:
        db_table = "ledger_rollup"

    def __str__(self) -> str:
        return f"{self.account_id}/{self.layer}"


class DailyBalance(models.Model):
    """What an account was moved by on a day of the books, and where it stood then, debit positive.

    Written by a loop for the transactions below the watermark `daily`; what is not in yet is read from the postings.
    """

    pk = models.CompositePrimaryKey("shop_id", "account_id", "day")
    shop_id = models.UUIDField()
    account_id = models.BigIntegerField()
    day = models.DateField()
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()

    class Meta:
        db_table = "ledger_daily"
        constraints = (
            models.CheckConstraint(
                name="ledger_daily_amounts", condition=Q(debit_minor__gte=0) & Q(credit_minor__gte=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id}/{self.day}"


class Watermark(models.Model):
    """How far a job has come: every transaction id below is done. One row a job, for all shops."""

    name = models.CharField(max_length=20, primary_key=True)
    upto_xid = Xid8Field()

    class Meta:
        db_table = "ledger_watermark"

    def __str__(self) -> str:
        return self.name


class Seal(models.Model):
    """A link of a shop's hash chain over its transactions: tamper evidence. Append-only."""

    pk = models.CompositePrimaryKey("shop_id", "number")
    shop_id = models.UUIDField()
    number = models.IntegerField()
    generation = models.IntegerField(default=1)
    from_xid = Xid8Field()
    upto_xid = Xid8Field()
    tx_count = models.BigIntegerField()
    content_hash = models.BinaryField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_seal"
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "generation", "upto_xid"], name="ledger_seal_range"),
            models.CheckConstraint(name="ledger_seal_forward", condition=Q(upto_xid__gt=F("from_xid"))),
        )

    def __str__(self) -> str:
        return f"{self.shop_id}/{self.number}"


class Period(models.Model):
    """A month that is soft-closed, being closed or closed, with all before it; months without a row are open."""

    pk = models.CompositePrimaryKey("shop_id", "month")
    shop_id = models.UUIDField()
    month = models.DateField()
    state = models.CharField(max_length=8)
    closing_xid = Xid8Field(db_default=Func(function="pg_current_xact_id"))
    changed_at = models.DateTimeField()
    soft_xid = Xid8Field(null=True)  # type: ignore[misc]

    class Meta:
        db_table = "ledger_period"
        constraints = (
            models.CheckConstraint(name="ledger_period_state", condition=Q(state__in=("soft", "closing", "closed"))),
            models.CheckConstraint(name="ledger_period_month", condition=Q(month__day=1)),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
