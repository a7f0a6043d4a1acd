"""Tables of cards. The constraints say what can be."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.cards import states
from goodfor.cards.worth import MOST
from goodfor.kernel.ids import uuid7

_COLOUR = r"^#[0-9a-f]{6}$"


class Program(models.Model):
    """What cards are good for, and how they look. Once a batch was made its terms are kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default=states.DRAFT)
    face = models.CharField(max_length=8)
    #: One product's SKU, or those to choose from; none of a value.
    skus = ArrayField(models.UUIDField(), default=list)
    value_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    brand = models.CharField(max_length=40)
    ink = models.CharField(max_length=7)
    paper = models.CharField(max_length=7)
    words = models.CharField(max_length=200, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "cards_program"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(states.PROGRAM.states)), name="cards_program_state"),
            models.CheckConstraint(
                condition=Q(face=states.VALUE, skus__len=0, value_minor__range=(1, MOST))
                | Q(face=states.PRODUCT, skus__len=1, value_minor=0)
                | Q(face=states.CHOICE, skus__len__range=(2, 50), value_minor=0),
                name="cards_program_face",
            ),
            models.CheckConstraint(condition=Q(ink__regex=_COLOUR, paper__regex=_COLOUR), name="cards_program_colours"),
        ]
        indexes = [models.Index(fields=["shop_id", "id"], name="cards_program_of")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.name}"


class Batch(models.Model):
    """Cards made together: a range of serial numbers, one price, one validity."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default=states.MAKING)
    size = models.IntegerField()
    made = models.IntegerField(default=0)
    #: What is paid for each, in the program's currency.
    price_minor = models.BigIntegerField()
    activation = models.CharField(max_length=8)
    #: Good until then, or for so many days from when it became good; neither: always.
    valid_until = models.DateTimeField(null=True)
    valid_days = models.IntegerField(null=True)
    first_serial = models.BigIntegerField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    #: The codes leave once; who asked, and who let them.
    asked_by = models.CharField(max_length=80, default="", blank=True)
    asked_at = models.DateTimeField(null=True)
    allowed_by = models.CharField(max_length=80, default="", blank=True)
    alone = models.BooleanField(default=False)
    exported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cards_batch"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "first_serial"], name="cards_batch_serial"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.BATCH.states)), name="cards_batch_state"),
            models.CheckConstraint(condition=Q(activation__in=states.ACTIVATIONS), name="cards_batch_activation"),
            models.CheckConstraint(
                condition=Q(size__range=(1, 5_000_000), made__gte=0, made__lte=F("size"), first_serial__gte=1)
                & (~Q(state=states.READY) | Q(made=F("size"))),
                name="cards_batch_counts",
            ),
            models.CheckConstraint(condition=Q(price_minor__range=(0, MOST)), name="cards_batch_price"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_days__isnull=True), name="cards_batch_validity"
            ),
            models.CheckConstraint(
                condition=Q(valid_days__isnull=True) | Q(valid_days__range=(1, 36_500)), name="cards_batch_days"
            ),
            models.CheckConstraint(
                condition=Q(allowed_by="") | Q(alone=True) | ~Q(allowed_by=F("asked_by")), name="cards_batch_two"
            ),
            models.CheckConstraint(
                condition=Q(exported_at__isnull=True) | ~Q(allowed_by=""), name="cards_batch_exported"
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "program", "id"], name="cards_batch_of")]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class Walk(models.Model):
    """Every card of a range is made good, or revoked, chunk by chunk. Revoking is asked for and agreed to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=states.ASKED)
    first_serial = models.BigIntegerField()
    last_serial = models.BigIntegerField()
    next_serial = models.BigIntegerField()
    moved = models.IntegerField(default=0)
    reason = models.CharField(max_length=200, default="", blank=True)
    #: Of revoked cards: what was paid for them is kept, else it goes back.
    kept = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    allowed_by = models.CharField(max_length=80, default="", blank=True)
    alone = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cards_walk"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=states.WALK_KINDS), name="cards_walk_kind"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.WALK.states)), name="cards_walk_state"),
            models.CheckConstraint(
                condition=Q(
                    last_serial__gte=F("first_serial"),
                    next_serial__gte=F("first_serial"),
                    next_serial__lte=F("last_serial") + 1,
                    moved__gte=0,
                    moved__lte=F("next_serial") - F("first_serial"),
                ),
                name="cards_walk_counts",
            ),
            models.CheckConstraint(
                condition=~Q(kind=states.REVOKE)
                | Q(state__in=[states.ASKED, states.DROPPED])
                | Q(alone=True)
                | (~Q(allowed_by="") & ~Q(allowed_by=F("asked_by"))),
                name="cards_walk_two",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "batch"],
                name="cards_walk_one",
                condition=Q(state__in=[states.ASKED, states.RUNNING]),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="cards_walk_due", condition=Q(state=states.RUNNING)),
            models.Index(fields=["shop_id", "batch", "id"], name="cards_walk_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.id}"


class Card(models.Model):
    """One card. Its code lies sealed and is found by a keyed blind index.

    `basis_minor`: what all of it is good for, in money; 0 of goods until they are fetched, then what they cost.
    `remaining_minor`: what of that is left.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    program_id = models.UUIDField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", db_index=False)
    serial = models.BigIntegerField()
    state = models.CharField(max_length=8, default=states.MADE)
    price_minor = models.BigIntegerField()
    basis_minor = models.BigIntegerField()
    remaining_minor = models.BigIntegerField()
    code_index = models.BinaryField()
    code_key_id = models.IntegerField()
    code_blob = models.BinaryField()
    activated_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cards_card"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "code_index"], name="cards_card_code"),
            models.UniqueConstraint(fields=["shop_id", "serial"], name="cards_card_serial"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.CARD.states)), name="cards_card_state"),
            models.CheckConstraint(
                condition=Q(remaining_minor__gte=0, remaining_minor__lte=F("basis_minor")), name="cards_card_rest"
            ),
            models.CheckConstraint(
                condition=~Q(state=states.USED) | Q(basis_minor__gt=0, remaining_minor=0), name="cards_card_used"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[states.ACTIVE, states.EXPIRED])
                | (Q(activated_at__isnull=False) & (Q(basis_minor=0) | Q(remaining_minor__gt=0))),
                name="cards_card_good",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="cards_card_expires",
                condition=Q(state=states.ACTIVE, expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial} {self.state}"


class Use(models.Model):
    """An order that a card paid: how much, and how much of the card's price that used up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+", db_index=False)
    request_key = models.CharField(max_length=40)
    order_id = models.UUIDField()
    payment_id = models.UUIDField()
    state = models.CharField(max_length=8, default=states.PAID)
    minor = models.BigIntegerField()
    worth_minor = models.BigIntegerField()
    back_minor = models.BigIntegerField(default=0)
    used_at = models.DateTimeField()

    class Meta:
        db_table = "cards_use"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "order_id"], name="cards_use_order"),
            models.UniqueConstraint(fields=["shop_id", "payment_id"], name="cards_use_payment"),
            models.UniqueConstraint(fields=["shop_id", "card", "request_key"], name="cards_use_request"),
            models.CheckConstraint(
                condition=Q(minor__gt=0, worth_minor__gte=0, back_minor__gte=0, back_minor__lte=F("minor")),
                name="cards_use_minor",
            ),
            models.CheckConstraint(
                condition=Q(state=states.REVERSED, back_minor=F("minor"))
                | Q(state=states.PAID, back_minor__lt=F("minor")),
                name="cards_use_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.order_id}"


class Back(models.Model):
    """A refund that was put back on a card, once."""

    refund_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    use = models.ForeignKey(Use, on_delete=models.PROTECT, related_name="+")
    minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "cards_back"
        constraints = [models.CheckConstraint(condition=Q(minor__gt=0), name="cards_back_minor")]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.minor}"


class Holding(models.Model):
    """A card that lies in somebody's account: nobody else uses it, whoever may have its code."""

    card = models.OneToOneField(Card, on_delete=models.PROTECT, primary_key=True, related_name="+")
    shop_id = models.UUIDField()
    holder_ref = models.CharField(max_length=100)
    #: The gift that it is kept for; then its holder does not use it either.
    gift_id = models.UUIDField(null=True)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "cards_holding"
        constraints = [models.CheckConstraint(condition=~Q(holder_ref=""), name="cards_holding_holder")]
        indexes = [
            models.Index(fields=["shop_id", "holder_ref", "card"], name="cards_holding_of"),
            models.Index(fields=["shop_id", "gift_id"], name="cards_holding_gift", condition=Q(gift_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.holder_ref}"
