"""Tables of subscriptions. The constraints say what can be."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.subscriptions import states
from goodfor.subscriptions.more_models import Day as Day
from goodfor.subscriptions.more_models import Pause as Pause
from goodfor.subscriptions.more_models import PeriodRefund as PeriodRefund
from goodfor.subscriptions.more_models import Reminder as Reminder

#: Most minor units of a price: its product with twice the days of a period fits into 63 bits.
MOST = 1_000_000_000
_OPEN = sorted(states.UNPAID)
_HELD = (states.PAID, states.CLOSED, states.REFUNDED)


class Plan(models.Model):
    """What members may sign for. Its terms are rows of their own, which never change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    slug = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default=states.DRAFT)
    #: The number of the terms that are signed now.
    revision = models.IntegerField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_plan"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "slug"], name="subscriptions_plan_slug"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.PLAN.states)), name="subscriptions_plan_state"),
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9-]{1,40}$"), name="subscriptions_plan_address"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.slug}"


class Terms(models.Model):
    """What a plan costs and gives, as it was from one moment on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    words = models.CharField(max_length=400, default="", blank=True)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    months = models.SmallIntegerField()
    picks = models.SmallIntegerField()
    skus = ArrayField(models.UUIDField())
    #: So many picks that were not made may be made in the next period.
    carry = models.SmallIntegerField(default=0)
    #: Most days of pauses within a year; 0: none.
    pause_days = models.SmallIntegerField(default=0)
    default_kind = models.CharField(max_length=8, default=states.NOTHING)
    default_sku = models.UUIDField(null=True)
    default_points = models.IntegerField(default=0)
    #: The tier that members have while a period is paid; 0: none.
    tier_rank = models.SmallIntegerField(default=0)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_terms"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "plan", "number"], name="subscriptions_terms_number"),
            models.CheckConstraint(
                condition=Q(price_minor__range=(1, MOST), months__in=states.CYCLES, picks__range=(1, 50)),
                name="subscriptions_terms_price",
            ),
            models.CheckConstraint(
                condition=Q(skus__len__range=(1, 50), carry__gte=0, carry__lte=F("picks"), pause_days__range=(0, 365),
                            tier_rank__gte=0),
                name="subscriptions_terms_bounds",
            ),
            models.CheckConstraint(
                condition=Q(default_kind=states.NOTHING, default_sku__isnull=True, default_points=0)
                | Q(default_kind=states.GOODS, default_sku__isnull=False, default_points=0)
                | Q(default_kind=states.POINTS, default_sku__isnull=True, default_points__range=(1, 1_000_000)),
                name="subscriptions_terms_default",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"


class Subscription(models.Model):
    """A member's subscription to a plan.

    `cycle`: the next period is the so manieth from `anchor_at` on, counted from 0, and begins at `next_start`. That is
    later than `paid_until` where it pauses. `stops`: it was cancelled and ends with what is paid. `mandate_over`: the
    consent is gone, which does the same unless it is given anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: From the next period on.
    next_terms = models.ForeignKey(Terms, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.UUIDField()
    state = models.CharField(max_length=8, default=states.AWAITING)
    request_key = models.CharField(max_length=40)
    mandate_id = models.UUIDField(null=True)
    #: One that is being signed in the place of the other.
    signing_id = models.UUIDField(null=True)
    mandates = models.SmallIntegerField(default=0)
    mandate_over = models.BooleanField(default=False)
    #: How long before a period its channel wants to be told of the charge.
    ahead_hours = models.SmallIntegerField(default=0)
    anchor_at = models.DateTimeField(null=True)
    cycle = models.IntegerField(default=0)
    next_start = models.DateTimeField(null=True)
    paid_until = models.DateTimeField(null=True)
    #: How many periods there are.
    periods = models.IntegerField(default=0)
    stops = models.BooleanField(default=False)
    why = models.CharField(max_length=16, default="", blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "subscriptions_subscription"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "plan", "owner"],
                condition=Q(state__in=sorted(states.LIVE)),
                name="subscriptions_one_live",
            ),
            models.UniqueConstraint(fields=["shop_id", "owner", "request_key"], name="subscriptions_request"),
            models.UniqueConstraint(
                fields=["shop_id", "mandate_id"], condition=Q(mandate_id__isnull=False), name="subscriptions_mandate"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.SUBSCRIPTION.states)), name="subscriptions_subscription_state"
            ),
            models.CheckConstraint(
                condition=Q(state=states.ENDED, ended_at__isnull=False, why__in=states.WHYS)
                | (~Q(state=states.ENDED) & Q(ended_at__isnull=True, why="")),
                name="subscriptions_subscription_ended",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(states.AWAITING, states.ENDED))
                | Q(anchor_at__isnull=False, next_start__gte=F("paid_until")),
                name="subscriptions_subscription_paid",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "next_start"], name="subscriptions_renews",
                condition=Q(state__in=(states.ACTIVE, states.PAUSED), stops=False, mandate_over=False),
            ),
            models.Index(
                fields=["shop_id", "paid_until"], name="subscriptions_turns",
                condition=Q(state__in=(states.ACTIVE, states.PAST_DUE, states.PAUSED)),
            ),
            models.Index(fields=["created_at"], name="subscriptions_unsigned", condition=Q(state=states.AWAITING)),
            models.Index(fields=["shop_id", "owner", "id"], name="subscriptions_of_owner"),
            models.Index(fields=["shop_id", "id"], name="subscriptions_all"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class Period(models.Model):
    """A period of a subscription: what it costs, what was recognised of it, and how many picks it has.

    Of `price_minor` what an earlier period was still worth is `credit_minor`, and the rest is charged. Always:
    recognised + given back before it was + credited to a later one <= price; equal once it is closed or refunded.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+", db_index=False)
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=states.DUE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: By the shop's clock.
    first_day = models.DateField()
    days = models.IntegerField()
    price_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    picks = models.SmallIntegerField()
    carried = models.SmallIntegerField(default=0)
    picked = models.SmallIntegerField(default=0)
    #: Picks that the plan made in the end, as points or not at all.
    given = models.SmallIntegerField(default=0)
    carried_out = models.SmallIntegerField(default=0)
    #: By which consent it is charged, as of its latest try.
    mandate_id = models.UUIDField(null=True)
    attempt = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    first_refused_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=16, default="", blank=True)
    payment_id = models.UUIDField(null=True)
    paid_at = models.DateTimeField(null=True)
    recognised_minor = models.BigIntegerField(default=0)
    #: While an upgrade is being charged, days from this one on are not recognised.
    recognise_before = models.DateField(null=True)
    #: What was given back: of what was still owed, and of what was income.
    back_deferred_minor = models.BigIntegerField(default=0)
    back_income_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)
    #: The period that an upgrade ends, and whose rest is credited to this one.
    replaces = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    settle_try_at = models.DateTimeField(null=True)
    #: A slot that opened after the end may be used so long.
    open_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_period"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "subscription", "number"], name="subscriptions_period_number"),
            models.UniqueConstraint(
                fields=["shop_id", "payment_id"],
                condition=Q(payment_id__isnull=False),
                name="subscriptions_period_payment",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "subscription"], condition=Q(state__in=_OPEN), name="subscriptions_one_unpaid"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.PERIOD.states), kind__in=states.KINDS),
                name="subscriptions_period_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_HELD, payment_id__isnull=False, paid_at__isnull=False)
                | (~Q(state__in=_HELD) & Q(payment_id__isnull=True, paid_at__isnull=True)),
                name="subscriptions_period_paid",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, next_try_at__isnull=False)
                | (~Q(state__in=_OPEN) & Q(next_try_at__isnull=True)),
                name="subscriptions_period_asked",
            ),
            models.CheckConstraint(
                condition=Q(
                    price_minor__range=(1, MOST),
                    credit_minor__gte=0,
                    credit_minor__lt=F("price_minor"),
                    days__range=(1, 400),
                    ends_at__gte=F("starts_at"),
                ),
                name="subscriptions_period_price",
            ),
            models.CheckConstraint(
                condition=Q(
                    recognised_minor__gte=0,
                    credited_minor__gte=0,
                    back_deferred_minor__gte=0,
                    back_income_minor__gte=0,
                    back_income_minor__lte=F("recognised_minor"),
                    recognised_minor__lte=F("price_minor") - F("credited_minor") - F("back_deferred_minor"),
                ),
                name="subscriptions_period_books",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(states.CLOSED, states.REFUNDED))
                | Q(recognised_minor=F("price_minor") - F("credited_minor") - F("back_deferred_minor")),
                name="subscriptions_period_over",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_HELD)
                | Q(recognised_minor=0, credited_minor=0, back_deferred_minor=0, picked=0, given=0, carried_out=0),
                name="subscriptions_period_unpaid",
            ),
            models.CheckConstraint(
                condition=Q(
                    picks__gte=1,
                    carried__gte=0,
                    picked__gte=0,
                    given__gte=0,
                    carried_out__gte=0,
                    picked__lte=F("picks") + F("carried") - F("given") - F("carried_out"),
                ),
                name="subscriptions_period_picks",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="subscriptions_period_due", condition=Q(state__in=_OPEN)),
            models.Index(fields=["shop_id", "id"], name="subscriptions_period_runs", condition=Q(state=states.PAID)),
            models.Index(
                fields=["shop_id", "ends_at"], name="subscriptions_period_ends",
                condition=Q(state__in=(states.PAID, states.CLOSED), settled_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.state} {self.number} of {self.subscription_id}"


class Pick(models.Model):
    """An order that was paid by a period, in one of its slots."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+", db_index=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+", db_index=False)
    slot = models.SmallIntegerField()
    state = models.CharField(max_length=8, default=states.TAKEN)
    made_by = models.CharField(max_length=8)
    request_key = models.CharField(max_length=40)
    sku_id = models.UUIDField()
    order_id = models.UUIDField()
    payment_id = models.UUIDField()
    minor = models.BigIntegerField()
    back_minor = models.BigIntegerField(default=0)
    picked_at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_pick"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "period", "slot"], condition=Q(state=states.TAKEN), name="subscriptions_pick_slot"
            ),
            models.UniqueConstraint(fields=["shop_id", "order_id"], name="subscriptions_pick_order"),
            models.UniqueConstraint(fields=["shop_id", "payment_id"], name="subscriptions_pick_payment"),
            models.UniqueConstraint(
                fields=["shop_id", "subscription", "request_key"], name="subscriptions_pick_request"
            ),
            models.CheckConstraint(
                condition=Q(state=states.RETURNED, back_minor=F("minor"))
                | Q(state=states.TAKEN, back_minor__gte=0, back_minor__lt=F("minor")),
                name="subscriptions_pick_back",
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, minor__gt=0, made_by__in=(states.MEMBER, states.BY_PLAN)),
                name="subscriptions_pick_shape",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.order_id}"


class PickBack(models.Model):
    """A refund of a picked order, once."""

    refund_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    pick = models.ForeignKey(Pick, on_delete=models.PROTECT, related_name="+")
    minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "subscriptions_pick_back"
        constraints = [models.CheckConstraint(condition=Q(minor__gt=0), name="subscriptions_pick_back_minor")]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.minor}"
