"""Tables of claims: what a buyer says is wrong with a line, and unit by unit what came of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.orders import claim_states as states

_LIVE = sorted(states.LIVE)
_MET = sorted(states.MET)


class Claim(models.Model):
    """What a buyer says is wrong with a line: about which of its codes, and until when a person answers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    reason = models.CharField(max_length=16)
    code_ids = ArrayField(models.UUIDField())
    text_key_id = models.SmallIntegerField(null=True)
    text_blob = models.BinaryField(null=True)
    state = models.CharField(max_length=16)
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    #: The refund that the claim itself began, and how much of the price it gives back, in minor units.
    refund_id = models.UUIDField(null=True)
    refund_minor = models.BigIntegerField(null=True)
    #: When suppliers were asked for what replaces its codes: once, since a want has the claim's id.
    wanted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_claim"
        constraints = [
            models.CheckConstraint(
                condition=Q(refund_id__isnull=True, refund_minor__isnull=True)
                | Q(state=states.REFUNDED, refund_id__isnull=False, refund_minor__gt=0),
                name="orders_claim_refund",
            ),
            models.UniqueConstraint(
                fields=["refund_id"], name="orders_claim_refund_once", condition=Q(refund_id__isnull=False)
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(states.MACHINE.states)), name="orders_claim_state"),
            models.CheckConstraint(condition=Q(reason__in=list(states.REASONS)), name="orders_claim_reason"),
            models.CheckConstraint(
                condition=Q(state__in=_LIVE, closed_at__isnull=True)
                | (~Q(state__in=_LIVE) & Q(closed_at__isnull=False)),
                name="orders_claim_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.REPLACING) | Q(wanted_at__isnull=False), name="orders_claim_wanted"
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "order_id"], name="orders_claim_order"),
            models.Index(fields=["shop_id", "answer_by"], name="orders_claim_due", condition=Q(state=states.OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.state}"


class ClaimUnit(models.Model):
    """One code of a claim, or a top-up's line, and what came of it: each has one remedy, ever.

    That is kept by the unique constraints, and by a trigger (sql/schema/claims.sql): a unit that is refunded or
    replaced changes no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    claim_id = models.UUIDField()
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    #: Null: the line is topped up, and is one unit.
    code_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, default=states.UNIT_LIVE)
    new_code_id = models.UUIDField(null=True)
    #: Refunded unseen, and back on the shelf as good: who buys it next has a remedy of their own.
    restocked = models.BooleanField(default=False, db_default=False)
    #: Since when it is so.
    at = models.DateTimeField()

    class Meta:
        db_table = "orders_claim_unit"
        constraints = [
            models.UniqueConstraint(
                fields=["code_id"], name="orders_claim_unit_live", condition=Q(state=states.UNIT_LIVE)
            ),
            models.UniqueConstraint(
                fields=["code_id"],
                name="orders_claim_unit_one_remedy",
                condition=Q(state__in=_MET, restocked=False),
            ),
            models.UniqueConstraint(
                fields=["line_id"],
                name="orders_claim_unit_live_line",
                condition=Q(state=states.UNIT_LIVE, code_id__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["line_id"],
                name="orders_claim_unit_one_remedy_line",
                condition=Q(state__in=_MET, code_id__isnull=True),
            ),
            # One new code replaces one old one.
            models.UniqueConstraint(
                fields=["new_code_id"], name="orders_claim_unit_new_code", condition=Q(new_code_id__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["claim_id", "code_id"], name="orders_claim_unit_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(states.UNIT_STATES)), name="orders_claim_unit_state"),
            models.CheckConstraint(
                condition=Q(state=states.REPLACED, new_code_id__isnull=False, code_id__isnull=False)
                | (~Q(state=states.REPLACED) & Q(new_code_id__isnull=True)),
                name="orders_claim_unit_replaced",
            ),
            models.CheckConstraint(
                condition=Q(restocked=False) | Q(state=states.REFUNDED, code_id__isnull=False),
                name="orders_claim_unit_restocked",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "claim_id"], name="orders_claim_unit_claim"),
            models.Index(fields=["shop_id", "line_id"], name="orders_claim_unit_line"),
        ]

    def __str__(self) -> str:
        return f"{self.code_id or self.line_id}: {self.state}"
