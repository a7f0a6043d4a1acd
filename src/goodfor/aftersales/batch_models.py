"""Tables of batches that are watched for bad codes, and of recalls."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.aftersales import states
from goodfor.kernel.ids import uuid7


class BatchWatch(models.Model):
    """How many orders proved codes of a batch bad, and whether it is off sale for that."""

    pk = models.CompositePrimaryKey("shop_id", "batch_id")
    shop_id = models.UUIDField()
    batch_id = models.UUIDField()
    sku_id = models.UUIDField()
    #: Orders with proven claims, and units sold, when it was looked at last.
    bad = models.IntegerField()
    sold = models.IntegerField()
    seen_at = models.DateTimeField()
    pulled_at = models.DateTimeField(null=True)
    #: `system`, or the staff's name in the audit trail.
    pulled_by = models.CharField(max_length=80, default="", blank=True)
    #: A person looked and let it go on: it is not pulled by itself before so many more are bad.
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=80, default="", blank=True)
    lifted_bad = models.IntegerField(default=0)

    class Meta:
        db_table = "aftersales_batch_watch"
        constraints = [
            models.CheckConstraint(
                condition=Q(bad__gte=0, sold__gte=0, lifted_bad__gte=0), name="aftersales_watch_counts"
            ),
            models.CheckConstraint(
                condition=Q(pulled_at__isnull=True, pulled_by="") | (Q(pulled_at__isnull=False) & ~Q(pulled_by="")),
                name="aftersales_watch_pulled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.bad}"


class Recall(models.Model):
    """All who hold codes of a batch are told, and offered a remedy before they complain. One a batch."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    batch_id = models.UUIDField()
    started_by = models.CharField(max_length=80)
    at = models.DateTimeField()
    orders = models.IntegerField()
    codes = models.IntegerField()

    class Meta:
        db_table = "aftersales_recall"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "batch_id"], name="aftersales_recall_once"),
            models.CheckConstraint(condition=Q(orders__gte=0, codes__gte=F("orders")), name="aftersales_recall_counts"),
        ]

    def __str__(self) -> str:
        return str(self.batch_id)


class RecallItem(models.Model):
    """One holder's codes. `due`: to be worked; `offered`: told; `claimed`: made whole by a claim; `over`: had one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    code_ids = ArrayField(models.UUIDField())
    state = models.CharField(max_length=8, default=states.RECALL_DUE)
    told_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "aftersales_recall_item"
        constraints = [
            models.UniqueConstraint(fields=["recall", "line_id"], name="aftersales_recall_item_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.RECALL.states)), name="aftersales_recall_state"),
            models.CheckConstraint(
                condition=Q(state=states.RECALL_DUE, next_at__isnull=False)
                | (~Q(state=states.RECALL_DUE) & Q(next_at__isnull=True)),
                name="aftersales_recall_next",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="aftersales_recall_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["shop_id", "line_id"], name="aftersales_recall_line"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.state}"
