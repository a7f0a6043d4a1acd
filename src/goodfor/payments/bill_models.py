"""Bills of channels as they were imported: a file a day and kind, and its rows."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.payments import states

BILL_STATES = sorted(states.BILL.states)


class BillFile(models.Model):
    """The bill of a day. The raw file lies under `bills/` of the data folder by its SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    provider = models.CharField(max_length=32)
    account_code = models.CharField(max_length=32)
    day = models.DateField()
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=states.WANTED)
    sha256 = models.CharField(max_length=64, default="")
    size_bytes = models.BigIntegerField(default=0)
    rows = models.IntegerField(default=0)
    #: Sums of the rows in minor units: what came, what went, both positive.
    came_minor = models.BigIntegerField(default=0)
    went_minor = models.BigIntegerField(default=0)
    #: In units of the currency, exact; negative: the channel kept it.
    fee = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    currency = models.CharField(max_length=3)
    problem = models.CharField(max_length=64, default="")
    problem_line = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_bill"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "provider", "account_code", "day", "kind"], name="payments_bill_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=("trade", "fund")), name="payments_bill_kind"),
            models.CheckConstraint(condition=Q(state__in=BILL_STATES), name="payments_bill_state"),
            models.CheckConstraint(
                condition=Q(came_minor__gte=0, went_minor__gte=0, rows__gte=0), name="payments_bill_sums"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=(states.IMPORTED, states.EMPTY)) & Q(imported_at__isnull=False))
                | (~Q(state__in=(states.IMPORTED, states.EMPTY)) & Q(imported_at__isnull=True, rows=0)),
                name="payments_bill_imported",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="payments_bill_due"),
            models.Index(fields=["shop_id", "-day"], name="payments_bill_days"),
        ]

    def __str__(self) -> str:
        return f"{self.account_code} {self.day} {self.kind}"


class BillLine(models.Model):
    """A row of a bill, never changed. Amounts in minor units, signed: what came is positive."""

    pk = models.CompositePrimaryKey("bill_id", "line")
    shop_id = models.UUIDField()
    bill_id = models.UUIDField()
    line = models.IntegerField()
    kind = models.CharField(max_length=8)
    happened_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    fee = models.DecimalField(max_digits=20, decimal_places=6)
    our_ref = models.CharField(max_length=64, default="")
    channel_ref = models.CharField(max_length=64, default="")
    refund_ref = models.CharField(max_length=64, default="")
    channel_refund_ref = models.CharField(max_length=64, default="")
    balance_minor = models.BigIntegerField(null=True)
    state = models.CharField(max_length=32, default="")
    note = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "payments_bill_line"
        indexes = [
            models.Index(fields=["shop_id", "our_ref"], name="payments_bill_line_ours"),
            models.Index(fields=["shop_id", "channel_ref"], name="payments_bill_line_theirs"),
        ]

    def __str__(self) -> str:
        return f"{self.bill_id}:{self.line}"
