"""Tables of grants and of the rules that make them. The constraints say what can be."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.welfare import states
from goodfor.welfare.worth import MOST_MINOR


class Rule(models.Model):
    """What a company gives by itself: on a day, on birthdays, on the anniversary of joining."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    company = models.ForeignKey("welfare.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    minor = models.BigIntegerField()
    #: Empty: all of them.
    department = models.CharField(max_length=80, default="", blank=True)
    #: Of a festival its day.
    on_day = models.DateField(null=True)
    #: For how many days what is given may be spent.
    live_days = models.IntegerField()
    on = models.BooleanField(default=True)
    #: The last day that was looked at.
    through = models.DateField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "welfare_rule"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=states.RULES), name="welfare_rule_kind"),
            models.CheckConstraint(condition=Q(minor__range=(1, MOST_MINOR)), name="welfare_rule_minor"),
            models.CheckConstraint(condition=Q(live_days__range=(1, 1_830)), name="welfare_rule_lives"),
            models.CheckConstraint(
                condition=Q(kind=states.FESTIVAL, on_day__isnull=False)
                | (~Q(kind=states.FESTIVAL) & Q(on_day__isnull=True)),
                name="welfare_rule_day",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "company", "id"], name="welfare_rule_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Grant(models.Model):
    """Units for many employees, decided together. Written when its list was read; moved once somebody has agreed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    company = models.ForeignKey("welfare.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+", null=True)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default=states.DRAFT)
    #: The same again is the same grant.
    request_key = models.CharField(max_length=80)
    #: SHA-256 of the list as it came.
    content_hash = models.BinaryField(max_length=32)
    ends_at = models.DateTimeField()
    lines = models.IntegerField()
    total_minor = models.BigIntegerField()
    #: Lines looked at, those of them that were given, and how much.
    walked = models.IntegerField(default=0)
    given = models.IntegerField(default=0)
    given_minor = models.BigIntegerField(default=0)
    #: What employees were to have who had left by then.
    passed_minor = models.BigIntegerField(default=0)
    #: The first of the faulty lines, and how many there are.
    faults = models.JSONField(default=list)
    fault_count = models.IntegerField(default=0)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=80, default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "welfare_grant"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "company", "request_key"], name="welfare_grant_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.GRANT.states)), name="welfare_grant_state"),
            models.CheckConstraint(condition=Q(kind__in=states.GRANT_KINDS), name="welfare_grant_kind"),
            models.CheckConstraint(
                condition=Q(
                    lines__gte=0, total_minor__gte=0, fault_count__gte=0, walked__gte=0, walked__lte=F("lines"),
                    given__gte=0, given__lte=F("walked"), given_minor__gte=0, passed_minor__gte=0,
                    given_minor__lte=F("total_minor") - F("passed_minor"),
                ),
                name="welfare_grant_counts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[states.DRAFT, states.DROPPED], walked=0)
                | Q(fault_count=0, lines__gte=1),
                name="welfare_grant_faultless",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[states.RUNNING, states.DONE])
                | (~Q(agreed_by="") & Q(agreed_at__isnull=False)),
                name="welfare_grant_agreed",
            ),
            models.CheckConstraint(condition=~Q(state=states.DONE) | Q(walked=F("lines")), name="welfare_grant_done"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["shop_id", "company", "-id"], name="welfare_grant_of"),
            models.Index(fields=["id"], name="welfare_grant_open", condition=Q(state__in=["running", "short"])),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.name}"


class GrantLine(models.Model):
    """What a grant gives an employee: once, ever. Of a rule once for a year, too."""

    pk = models.CompositePrimaryKey("shop_id", "grant_id", "employee_id")
    shop_id = models.UUIDField()
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey("welfare.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Its place in the list.
    line = models.IntegerField()
    minor = models.BigIntegerField()
    note = models.CharField(max_length=120, default="", blank=True)
    rule_id = models.UUIDField(null=True)
    year = models.SmallIntegerField(null=True)
    #: None: not yet. False: the employee had left by then.
    given = models.BooleanField(null=True)

    class Meta:
        db_table = "welfare_grant_line"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "rule_id", "employee", "year"], name="welfare_grant_line_yearly",
                condition=Q(rule_id__isnull=False),
            ),
            models.CheckConstraint(condition=Q(minor__range=(1, MOST_MINOR)), name="welfare_grant_line_minor"),
            models.CheckConstraint(
                condition=Q(rule_id__isnull=True, year__isnull=True) | Q(rule_id__isnull=False, year__isnull=False),
                name="welfare_grant_line_rule",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["shop_id", "grant", "line"], name="welfare_grant_line_open", condition=Q(given__isnull=True)
            ),
            models.Index(fields=["shop_id", "employee"], name="welfare_grant_line_of"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.minor}"
