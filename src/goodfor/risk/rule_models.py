"""Tables of rules, what needs a second person, snoozes and quarantines. Guards: sql/schema/rules.sql."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.risk import rule_states as states


class RuleSet(models.Model):
    """How often a shop's rules and custom lists changed: what a process has compiled is good for one of these."""

    shop_id = models.UUIDField(primary_key=True)
    version = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "risk_rule_set"
        constraints = [models.CheckConstraint(condition=Q(version__gte=1), name="risk_rule_set_version")]

    def __str__(self) -> str:
        return str(self.version)


class Rule(models.Model):
    """A rule and where it stands in its life. What it says is in its versions.

    A trigger lets it count, or change while it counts, only by an approved proposal that says exactly so.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default=states.DRAFT)
    #: Of the buyers, for how many it counts.
    percent = models.SmallIntegerField(default=0)
    #: In force; null while it never was.
    version = models.ForeignKey("RuleVersion", on_delete=models.PROTECT, null=True, related_name="+")
    #: Number of the newest version.
    latest = models.IntegerField()
    #: By which it came to where it is.
    proposal_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "risk_rule"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "code"], name="risk_rule_code"),
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9][a-z0-9_-]{0,39}$"), name="risk_rule_code_form"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.RULE.states)), name="risk_rule_state"),
            models.CheckConstraint(
                condition=Q(state=states.PERCENT, percent__range=(1, 99))
                | Q(state=states.LIVE, percent=100)
                | ~Q(state__in=sorted(states.COUNTS)) & Q(percent=0),
                name="risk_rule_percent",
            ),
            models.CheckConstraint(
                condition=Q(state=states.DRAFT, version__isnull=True)
                | Q(state=states.RETIRED)
                | Q(state__in=sorted(states.RUNNING | {states.OFF}), version__isnull=False),
                name="risk_rule_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class RuleVersion(models.Model):
    """What a rule says from a moment on. Written once; only the approval is added, once (trigger)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    name = models.CharField(max_length=80)
    words = models.CharField(max_length=400, default="", blank=True)
    text = models.CharField(max_length=2000)
    tree = models.JSONField()
    scenes = ArrayField(models.CharField(max_length=16))
    outcome = models.CharField(max_length=12)
    hard = models.BooleanField(default=False)
    hold_minutes = models.IntegerField(default=0)
    cost = models.SmallIntegerField(default=0)
    quarantine_days = models.SmallIntegerField(default=0)
    quarantine_by = models.CharField(max_length=12, default="", blank=True)
    #: Id of the threat in the BREAK taxonomy.
    label = models.CharField(max_length=16)
    threat = models.CharField(max_length=16)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    #: Approved by who wrote it, since the shop has nobody else who may.
    alone = models.BooleanField(default=False)

    class Meta:
        db_table = "risk_rule_version"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "rule", "number"], name="risk_rule_version_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, scenes__len__gte=1) & ~Q(text="") & ~Q(name=""),
                name="risk_rule_version_said",
            ),
            models.CheckConstraint(
                condition=Q(outcome="hold", hold_minutes__range=(1, 43_200), cost=0)
                | Q(outcome="challenge", cost__range=(1, 4), hold_minutes=0)
                | Q(outcome__in=("review", "deny"), cost=0, hold_minutes=0),
                name="risk_rule_version_outcome",
            ),
            models.CheckConstraint(
                condition=Q(quarantine_days=0, quarantine_by="")
                | Q(quarantine_days__range=(1, 365)) & ~Q(quarantine_by=""),
                name="risk_rule_version_quarantine",
            ),
            models.CheckConstraint(condition=Q(label__regex=r"^R\d{4}(-\d{3})?$"), name="risk_rule_version_label"),
            models.CheckConstraint(
                condition=Q(approved_by="", approved_at__isnull=True, alone=False)
                | ~Q(approved_by="") & Q(approved_at__isnull=False) & (Q(alone=True) | ~Q(approved_by=F("made_by"))),
                name="risk_rule_version_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Proposal(models.Model):
    """What one person asks for and another one approves: `kind` of `rule_states.PROPOSALS`, `wanted` says what.

    The database refuses an approval by who asked, unless it is marked `alone`. What is decided never changes (trigger).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    #: The rule; of entries to be removed, the first of them; of entries to be added, an id of its own.
    subject_id = models.UUIDField()
    wanted = models.JSONField()
    reason = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=10, default=states.OPEN)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    alone = models.BooleanField(default=False)

    class Meta:
        db_table = "risk_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "kind", "subject_id"], name="risk_proposal_one_open", condition=Q(state=states.OPEN)
            ),
            models.CheckConstraint(
                condition=Q(kind__in=states.PROPOSALS, state__in=sorted(states.PROPOSAL.states)),
                name="risk_proposal_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=states.OPEN, decided_by="", decided_at__isnull=True)
                | ~Q(state=states.OPEN) & ~Q(decided_by="") & Q(decided_at__isnull=False),
                name="risk_proposal_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.APPROVED) | Q(alone=True) | ~Q(decided_by=F("asked_by")),
                name="risk_proposal_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(alone=False) | Q(state=states.APPROVED, decided_by=F("asked_by")),
                name="risk_proposal_alone",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "-id"], name="risk_proposal_waiting", condition=Q(state=states.OPEN)),
            models.Index(fields=["shop_id", "subject_id"], name="risk_proposal_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Snooze(models.Model):
    """A rule does not count for one key until then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    key = models.BigIntegerField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=200)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ended_by = models.CharField(max_length=80, default="", blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "risk_snooze"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "key", "rule"], name="risk_snooze_one", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(condition=Q(until__gt=F("made_at")) & ~Q(reason=""), name="risk_snooze_said"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="risk_snooze_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} until {self.until}"


class Quarantine(models.Model):
    """A key that a rule hit stays tripped until then, whatever the rule says of its next acts."""

    pk = models.CompositePrimaryKey("shop_id", "key", "rule_id")
    shop_id = models.UUIDField()
    key = models.BigIntegerField()
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    until = models.DateTimeField()
    tripped_at = models.DateTimeField()
    hits = models.IntegerField(default=1)
    lifted_by = models.CharField(max_length=80, default="", blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "risk_quarantine"
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by="") | Q(lifted_at__isnull=False) & ~Q(lifted_by=""),
                name="risk_quarantine_lifted",
            ),
            models.CheckConstraint(condition=Q(hits__gte=1), name="risk_quarantine_hits"),
        ]
        indexes = [models.Index(fields=["shop_id", "rule", "-until"], name="risk_quarantine_rule")]

    def __str__(self) -> str:
        return f"{self.kind} until {self.until}"
