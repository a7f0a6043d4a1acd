"""Tables of wallets. The constraints say what can be."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.loyalty import kinds
from goodfor.loyalty.notice_models import Notice as Notice
from goodfor.loyalty.task_models import Fact as Fact
from goodfor.loyalty.task_models import TaskReward as TaskReward
from goodfor.loyalty.task_models import TasksRevision as TasksRevision
from goodfor.loyalty.tier_models import Benefit as Benefit
from goodfor.loyalty.tier_models import CheckIn as CheckIn
from goodfor.loyalty.tier_models import Deed as Deed
from goodfor.loyalty.tier_models import Member as Member
from goodfor.loyalty.tier_models import RunMark as RunMark
from goodfor.loyalty.tier_models import TiersRevision as TiersRevision
from goodfor.loyalty.tier_models import TierStep as TierStep
from goodfor.loyalty.types import NO_SCOPE


class TermsRevision(models.Model):
    """What a shop's points are worth and how they are earned, from an instant on. Never changed."""

    pk = models.CompositePrimaryKey("shop_id", "number")
    shop_id = models.UUIDField()
    number = models.IntegerField()
    terms = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "loyalty_terms"
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="loyalty_terms_counts")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.number}"


class Wallet(models.Model):
    """Units of a kind that somebody holds. Its row is what every movement locks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    scope = models.UUIDField(default=NO_SCOPE)
    owner = models.UUIDField()
    #: What is in its lots, that which may not be spent yet included.
    balance = models.BigIntegerField(default=0)
    #: What was taken back and was not there.
    debt = models.BigIntegerField(default=0)

    class Meta:
        db_table = "loyalty_wallet"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "owner", "kind", "scope"], name="loyalty_wallet_once"),
            models.CheckConstraint(condition=Q(kind__in=sorted(kinds.KINDS)), name="loyalty_wallet_kind"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, debt=0) | Q(balance=0, debt__gt=0), name="loyalty_wallet_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.kind}"


class Entry(models.Model):
    """A movement, never changed. Once for a wallet, a source and a purpose."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    wallet_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    units = models.BigIntegerField()
    #: Units that were to come or go; what is short of them was let go.
    asked = models.BigIntegerField()
    #: By how much the books owe more (or less) for it, minor units.
    minor = models.BigIntegerField()
    source_kind = models.CharField(max_length=24)
    source_id = models.CharField(max_length=64)
    purpose = models.CharField(max_length=24, default="", blank=True)
    #: Of what the books call it: a sale's part, or a present.
    nature = models.CharField(max_length=8)
    reason = models.CharField(max_length=200, default="", blank=True)
    actor = models.CharField(max_length=80)
    order_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_entry"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "wallet_id", "source_kind", "source_id", "purpose"], name="loyalty_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=kinds.INFLOWS, units__gt=0)
                | Q(kind=kinds.CLAWBACK, units__lte=0)
                | Q(kind__in=kinds.OUTFLOWS, units__lt=0)
                | Q(kind=kinds.ADJUST) & ~Q(units=0),
                name="loyalty_entry_sign",
            ),
            models.CheckConstraint(condition=Q(nature__in=(kinds.SALE, kinds.PRESENT)), name="loyalty_entry_nature"),
        ]
        indexes = [
            models.Index(fields=["shop_id", "wallet_id", "-id"], name="loyalty_entry_of"),
            models.Index(
                fields=["shop_id", "order_id"], name="loyalty_entry_order", condition=Q(order_id__isnull=False)
            ),
            models.Index(fields=["shop_id", "at"], name="loyalty_entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.units}"


class Lot(models.Model):
    """Units that came together: from when they may be spent, when they end, what is left, and what all are worth."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    wallet_id = models.UUIDField()
    entry_id = models.UUIDField()
    units = models.BigIntegerField()
    remaining = models.BigIntegerField()
    #: What the books owe for all of its units; for what is left as much of it, rounded down.
    minor = models.BigIntegerField()
    order_id = models.UUIDField(null=True)
    earned_at = models.DateTimeField()
    available_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "loyalty_lot"
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0, units__lte=kinds.MOST_UNITS, remaining__gte=0, remaining__lte=F("units")),
                name="loyalty_lot_units",
            ),
            models.CheckConstraint(condition=Q(minor__gte=0, minor__lte=kinds.MOST_MINOR), name="loyalty_lot_minor"),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("earned_at")), name="loyalty_lot_lives"
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "wallet_id", "expires_at"], name="loyalty_lot_left", condition=Q(remaining__gt=0)
            ),
            models.Index(
                fields=["expires_at", "wallet_id"],
                name="loyalty_lot_ends",
                condition=Q(remaining__gt=0, expires_at__isnull=False),
            ),
            models.Index(fields=["shop_id", "order_id"], name="loyalty_lot_order", condition=Q(order_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.units}"


class Allocation(models.Model):
    """Which units of a lot a movement took; how many of those are in the lot again (`back`), and how many came back
    otherwise (`moved`): as a new lot, since this one had ended, or to meet a debt."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    entry_id = models.UUIDField()
    lot_id = models.UUIDField()
    units = models.BigIntegerField()
    back = models.BigIntegerField(default=0)
    moved = models.BigIntegerField(default=0)

    class Meta:
        db_table = "loyalty_allocation"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "entry_id", "lot_id"], name="loyalty_allocation_once"),
            models.CheckConstraint(
                condition=Q(units__gt=0, back__gte=0, moved__gte=0, units__gte=F("back") + F("moved")),
                name="loyalty_allocation_units",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "lot_id"], name="loyalty_allocation_lot")]

    def __str__(self) -> str:
        return f"{self.units} - {self.back}"


class Revaluation(models.Model):
    """By how much what is owed for some units was reckoned to be more, or less, by which terms."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    terms = models.IntegerField()
    minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_revaluation"
        indexes = [models.Index(fields=["shop_id", "at"], name="loyalty_revaluation_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.minor}"
