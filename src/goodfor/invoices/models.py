"""Tables of invoices. To whom one is written is sealed; what is on it never changes."""

from django.db import models
from django.db.models import F, Q

from goodfor.invoices import states
from goodfor.kernel.ids import uuid7

#: What only a person can go on with: to be written by hand, or of unknown end.
WAITS = Q(state=states.UNKNOWN) | Q(state__in=sorted(states.UNFINISHED), next_try_at__isnull=True)


class Invoice(models.Model):
    """One paper under one number of ours for ever: an invoice, or a red letter of (a part of) one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=40)
    number = models.CharField(max_length=48)
    kind = models.CharField(max_length=4)
    paper = models.CharField(max_length=4)
    blue_id = models.UUIDField(null=True)
    state = models.CharField(max_length=12, default=states.REQUESTED)
    title_kind = models.CharField(max_length=8)
    title_key_id = models.IntegerField()
    title_blob = models.BinaryField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    #: What red letters that were issued took back of it.
    reversed_minor = models.BigIntegerField(default=0)
    tax_reversed_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200, default="", blank=True)
    #: Who writes it, from the first try on; empty: nobody yet, or a person by hand.
    provider = models.CharField(max_length=32, default="", blank=True)
    official = models.CharField(max_length=40, default="", blank=True)
    link = models.CharField(max_length=400, default="", blank=True)
    failure = models.CharField(max_length=64, default="", blank=True)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    issued_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invoices_invoice"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="invoices_invoice_number"),
            models.UniqueConstraint(
                fields=["shop_id", "order_id", "paper"],
                name="invoices_invoice_once",
                condition=Q(kind=states.BLUE, state__in=sorted(states.STANDING)),
            ),
            models.UniqueConstraint(
                fields=["shop_id", "blue_id"],
                name="invoices_invoice_red_once",
                condition=Q(kind=states.RED, state__in=sorted(states.UNFINISHED)),
            ),
            models.UniqueConstraint(
                fields=["shop_id", "official"], name="invoices_invoice_official", condition=~Q(official="")
            ),
            models.CheckConstraint(
                condition=Q(kind=states.BLUE, blue_id__isnull=True)
                | Q(kind=states.RED, blue_id__isnull=False, reversed_minor=0) & ~Q(reason=""),
                name="invoices_invoice_kind",
            ),
            models.CheckConstraint(
                condition=Q(paper=states.VAT) | Q(paper=states.CARD, tax_minor=0), name="invoices_invoice_paper"
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gt=0, tax_minor__gte=0, tax_minor__lte=F("total_minor"))
                & Q(reversed_minor__gte=0, reversed_minor__lte=F("total_minor"))
                & Q(tax_reversed_minor__gte=0, tax_reversed_minor__lte=F("tax_minor")),
                name="invoices_invoice_amounts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.INVOICE.states), title_kind__in=states.TITLES),
                name="invoices_invoice_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[states.ISSUED, states.RED_LETTERED], issued_at__isnull=False) & ~Q(official="")
                | ~Q(state__in=[states.ISSUED, states.RED_LETTERED]) & Q(issued_at__isnull=True),
                name="invoices_invoice_issued",
            ),
            models.CheckConstraint(
                condition=Q(state=states.RED_LETTERED, reversed_minor=F("total_minor"))
                | ~Q(state=states.RED_LETTERED) & ~Q(reversed_minor=F("total_minor")),
                name="invoices_invoice_red_lettered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.UNFINISHED)) | Q(next_try_at__isnull=True),
                name="invoices_invoice_rests",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "order_id"], name="invoices_invoice_order"),
            models.Index(fields=["shop_id", "order_number"], name="invoices_invoice_order_no"),
            models.Index(fields=["shop_id", "asked_at", "id"], name="invoices_invoice_asked"),
            models.Index(fields=["shop_id", "state", "asked_at", "id"], name="invoices_invoice_state_at"),
            models.Index(fields=["shop_id"], name="invoices_invoice_waits", condition=WAITS),
            models.Index(
                fields=["shop_id", "issued_at"], name="invoices_invoice_day", condition=Q(issued_at__isnull=False)
            ),
            models.Index(fields=["next_try_at"], name="invoices_invoice_due", condition=Q(next_try_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """Goods of one order line at one rate, as they stand on the paper; only what was taken back of them grows."""

    pk = models.CompositePrimaryKey("invoice_id", "seq")
    invoice_id = models.UUIDField()
    seq = models.SmallIntegerField()
    shop_id = models.UUIDField()
    order_line_id = models.UUIDField()
    sku_id = models.UUIDField()
    name = models.CharField(max_length=200)
    quantity = models.IntegerField()
    tax_class = models.CharField(max_length=32)
    rate_bp = models.IntegerField()
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    reversed_minor = models.BigIntegerField(default=0)
    tax_reversed_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "invoices_line"
        constraints = [
            models.UniqueConstraint(fields=["invoice_id", "order_line_id", "rate_bp"], name="invoices_line_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, tax_minor__gte=0, tax_minor__lte=F("amount_minor"), quantity__gt=0)
                & Q(reversed_minor__gte=0, reversed_minor__lte=F("amount_minor"))
                & Q(tax_reversed_minor__gte=0, tax_reversed_minor__lte=F("tax_minor")),
                name="invoices_line_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.seq}"


class Look(models.Model):
    """An order whose invoices are to be looked at: it was delivered with a title, or some of its price went back."""

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    due_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)

    class Meta:
        db_table = "invoices_look"
        indexes = [models.Index(fields=["due_at"], name="invoices_look_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return str(self.order_id)


class Issuer(models.Model):
    """Who writes a shop's invoices, in whose name. `provider` empty: the staff write them and note the number."""

    shop_id = models.UUIDField(primary_key=True)
    provider = models.CharField(max_length=32, default="", blank=True)
    url = models.CharField(max_length=200, default="", blank=True)
    app_key = models.CharField(max_length=64, default="", blank=True)
    seller_name = models.CharField(max_length=100)
    seller_tax = models.CharField(max_length=20)
    secret_key_id = models.IntegerField(null=True)
    secret_blob = models.BinaryField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        db_table = "invoices_issuer"
        constraints = [
            models.CheckConstraint(
                condition=Q(provider="")
                | ~Q(url="") & ~Q(app_key="") & Q(secret_key_id__isnull=False, secret_blob__isnull=False),
                name="invoices_issuer_whole",
            )
        ]

    def __str__(self) -> str:
        return self.seller_name
