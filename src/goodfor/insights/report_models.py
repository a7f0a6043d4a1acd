"""Tables of what is told: forecasts, saved reports and their issues, the daily brief."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.insights import states
from goodfor.kernel.ids import uuid7


class Forecast(models.Model):
    """Units of a SKU that will be wanted within so many days; the newest one alone."""

    pk = models.CompositePrimaryKey("shop_id", "sku_id", "horizon")
    shop_id = models.UUIDField()
    sku_id = models.UUIDField()
    horizon = models.SmallIntegerField()
    low = models.BigIntegerField()
    mid = models.BigIntegerField()
    high = models.BigIntegerField()
    method = models.CharField(max_length=16)
    made_on = models.DateField()

    class Meta:
        db_table = "insights_forecast"
        constraints = [
            models.CheckConstraint(
                condition=Q(low__gte=0, mid__gte=F("low"), high__gte=F("mid")), name="insights_forecast_band"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.horizon}"


class Report(models.Model):
    """A saved question, and when its answer is sent to whom. `spec` as `types.Spec`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    name = models.CharField(max_length=100)
    spec = models.JSONField()
    rhythm = models.CharField(max_length=8)
    at_hour = models.SmallIntegerField(default=8)
    weekday = models.SmallIntegerField(default=0)
    day = models.SmallIntegerField(default=1)
    staff_ids = ArrayField(models.UUIDField(), default=list)
    state = models.CharField(max_length=8, default=states.LIVE)
    due_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "insights_report"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "name"], condition=Q(state__in=states.KEPT), name="insights_report_name"
            ),
            models.CheckConstraint(condition=Q(rhythm__in=states.RHYTHMS), name="insights_report_rhythm"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.REPORT.states)), name="insights_report_state"),
            models.CheckConstraint(
                condition=Q(at_hour__gte=0, at_hour__lte=23, weekday__gte=0, weekday__lte=6, day__gte=1, day__lte=28),
                name="insights_report_when",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, rhythm=states.NEVER)
                | Q(due_at__isnull=True, state__in=(states.PAUSED, states.DROPPED))
                | Q(due_at__isnull=False, state=states.LIVE) & ~Q(rhythm=states.NEVER),
                name="insights_report_due_at",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="insights_report_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return self.name


class Issue(models.Model):
    """A report as it was sent: rows and all, for ever. Append-only."""

    pk = models.CompositePrimaryKey("shop_id", "report_id", "number")
    shop_id = models.UUIDField()
    report_id = models.UUIDField()
    number = models.IntegerField()
    first = models.DateField()
    last = models.DateField()
    table = models.JSONField(db_column="shown")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "insights_issue"

    def __str__(self) -> str:
        return f"{self.report_id} {self.number}"


class Brief(models.Model):
    """What was said about a day: the three things to look at, with their facts. Append-only."""

    pk = models.CompositePrimaryKey("shop_id", "day")
    shop_id = models.UUIDField()
    day = models.DateField()
    #: What kinds of things, with their facts: the words are made for whoever reads.
    findings = models.JSONField()
    summary = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "insights_brief"

    def __str__(self) -> str:
        return str(self.day)
