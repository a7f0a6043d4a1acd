"""Tables of buying: what is wanted, each attempt, what was said, and which codes came."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.supply import states

_IN_FLIGHT = sorted(states.IN_FLIGHT)
#: The `channel` of a want that is for the shop's own stock, and for no order.
FOR_STOCK = "stock"


class Want(models.Model):
    """What a line of an order needs from suppliers. A large one may be cut into parts that are bought side by side.

    `in_flight` and `delivered` are kept by the rows of attempts alone (`guards.sql`): no more is ever under way or
    there than was ordered.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    part = models.SmallIntegerField(default=0)
    sku_id = models.UUIDField()
    #: `code`: goods go into the vault for the line. `direct`: to the account in the form.
    kind = models.CharField(max_length=8)
    quantity = models.IntegerField()
    in_flight = models.IntegerField(default=0, db_default=0)
    delivered = models.IntegerField(default=0, db_default=0)
    #: What a unit was sold for.
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=16)
    form_key_id = models.SmallIntegerField(null=True)
    form_blob = models.BinaryField(null=True)
    state = models.CharField(max_length=16, default=states.OPEN)
    reason = models.CharField(max_length=40, default="", blank=True)
    tries = models.SmallIntegerField(default=0)
    #: When to look for a supplier; null while one is at it.
    next_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_want"
        constraints = [
            models.UniqueConstraint(fields=["line_id", "part"], name="supply_want_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, in_flight__gte=0, delivered__gte=0)
                & Q(quantity__gte=F("delivered") + F("in_flight")),
                name="supply_want_not_too_much",
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(states.WANT.states)), name="supply_want_state"),
            models.CheckConstraint(
                condition=~Q(state=states.SUPPLIED) | Q(delivered=F("quantity")), name="supply_want_supplied"
            ),
            models.CheckConstraint(
                condition=Q(state=states.OPEN, closed_at__isnull=True)
                | (~Q(state=states.OPEN) & Q(closed_at__isnull=False, next_at__isnull=True)),
                name="supply_want_closed",
            ),
            models.CheckConstraint(
                condition=Q(form_key_id__isnull=True, form_blob__isnull=True)
                | Q(form_key_id__isnull=False, form_blob__isnull=False),
                name="supply_want_form",
            ),
            models.CheckConstraint(condition=Q(kind__in=("code", "direct")), name="supply_want_kind"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="supply_want_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["deadline_at"], name="supply_want_deadline", condition=Q(state=states.OPEN)),
            models.Index(fields=["shop_id", "order_id"], name="supply_want_order"),
            # Ids grow with time: the wants of a week are a stretch of it.
            models.Index(fields=["shop_id", "id"], name="supply_want_walk"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.part}"


class Attempt(models.Model):
    """One purchase at one supplier under one number of ours, written down before anything is sent.

    `max_cost` is what was allowed for all of it, `charged` what they took, `refunded` what came back, exact, in
    `currency`. `got`: units that were good.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    want = models.ForeignKey(Want, on_delete=models.PROTECT, related_name="attempts")
    supplier_id = models.UUIDField()
    item_ref = models.UUIDField()
    number = models.CharField(max_length=18)
    item_id = models.CharField(max_length=64)
    variant = models.CharField(max_length=64, default="", blank=True)
    #: Units the buyer gets; ordered there are `quantity / multiple`.
    quantity = models.IntegerField()
    multiple = models.IntegerField(default=1)
    max_cost = models.DecimalField(max_digits=18, decimal_places=6)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, default=states.SENDING)
    ref = models.CharField(max_length=64, default="", blank=True)
    got = models.IntegerField(default=0)
    charged = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    refunded = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    hold_tx = models.BigIntegerField(null=True)
    #: What they took for nothing good, in the shop's minor units: it lies on the claim against them.
    claimed_minor = models.BigIntegerField(default=0, db_default=0)
    #: What it has of its supplier's day for surprising prices, in the shop's minor units: what may be lost while it is
    #: under way, then what was.
    exposed_minor = models.BigIntegerField(default=0, db_default=0)
    #: Why it ended or is not known; `word`: the supplier's own.
    reason = models.CharField(max_length=40, default="", blank=True)
    word = models.CharField(max_length=200, default="", blank=True)
    #: Why this supplier: the candidates, in order, and what kept each of the others out.
    trace = models.JSONField(default=dict)
    asked = models.SmallIntegerField(default=0)
    #: "Not found" counts when said twice, a minute apart.
    not_found_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_attempt"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="supply_attempt_number"),
            # With `supply_want_not_too_much`, this is the rule of failover.
            models.UniqueConstraint(
                fields=["want"], condition=Q(state__in=_IN_FLIGHT), name="supply_attempt_one_in_flight"
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(states.ATTEMPT.states)), name="supply_attempt_state"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, multiple__gte=1, got__gte=0, got__lte=F("quantity"), refunded__gte=0)
                & (Q(charged__isnull=True) | Q(charged__gte=0))
                & Q(claimed_minor__gte=0),
                name="supply_attempt_numbers",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_IN_FLIGHT, ended_at__isnull=True, got=0)
                | (~Q(state__in=_IN_FLIGHT) & Q(ended_at__isnull=False)),
                name="supply_attempt_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.DELIVERED) | Q(got=F("quantity")), name="supply_attempt_delivered"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="supply_attempt_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["shop_id", "supplier_id", "-sent_at"], name="supply_attempt_recent"),
            models.Index(fields=["shop_id", "-sent_at", "-id"], name="supply_attempt_newest"),
            models.Index(fields=["shop_id", "state", "-sent_at", "-id"], name="supply_attempt_by_state"),
            models.Index(fields=["shop_id", "want"], name="supply_attempt_want"),
            # Of suppliers who are written to many wait at a time, of the others few.
            models.Index(
                fields=["shop_id", "supplier_id", "sent_at"],
                name="supply_attempt_waiting",
                condition=Q(state__in=("accepted", "manual")),
            ),
            models.Index(fields=["shop_id", "sent_at"], name="supply_attempt_desk", condition=Q(state="manual")),
        ]

    def __str__(self) -> str:
        return self.number


class Call(models.Model):
    """One exchange with a supplier as it may be shown: secrets and codes are masked. Thrown away after a month."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    attempt_id = models.UUIDField(null=True)
    what = models.CharField(max_length=20)
    method = models.CharField(max_length=8)
    url = models.CharField(max_length=1000)
    request = models.TextField()
    status = models.SmallIntegerField()
    reply = models.TextField()
    problem = models.CharField(max_length=32, default="", blank=True)
    milliseconds = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "supply_call"
        indexes = [
            models.Index(fields=["shop_id", "attempt_id"], name="supply_call_attempt"),
            models.Index(fields=["shop_id", "supplier_id", "-at"], name="supply_call_recent"),
            models.Index(fields=["at"], name="supply_call_old"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.status}"


class Mark(models.Model):
    """Keyed hash of a code that a supplier delivered, spaces and case aside: no supplier delivers it again."""

    pk = models.CompositePrimaryKey("shop_id", "mark")
    shop_id = models.UUIDField()
    mark = models.BinaryField(max_length=16)
    attempt_id = models.UUIDField()

    class Meta:
        db_table = "supply_mark"

    def __str__(self) -> str:
        return str(self.attempt_id)


class Heard(models.Model):
    """A call of a supplier that was verified, once. What it said is read from the supplier, so it is not kept."""

    pk = models.CompositePrimaryKey("supplier_id", "key")
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    #: When the purchase was sent that it is about, where it is about one.
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_heard"
        indexes = [
            models.Index(fields=["at"], name="supply_heard_old"),
            models.Index(fields=["supplier_id", "at"], name="supply_heard_delay", condition=Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key


class Breaker(models.Model):
    """Whether a supplier (no item), or one of its items, is called. Half open after `until`: one attempt tries."""

    pk = models.CompositePrimaryKey("supplier_id", "item_key")
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    #: `supply_item.id`, or empty for the whole supplier.
    item_key = models.CharField(max_length=36, default="", blank=True)
    #: Failures in a row, of the kind that opens.
    failures = models.SmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, default="", blank=True)
    #: How often it was opened without a success in between: each time it stays open for longer.
    times = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "supply_breaker"
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, until__isnull=True)
                | Q(opened_at__isnull=False, until__isnull=False),
                name="supply_breaker_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.item_key}"


class Pace(models.Model):
    """When a method of a supplier may be called again (generic cell rate algorithm: one instant says all)."""

    pk = models.CompositePrimaryKey("supplier_id", "method")
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    method = models.CharField(max_length=20)
    #: Theoretical arrival time of the next call.
    at = models.DateTimeField()

    class Meta:
        db_table = "supply_pace"

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.method}"


class Day(models.Model):
    """What was used of a day's bounds: units of an offer (`key` is its id), losses of a SKU, or of a supplier whose
    prices rise between our question and the order."""

    pk = models.CompositePrimaryKey("shop_id", "day", "key")
    shop_id = models.UUIDField()
    day = models.DateField()
    key = models.UUIDField()
    used = models.BigIntegerField(default=0)

    class Meta:
        db_table = "supply_day"
        constraints = [models.CheckConstraint(condition=Q(used__gte=0), name="supply_day_used")]

    def __str__(self) -> str:
        return f"{self.day} {self.key}"


class Score(models.Model):
    """How a supplier did lately, renewed by a loop from its last attempts: what routing orders by and pages show."""

    supplier_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    tries = models.IntegerField()
    #: Of those that ended: with goods. Of all: that were not known for a while.
    success = models.FloatField()
    unknown = models.FloatField()
    p95_seconds = models.FloatField(null=True)
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "supply_score"

    def __str__(self) -> str:
        return str(self.supplier_id)
