"""The console's own tables, and a window on the audit trail, which the kernel owns."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7


class AuditLine(models.Model):
    """Who did what to which thing. Nothing is ever written through this."""

    id = models.BigIntegerField(primary_key=True)
    shop_id = models.UUIDField()
    actor = models.TextField()
    action = models.TextField()
    subject_type = models.TextField()
    subject_id = models.TextField()
    data = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "kernel_audit"

    def __str__(self) -> str:
        return f"{self.action} {self.id}"


class Session(models.Model):
    """A person signed in on a device. It belongs to the person, who may work in several shops."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.IntegerField()
    method = models.CharField(max_length=16)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "console_session"
        constraints = (
            models.CheckConstraint(condition=Q(method__in=("link", "password", "passkey")), name="console_session_how"),
        )
        indexes = (models.Index(fields=["user_id", "-created_at"], name="console_session_user"),)

    def __str__(self) -> str:
        return str(self.id)


class Tries(models.Model):
    """Wrong guesses of one kind at one account or from one address; only a hash says which."""

    pk = models.CompositePrimaryKey("scope", "subject_hash")
    scope = models.CharField(max_length=16)
    subject_hash = models.BinaryField(max_length=32)
    tries = models.IntegerField()
    last_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "console_tries"
        constraints = (models.CheckConstraint(condition=Q(tries__gte=0), name="console_tries_count"),)

    def __str__(self) -> str:
        return f"{self.scope}: {self.tries}"


class SavedView(models.Model):
    """A list as somebody likes to see it: `query` is the address behind the question mark."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    staff_id = models.UUIDField()
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "console_saved_view"
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "staff_id", "listing", "name"], name="console_saved_view_name"),
            models.CheckConstraint(condition=~Q(name=""), name="console_saved_view_named"),
        )

    def __str__(self) -> str:
        return self.name


class ColumnChoice(models.Model):
    """Which columns of a list somebody wants, in their order."""

    pk = models.CompositePrimaryKey("shop_id", "staff_id", "listing")
    shop_id = models.UUIDField()
    staff_id = models.UUIDField()
    listing = models.CharField(max_length=40)
    columns = ArrayField(models.CharField(max_length=40))

    class Meta:
        db_table = "console_columns"

    def __str__(self) -> str:
        return self.listing


class Export(models.Model):
    """A list written to a file in the background; the file is kept for some days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    staff_id = models.UUIDField()
    listing = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=40))
    locale = models.CharField(max_length=16)
    format = models.CharField(max_length=4)
    state = models.CharField(max_length=8, default="waiting")
    rows = models.IntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "console_export"
        constraints = (
            models.CheckConstraint(condition=Q(format__in=("xlsx", "csv")), name="console_export_format"),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "waiting", "running"), finished_at__isnull=True)
                | Q(state__in=("done", "failed", "gone", "refused"), finished_at__isnull=False),
                name="console_export_state",
            ),
        )
        indexes = (
            models.Index(fields=["shop_id", "-created_at"], name="console_export_recent"),
            models.Index(fields=["expires_at"], condition=Q(state="done"), name="console_export_old"),
        )

    def __str__(self) -> str:
        return f"{self.listing}.{self.format}"


class Batch(models.Model):
    """One act on many rows, confirmed by their count. The rows are fixed when it is confirmed (BatchItem)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    staff_id = models.UUIDField()
    listing = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default="waiting")
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "console_batch"
        constraints = (
            models.CheckConstraint(
                condition=Q(total__gt=0, done__gte=0, refused__gte=0, total__gte=F("done") + F("refused")),
                name="console_batch_counts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "running"), finished_at__isnull=True)
                | Q(state="done", finished_at__isnull=False, total=F("done") + F("refused")),
                name="console_batch_state",
            ),
        )
        indexes = (models.Index(fields=["shop_id", "-created_at"], name="console_batch_recent"),)

    def __str__(self) -> str:
        return f"{self.listing}.{self.action}"


class BatchItem(models.Model):
    """One row of a batch: waiting, then done or refused with the refusal's code, once."""

    pk = models.CompositePrimaryKey("batch_id", "position")
    batch_id = models.UUIDField()
    shop_id = models.UUIDField()
    position = models.IntegerField()
    subject_id = models.UUIDField()
    state = models.CharField(max_length=8, default="waiting")
    problem = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "console_batch_item"
        constraints = (
            models.UniqueConstraint(fields=["batch_id", "subject_id"], name="console_batch_item_once"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "done"), problem="") | (Q(state="refused") & ~Q(problem="")),
                name="console_batch_item_state",
            ),
        )
        indexes = (
            models.Index(fields=["batch_id", "position"], condition=Q(state="waiting"), name="console_batch_item_todo"),
        )

    def __str__(self) -> str:
        return str(self.subject_id)


class StartCard(models.Model):
    """A shop whose staff do not want to be led any more; how far a shop is, is never kept but looked at."""

    shop_id = models.UUIDField(primary_key=True)
    dismissed_at = models.DateTimeField()

    class Meta:
        db_table = "console_start_card"

    def __str__(self) -> str:
        return str(self.shop_id)


class Wish(models.Model):
    """Somebody wants to take away a batch's codes or a long list (`subject_id`: the batch, the export): it takes two.

    `alone`: there is nobody else in the shop, so it opens by itself, late and with an alarm. It is taken once, within
    `open_from` and `open_until`, by who asked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    subject_id = models.UUIDField()
    staff_id = models.UUIDField()
    reason = models.CharField(max_length=200)
    #: So many at most may be taken.
    rows = models.IntegerField()
    state = models.CharField(max_length=12, default="asked")
    asked_at = models.DateTimeField()
    #: Until when somebody may say yes.
    due_at = models.DateTimeField()
    alone = models.BooleanField(default=False)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    open_from = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "console_wish"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=("codes", "list"), rows__gt=0), name="console_wish_kind"),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "approved", "refused", "withdrawn", "lapsed", "used")),
                name="console_wish_state",
            ),
            # Nobody lets themselves through. Who is alone has no second person, and waits instead.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | (~Q(decided_by=F("staff_id")) & Q(alone=False)),
                name="console_wish_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "used"))
                | Q(open_from__isnull=False, open_until__gt=F("open_from"), decided_at__isnull=False)
                & (Q(decided_by__isnull=False) | Q(alone=True, open_from__gte=F("asked_at") + timedelta(hours=1))),
                name="console_wish_opened",
            ),
            models.CheckConstraint(
                condition=Q(state="used", used_at__isnull=False) | (~Q(state="used") & Q(used_at__isnull=True)),
                name="console_wish_used",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "kind", "subject_id", "staff_id"],
                condition=Q(state__in=("asked", "approved")),
                name="console_wish_once",
            ),
        )
        indexes = (
            models.Index(fields=["shop_id", "-asked_at"], name="console_wish_recent"),
            models.Index(
                fields=["shop_id", "id"], condition=Q(state__in=("asked", "approved")), name="console_wish_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Look(models.Model):
    """Somebody of the staff looked at codes, or took them or a list away. Written before it is judged, `done` after.

    `codes`: how many, `unsold` those of them that nobody had bought. `taken`: which export, where it is one.
    `redeemed_at`: one of them, unsold then, was used by somebody before it was sold.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    staff_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    done = models.BooleanField(default=False)
    codes = models.IntegerField()
    unsold = models.IntegerField()
    code_id = models.UUIDField(null=True)
    batch_id = models.UUIDField(null=True)
    taken = models.UUIDField(null=True)
    decision_id = models.UUIDField(null=True)
    redeemed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "console_look"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=("code", "picture", "export")), name="console_look_kind"),
            models.CheckConstraint(condition=Q(unsold__gte=0, codes__gte=F("unsold")), name="console_look_counts"),
            models.CheckConstraint(condition=Q(done=False) | Q(decision_id__isnull=False), name="console_look_done"),
        )
        indexes = (
            models.Index(fields=["shop_id", "staff_id", "-at"], name="console_look_of_staff"),
            models.Index(
                fields=["shop_id", "staff_id"], condition=Q(redeemed_at__isnull=False), name="console_look_redeemed"
            ),
            models.Index(
                fields=["shop_id", "batch_id"],
                condition=Q(batch_id__isnull=False, unsold__gt=0),
                name="console_look_batch",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
