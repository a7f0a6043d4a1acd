"""Tables of promises, cases and decisions. Money is in grant_models, batches in batch_models."""

from django.db import models
from django.db.models import F, Q

from goodfor.aftersales import batch_models as batch_models
from goodfor.aftersales import figure_models as figure_models
from goodfor.aftersales import grant_models as grant_models
from goodfor.aftersales import picture_models as picture_models
from goodfor.aftersales import states
from goodfor.aftersales.snippet_models import Snippet as Snippet
from goodfor.kernel.ids import uuid7


class Promise(models.Model):
    """A version of what is promised for a shop, a supplier's goods, a category or a SKU. Rows never change (trigger).

    An order has the version that was in force when it was placed: `from_at` is a minute after `made_at`, so that no
    page that was open, and no clock that is late, shows another promise than the one that binds (ADR 28).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    scope = models.CharField(max_length=8)
    #: Null for the shop itself.
    scope_id = models.UUIDField(null=True)
    version = models.IntegerField()
    #: Null: taken away.
    terms = models.JSONField(null=True)
    from_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "aftersales_promise"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "scope", "scope_id", "version"],
                name="aftersales_promise_version",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(scope="shop", scope_id__isnull=True)
                | Q(scope__in=("supplier", "category", "sku"), scope_id__isnull=False),
                name="aftersales_promise_scope",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, from_at__gte=F("made_at")), name="aftersales_promise_from"
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "scope", "scope_id", "-from_at"], name="aftersales_promise_at")]

    def __str__(self) -> str:
        return f"{self.scope} {self.version}"


class Policy(models.Model):
    """A version of a shop's decision table; the newest holds. Without one the table in `defaults` does (version 0)."""

    pk = models.CompositePrimaryKey("shop_id", "version")
    shop_id = models.UUIDField()
    version = models.IntegerField()
    rules = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "aftersales_policy"
        constraints = [models.CheckConstraint(condition=Q(version__gte=1), name="aftersales_policy_version")]

    def __str__(self) -> str:
        return str(self.version)


class Case(models.Model):
    """How one claim (same id) is looked into and decided, and the clocks of its promise."""

    id = models.UUIDField(primary_key=True, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    sku_id = models.UUIDField()
    number = models.CharField(max_length=32)
    #: `buyer:<id>`, `guest:<hash>` or `client:<id>`: whose history counts.
    buyer = models.CharField(max_length=80)
    reason = models.CharField(max_length=16)
    units = models.IntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    #: Of the units, how many its buyer had looked at when it was last examined.
    seen = models.IntegerField(default=0, db_default=0)
    state = models.CharField(max_length=16, default=states.CHECKING)
    terms = models.JSONField()
    promise_id = models.UUIDField(null=True)
    promise_version = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    decide_by = models.DateTimeField()
    #: The first answer that means something: a decision, a question, a word of the staff.
    answered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    #: When the next step is due by itself; null: nothing is.
    next_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    action = models.CharField(max_length=16, default="", blank=True)
    rule = models.CharField(max_length=40, default="", blank=True)
    why = models.CharField(max_length=40, default="", blank=True)
    #: `system`, or the staff's name in the audit trail; empty until decided.
    by = models.CharField(max_length=80, default="", blank=True)
    proven = models.BooleanField(default=False)
    escalated = models.SmallIntegerField(default=0)
    answer_missed_at = models.DateTimeField(null=True)
    decision_missed_at = models.DateTimeField(null=True)
    rating = models.SmallIntegerField(null=True)
    supplier_id = models.UUIDField(null=True)
    batch_id = models.UUIDField(null=True)

    class Meta:
        db_table = "aftersales_case"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.CASE.states)), name="aftersales_case_state"),
            models.CheckConstraint(
                condition=Q(state=states.CLOSED, closed_at__isnull=False)
                | (~Q(state=states.CLOSED) & Q(closed_at__isnull=True)),
                name="aftersales_case_closed",
            ),
            models.CheckConstraint(
                condition=Q(state=states.ASKING, paused_at__isnull=False)
                | (~Q(state=states.ASKING) & Q(paused_at__isnull=True)),
                name="aftersales_case_paused",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, action="", by="") | Q(decided_at__isnull=False) & ~Q(by=""),
                name="aftersales_case_decided",
            ),
            models.CheckConstraint(
                condition=Q(units__gte=1, amount_minor__gte=0) & (Q(rating__isnull=True) | Q(rating__range=(1, 5))),
                name="aftersales_case_numbers",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="aftersales_case_due", condition=Q(next_at__isnull=False)),
            models.Index(
                fields=["answer_by"],
                name="aftersales_case_answer",
                condition=Q(answered_at__isnull=True, answer_missed_at__isnull=True, paused_at__isnull=True),
            ),
            models.Index(
                fields=["decide_by"],
                name="aftersales_case_decide",
                condition=Q(decided_at__isnull=True, decision_missed_at__isnull=True, paused_at__isnull=True),
            ),
            models.Index(
                fields=["shop_id", "decide_by", "id"],
                name="aftersales_case_queue",
                condition=~Q(state=states.CLOSED),
            ),
            models.Index(fields=["shop_id", "-id"], name="aftersales_case_recent"),
            models.Index(fields=["shop_id", "buyer", "-id"], name="aftersales_case_buyer"),
            models.Index(
                fields=["shop_id", "batch_id"], name="aftersales_case_batch", condition=Q(batch_id__isnull=False)
            ),
            models.Index(fields=["shop_id", "order_id"], name="aftersales_case_order"),
            models.Index(fields=["shop_id", "opened_at"], name="aftersales_case_opened"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class Finding(models.Model):
    """A fact as it was found, kept: what a decision was made from can be read later."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    value = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "aftersales_finding"
        indexes = [models.Index(fields=["shop_id", "case_id", "id"], name="aftersales_finding_case")]

    def __str__(self) -> str:
        return self.kind


class Decision(models.Model):
    """One decision of a case with the facts it was made from. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    action = models.CharField(max_length=16)
    rule = models.CharField(max_length=40)
    why = models.CharField(max_length=40)
    policy_version = models.IntegerField()
    facts = models.JSONField()
    #: What the staff added for the buyer, sealed.
    note_key_id = models.SmallIntegerField(null=True)
    note_blob = models.BinaryField(null=True)

    class Meta:
        db_table = "aftersales_decision"
        constraints = [
            models.CheckConstraint(condition=Q(action__in=list(states.ACTIONS)), name="aftersales_decision_action"),
            models.CheckConstraint(
                condition=Q(note_key_id__isnull=True, note_blob__isnull=True)
                | Q(note_key_id__isnull=False, note_blob__isnull=False),
                name="aftersales_decision_note",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "case_id", "id"], name="aftersales_decision_case")]

    def __str__(self) -> str:
        return f"{self.action} {self.rule}"


class Reply(models.Model):
    """What buyer and staff write to each other about a case, sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    case_id = models.UUIDField()
    #: `buyer`, or the staff's name in the audit trail.
    author = models.CharField(max_length=80)
    key_id = models.SmallIntegerField()
    blob = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "aftersales_reply"
        indexes = [models.Index(fields=["shop_id", "case_id", "id"], name="aftersales_reply_case")]

    def __str__(self) -> str:
        return str(self.id)
