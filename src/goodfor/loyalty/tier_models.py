"""Tables of tiers: the sets, who stands where, what they did, and what they were given. Reached through `models`."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.loyalty import tier_types


class TiersRevision(models.Model):
    """The tiers of a shop, from an instant on. Never changed; the next one follows."""

    pk = models.CompositePrimaryKey("shop_id", "number")
    shop_id = models.UUIDField()
    number = models.IntegerField()
    tiers = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "loyalty_tiers"
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="loyalty_tiers_counts")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.number}"


class Member(models.Model):
    """Where somebody stands."""

    pk = models.CompositePrimaryKey("shop_id", "owner")
    shop_id = models.UUIDField()
    owner = models.UUIDField()
    rank = models.SmallIntegerField(default=0)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    source = models.CharField(max_length=8, default=tier_types.EARNED)
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_member"
        constraints = [
            models.CheckConstraint(condition=Q(rank__gte=0), name="loyalty_member_rank"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="loyalty_member_until"
            ),
            models.CheckConstraint(condition=Q(source__in=tier_types.SOURCES), name="loyalty_member_source"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "until"], name="loyalty_member_ends", condition=Q(until__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.rank}"


class TierStep(models.Model):
    """A change of somebody's standing: from where to where, why, and what he had done. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    owner = models.UUIDField()
    what = models.CharField(max_length=8)
    from_rank = models.SmallIntegerField()
    to_rank = models.SmallIntegerField()
    #: The set by which it was judged, and the figures that it was judged by.
    tiers = models.IntegerField()
    amount = models.BigIntegerField()
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="", blank=True)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_tier_step"
        indexes = [models.Index(fields=["shop_id", "owner", "-id"], name="loyalty_tier_step_of")]

    def __str__(self) -> str:
        return f"{self.what} {self.to_rank}"


class Deed(models.Model):
    """What an order counts for tiers: what was paid, what came back, and the growth of what is left."""

    pk = models.CompositePrimaryKey("shop_id", "order_id")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    owner = models.UUIDField()
    at = models.DateTimeField()
    paid_minor = models.BigIntegerField()
    back_minor = models.BigIntegerField(default=0)
    growth = models.BigIntegerField(default=0)

    class Meta:
        db_table = "loyalty_deed"
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_minor__gt=0, back_minor__gte=0, back_minor__lte=F("paid_minor"), growth__gte=0),
                name="loyalty_deed_amounts",
            )
        ]
        indexes = [models.Index(fields=["shop_id", "owner", "at"], name="loyalty_deed_of")]

    def __str__(self) -> str:
        return str(self.order_id)


class Benefit(models.Model):
    """What a member was given for a period: once, by its key."""

    pk = models.CompositePrimaryKey("shop_id", "owner", "kind", "period")
    shop_id = models.UUIDField()
    owner = models.UUIDField()
    kind = models.CharField(max_length=12)
    period = models.CharField(max_length=10)
    rank = models.SmallIntegerField()
    units = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_benefit"
        constraints = [models.CheckConstraint(condition=Q(units__gt=0), name="loyalty_benefit_units")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class CheckIn(models.Model):
    """A day on which a member looked in: once."""

    pk = models.CompositePrimaryKey("shop_id", "owner", "day")
    shop_id = models.UUIDField()
    owner = models.UUIDField()
    day = models.DateField()
    streak = models.IntegerField()
    units = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_checkin"
        constraints = [models.CheckConstraint(condition=Q(streak__gte=1, units__gte=0), name="loyalty_checkin_counts")]

    def __str__(self) -> str:
        return f"{self.day} {self.streak}"


class RunMark(models.Model):
    """How far a daily run over a shop's members is."""

    pk = models.CompositePrimaryKey("shop_id", "name")
    shop_id = models.UUIDField()
    name = models.CharField(max_length=12)
    day = models.DateField()
    after = models.UUIDField(null=True)
    through = models.BooleanField(default=False)

    class Meta:
        db_table = "loyalty_run"

    def __str__(self) -> str:
        return f"{self.name} {self.day}"
