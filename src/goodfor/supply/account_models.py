"""Tables of accounts with suppliers: money moved, questions asked again, balances compared, statements taken in.

Amounts are exact decimals in the supplier's currency, as they see it: what adds to the account there is positive.
"""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7

MOVEMENTS = ("top_up", "withdrawal", "correction")
#: `refund`: money back after goods came. `claim`: back for goods that were none. `late`: goods after all.
#: `word`: they call it something else now. `kept`: it failed, and they do not say that the money is back.
FINDINGS = ("refund", "claim", "late", "word", "kept")
BALANCES = ("first", "even", "under_way", "broken")
VERDICTS = ("open", "matched", "amount", "theirs", "ours", "double", "other")


class Movement(models.Model):
    """Money between the shop and a supplier that no purchase moved; booked in the same transaction."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=18, decimal_places=6)
    #: Of the ledger's transaction: the same again is the same movement.
    reference = models.CharField(max_length=160)
    note = models.CharField(max_length=200, default="", blank=True)
    actor = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        db_table = "supply_movement"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "reference"], name="supply_movement_once"),
            models.CheckConstraint(
                condition=Q(kind="top_up", amount__gt=0)
                | Q(kind="withdrawal", amount__lt=0)
                | (Q(kind="correction") & ~Q(amount=0)),
                name="supply_movement_amount",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "supplier_id", "-at"], name="supply_movement_recent")]

    def __str__(self) -> str:
        return self.reference


class Finding(models.Model):
    """Something about a purchase that changed after it had ended. An `open` one waits for a person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    attempt_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    #: What makes it one: all that came back so far, or their word.
    mark = models.CharField(max_length=64)
    amount = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    #: Who told: `supplier` (a call, a question on the schedule), `sweep`, or one of the staff.
    told_by = models.CharField(max_length=100)
    at = models.DateTimeField()
    open = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "supply_finding"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "attempt_id", "kind", "mark"], name="supply_finding_once"),
            models.CheckConstraint(condition=Q(kind__in=FINDINGS, amount__gte=0), name="supply_finding_kind"),
            models.CheckConstraint(condition=Q(open=False) | Q(closed_at__isnull=True), name="supply_finding_open"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "supplier_id", "-at"], name="supply_finding_recent"),
            models.Index(fields=["shop_id", "at"], name="supply_finding_desk", condition=Q(open=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.attempt_id}"


class SweepDay(models.Model):
    """Asking again about every purchase of a day of a supplier, round after round, and how far this round came."""

    pk = models.CompositePrimaryKey("supplier_id", "day")
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    day = models.DateField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    #: Rounds that came to the end.
    rounds = models.SmallIntegerField(default=0)
    #: The last purchase that this round has asked about; null before the first.
    cursor = models.UUIDField(null=True)
    #: Null: their window for questions is over.
    next_at = models.DateTimeField(null=True)
    #: Of this round, or the last one.
    asked = models.IntegerField(default=0)
    unanswered = models.IntegerField(default=0)
    #: Of all rounds.
    changed = models.IntegerField(default=0)
    refunds = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_sweep_day"
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="supply_sweep_day_span"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="supply_sweep_day_due", condition=Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.day}"


class BalanceDay(models.Model):
    """What the books expect at a supplier when its day ends, and what the supplier says.

    `opening` is what was expected the time before, so that a difference stays until something explains it. Totals are
    of all time: a purchase is counted once, however its end and a sample fall together.
    """

    pk = models.CompositePrimaryKey("supplier_id", "day")
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    day = models.DateField()
    opening = models.DecimalField(max_digits=18, decimal_places=6)
    top_ups = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    corrections = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    charges = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    refunds = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    expected = models.DecimalField(max_digits=18, decimal_places=6)
    said = models.DecimalField(max_digits=18, decimal_places=6)
    #: What purchases without an end would cost, and how many they are.
    under_way = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    under_way_count = models.IntegerField(default=0)
    state = models.CharField(max_length=10)
    #: What may explain a difference.
    candidates = models.JSONField(default=list)
    total_top_ups = models.DecimalField(max_digits=24, decimal_places=6)
    total_corrections = models.DecimalField(max_digits=24, decimal_places=6)
    total_charges = models.DecimalField(max_digits=24, decimal_places=6)
    total_refunds = models.DecimalField(max_digits=24, decimal_places=6)
    sampled_at = models.DateTimeField()

    class Meta:
        db_table = "supply_balance_day"
        constraints = [
            models.CheckConstraint(
                condition=Q(expected=F("opening") + F("top_ups") + F("corrections") - F("charges") + F("refunds")),
                name="supply_balance_day_adds_up",
            ),
            models.CheckConstraint(condition=Q(state__in=BALANCES), name="supply_balance_day_state"),
            models.CheckConstraint(
                condition=~Q(state__in=("first", "even")) | Q(said=F("expected")), name="supply_balance_day_even"
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "day"], name="supply_balance_day_shop")]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.day}"


class Bell(models.Model):
    """Whether a balance fell below its mark: armed by a look that finds enough, rung by one that does not."""

    pk = models.CompositePrimaryKey("supplier_id", "which")
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    #: `said` by them, or of the `books`.
    which = models.CharField(max_length=5)
    armed = models.BooleanField()
    crossings = models.BigIntegerField(default=0, db_default=0)
    crossed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_bell"
        constraints = [
            models.CheckConstraint(condition=Q(which__in=("said", "books")), name="supply_bell_which"),
            models.CheckConstraint(
                condition=Q(crossings=0, crossed_at__isnull=True) | Q(crossings__gt=0, crossed_at__isnull=False),
                name="supply_bell_crossed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.which}"


class Profile(models.Model):
    """How a supplier's files are read: which column is what. The words are those of `statement_files.Profile`."""

    supplier_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    about = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "supply_profile"

    def __str__(self) -> str:
        return str(self.supplier_id)


class Statement(models.Model):
    """A supplier's own account of a time, taken in once. Nothing in the books hangs on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    supplier_id = models.UUIDField()
    #: Of the file; of an account that was asked for, `api:` and its day.
    mark = models.CharField(max_length=64)
    filename = models.CharField(max_length=200)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    rows = models.IntegerField(default=0)
    #: Verdict -> [rows, their sum, our sum].
    sums = models.JSONField(default=dict)
    actor = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "supply_statement"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "supplier_id", "mark"], name="supply_statement_once"),
        ]
        indexes = [models.Index(fields=["shop_id", "supplier_id", "-created_at"], name="supply_statement_recent")]

    def __str__(self) -> str:
        return self.filename


class StatementLine(models.Model):
    """A line of it, or a purchase of ours of that time which it does not have (`place` negative)."""

    pk = models.CompositePrimaryKey("statement_id", "place")
    statement_id = models.UUIDField()
    shop_id = models.UUIDField()
    #: Line of the file, from 1.
    place = models.IntegerField()
    at = models.DateTimeField(null=True)
    number = models.CharField(max_length=64, default="", blank=True)
    ref = models.CharField(max_length=64, default="", blank=True)
    kind = models.CharField(max_length=32, default="", blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=6)
    verdict = models.CharField(max_length=8, default="open")
    attempt_id = models.UUIDField(null=True)
    #: What the books say about that purchase: what it cost less what came back, negative.
    ours = models.DecimalField(max_digits=18, decimal_places=6, null=True)

    class Meta:
        db_table = "supply_statement_line"
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="supply_statement_line_verdict"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "statement_id", "verdict", "place"], name="supply_statement_line_by"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.place}"
