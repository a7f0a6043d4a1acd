"""Tables of what was decided, by the hour: so that a page of a week does not read a week of decisions."""

from django.db import models
from django.db.models import Q

from goodfor.risk.types import Outcome


class Hour(models.Model):
    """The decisions of an hour (UTC) of one scene that ended alike because of one thing. Made once the hour is over.

    `cause`: a threat (`wording_rules.THREATS`), or one of `watch_sql`; empty where nothing spoke against the act.
    `amount_minor`: what the acts were about, of those that were not simply allowed.
    """

    pk = models.CompositePrimaryKey("shop_id", "hour", "scene", "outcome", "cause")
    shop_id = models.UUIDField()
    hour = models.DateTimeField()
    scene = models.SmallIntegerField()
    outcome = models.CharField(max_length=9)
    cause = models.CharField(max_length=16, default="", blank=True)
    count = models.IntegerField()
    amount_minor = models.BigIntegerField()
    #: Of them, with a part of the engine that did not answer.
    failing = models.IntegerField()
    #: Of them, would have been denied and were held instead.
    sampled = models.IntegerField()

    class Meta:
        db_table = "risk_hour"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[str(one) for one in Outcome], scene__range=(1, 13), count__gt=0),
                name="risk_hour_sound",
            ),
            models.CheckConstraint(
                condition=Q(failing__gte=0, failing__lte=models.F("count"))
                & Q(sampled__gte=0, sampled__lte=models.F("count")),
                name="risk_hour_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour} {self.scene} {self.outcome} {self.count}"


class HourFold(models.Model):
    """How far the hours of a shop have been counted: all before `until`."""

    shop_id = models.UUIDField(primary_key=True)
    until = models.DateTimeField()

    class Meta:
        db_table = "risk_hour_fold"

    def __str__(self) -> str:
        return f"{self.until}"
