"""Tables of invitations. The constraints say what can be."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.referrals import states


class ProgrammeRevision(models.Model):
    """What a shop gives for invitations, from an instant on. Never changed; the next one follows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    programme_id = models.UUIDField()
    number = models.IntegerField()
    terms = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        db_table = "referrals_revision"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="referrals_revision_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="referrals_revision_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.number}"


class ProgrammeWish(models.Model):
    """Terms that somebody asks for and that give more than those in force: they wait for a second person.

    One a shop.
    """

    shop_id = models.UUIDField(primary_key=True)
    terms = models.JSONField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)

    class Meta:
        db_table = "referrals_wish"

    def __str__(self) -> str:
        return f"{self.shop_id} {self.asked_by}"


class InviteCode(models.Model):
    """A buyer's own code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    code = models.CharField(max_length=8)
    owner = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "referrals_code"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "code"], name="referrals_code_once"),
            models.UniqueConstraint(fields=["shop_id", "owner"], name="referrals_code_owner"),
            models.CheckConstraint(condition=Q(code__regex="^[A-HJ-NP-Z2-9]{8}$"), name="referrals_code_letters"),
        ]

    def __str__(self) -> str:
        return self.code


class Binding(models.Model):
    """Who brought a buyer, with what showed it. One stands for a buyer at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    friend = models.UUIDField()
    inviter = models.UUIDField()
    source = models.CharField(max_length=8)
    code = models.CharField(max_length=8)
    evidence = models.JSONField(default=dict)
    bound_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "referrals_binding"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "friend"], name="referrals_binding_one", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(condition=~Q(friend=F("inviter")), name="referrals_binding_other"),
            models.CheckConstraint(
                condition=Q(source__in=(states.CHECKOUT, states.LINK)), name="referrals_binding_source"
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "inviter", "bound_at"], name="referrals_binding_inviter")]

    def __str__(self) -> str:
        return f"{self.inviter} {self.friend}"


class Attribution(models.Model):
    """By whom an order came, where its buyer brought a code or a link; else the binding tells."""

    pk = models.CompositePrimaryKey("shop_id", "order_id")
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    inviter = models.UUIDField()
    source = models.CharField(max_length=8)
    code = models.CharField(max_length=8)
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "referrals_attribution"
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=(states.CHECKOUT, states.LINK)), name="referrals_attribution_source"
            )
        ]

    def __str__(self) -> str:
        return str(self.order_id)


class Mark(models.Model):
    """A buyer was seen with something: a keyed hash of a device, an address, a telephone, a topped-up account."""

    pk = models.CompositePrimaryKey("shop_id", "kind", "mark", "buyer")
    shop_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    mark = models.BinaryField()
    buyer = models.UUIDField()
    first_at = models.DateTimeField()

    class Meta:
        db_table = "referrals_mark"
        indexes = [models.Index(fields=["shop_id", "buyer"], name="referrals_mark_buyer")]

    def __str__(self) -> str:
        return self.kind


class Reward(models.Model):
    """What somebody gets for a line of an order, once for each level; its row is taken back, and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    order_id = models.UUIDField()
    number = models.CharField(max_length=32)
    line_id = models.UUIDField()
    sku_id = models.UUIDField()
    beneficiary = models.UUIDField()
    friend = models.UUIDField()
    level = models.SmallIntegerField()
    source = models.CharField(max_length=8)
    programme_id = models.UUIDField()
    revision = models.IntegerField()
    kind = models.CharField(max_length=8)
    bp = models.IntegerField()
    base_minor = models.BigIntegerField()
    wanted_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    taken_minor = models.BigIntegerField(default=0)
    #: What of it met a debt of the buyer when it was paid.
    owed_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, default=states.PENDING)
    score = models.IntegerField(default=0)
    #: So many points a person has looked at and let through.
    cleared = models.IntegerField(default=0)
    reasons = ArrayField(models.CharField(max_length=16), default=list)
    #: Waits for a person: neither the clock nor the loop moves it on.
    held = models.BooleanField(default=False)
    why = models.CharField(max_length=200, default="", blank=True)
    earned_at = models.DateTimeField()
    frozen_until = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    account = models.CharField(max_length=128, default="", blank=True)
    coupon_id = models.UUIDField(null=True)

    class Meta:
        db_table = "referrals_reward"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "order_id", "line_id", "beneficiary", "level"], name="referrals_reward_once"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=states.FRIEND, level__lte=states.MOST_LEVELS), name="referrals_reward_level"
            ),
            models.CheckConstraint(
                condition=Q(level=states.FRIEND, beneficiary=F("friend"))
                | Q(level__gte=states.FIRST) & ~Q(beneficiary=F("friend")),
                name="referrals_reward_other",
            ),
            models.CheckConstraint(
                condition=Q(
                    base_minor__gt=0, amount_minor__gte=0, amount_minor__lte=F("wanted_minor"), taken_minor__gte=0,
                    taken_minor__lte=F("amount_minor"), owed_minor__gte=0, owed_minor__lte=F("amount_minor"),
                    wanted_minor__lte=F("base_minor"),
                ),
                name="referrals_reward_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind=states.BALANCE, coupon_id__isnull=True)
                | Q(kind=states.COUPON, amount_minor=0, wanted_minor=0),
                name="referrals_reward_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.PAID) & ~Q(state=states.REVERSED) & Q(paid_at__isnull=True)
                | Q(state=states.PAID, paid_at__isnull=False)
                | Q(state=states.REVERSED),
                name="referrals_reward_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(states.REVERSED, states.REJECTED)) | Q(taken_minor=F("amount_minor")),
                name="referrals_reward_over",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["shop_id", "frozen_until"],
                name="referrals_reward_frozen",
                condition=Q(state=states.APPROVED, held=False),
            ),
            models.Index(fields=["shop_id", "id"], name="referrals_reward_payable", condition=Q(state=states.PAYABLE)),
            models.Index(fields=["shop_id", "beneficiary", "-id"], name="referrals_reward_of"),
            models.Index(fields=["shop_id", "friend"], name="referrals_reward_friend"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.level}"


class Review(models.Model):
    """An order whose rewards look odd: a person takes it and says yes or no, of much a second one too."""

    id = models.UUIDField(primary_key=True, editable=False)
    shop_id = models.UUIDField()
    state = models.CharField(max_length=8, default=states.WAITING)
    score = models.IntegerField()
    reasons = ArrayField(models.CharField(max_length=16), default=list)
    inviter = models.UUIDField()
    friend = models.UUIDField()
    number = models.CharField(max_length=32)
    asked_at = models.DateTimeField()
    taken_by = models.CharField(max_length=80, default="", blank=True)
    taken_until = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    by = models.CharField(max_length=80, default="", blank=True)
    second_by = models.CharField(max_length=80, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    #: What was let through, and up to what one person may; alone in the shop: nobody else could be asked.
    amount_minor = models.BigIntegerField(default=0)
    alone_minor = models.BigIntegerField(default=0)
    alone = models.BooleanField(default=False)

    class Meta:
        db_table = "referrals_review"
        constraints = [
            models.CheckConstraint(condition=Q(second_by="") | ~Q(second_by=F("by")), name="referrals_review_two"),
            models.CheckConstraint(
                condition=~Q(state=states.DONE) | Q(decided_at__isnull=False, verdict__in=(states.YES, states.NO)),
                name="referrals_review_done",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "asked_at"], name="referrals_review_open", condition=~Q(state=states.DONE))
        ]

    def __str__(self) -> str:
        return self.number


class Period(models.Model):
    """What an inviter was promised in a month, or for how many orders in a day; counted and capped in one statement."""

    pk = models.CompositePrimaryKey("shop_id", "beneficiary", "period")
    shop_id = models.UUIDField()
    beneficiary = models.UUIDField()
    #: 2026-11 or 2026-11-27, by the shop's calendar.
    period = models.CharField(max_length=10)
    used = models.BigIntegerField()
    most = models.BigIntegerField()
    #: What the last one who asked got of it.
    given = models.BigIntegerField()

    class Meta:
        db_table = "referrals_period"
        constraints = [
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("most"), given__gte=0), name="referrals_period_cap"
            )
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.used}"


class Debt(models.Model):
    """What a buyer owes from rewards that were paid and taken back; later rewards meet it first."""

    pk = models.CompositePrimaryKey("shop_id", "buyer", "currency")
    shop_id = models.UUIDField()
    buyer = models.UUIDField()
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()

    class Meta:
        db_table = "referrals_debt"
        constraints = [models.CheckConstraint(condition=Q(minor__gte=0), name="referrals_debt_minor")]

    def __str__(self) -> str:
        return f"{self.buyer} {self.minor}"
