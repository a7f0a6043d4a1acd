"""Tables of what has to be ended: cases, what was tried about them, and days that were closed."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.recon import states


class Case(models.Model):
    """A difference that has to end, once for each business key whatever runs find it again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    area = models.CharField(max_length=8)
    account = models.CharField(max_length=80)
    day = models.DateField()
    category = models.CharField(max_length=3)
    business_key = models.CharField(max_length=320)
    ours_id = models.BigIntegerField(null=True)
    theirs_id = models.BigIntegerField(null=True)
    risk_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    #: Both rows as they were found.
    ours = models.JSONField(default=dict)
    theirs = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=states.OPEN)
    owner = models.CharField(max_length=100, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    #: The transaction of the ledger that put it right.
    ledger_tx = models.BigIntegerField(null=True)
    automatic = models.BooleanField(default=False)
    action = models.CharField(max_length=16, default="", blank=True)
    action_state = models.CharField(max_length=6, default=states.NO_ACTION)
    action_note = models.CharField(max_length=200, default="", blank=True)
    tries = models.IntegerField(default=0)
    next_act_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, default="", blank=True)
    #: The run that found it last.
    run_id = models.UUIDField()

    class Meta:
        db_table = "recon_case"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "category", "business_key"], name="recon_case_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.CASE.states)), name="recon_case_state"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True, closed_by="")),
                name="recon_case_closed",
            ),
            # Whatever is over says why.
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(ledger_tx__isnull=False) | ~Q(reason=""), name="recon_case_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="corrected") | Q(ledger_tx__isnull=False), name="recon_case_corrected"
            ),
            models.CheckConstraint(
                condition=Q(action_state__in=states.ACTION_STATES)
                & (Q(action_state="due", next_act_at__isnull=False) | (~Q(action_state="due") & Q(next_act_at=None))),
                name="recon_case_action",
            ),
        ]
        indexes = [
            models.Index(fields=["next_act_at"], name="recon_case_due", condition=Q(next_act_at__isnull=False)),
            models.Index(fields=["shop_id", "due_at"], name="recon_case_open", condition=~Q(state="closed")),
            models.Index(fields=["shop_id", "area", "account", "day"], name="recon_case_of"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.business_key}"


class ActionTry(models.Model):
    """One try of the machine to put a case right. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    number = models.IntegerField()
    action = models.CharField(max_length=16)
    #: `done`, `later` or `person`.
    outcome = models.CharField(max_length=6)
    note = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "recon_action"
        constraints = [models.UniqueConstraint(fields=["shop_id", "case_id", "number"], name="recon_action_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class ClosedDay(models.Model):
    """A day that was closed, with its sheet as it was. Append-only."""

    pk = models.CompositePrimaryKey("shop_id", "day")
    shop_id = models.UUIDField()
    day = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=100)
    #: Who wanted it closed; empty: nobody else was there to.
    asked_by = models.CharField(max_length=100, default="", db_default="", blank=True)
    sheet = models.JSONField(default=dict)

    class Meta:
        db_table = "recon_day"
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=models.F("closed_by")), name="recon_day_by_two"),
        ]

    def __str__(self) -> str:
        return str(self.day)
