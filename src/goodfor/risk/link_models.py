"""Tables of who belongs together: what accounts were seen with, the groups that follow, how far the loop has come."""

from django.db import models
from django.db.models import F, Q

from goodfor.risk.link_kinds import SHARED_NUMBERS


class Link(models.Model):
    """A buyer was seen with something that others may be seen with too. Once for each pair, however often it happened.

    `key`, `buyer`: surrogate keys as in events; `kind`: of the key (`LinkKind`). What a link is worth follows from its
    kind and from how many share the key (`link_kinds`). `last_at` is right to an hour. `settled`: the groups know it.
    """

    pk = models.CompositePrimaryKey("shop_id", "key", "buyer")
    shop_id = models.UUIDField()
    key = models.BigIntegerField()
    buyer = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    kind = models.SmallIntegerField()
    settled = models.BooleanField(default=False)

    class Meta:
        db_table = "risk_link"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SHARED_NUMBERS, key__gt=0, buyer__gt=0, last_at__gte=F("first_at")),
                name="risk_link_sound",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "key", "first_at", "buyer"], name="risk_link_members"),
            models.Index(fields=["shop_id", "buyer", "kind", "first_at", "key"], name="risk_link_of_buyer"),
            models.Index(
                fields=["shop_id", "first_at", "key", "buyer"], name="risk_link_fresh", condition=Q(settled=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.buyer}-{self.key}"


class Cluster(models.Model):
    """The group that a key belongs to: buyers, and what holds them together. Whoever is alone has no row.

    `cluster`: the smallest key of its buyers. `size`: buyers and shared keys; `buyers`: the buyers alone.
    """

    pk = models.CompositePrimaryKey("shop_id", "key")
    shop_id = models.UUIDField()
    key = models.BigIntegerField()
    cluster = models.BigIntegerField()
    size = models.IntegerField()
    buyers = models.IntegerField()
    updated_at = models.DateTimeField()
    kind = models.SmallIntegerField()

    class Meta:
        db_table = "risk_cluster"
        constraints = [
            models.CheckConstraint(
                condition=Q(buyers__gte=2, size__gte=F("buyers"), key__gt=0, cluster__gt=0), name="risk_cluster_sound"
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "cluster", "kind", "key"], name="risk_cluster_members")]

    def __str__(self) -> str:
        return f"{self.key} of {self.cluster}"


class LinkProgress(models.Model):
    """How far the events have been read: one row for the platform. See `sql/link_progress.sql`."""

    name = models.CharField(max_length=8, primary_key=True)
    #: All events up to here are in the links.
    done_id = models.BigIntegerField(default=0)
    #: No event up to here can appear any more once all transactions before `mark_xid` have ended.
    seen_id = models.BigIntegerField(default=0)
    mark_xid = models.BigIntegerField(default=0)
    next_id = models.BigIntegerField(default=0)
    marked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "risk_link_progress"
        constraints = [
            models.CheckConstraint(
                condition=Q(done_id__lte=F("seen_id"), seen_id__lte=F("next_id")), name="risk_link_progress_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.done_id}"
