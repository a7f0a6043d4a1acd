"""What in a shop is of the demo, and the runs that bring it and take it away."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7


class Mark(models.Model):
    """A thing of the demo. `key` says which: product:…, sku:…, codes:…, client:…, account:…

    `subject_id` is empty while a file of codes is being imported: its batch then bears the key as its file name.
    `live` False: it was taken away.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    key = models.CharField(max_length=100)
    subject_id = models.UUIDField(null=True)
    live = models.BooleanField(default=True)

    class Meta:
        db_table = "demo_mark"
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "key"], name="demo_mark_once"),
            models.CheckConstraint(
                condition=Q(subject_id__isnull=False) | Q(key__startswith="codes:"), name="demo_mark_subject"
            ),
        )

    def __str__(self) -> str:
        return self.key


class Run(models.Model):
    """One filling or emptying; `left` of `total` steps are to be done. A shop has one unfinished run at most."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="running")
    actor = models.CharField(max_length=80)
    total = models.IntegerField()
    left = models.IntegerField()
    kept = ArrayField(models.CharField(max_length=120), default=list)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "demo_run"
        constraints = (
            models.UniqueConstraint(fields=["shop_id"], condition=Q(state="running"), name="demo_run_one"),
            models.CheckConstraint(condition=Q(kind__in=("fill", "empty")), name="demo_run_kind"),
            models.CheckConstraint(condition=Q(left__gte=0, total__gte=F("left")), name="demo_run_steps"),
            models.CheckConstraint(
                condition=Q(state="running", finished_at__isnull=True)
                | Q(state="done", finished_at__isnull=False, left=0),
                name="demo_run_state",
            ),
        )
        indexes = (models.Index(fields=["shop_id", "-created_at"], name="demo_run_recent"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
