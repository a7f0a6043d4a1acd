"""Tables of labels and reviews. Labels never change (sql/schema/reviews.sql)."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.risk import rule_states as states


class Label(models.Model):
    """What became known, of a decision or of all decisions about a subject; the one known last holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    decision_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=16, default="", blank=True)
    subject_id = models.UUIDField(null=True)
    bad = models.BooleanField()
    source = models.CharField(max_length=16)
    known_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    #: Why somebody of the staff says so.
    note = models.CharField(max_length=200, default="", db_default="", blank=True)

    class Meta:
        db_table = "risk_label"
        constraints = [
            models.CheckConstraint(condition=Q(source__in=states.SOURCES), name="risk_label_source"),
            models.CheckConstraint(
                condition=Q(decision_id__isnull=False, subject_id__isnull=True, subject_type="")
                | Q(decision_id__isnull=True, subject_id__isnull=False) & ~Q(subject_type=""),
                name="risk_label_of",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "decision_id", "known_at"],
                name="risk_label_decision",
                condition=Q(decision_id__isnull=False),
            ),
            models.Index(
                fields=["shop_id", "subject_id", "known_at"],
                name="risk_label_subject",
                condition=Q(subject_id__isnull=False),
            ),
            models.Index(fields=["shop_id", "-id"], name="risk_label_recent"),
        ]

    def __str__(self) -> str:
        return f"{'bad' if self.bad else 'good'} {self.source}"


class Review(models.Model):
    """A decision that a person looks at: one a decision. `taken_by` holds it until `lease_until`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    decision_id = models.UUIDField()
    scene = models.CharField(max_length=16)
    subject_type = models.CharField(max_length=16, default="", blank=True)
    subject_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="", blank=True)
    state = models.CharField(max_length=8, default=states.WAITING)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: What happens when nobody decided by then.
    overdue = models.CharField(max_length=8)
    taken_by = models.CharField(max_length=80, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, default="", blank=True)
    note = models.CharField(max_length=400, default="", blank=True)
    done_by = models.CharField(max_length=80, default="", blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "risk_review"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "decision_id"], name="risk_review_once"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.REVIEW.states), overdue__in=states.REVIEW_OUTCOMES),
                name="risk_review_state",
            ),
            models.CheckConstraint(
                condition=Q(state=states.TAKEN, lease_until__isnull=False) & ~Q(taken_by="")
                | ~Q(state=states.TAKEN) & Q(lease_until__isnull=True, taken_by=""),
                name="risk_review_taken",
            ),
            models.CheckConstraint(
                condition=Q(state=states.DONE, outcome__in=states.REVIEW_OUTCOMES, done_at__isnull=False)
                & ~Q(done_by="")
                | ~Q(state=states.DONE) & Q(outcome="", done_at__isnull=True, done_by=""),
                name="risk_review_done",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("opened_at")), name="risk_review_due_after"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="risk_review_due", condition=~Q(state=states.DONE)),
            models.Index(fields=["shop_id", "due_at", "id"], name="risk_review_queue", condition=~Q(state=states.DONE)),
            models.Index(fields=["shop_id", "-id"], name="risk_review_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.scene} {self.state}"


class ReviewPolicy(models.Model):
    """How long a shop gives its people in a scene, and what happens after; without a row `REVIEW_DEFAULTS` hold."""

    pk = models.CompositePrimaryKey("shop_id", "scene")
    shop_id = models.UUIDField()
    scene = models.CharField(max_length=16)
    minutes = models.IntegerField()
    overdue = models.CharField(max_length=8)
    changed_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "risk_review_policy"
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(1, 43_200), overdue__in=states.REVIEW_OUTCOMES),
                name="risk_review_policy_said",
            )
        ]

    def __str__(self) -> str:
        return self.scene
