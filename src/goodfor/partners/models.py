"""Tables of partners. The constraints say what can be."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.partners import states
from goodfor.partners.mall_models import Attempt as Attempt
from goodfor.partners.mall_models import Exchange as Exchange
from goodfor.partners.mall_models import Offer as Offer
from goodfor.partners.mall_models import Word as Word

_UNITS = 10**9


class Account(models.Model):
    """A partner: what we are to it, how it proves itself, where it answers, and how much it may take."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    #: Names its accounts in the books; never changes.
    code = models.CharField(max_length=32)
    role = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    app_key = models.CharField(max_length=64)
    secret_key_id = models.IntegerField()
    secret_blob = models.BinaryField()
    signing = models.CharField(max_length=4, default=states.MD5)
    currency = models.CharField(max_length=3)
    login_url = models.CharField(max_length=200, default="", blank=True)
    deduct_url = models.CharField(max_length=200, default="", blank=True)
    notice_url = models.CharField(max_length=200, default="", blank=True)
    query_url = models.CharField(max_length=200, default="", blank=True)
    #: Addresses or networks that its calls come from; none: from anywhere.
    ips = ArrayField(models.CharField(max_length=50), default=list)
    #: What a point is worth, in hundredths of a minor unit: of ours at most what their mall may charge for it.
    value_centi = models.IntegerField()
    #: Units that one call, and all of a day, may take; and the same of what they give.
    call_most = models.BigIntegerField()
    day_most = models.BigIntegerField()
    add_call_most = models.BigIntegerField(default=0)
    add_day_most = models.BigIntegerField(default=0)
    enabled = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        db_table = "partners_account"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "code"], name="partners_account_code"),
            models.UniqueConstraint(fields=["shop_id", "app_key"], name="partners_account_key"),
            models.CheckConstraint(condition=Q(role__in=states.ROLES), name="partners_account_role"),
            models.CheckConstraint(condition=Q(signing__in=states.SIGNINGS), name="partners_account_signing"),
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]{0,31}$"), name="partners_account_slug"),
            models.CheckConstraint(condition=Q(value_centi__range=(1, 100_000)), name="partners_account_value"),
            models.CheckConstraint(
                condition=Q(
                    call_most__range=(0, _UNITS), day_most__range=(0, 10**12), add_call_most__range=(0, _UNITS),
                    add_day_most__range=(0, 10**12),
                ),
                name="partners_account_caps",
            ),
            models.CheckConstraint(
                condition=Q(role=states.DEVELOPER) | Q(add_call_most=0, add_day_most=0), name="partners_account_adds"
            ),
            models.CheckConstraint(
                condition=Q(role=states.DEVELOPER) | Q(enabled=False) | (~Q(deduct_url="") & ~Q(notice_url="")),
                name="partners_account_addresses",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.role} {self.code}"


class Person(models.Model):
    """By which name a partner knows a member: made up for this partner, and leading nowhere else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.UUIDField()
    uid = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_person"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "account", "owner"], name="partners_person_owner"),
            models.UniqueConstraint(fields=["shop_id", "account", "uid"], name="partners_person_uid"),
        ]
        indexes = [models.Index(fields=["shop_id", "owner"], name="partners_person_of")]

    def __str__(self) -> str:
        return self.uid


class Spend(models.Model):
    """A number of a mall's under which units were asked for, or given; and what we did. Our number is the id in hex."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    order_num = models.CharField(max_length=64)
    kind = models.CharField(max_length=6, default=states.DEDUCT)
    state = models.CharField(max_length=8, default=states.ASKED)
    uid = models.CharField(max_length=64, default="", blank=True)
    owner = models.UUIDField(null=True)
    units = models.BigIntegerField(default=0)
    #: What we owe the mall for it, in minor units.
    actual_minor = models.BigIntegerField(default=0)
    face_minor = models.BigIntegerField(default=0)
    item = models.CharField(max_length=64, default="", blank=True)
    goods = models.CharField(max_length=40, default="", blank=True)
    description = models.CharField(max_length=200, default="", blank=True)
    #: Why it was refused.
    why = models.CharField(max_length=16, default="", blank=True)
    #: What the mall said that does not fit what we know; a person looks at it.
    odd = models.CharField(max_length=16, default="", blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: When the mall is asked what became of it.
    ask_at = models.DateTimeField(null=True)
    questions = models.IntegerField(default=0)

    class Meta:
        db_table = "partners_spend"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "account", "order_num"], name="partners_spend_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.SPEND.states)), name="partners_spend_state"),
            models.CheckConstraint(
                condition=Q(state__in=[states.REFUSED, states.BARRED, states.ASKED])
                | Q(owner__isnull=False, units__range=(1, _UNITS)),
                name="partners_spend_whose",
            ),
            models.CheckConstraint(
                condition=Q(kind=states.DEDUCT, state__in=sorted(states.SPEND.states - {states.ADDED}))
                | Q(kind=states.ADD, state__in=[states.ASKED, states.ADDED, states.REFUSED], actual_minor=0),
                name="partners_spend_kind",
            ),
            models.CheckConstraint(
                condition=Q(actual_minor__gte=0, face_minor__gte=0, units__gte=0), name="partners_spend_minor"
            ),
            models.CheckConstraint(
                condition=Q(state=states.TAKEN) | Q(ask_at__isnull=True), name="partners_spend_open"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[states.DONE, states.UNDONE]) | Q(ended_at__isnull=False),
                name="partners_spend_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "account", "-at"], name="partners_spend_of"),
            models.Index(fields=["ask_at"], name="partners_spend_ask", condition=Q(ask_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order_num} {self.state}"


class Supply(models.Model):
    """Goods of ours for an order of a mall's: one of a number, as an order of the member's that the points paid."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    spend = models.ForeignKey(Spend, on_delete=models.PROTECT, related_name="+", db_index=False)
    goods = models.CharField(max_length=64)
    order_id = models.UUIDField()
    state = models.CharField(max_length=8, default=states.SU_ASKED)
    price_minor = models.BigIntegerField(null=True)
    back_minor = models.BigIntegerField(default=0)
    why = models.CharField(max_length=40, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "partners_supply"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "spend"], name="partners_supply_once"),
            models.UniqueConstraint(fields=["shop_id", "order_id"], name="partners_supply_order"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.SUPPLY.states)), name="partners_supply_state"),
            models.CheckConstraint(
                condition=Q(state__in=[states.SU_ASKED, states.SU_FAILED], price_minor__isnull=True)
                | (
                    Q(state__in=[states.SU_ORDERED, states.SU_DONE, states.SU_BACK], price_minor__gt=0)
                    & Q(back_minor__gte=0, back_minor__lte=F("price_minor"))
                ),
                name="partners_supply_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goods} {self.state}"


class Notice(models.Model):
    """What a mall told of an order, and how often."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    order_num = models.CharField(max_length=64)
    success = models.BooleanField()
    biz_id = models.CharField(max_length=64, default="", blank=True)
    message = models.CharField(max_length=200, default="", blank=True)
    times = models.IntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "partners_notice"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "account", "order_num", "success"], name="partners_notice_once"),
            models.CheckConstraint(condition=Q(times__gte=1, last_at__gte=F("first_at")), name="partners_notice_times"),
        ]

    def __str__(self) -> str:
        return f"{self.order_num} {self.success}"


class Nonce(models.Model):
    """A call that was heard, for as long as it could be repeated."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "partners_nonce"
        constraints = [models.UniqueConstraint(fields=["shop_id", "account", "nonce"], name="partners_nonce_once")]
        indexes = [models.Index(fields=["at"], name="partners_nonce_at")]

    def __str__(self) -> str:
        return self.nonce


class Movement(models.Model):
    """A line of a month's settlement: what one owes the other more, or (below 0) less. Written with its posting.

    With a mall where our points are spent we owe, with an app whose people buy here we are owed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_id = models.UUIDField()
    what = models.CharField(max_length=8)
    #: What caused it; of a subject there is one for each cause.
    cause_id = models.UUIDField()
    order_num = models.CharField(max_length=64)
    units = models.BigIntegerField()
    minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "partners_movement"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "subject_id", "what", "cause_id"], name="partners_movement_once")
        ]
        indexes = [models.Index(fields=["shop_id", "account", "at"], name="partners_movement_of")]

    def __str__(self) -> str:
        return f"{self.what} {self.minor}"
