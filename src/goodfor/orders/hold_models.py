"""Deliveries that wait on purpose."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from goodfor.orders import hold_states
from goodfor.orders.hold_types import MAX_REASON


class Hold(models.Model):
    """One an order. Its clock runs from the payment, so `until` is empty before. Written under the order's row."""

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    decision_id = models.UUIDField(null=True)
    #: `then` is a word of SQL.
    then = models.CharField(max_length=8, db_column="then_do")
    review = models.BooleanField()
    reasons = ArrayField(models.CharField(max_length=MAX_REASON), default=list)
    for_seconds = models.IntegerField()
    until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    state = models.CharField(max_length=8, default=hold_states.HELD)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, default="", blank=True)
    cause = models.CharField(max_length=80, default="", blank=True)
    #: The group that its order waits for, and what became of that (`hold_states`).
    group_id = models.UUIDField(null=True)
    group_state = models.CharField(max_length=8, default="", db_default="", blank=True)
    #: Of a hold with a group: since when nothing but the group keeps it, and who said so.
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.CharField(max_length=100, default="", db_default="", blank=True)

    class Meta:
        db_table = "orders_hold"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="held", ended_at__isnull=True, ended_by="", cause="")
                | (
                    Q(state__in=["released", "refused", "lapsed"], ended_at__isnull=False)
                    & ~Q(ended_by="")
                    & ~Q(cause="")
                ),
                name="orders_hold_ended",
            ),
            models.CheckConstraint(condition=Q(then__in=list(hold_states.ENDS)), name="orders_hold_then"),
            models.CheckConstraint(
                condition=Q(for_seconds__gte=1, for_seconds__lte=int(hold_states.LONGEST.total_seconds())),
                name="orders_hold_for",
            ),
            models.CheckConstraint(
                condition=Q(group_id__isnull=True, group_state="", cleared_at__isnull=True, cleared_by="")
                | Q(group_id__isnull=False, group_state__in=list(hold_states.GROUP_ENDS)),
                name="orders_hold_group",
            ),
            # Nothing leaves before the group has formed.
            models.CheckConstraint(
                condition=~Q(state="released") | Q(group_state__in=["", "won"]), name="orders_hold_formed"
            ),
        ]
        indexes = [
            # What is due, over all shops; and what a shop's staff look at.
            models.Index(fields=["until"], name="orders_hold_due", condition=Q(state="held", until__isnull=False)),
            models.Index(
                fields=["shop_id", "until"], name="orders_hold_live", condition=Q(state="held", until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"
