"""Tables of campaigns: what they say, in revisions that never change, and where they stand. Guards: sql/schema/."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.promotions import states
from goodfor.promotions.spec_types import PLAYS


class Plan(models.Model):
    """How often what counts in a shop changed: what a process has read is good for one of these."""

    shop_id = models.UUIDField(primary_key=True)
    version = models.BigIntegerField()
    #: The shop's zone, by which days, weeks, months and hours are told as long as this version counts.
    timezone = models.CharField(max_length=64)
    #: What a piece keeps over its cost, in fen, wherever a campaign does not say it itself.
    floor_minor = models.BigIntegerField(default=0, db_default=0)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "promotions_plan"
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="promotions_plan_version"),
            models.CheckConstraint(condition=Q(floor_minor__gte=0), name="promotions_plan_floor"),
        ]

    def __str__(self) -> str:
        return str(self.version)


class Campaign(models.Model):
    """A campaign and where it stands in its life. A trigger lets only an approved revision of its own be in force."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    name = models.CharField(max_length=80)
    play = models.CharField(max_length=16)
    state = models.CharField(max_length=12, default=states.DRAFT)
    #: In force; null while it never was.
    revision = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, related_name="+")
    #: Waits for a second person.
    submitted = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_by = models.CharField(max_length=80, default="", blank=True)
    #: Number of the newest revision.
    latest = models.IntegerField()
    #: Window of the revision in force, else of the newest.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    paused_why = models.CharField(max_length=8, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "promotions_campaign"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.CAMPAIGN.states)), name="promotions_state"),
            models.CheckConstraint(condition=Q(play__in=sorted(PLAYS)), name="promotions_play"),
            models.CheckConstraint(condition=~Q(name="") & Q(latest__gte=1), name="promotions_campaign_said"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="promotions_campaign_window"),
            models.CheckConstraint(
                condition=Q(state__in=[states.DRAFT, states.REVIEW], revision__isnull=True)
                | Q(state__in=[states.SCHEDULED, states.RUNNING, states.PAUSED, states.ENDED], revision__isnull=False)
                | Q(state=states.ARCHIVED),
                name="promotions_campaign_in_force",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.REVIEW) | Q(submitted__isnull=False), name="promotions_campaign_reviewed"
            ),
            models.CheckConstraint(
                condition=Q(state=states.PAUSED, paused_why__in=states.PAUSES)
                | ~Q(state=states.PAUSED) & Q(paused_why=""),
                name="promotions_campaign_paused",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "state", "starts_at"], name="promotions_by_state"),
            models.Index(
                fields=["ends_at"],
                name="promotions_to_tend",
                condition=Q(state__in=[states.SCHEDULED, states.RUNNING, states.PAUSED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class Revision(models.Model):
    """What a campaign says from a moment on. Written once; only the approval is added, once (trigger)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    name = models.CharField(max_length=80)
    spec = models.JSONField()
    #: SHA-256 of the spec's canonical text.
    hash = models.BinaryField()
    note = models.CharField(max_length=200, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    #: Approved by who wrote it, since the shop has nobody else who may.
    alone = models.BooleanField(default=False)

    class Meta:
        db_table = "promotions_revision"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "campaign", "number"], name="promotions_revision_once"),
            models.CheckConstraint(condition=Q(number__gte=1) & ~Q(name=""), name="promotions_revision_said"),
            models.CheckConstraint(
                condition=Q(approved_by="", approved_at__isnull=True, alone=False)
                | ~Q(approved_by="") & Q(approved_at__isnull=False) & (Q(alone=True) | ~Q(approved_by=F("made_by"))),
                name="promotions_revision_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
