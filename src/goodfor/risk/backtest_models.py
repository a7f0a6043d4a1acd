"""The table of backtests that somebody asked for: figures that a person, and the one who approves, look at."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.risk import rule_states as states

_OPEN = ("waiting", states.BACKTEST_RUNNING)


class Backtest(models.Model):
    """A text tried on stored decisions, a slice of time at a time. What it is asked for never changes (trigger).

    `says`: all of the rule (`backtest_forms`). `digest`: of what decides whom it fits, its text and scenes; a version
    with the same digest has the same figures. `sums`: a row of each week; `spots`: of each slice how many it fitted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    #: The rule that it is to be a version of; null while there is none.
    rule_id = models.UUIDField(null=True)
    #: Of a rule that is to be made.
    code = models.CharField(max_length=40, default="", blank=True)
    #: The newest version when this was written; 0: none.
    latest = models.IntegerField(default=0)
    says = models.JSONField()
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField()
    #: What was known of decisions then.
    as_of = models.DateTimeField()
    #: Edges of the slices, ISO; found when it begins.
    edges = models.JSONField(default=list)
    done = models.SmallIntegerField(default=0)
    sums = models.JSONField(default=list)
    spots = models.JSONField(default=list)
    examples = models.JSONField(default=list)
    state = models.CharField(max_length=8, default=states.BACKTEST.initial)
    problem = models.CharField(max_length=40, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "risk_backtest"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.BACKTEST.states)), name="risk_backtest_state"),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, ended_at__isnull=True) | ~Q(state__in=_OPEN) & Q(ended_at__isnull=False),
                name="risk_backtest_ended",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since"), as_of__gte=F("until"), done__gte=0, latest__gte=0),
                name="risk_backtest_span",
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], name="risk_backtest_open", condition=Q(state__in=_OPEN)),
            models.Index(fields=["shop_id", "-made_at"], name="risk_backtest_recent"),
            models.Index(fields=["shop_id", "digest", "-made_at"], name="risk_backtest_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:8]} {self.state}"
