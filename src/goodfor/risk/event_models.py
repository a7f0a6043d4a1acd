"""Tables of what happened and what was decided of it, of the keys they are counted by, and of exact limits.

Events and decisions are cut by month and append-only: their tables, indexes and guards stand in `sql/schema/`; the
models are for reading.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """An act, or what became of it. `decision_id`: of an attempt its own decision, of a result the one it follows."""

    pk = models.CompositePrimaryKey("shop_id", "at", "id")
    id = models.BigIntegerField()
    at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    buyer = models.BigIntegerField(null=True)
    device = models.BigIntegerField(null=True)
    network = models.BigIntegerField(null=True)
    address = models.BigIntegerField(null=True)
    phone = models.BigIntegerField(null=True)
    mail = models.BigIntegerField(null=True)
    instrument = models.BigIntegerField(null=True)
    batch = models.BigIntegerField(null=True)
    referrer = models.BigIntegerField(null=True)
    shop_id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    decision_id = models.UUIDField(null=True)
    scene = models.SmallIntegerField()
    result = models.SmallIntegerField()

    class Meta:
        db_table = "risk_event"

    def __str__(self) -> str:
        return f"{self.scene} {self.result} {self.at}"


class Decision(models.Model):
    """What was decided of an attempt, and from what. `features`: the snapshot without what was not known."""

    pk = models.CompositePrimaryKey("shop_id", "at", "id")
    at = models.DateTimeField()
    event_id = models.BigIntegerField()
    hold_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    score = models.FloatField(null=True)
    latency_us = models.IntegerField()
    rules_version = models.IntegerField()
    id = models.UUIDField()
    shop_id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    model_id = models.UUIDField(null=True)
    scene = models.SmallIntegerField()
    set_version = models.SmallIntegerField()
    cost = models.SmallIntegerField()
    sampled = models.BooleanField()
    outcome = models.CharField(max_length=9, db_collation="C")
    subject_kind = models.CharField(max_length=24, db_collation="C")
    reasons = ArrayField(models.TextField())
    failed = ArrayField(models.TextField())
    absent = ArrayField(models.TextField())
    #: Rules that could not be evaluated, since something that they need was not known.
    silent = ArrayField(models.TextField())
    features = models.JSONField()
    hits = models.JSONField()
    #: Scores of models in the shadow, by their id.
    challengers = models.JSONField()
    #: What made the score: the model's strongest features.
    why = models.JSONField()

    class Meta:
        db_table = "risk_decision"

    def __str__(self) -> str:
        return f"{self.id} {self.outcome}"


class Entity(models.Model):
    """Who or what is behind a key: `label` masked where it is about a person, the value sealed where people need it."""

    #: Of the instant in which it was seen first.
    id = models.UUIDField(primary_key=True, editable=False)
    shop_id = models.UUIDField()
    kind = models.SmallIntegerField()
    key = models.BigIntegerField()
    label = models.CharField(max_length=80)
    value_key_id = models.SmallIntegerField(null=True)
    value_blob = models.BinaryField(null=True)
    first_at = models.DateTimeField()
    #: To a month (`velocity_sql.TOUCHED`); the events themselves know better.
    last_at = models.DateTimeField()

    class Meta:
        db_table = "risk_entity"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "kind", "key"], name="risk_entity_key"),
            models.CheckConstraint(condition=Q(kind__range=(1, 9), key__gt=0), name="risk_entity_kind"),
            models.CheckConstraint(
                condition=Q(value_key_id__isnull=True, value_blob__isnull=True)
                | Q(value_key_id__isnull=False, value_blob__isnull=False),
                name="risk_entity_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


class Take(models.Model):
    """One use of an exact limit."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    name = models.CharField(max_length=40, db_collation="C")
    key = models.BigIntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    subject_id = models.UUIDField(null=True)

    class Meta:
        db_table = "risk_take"
        indexes = [
            models.Index(fields=["shop_id", "name", "key", "at"], name="risk_take_key"),
            models.Index(fields=["until"], name="risk_take_until"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"
