"""Tables of reconciliation: rows as sides tell them, runs, what was paired, what waits. Append-only but for marks.

Rows are many: a day of a large shop has a million a side. `recon_row` changes only in `live`, which goes down once.
"""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.recon import case_models as case_models
from goodfor.recon import closing_models as closing_models
from goodfor.recon import states


class Import(models.Model):
    """What was taken in of one side of an account's day; the same content (`mark`) is taken in once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    side = models.CharField(max_length=8)
    account = models.CharField(max_length=80)
    day = models.DateField()
    mark = models.CharField(max_length=80)
    rows = models.IntegerField()
    came_minor = models.BigIntegerField()
    went_minor = models.BigIntegerField()
    fee = models.DecimalField(max_digits=20, decimal_places=6)
    #: Null: the side says nothing about its sums.
    stated_rows = models.IntegerField(null=True)
    stated_came_minor = models.BigIntegerField(null=True)
    stated_went_minor = models.BigIntegerField(null=True)
    stated_fee = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    #: Rows whose balance does not follow from the one before.
    chain_breaks = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "recon_import"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "side", "account", "day", "mark"], name="recon_import_once"),
            models.CheckConstraint(
                condition=Q(rows__gte=0, came_minor__gte=0, went_minor__gte=0, chain_breaks__gte=0),
                name="recon_import_sums",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.account} {self.day}"


class Row(models.Model):
    """One row of a side. `live` goes down when the same source says something else later, or no longer says it."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    day = models.DateField()
    #: Millionths of the unit below the minor unit.
    amount_rest = models.IntegerField(default=0)
    live = models.BooleanField(default=True)
    side = models.CharField(max_length=8)
    account = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8)
    key = models.CharField(max_length=100)
    alt_key = models.CharField(max_length=100)
    group_key = models.CharField(max_length=64)
    post_ref = models.CharField(max_length=120)
    source = models.CharField(max_length=120)
    fee = models.DecimalField(max_digits=20, decimal_places=6, null=True)

    class Meta:
        db_table = "recon_row"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "side", "source"], condition=Q(live=True), name="recon_row_once"
            ),
            models.CheckConstraint(condition=Q(side__in=states.SIDES), name="recon_row_side"),
            models.CheckConstraint(condition=Q(state__in=states.ROW_STATES), name="recon_row_state"),
            models.CheckConstraint(condition=~Q(source=""), name="recon_row_source"),
        ]
        indexes = [
            # The rows of a day; equal keys are stored once, so it is small.
            models.Index(fields=["shop_id", "side", "account", "day"], name="recon_row_day"),
            models.Index(fields=["shop_id", "side", "key"], name="recon_row_key", condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.source}"


class Run(models.Model):
    """One comparing of a scope. The newest version is the live one; those before stay as they were."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    area = models.CharField(max_length=8)
    account = models.CharField(max_length=80)
    day = models.DateField()
    version = models.IntegerField()
    live = models.BooleanField(default=True)
    #: Something happened that may change the outcome: the loop compares again.
    stale = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    ours = models.IntegerField(default=0)
    theirs = models.IntegerField(default=0)
    books = models.IntegerField(default=0)
    matched = models.IntegerField(default=0)
    matched_minor = models.BigIntegerField(default=0)
    pooled = models.IntegerField(default=0)
    #: What the books moved on the account that day, of references that are compared; and what theirs moved.
    books_minor = models.BigIntegerField(default=0)
    theirs_minor = models.BigIntegerField(default=0)
    breaks = models.JSONField(default=dict)
    imports = models.JSONField(default=list)
    actor = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "recon_run"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "area", "account", "day", "version"], name="recon_run_version"),
            models.UniqueConstraint(
                fields=["shop_id", "area", "account", "day"], condition=Q(live=True), name="recon_run_one_live"
            ),
            models.CheckConstraint(condition=Q(area__in=states.AREAS, version__gte=1), name="recon_run_area"),
            models.CheckConstraint(condition=Q(matched__lte=F("ours"), matched__gte=0), name="recon_run_counts"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "-day"], name="recon_run_days"),
            models.Index(fields=["made_at"], name="recon_run_stale", condition=Q(stale=True, live=True)),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.account} {self.day} v{self.version}"


class Match(models.Model):
    """Two rows that belong together, found by one run. No row has two twins in a run."""

    pk = models.CompositePrimaryKey("run_id", "ours_id")
    shop_id = models.UUIDField()
    run_id = models.UUIDField()
    ours_id = models.BigIntegerField()
    theirs_id = models.BigIntegerField()
    #: `person`, `exact`, `alternate` or `key`.
    by = models.CharField(max_length=9)

    class Meta:
        db_table = "recon_match"
        constraints = [
            models.UniqueConstraint(fields=["run_id", "theirs_id"], name="recon_match_theirs_once"),
            models.CheckConstraint(condition=Q(by__in=states.PASSES), name="recon_match_by"),
        ]

    def __str__(self) -> str:
        return f"{self.ours_id} = {self.theirs_id}"


class Pool(models.Model):
    """A row of ours that waits a few days for its twin. A run that is replaced takes its entries back."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    area = models.CharField(max_length=8)
    account = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    day = models.DateField()
    #: The last day whose run may still find its twin.
    until = models.DateField()
    entered_run = models.UUIDField()
    left_as = models.CharField(max_length=9, default=states.WAITING)
    left_run = models.UUIDField(null=True)

    class Meta:
        db_table = "recon_pool"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "row_id"], condition=~Q(left_as="withdrawn"), name="recon_pool_once"
            ),
            models.CheckConstraint(
                condition=Q(left_as__in=(states.WAITING, states.MATCHED, states.OVERDUE, states.WITHDRAWN)),
                name="recon_pool_left_as",
            ),
            models.CheckConstraint(
                condition=Q(left_as="", left_run__isnull=True) | (~Q(left_as="") & Q(left_run__isnull=False)),
                name="recon_pool_left",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "area", "account", "day"], name="recon_pool_waiting", condition=Q(left_as="")
            ),
            models.Index(fields=["entered_run"], name="recon_pool_entered"),
            models.Index(fields=["left_run"], name="recon_pool_left_by", condition=Q(left_run__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.row_id} until {self.until}"


class Break(models.Model):
    """A difference as one run found it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    run_id = models.UUIDField()
    category = models.CharField(max_length=3)
    business_key = models.CharField(max_length=320)
    ours_id = models.BigIntegerField(null=True)
    theirs_id = models.BigIntegerField(null=True)
    risk_minor = models.BigIntegerField()
    detail = models.JSONField(default=dict)
    case_id = models.UUIDField(null=True)

    class Meta:
        db_table = "recon_break"
        constraints = [
            models.UniqueConstraint(fields=["run_id", "category", "business_key"], name="recon_break_once"),
            models.CheckConstraint(condition=Q(risk_minor__gte=0), name="recon_break_risk"),
        ]
        indexes = [models.Index(fields=["shop_id", "run_id"], name="recon_break_run")]

    def __str__(self) -> str:
        return f"{self.category} {self.business_key}"


class Pairing(models.Model):
    """A person says that two rows belong together; each run from then on takes their word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    area = models.CharField(max_length=8)
    account = models.CharField(max_length=80)
    ours_source = models.CharField(max_length=120)
    theirs_source = models.CharField(max_length=120)
    note = models.CharField(max_length=200, default="", blank=True)
    actor = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        db_table = "recon_pairing"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "area", "ours_source"], name="recon_pairing_ours_once"),
            models.UniqueConstraint(fields=["shop_id", "area", "theirs_source"], name="recon_pairing_theirs_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ours_source} = {self.theirs_source}"
