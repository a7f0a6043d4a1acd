"""Tables of trainings that somebody asked for, and of looks at how far the world has moved from what a model knows."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.risk.model import states


class Training(models.Model):
    """A model that is to be made from a shop's decisions. What was asked for never changes (trigger).

    `acts`: how many it read. `counts`: what there was, where it was too little.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    scene_group = models.CharField(max_length=16)
    #: What was known of decisions then.
    until = models.DateTimeField()
    delay_days = models.SmallIntegerField()
    test_days = models.SmallIntegerField()
    state = models.CharField(max_length=8, default=states.TRAINING.initial)
    phase = models.CharField(max_length=8, default="", blank=True)
    share = models.FloatField(default=0.0)
    acts = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    problem = models.CharField(max_length=12, default="", blank=True)
    #: How often a worker began with it.
    tries = models.SmallIntegerField(default=0)
    model_id = models.UUIDField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "risk_training"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "scene_group"], condition=Q(state__in=states.OPEN), name="risk_training_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(states.TRAINING.states)), name="risk_training_state"),
            models.CheckConstraint(
                condition=Q(state__in=states.OPEN, ended_at__isnull=True)
                | ~Q(state__in=states.OPEN) & Q(ended_at__isnull=False),
                name="risk_training_ended",
            ),
            models.CheckConstraint(
                condition=Q(state=states.DONE, model_id__isnull=False, problem="")
                | Q(state=states.BROKEN, model_id__isnull=True, problem__in=states.PROBLEMS)
                | Q(state__in=states.OPEN, model_id__isnull=True, problem=""),
                name="risk_training_came",
            ),
            models.CheckConstraint(
                condition=Q(delay_days__range=(1, 180), test_days__range=(1, 180), until__lte=F("made_at")),
                name="risk_training_plan",
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], name="risk_training_open", condition=Q(state__in=states.OPEN)),
            models.Index(fields=["shop_id", "scene_group", "-made_at"], name="risk_training_recent"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.scene_group} {self.state}"


class DriftRun(models.Model):
    """How far the acts of a span were from those that a model learned from. `features`: [name, index, unknown then,
    unknown now], the most changed first."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    model_id = models.UUIDField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    acts = models.IntegerField()
    score = models.FloatField()
    features = models.JSONField()
    by = models.CharField(max_length=80)

    class Meta:
        db_table = "risk_drift"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since"), acts__gte=0), name="risk_drift_span"),
        ]
        indexes = [models.Index(fields=["shop_id", "model_id", "-until"], name="risk_drift_recent")]

    def __str__(self) -> str:
        return f"{self.model_id} {self.score:.2f}"
