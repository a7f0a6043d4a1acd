"""Tables of the vault. Storage settings and what models cannot say are in sql/schema.

Other rooms' ids (shop, SKU, holder) are opaque, without foreign keys. `Code.lot_id` has none either: checking it for
each of a million imported rows would double the work; an invariant proves it instead.
"""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.vault.states import (
    BATCH_STATES,
    CANCELLED,
    CODE_STATES,
    DONE,
    INTAKE_ENDED,
    INTAKE_STATES,
    LOT_STATES,
    OPEN,
    STAGING,
    WAITING,
)


class Batch(models.Model):
    """One imported file of one SKU: staged in chunks, active all at once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    filename = models.CharField(max_length=255)
    file_sha256 = models.BinaryField(max_length=32)
    size_bytes = models.BigIntegerField()
    state = models.CharField(max_length=16, default=STAGING)
    unit_cost_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    use_first = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    layout = models.JSONField(default=dict)
    note = models.CharField(max_length=500, default="", blank=True)
    created_by = models.CharField(max_length=80, default="", db_default="", blank=True)
    bytes_done = models.BigIntegerField(default=0)
    lines_done = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    duplicate_in_file = models.BigIntegerField(default=0)
    duplicate_held = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_batch"
        constraints = (
            models.UniqueConstraint(
                fields=("shop_id", "file_sha256", "sku_id"),
                condition=~Q(state=CANCELLED),
                name="vault_batch_file_once",
            ),
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES), name="vault_batch_state"),
            models.CheckConstraint(
                condition=Q(unit_cost_minor__gte=0, bytes_done__gte=0, lines_done__gte=0, accepted__gte=0),
                name="vault_batch_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    lines_done__gte=F("accepted") + F("duplicate_in_file") + F("duplicate_held") + F("rejected")
                ),
                name="vault_batch_counts_within_lines",
            ),
            models.CheckConstraint(
                condition=Q(state="active", activated_at__isnull=False)
                | (~Q(state="active") & Q(activated_at__isnull=True)),
                name="vault_batch_activated_at",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="vault_batch_currency"),
        )
        indexes = (
            models.Index(fields=("shop_id", "sku_id", "created_at"), name="vault_batch_by_sku"),
            models.Index(fields=("shop_id", "created_at"), name="vault_batch_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.filename} {self.state}"


class Intake(models.Model):
    """A file that somebody handed in: checked, looked at, confirmed, imported. Its bytes lie on disk, never here.

    `report` is what the check found: counts, line numbers, masked samples. `options` is what the person chose.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    actor = models.CharField(max_length=80)
    filename = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    file_sha256 = models.BinaryField(max_length=32)
    state = models.CharField(max_length=16, default=WAITING)
    options = models.JSONField(default=dict)
    report = models.JSONField(null=True)
    problem = models.CharField(max_length=64, default="", blank=True)
    checks = models.IntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    lines_done = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    batch_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_intake"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=INTAKE_STATES), name="vault_intake_state"),
            models.CheckConstraint(
                condition=Q(state__in=INTAKE_ENDED, finished_at__isnull=False)
                | (~Q(state__in=INTAKE_ENDED) & Q(finished_at__isnull=True)),
                name="vault_intake_finished_at",
            ),
            models.CheckConstraint(
                condition=Q(state=DONE, batch_id__isnull=False) | ~Q(state=DONE), name="vault_intake_batch"
            ),
            # One import for each file: who sends the form twice finds the first.
            models.UniqueConstraint(
                fields=("shop_id", "sku_id", "file_sha256"),
                condition=Q(state__in=("confirmed", "cancelling")),
                name="vault_intake_running_once",
            ),
        )
        indexes = (
            models.Index(fields=("shop_id", "-created_at"), name="vault_intake_recent"),
            models.Index(fields=("id",), condition=~Q(state__in=INTAKE_ENDED), name="vault_intake_live"),
        )

    def __str__(self) -> str:
        return f"{self.filename} {self.state}"


class BatchLine(models.Model):
    """A line of the file that gave no code, and why. Never what was in it. The first 10,000 of a batch are kept."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    shop_id = models.UUIDField()
    line_no = models.BigIntegerField()
    problem = models.CharField(max_length=40)
    other_line = models.BigIntegerField(null=True)
    other_batch_id = models.UUIDField(null=True)

    class Meta:
        db_table = "vault_batch_line"
        constraints = (
            models.UniqueConstraint(fields=("shop_id", "batch", "line_no"), name="vault_batch_line_once"),
            models.CheckConstraint(condition=Q(line_no__gt=0), name="vault_batch_line_number"),
        )

    def __str__(self) -> str:
        return f"{self.line_no}: {self.problem}"


class Lot(models.Model):
    """Codes of a batch that share expiry and unit cost. Counts are exact up to the deltas not yet folded in."""

    id = models.UUIDField(primary_key=True, editable=False)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16)
    use_first = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    unit_cost_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    loaded = models.BigIntegerField(default=0)
    free = models.BigIntegerField(default=0, db_default=0)
    reserved = models.BigIntegerField(default=0, db_default=0)
    sold = models.BigIntegerField(default=0, db_default=0)
    quarantined = models.BigIntegerField(default=0, db_default=0)
    void = models.BigIntegerField(default=0, db_default=0)
    #: A hint for claims: codes before it are gone. Only ever wrong towards too high for a moment, so a claim that
    #: comes up short looks again without it.
    first_free_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "vault_lot"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=LOT_STATES), name="vault_lot_state"),
            models.CheckConstraint(
                condition=Q(
                    unit_cost_minor__gte=0,
                    loaded__gte=0,
                    free__gte=0,
                    reserved__gte=0,
                    sold__gte=0,
                    quarantined__gte=0,
                    void__gte=0,
                ),
                name="vault_lot_not_negative",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="vault_lot_currency"),
        )
        indexes = (
            models.Index(
                F("shop_id"),
                F("sku_id"),
                F("use_first").desc(),
                F("expires_at"),
                F("id"),
                condition=Q(state=OPEN),
                name="vault_lot_to_claim",
            ),
            models.Index(F("expires_at"), condition=Q(state=OPEN), name="vault_lot_to_expire"),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Code(models.Model):
    """One code, sealed. `id` ascends in the order of the file; `fingerprint` is the keyed blind index of its text.

    `blob` is nonce + AES-256-GCM ciphertext + tag under key `key_id`, bound to (shop, SKU, id).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    lot_id = models.UUIDField()
    holder_id = models.UUIDField(null=True)
    reserved_until = models.DateTimeField(null=True)
    sold_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)
    state = models.SmallIntegerField(db_default=0)
    key_id = models.SmallIntegerField()
    fingerprint = models.BinaryField(max_length=16)
    blob = models.BinaryField()
    #: Planted: nobody can buy it, so whoever shows it took it from here. For good (sql/schema/canaries.sql).
    canary = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "vault_code"
        constraints = (
            models.UniqueConstraint(fields=("shop_id", "fingerprint"), name="vault_code_once"),
            models.CheckConstraint(condition=Q(state__in=tuple(CODE_STATES)), name="vault_code_state"),
            # Free codes have no holder, reserved and sold ones have; quarantined and void ones may keep theirs.
            models.CheckConstraint(
                condition=Q(state=0, holder_id__isnull=True)
                | Q(state__in=(1, 2), holder_id__isnull=False)
                | Q(state__in=(3, 4)),
                name="vault_code_holder",
            ),
            models.CheckConstraint(
                condition=Q(state=1, reserved_until__isnull=False) | (~Q(state=1) & Q(reserved_until__isnull=True)),
                name="vault_code_reserved_until",
            ),
            models.CheckConstraint(
                condition=Q(state=2, sold_at__isnull=False)
                | Q(state__in=(0, 1), sold_at__isnull=True, revealed_at__isnull=True)
                | Q(state__in=(3, 4)),
                name="vault_code_sold_at",
            ),
            models.CheckConstraint(
                condition=Q(canary=False) | Q(state__in=(3, 4), sold_at__isnull=True, holder_id__isnull=True),
                name="vault_code_canary_unsold",
            ),
        )
        indexes = (
            models.Index(fields=("lot_id", "id"), condition=Q(state=0), name="vault_code_free"),
            models.Index(fields=("lot_id", "id"), condition=Q(canary=True), name="vault_code_canary"),
            models.Index(fields=("shop_id", "holder_id"), condition=Q(holder_id__isnull=False), name="vault_code_held"),
            # Not "WHERE state = 1": claims by holder ask for that too, and must never choose this index.
            models.Index(
                fields=("reserved_until",), condition=Q(reserved_until__isnull=False), name="vault_code_reserved"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class StockDelta(models.Model):
    """A change of counts, appended by the statement that changed the states; folded into lots and stock, then gone."""

    pk = models.CompositePrimaryKey("shop_id", "sku_id", "id")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    id = models.BigIntegerField()
    lot_id = models.UUIDField()
    free = models.IntegerField(db_default=0)
    reserved = models.IntegerField(db_default=0)
    sold = models.IntegerField(db_default=0)
    quarantined = models.IntegerField(db_default=0)
    void = models.IntegerField(db_default=0)

    class Meta:
        db_table = "vault_stock_delta"

    def __str__(self) -> str:
        return f"{self.sku_id} {self.id}"


class Stock(models.Model):
    """Counts of a SKU over all its lots, without the deltas not yet folded in."""

    pk = models.CompositePrimaryKey("shop_id", "sku_id")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    free = models.BigIntegerField()
    reserved = models.BigIntegerField()
    sold = models.BigIntegerField()
    quarantined = models.BigIntegerField()
    void = models.BigIntegerField()

    class Meta:
        db_table = "vault_stock"
        constraints = (
            models.CheckConstraint(
                condition=Q(free__gte=0, reserved__gte=0, sold__gte=0, quarantined__gte=0, void__gte=0),
                name="vault_stock_not_negative",
            ),
        )

    def __str__(self) -> str:
        return str(self.sku_id)


class StockWatch(models.Model):
    """Where a SKU's stock is low, and whether the bell is armed. `threshold` NULL: the shop's own.

    Armed by a look that finds enough, rung and disarmed by one that finds too little. A new threshold disarms: whoever
    sets it sees what there is.
    """

    pk = models.CompositePrimaryKey("shop_id", "sku_id")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    threshold = models.BigIntegerField(null=True)
    armed = models.BooleanField()
    #: How often it fell below, ever: the number makes each crossing one event.
    crossings = models.BigIntegerField(default=0, db_default=0)
    crossed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_stock_watch"
        constraints = (
            models.CheckConstraint(
                condition=Q(threshold__isnull=True) | Q(threshold__gte=0, threshold__lte=1_000_000_000),
                name="vault_stock_watch_threshold",
            ),
            models.CheckConstraint(
                condition=Q(crossings=0, crossed_at__isnull=True) | Q(crossings__gt=0, crossed_at__isnull=False),
                name="vault_stock_watch_crossed",
            ),
        )

    def __str__(self) -> str:
        return str(self.sku_id)
