"""Tables of money beyond the price: what buyers are owed, what suppliers owe for it, and the reserve for both."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.aftersales import states
from goodfor.kernel.ids import uuid7

WALLET, HAND = "wallet", "hand"
#: How a supplier made good: to the bank, onto the account there, or as money back on the purchase itself.
INTO = ("bank", "account", "returned")


class Grant(models.Model):
    """An amount beyond the price that a buyer is owed: for a case once of each kind, for an order without one too."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    order_id = models.UUIDField()
    line_id = models.UUIDField(null=True)
    sku_id = models.UUIDField(null=True)
    number = models.CharField(max_length=32)
    #: `buyer:<id>`, `guest:<hash>` or `client:<id>`.
    buyer = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    amount_minor = models.BigIntegerField()
    #: What of it the reserve bore; the rest is expense at once.
    reserve_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    way = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=states.OWED)
    reason = models.CharField(max_length=40, default="", blank=True)
    #: On which day of the shop it was counted against the promise's cap; null: there is no cap for it.
    day = models.DateField(null=True)
    made_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    #: Who paid: `system`, the buyer who took it into the account, or the staff's name in the audit trail.
    paid_by = models.CharField(max_length=80, default="", blank=True)
    #: The wallet's account in the ledger, once paid to one.
    account = models.CharField(max_length=128, default="", blank=True)
    #: The number of the transfer, once paid by hand.
    reference = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        db_table = "aftersales_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "case_id", "kind"],
                name="aftersales_grant_case_once",
                condition=Q(case_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["shop_id", "order_id", "kind"],
                name="aftersales_grant_order_once",
                condition=Q(case_id__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, reserve_minor__gte=0, reserve_minor__lte=F("amount_minor")),
                name="aftersales_grant_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(states.GRANTS))
                & Q(way__in=(WALLET, HAND))
                # Only a case that was looked into gives compensation, and only that is borne by the reserve.
                & (~Q(kind=states.COMPENSATION) & Q(reserve_minor=0) | Q(case_id__isnull=False)),
                name="aftersales_grant_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=states.OWED, paid_at__isnull=True, paid_by="", account="", reference="")
                | Q(state=states.PAID, paid_at__isnull=False) & ~Q(paid_by="")
                & (Q(way=WALLET, reference="") & ~Q(account="") | Q(way=HAND, account="") & ~Q(reference="")),
                name="aftersales_grant_state",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["shop_id", "id"], name="aftersales_grant_owed", condition=Q(state=states.OWED)),
            models.Index(fields=["shop_id", "order_id"], name="aftersales_grant_order"),
            models.Index(fields=["shop_id", "paid_at"], name="aftersales_grant_paid", condition=Q(state=states.PAID)),
            models.Index(fields=["shop_id", "-id"], name="aftersales_grant_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class GrantDay(models.Model):
    """What compensation a shop gave on a day of its calendar, never above the cap that it was given under.

    `given_minor` is what the last one who asked got of it: so one statement both counts and answers.
    """

    pk = models.CompositePrimaryKey("shop_id", "day", "currency")
    shop_id = models.UUIDField()
    day = models.DateField()
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()
    cap_minor = models.BigIntegerField()
    given_minor = models.BigIntegerField()

    class Meta:
        db_table = "aftersales_grant_day"
        constraints = [
            models.CheckConstraint(
                condition=Q(minor__gte=0, minor__lte=F("cap_minor"), given_minor__gte=0),
                name="aftersales_grant_day_cap",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.minor}"


class Recovery(models.Model):
    """What a supplier is asked to make good for a case. Open (`due`, `sent`), the rest of it stands on 1221."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    supplier_id = models.UUIDField()
    #: The claim's account in the ledger, by the supplier's code of that time.
    account = models.CharField(max_length=128)
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    sku_id = models.UUIDField()
    number = models.CharField(max_length=32)
    #: Of the purchases that the codes came from; empty where they cannot be told.
    purchases = ArrayField(models.CharField(max_length=18), default=list)
    code_ids = ArrayField(models.UUIDField(), default=list)
    units = models.IntegerField()
    cost_minor = models.BigIntegerField()
    compensation_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField()
    settled_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, default=states.DUE)
    #: Their number of the complaint, or the sheet it went out on.
    ref = models.CharField(max_length=80, default="", blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "aftersales_recovery"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "case_id", "supplier_id"], name="aftersales_recovery_once"),
            models.CheckConstraint(
                condition=Q(
                    units__gte=1, cost_minor__gte=0, compensation_minor__gte=0, amount_minor__gt=0,
                    amount_minor=F("cost_minor") + F("compensation_minor"), settled_minor__gte=0,
                    settled_minor__lte=F("amount_minor"),
                ),
                name="aftersales_recovery_amounts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(states.DUE, states.SENT), ended_at__isnull=True, ended_by="")
                & Q(settled_minor__lt=F("amount_minor"))
                | Q(state=states.SETTLED, ended_at__isnull=False, settled_minor=F("amount_minor")) & ~Q(ended_by="")
                | Q(state=states.WRITTEN_OFF, ended_at__isnull=False, settled_minor__lt=F("amount_minor"))
                & ~Q(ended_by=""),
                name="aftersales_recovery_state",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["shop_id", "supplier_id", "id"],
                name="aftersales_recovery_open",
                condition=Q(state__in=(states.DUE, states.SENT)),
            ),
            models.Index(fields=["shop_id", "-id"], name="aftersales_recovery_recent"),
            models.Index(fields=["shop_id", "order_id"], name="aftersales_recovery_order"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class Recovered(models.Model):
    """Money of a supplier that met a recovery, in whole or in part. The id comes with the form: once."""

    id = models.UUIDField(primary_key=True, editable=False)
    shop_id = models.UUIDField()
    recovery_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    into = models.CharField(max_length=8)
    reference = models.CharField(max_length=80, default="", blank=True)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "aftersales_recovered"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0, into__in=INTO), name="aftersales_recovered_amount")
        ]
        indexes = [models.Index(fields=["shop_id", "recovery_id"], name="aftersales_recovered_of")]

    def __str__(self) -> str:
        return f"{self.recovery_id} {self.amount_minor}"


class Recourse(models.Model):
    """What a supplier's contract says it makes good. Without a row: what the bad codes had cost."""

    pk = models.CompositePrimaryKey("shop_id", "supplier_id")
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    cost = models.BooleanField(default=True)
    #: Of the compensation that the buyer had, in hundredths of a percent.
    compensation_points = models.IntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        db_table = "aftersales_recourse"
        constraints = [
            models.CheckConstraint(
                condition=Q(compensation_points__gte=0, compensation_points__lte=10_000),
                name="aftersales_recourse_share",
            )
        ]

    def __str__(self) -> str:
        return str(self.supplier_id)


class ReserveRate(models.Model):
    """How a shop provides for compensation: so many hundredths of a percent of each day's sales, into a pool.

    Its row is also the lock under which the reserve is drawn on.
    """

    shop_id = models.UUIDField(primary_key=True)
    currency = models.CharField(max_length=3)
    basis_points = models.IntegerField()
    pool = models.CharField(max_length=24, default="main")
    #: The first day that is accrued for.
    from_day = models.DateField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        db_table = "aftersales_reserve_rate"
        constraints = [
            models.CheckConstraint(
                condition=Q(basis_points__gte=0, basis_points__lte=10_000, pool__regex=r"^[a-z0-9_-]{1,24}$"),
                name="aftersales_reserve_rate_points",
            )
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.basis_points}"


class ReserveDay(models.Model):
    """What was set aside for a day of the books: once, whatever becomes of the rate later."""

    pk = models.CompositePrimaryKey("shop_id", "day", "currency")
    shop_id = models.UUIDField()
    day = models.DateField()
    currency = models.CharField(max_length=3)
    pool = models.CharField(max_length=24)
    #: Sales less what was refunded of them; negative on a day of many refunds, for which nothing is set aside.
    sales_minor = models.BigIntegerField()
    basis_points = models.IntegerField()
    accrued_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "aftersales_reserve_day"
        constraints = [
            models.CheckConstraint(condition=Q(accrued_minor__gte=0), name="aftersales_reserve_day_accrued"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.accrued_minor}"
