"""Tables of our mall for partners' people: what is up there, what was exchanged, what partners are told."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.partners import states

_UNITS = 10**9


class Offer(models.Model):
    """A SKU for a partner's people, and how many of their points it takes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account = models.ForeignKey("partners.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    sku_id = models.UUIDField()
    units = models.BigIntegerField()
    on = models.BooleanField(default=True)

    class Meta:
        db_table = "partners_offer"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "account", "sku_id"], name="partners_offer_once"),
            models.CheckConstraint(condition=Q(units__range=(1, _UNITS)), name="partners_offer_units"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.units}"


class Exchange(models.Model):
    """A partner's person wants something for points. `order_num` is our number, `biz_id` the partner's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account = models.ForeignKey("partners.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    order_num = models.CharField(max_length=40)
    uid = models.CharField(max_length=64)
    request_key = models.CharField(max_length=40)
    sku_id = models.UUIDField()
    units = models.BigIntegerField()
    #: What the partner owes us for them.
    worth_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, default=states.EX_ASKED)
    #: Whether the partner was asked: whoever says so first does it, and nobody again.
    asked = models.BooleanField(default=False)
    biz_id = models.CharField(max_length=64, default="", blank=True)
    #: Why nothing came of it.
    why = models.CharField(max_length=40, default="", blank=True)
    #: The order that it becomes, how long it is to wait (as its judge said), and what it cost.
    order_id = models.UUIDField()
    hold = models.JSONField(null=True)
    price_minor = models.BigIntegerField(null=True)
    back_minor = models.BigIntegerField(default=0)
    back_worth_minor = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    #: When somebody else goes on with it, if whoever is at it does not end.
    go_on_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_exchange"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "order_num"], name="partners_exchange_number"),
            models.UniqueConstraint(fields=["shop_id", "order_id"], name="partners_exchange_order"),
            models.UniqueConstraint(
                fields=["shop_id", "account", "uid", "request_key"], name="partners_exchange_request"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.EXCHANGE.states)), name="partners_exchange_state"
            ),
            models.CheckConstraint(
                condition=Q(units__range=(1, _UNITS), worth_minor__gte=0, back_minor__gte=0)
                & Q(back_worth_minor__range=(0, F("worth_minor"))),
                name="partners_exchange_units",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[states.EX_ASKED, states.EX_TAKEN]) | Q(go_on_at__isnull=True),
                name="partners_exchange_over",
            ),
            # Nothing is delivered whose points nobody has said to have taken.
            models.CheckConstraint(
                condition=~Q(biz_id="")
                | (Q(state__in=[states.EX_ASKED, states.EX_REFUSED, states.EX_LOST], price_minor__isnull=True)),
                name="partners_exchange_taken",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[states.EX_ORDERED, states.EX_DONE]) | Q(price_minor__gt=0),
                name="partners_exchange_ordered",
            ),
        ]
        indexes = [
            models.Index(fields=["shop_id", "account", "-id"], name="partners_exchange_of"),
            models.Index(fields=["go_on_at"], name="partners_exchange_due", condition=Q(go_on_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order_num} {self.state}"


class Word(models.Model):
    """What a partner is to be told of an exchange, until it says `ok`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account = models.ForeignKey("partners.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="+", db_index=False)
    success = models.BooleanField()
    state = models.CharField(max_length=8, default=states.DUE)
    #: Of this series; all of them stand in `Attempt`.
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "partners_word"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "exchange", "success"], name="partners_word_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.WORD.states)), name="partners_word_state"),
            models.CheckConstraint(
                condition=Q(state=states.DUE, next_at__isnull=False) | (~Q(state=states.DUE) & Q(next_at__isnull=True)),
                name="partners_word_due",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="partners_word_next", condition=Q(next_at__isnull=False)),
            models.Index(fields=["shop_id"], name="partners_word_given_up", condition=Q(state=states.GIVEN_UP)),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.success} {self.state}"


class Attempt(models.Model):
    """One time that a word was said, and what came back."""

    id = models.BigAutoField(primary_key=True)
    shop_id = models.UUIDField()
    word = models.ForeignKey(Word, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    answer = models.CharField(max_length=40)

    class Meta:
        db_table = "partners_attempt"
        indexes = [models.Index(fields=["shop_id", "word", "id"], name="partners_attempt_of")]

    def __str__(self) -> str:
        return f"{self.at} {self.answer}"
