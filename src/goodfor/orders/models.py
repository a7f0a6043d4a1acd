"""Orders and their lines. Rows are written by sql/ and operations/; the constraints say what can be."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.orders import states
from goodfor.orders.claim_models import Claim as Claim
from goodfor.orders.claim_models import ClaimUnit as ClaimUnit
from goodfor.orders.credit_models import CreditPart as CreditPart
from goodfor.orders.deciding import AUTO, CLIENT, STAFF
from goodfor.orders.discount_models import Discount as Discount
from goodfor.orders.discount_models import LinePoints as LinePoints
from goodfor.orders.discount_models import Trace as Trace
from goodfor.orders.given_models import Given as Given
from goodfor.orders.hold_models import Hold as Hold
from goodfor.orders.types import CODE, DIRECT

_CHOICES = [(state, state) for state in sorted(states.MACHINE.states)]


class Order(models.Model):
    """What a buyer asked for, what was paid, and until when it must be delivered. Money in minor units."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    number = models.CharField(max_length=32)
    secret_hash = models.BinaryField(null=True)
    state = models.CharField(max_length=16, choices=_CHOICES)
    channel = models.CharField(max_length=16)
    buyer_ref = models.CharField(max_length=64, null=True)
    client_id = models.UUIDField(null=True)
    external_ref = models.CharField(max_length=64, null=True)
    contact_key_id = models.SmallIntegerField(null=True)
    contact_blob = models.BinaryField(null=True)
    #: Blind index of the normalised contact: finds the orders of an exact contact, tells nothing else.
    contact_index = models.BinaryField(null=True)
    ip_hash = models.BinaryField(null=True)
    locale = models.CharField(max_length=16, default="zh-hans")
    total_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    #: What campaigns took off the list prices of its lines, gifts at all of theirs; 0: promotions know nothing of it.
    discount_minor = models.BigIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3)
    payment_id = models.UUIDField(null=True)
    placed_at = models.DateTimeField()
    pay_by = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    deliver_by = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    #: Since when the channel has refused the refund for good; null again once a new refund is under way.
    refund_failed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_order"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="orders_order_number"),
            models.UniqueConstraint(
                fields=["shop_id", "client_id", "external_ref"],
                condition=Q(external_ref__isnull=False),
                name="orders_order_external",
            ),
            models.CheckConstraint(condition=Q(total_minor__gt=0), name="orders_order_total"),
            models.CheckConstraint(condition=Q(discount_minor__gte=0), name="orders_order_discount"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("paid_minor")), name="orders_order_refunded"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["placed", "cancelled", "expired"], paid_minor=0, paid_at__isnull=True)
                    | Q(
                        state__in=sorted(states.PAID_FOR),
                        paid_minor=F("total_minor"),
                        paid_at__isnull=False,
                        payment_id__isnull=False,
                        deliver_by__isnull=False,
                    )
                ),
                name="orders_order_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_at__isnull=False), name="orders_order_delivered"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor=0, refunded_at__isnull=True) & ~Q(state="refunded")
                # Part of a delivered order's price may be back; the rest may follow later.
                | Q(state__in=["delivered", "refunding"], refunded_minor__lt=F("paid_minor"), refunded_at__isnull=True)
                | Q(state="refunded", refunded_minor=F("paid_minor"), refunded_at__isnull=False),
                name="orders_order_refund_state",
            ),
            models.CheckConstraint(
                condition=Q(refund_failed_at__isnull=True) | Q(state="refunding"),
                name="orders_order_refund_failed_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.MACHINE.states)), name="orders_order_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "client_id", "id"], name="orders_order_client", condition=Q(client_id__isnull=False)
            ),
            models.Index(
                fields=["shop_id", "buyer_ref", "id"], name="orders_order_buyer", condition=Q(buyer_ref__isnull=False)
            ),
            models.Index(
                fields=["shop_id", "contact_index"],
                name="orders_order_contact",
                condition=Q(contact_index__isnull=False),
            ),
            models.Index(fields=["shop_id", "ip_hash"], name="orders_order_open_ip", condition=Q(state="placed")),
            models.Index(fields=["shop_id", "buyer_ref"], name="orders_order_open_buyer", condition=Q(state="placed")),
            models.Index(
                fields=["shop_id", "refund_failed_at"],
                name="orders_order_refund_failed",
                condition=Q(refund_failed_at__isnull=False),
            ),
            models.Index(fields=["-refunded_at"], name="orders_order_refunded", condition=Q(state="refunded")),
            # Few: what the overview adds to the refunds, without looking at the rows of all orders.
            models.Index(
                fields=["shop_id", "placed_at"],
                include=["refunded_minor"],
                name="orders_order_parts",
                condition=Q(state="delivered", refunded_minor__gt=0),
            ),
            models.Index(
                fields=["shop_id", "client_id"],
                name="orders_order_open_client",
                condition=Q(state="placed", client_id__isnull=False),
            ),
            models.Index(fields=["pay_by"], name="orders_order_pay_by", condition=Q(state="placed")),
            models.Index(
                fields=["deliver_by"], name="orders_order_deliver_by", condition=Q(state__in=["paid", "refunding"])
            ),
            # The staff's list: each state in the order of time, with what is counted and filtered beside it. The list
            # of all states merges the seven, so that no second index in the order of time is needed.
            models.Index(
                fields=["shop_id", "state", "placed_at", "id"],
                include=["total_minor", "channel", "currency"],
                name="orders_order_list",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Figures(models.Model):
    """What a shop has really done lately, renewed by a loop; only read by pages."""

    shop_id = models.UUIDField(primary_key=True)
    delivered = models.IntegerField()
    delivered_p50_seconds = models.FloatField(null=True)
    delivered_p95_seconds = models.FloatField(null=True)
    refunded = models.IntegerField()
    refund_p50_seconds = models.FloatField(null=True)
    #: Of the codes delivered lately, how many were said not to be good; of the refunds, how many nobody had to start.
    codes = models.IntegerField(default=0, db_default=0)
    codes_claimed = models.IntegerField(default=0, db_default=0)
    refunded_alone = models.IntegerField(default=0, db_default=0)
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "orders_figures"

    def __str__(self) -> str:
        return str(self.shop_id)


class OrderLine(models.Model):
    """One SKU of an order at the price it was placed at. `limited_buyer` is set only where a buyer limit applies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    position = models.SmallIntegerField()
    sku_id = models.UUIDField()
    title = models.CharField(max_length=250)
    quantity = models.IntegerField()
    unit_price_minor = models.BigIntegerField()
    limited_buyer = models.CharField(max_length=64, null=True)
    #: Codes whose price a claim gave back: unseen ones are on the shelf again, seen ones were set aside.
    returned = models.IntegerField(default=0, db_default=0)
    #: `direct`: an account is topped up. What its buyer filled in is sealed; `account` is what may be shown of it.
    kind = models.CharField(max_length=8, default=CODE, db_default=CODE)
    form_key_id = models.SmallIntegerField(null=True)
    form_blob = models.BinaryField(null=True)
    account = models.CharField(max_length=64, default="", db_default="", blank=True)
    #: Units that were done, once it is over; the price of the others goes back.
    topped = models.IntegerField(null=True)
    #: What campaigns took off `quantity` times the list price; the rest is what the line costs (`pieces`).
    discount_minor = models.BigIntegerField(default=0, db_default=0)
    #: Given on top: its whole list price is discount, and nothing of it goes back.
    gift = models.BooleanField(default=False, db_default=False)
    #: Of a bundle: which instance of this order, by which revision, and what its buyer read.
    bundle_id = models.UUIDField(null=True)
    bundle_revision_id = models.UUIDField(null=True)
    bundle_title = models.CharField(max_length=250, default="", db_default="", blank=True)

    class Meta:
        db_table = "orders_line"
        constraints = [
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("quantity")), name="orders_line_returned"
            ),
            models.CheckConstraint(
                condition=Q(kind=CODE, form_key_id__isnull=True, form_blob__isnull=True, topped__isnull=True)
                | Q(kind=DIRECT, form_key_id__isnull=True, form_blob__isnull=True)
                | Q(kind=DIRECT, form_key_id__isnull=False, form_blob__isnull=False),
                name="orders_line_form",
            ),
            models.CheckConstraint(
                condition=Q(topped__isnull=True) | Q(topped__gte=1, topped__lte=F("quantity")),
                name="orders_line_topped",
            ),
            models.UniqueConstraint(fields=["order_id", "position"], name="orders_line_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=10_000), name="orders_line_quantity"),
            models.CheckConstraint(condition=Q(unit_price_minor__gt=0), name="orders_line_price"),
            # Whoever pays for a line pays a fen a piece at least; what is given on top is given whole.
            models.CheckConstraint(
                condition=Q(
                    gift=False,
                    discount_minor__gte=0,
                    discount_minor__lte=F("quantity") * F("unit_price_minor") - F("quantity"),
                )
                | Q(gift=True, bundle_id__isnull=True, discount_minor=F("quantity") * F("unit_price_minor")),
                name="orders_line_discount",
            ),
            models.CheckConstraint(
                condition=Q(bundle_id__isnull=True, bundle_revision_id__isnull=True, bundle_title="")
                | Q(bundle_id__isnull=False, bundle_revision_id__isnull=False),
                name="orders_line_bundle",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "sku_id", "limited_buyer"],
                name="orders_line_limited",
                condition=Q(limited_buyer__isnull=False),
            ),
            # Orders of a SKU, by time: ids ascend.
            models.Index(fields=["shop_id", "sku_id", "order_id"], name="orders_line_sku"),
        ]

    def __str__(self) -> str:
        return self.title


class Part(models.Model):
    """A part of a delivered order's price that was given back, so that figures need not ask payments."""

    #: The first refund of it; another try has another id and the same number.
    refund_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    number = models.IntegerField()
    amount_minor = models.BigIntegerField()
    by_staff = models.BooleanField()
    decided_at = models.DateTimeField()
    back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_part"
        constraints = [
            models.UniqueConstraint(fields=["order_id", "number"], name="orders_part_number"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0, number__gt=0), name="orders_part_amount"),
            models.CheckConstraint(
                condition=Q(back_at__isnull=True) | Q(back_at__gte=F("decided_at")), name="orders_part_time"
            ),
        ]
        indexes = [
            models.Index(fields=["-back_at"], name="orders_part_back", condition=Q(back_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.number}"


class RefundDay(models.Model):
    """What was given back on a day of a shop, by its calendar: of a kind in all (no actor), or of one who decides.

    Few rows a day, so that a bound costs the same however long the history is.
    """

    pk = models.CompositePrimaryKey("shop_id", "day", "currency", "kind", "actor")
    shop_id = models.UUIDField()
    day = models.DateField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=8)
    actor = models.CharField(max_length=64)
    minor = models.BigIntegerField()

    class Meta:
        db_table = "orders_refund_day"
        constraints = [models.CheckConstraint(condition=Q(minor__gte=0), name="orders_refund_day_minor")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.actor}"


class RefundCount(models.Model):
    """Where a refund was counted, so that one that failed gives its room back to that day, once."""

    refund_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    day = models.DateField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=8)
    actor = models.CharField(max_length=64)
    minor = models.BigIntegerField()
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_refund_count"
        constraints = [
            models.CheckConstraint(condition=Q(minor__gt=0), name="orders_refund_count_minor"),
            models.CheckConstraint(condition=Q(kind__in=[STAFF, CLIENT, AUTO]), name="orders_refund_count_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.day}"


class Note(models.Model):
    """What the staff tell one another about an order, sealed; the buyer never sees it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    author = models.CharField(max_length=64)
    key_id = models.SmallIntegerField()
    blob = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "orders_note"
        indexes = [models.Index(fields=["shop_id", "order_id", "id"], name="orders_note_order")]

    def __str__(self) -> str:
        return str(self.id)


class InvoiceTitle(models.Model):
    """To whom the invoice of an order is to be written, sealed."""

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    key_id = models.SmallIntegerField()
    blob = models.BinaryField()

    class Meta:
        db_table = "orders_invoice"

    def __str__(self) -> str:
        return str(self.order_id)
