"""Tables of limits: what may be given, in shards; who has had what; what an order holds.

Written by the functions of sql/schema/limits.sql and phases.sql.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.promotions import states
from goodfor.promotions.spec_types import NEVER, PART, WHOLE

_POLICIES = [WHOLE, PART, NEVER]
_HOLDING = sorted(states.HOLDING.states)


class Quota(models.Model):
    """A limit that many take from at once. `key`: a SKU where units are counted, a batch of claims; `bucket`: when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    campaign_id = models.UUIDField()
    entity = models.CharField(max_length=8)
    counts = models.CharField(max_length=8)
    key = models.CharField(max_length=80, blank=True)
    bucket = models.CharField(max_length=12, blank=True)
    total = models.BigIntegerField()

    class Meta:
        db_table = "promotions_quota"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "campaign_id", "entity", "counts", "key", "bucket"], name="promotions_quota_once"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="promotions_quota_total"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.counts} {self.total}"


class Shard(models.Model):
    """A part of what a quota has left: a buyer takes from one that nobody else is at."""

    pk = models.CompositePrimaryKey("shop_id", "quota_id", "shard")
    shop_id = models.UUIDField()
    quota_id = models.UUIDField()
    shard = models.SmallIntegerField()
    free = models.BigIntegerField()

    class Meta:
        db_table = "promotions_shard"
        constraints = [models.CheckConstraint(condition=Q(free__gte=0), name="promotions_shard_free")]

    def __str__(self) -> str:
        return f"{self.shard}: {self.free}"


class Counter(models.Model):
    """What one name has had. `key` is a digest of the name, with the SKU where units are counted."""

    pk = models.CompositePrimaryKey("shop_id", "key", "campaign_id", "entity", "counts", "bucket")
    shop_id = models.UUIDField()
    key = models.CharField(max_length=80)
    campaign_id = models.UUIDField()
    entity = models.CharField(max_length=8)
    counts = models.CharField(max_length=8)
    bucket = models.CharField(max_length=12, blank=True)
    used = models.BigIntegerField()

    class Meta:
        db_table = "promotions_counter"
        constraints = [models.CheckConstraint(condition=Q(used__gte=0), name="promotions_counter_used")]
        # For the duty that forgets them.
        indexes = [models.Index(fields=["shop_id", "campaign_id", "bucket"], name="promotions_counter_of")]

    def __str__(self) -> str:
        return f"{self.entity} {self.counts} {self.used}"


class Held(models.Model):
    """What an order has of a campaign. `turn` 2: reserved again after it was released. Money in minor units."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    #: Of a bundle: the bundle.
    campaign_id = models.UUIDField()
    revision_id = models.UUIDField()
    turn = models.SmallIntegerField(default=1)
    buyer_ref = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=8)
    uses = models.IntegerField()
    wanted_minor = models.BigIntegerField()
    minor = models.BigIntegerField()
    loss_minor = models.BigIntegerField()
    coupons = ArrayField(models.UUIDField(), default=list)
    #: Given back by refunds, of `minor`.
    back_minor = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "promotions_held"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "order_id", "campaign_id", "turn"], name="promotions_held_once"),
            models.CheckConstraint(condition=Q(state__in=_HOLDING), name="promotions_held_state"),
            models.CheckConstraint(
                condition=Q(turn__gte=1, uses__gte=1, minor__gte=0, loss_minor__gte=0, wanted_minor__gte=F("minor")),
                name="promotions_held_said",
            ),
            models.CheckConstraint(
                condition=Q(back_minor__gte=0, back_minor__lte=F("minor")), name="promotions_held_back"
            ),
            models.CheckConstraint(
                condition=Q(state=states.RESERVED, ended_at__isnull=True)
                | ~Q(state=states.RESERVED) & Q(ended_at__isnull=False),
                name="promotions_held_ended",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "campaign_id", "at"], name="promotions_held_of")]

    def __str__(self) -> str:
        return f"{self.state} {self.minor}"


class Taking(models.Model):
    """What an order has taken of one limit. One way: reserved -> used | released; `back` of what is used only grows."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    campaign_id = models.UUIDField()
    turn = models.SmallIntegerField()
    entity = models.CharField(max_length=8)
    counts = models.CharField(max_length=8)
    key = models.CharField(max_length=80, blank=True)
    bucket = models.CharField(max_length=12, blank=True)
    #: Whether a quota is taken from, else a counter is added to.
    shared = models.BooleanField()
    most = models.BigIntegerField()
    amount = models.BigIntegerField()
    policy = models.CharField(max_length=8)
    back = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8)

    class Meta:
        db_table = "promotions_taking"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "order_id", "turn", "campaign_id", "entity", "counts", "key", "bucket"],
                name="promotions_taking_once",
            ),
            models.CheckConstraint(condition=Q(state__in=_HOLDING), name="promotions_taking_state"),
            models.CheckConstraint(condition=Q(policy__in=_POLICIES), name="promotions_taking_policy"),
            models.CheckConstraint(
                condition=Q(amount__gte=1, back__gte=0, back__lte=F("amount")), name="promotions_taking_amount"
            ),
            models.CheckConstraint(condition=Q(state=states.USED) | Q(back=0), name="promotions_taking_back"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "campaign_id", "entity", "counts", "key"], name="promotions_taken_of")
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.counts} {self.amount}"
