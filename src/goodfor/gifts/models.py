"""Tables of gifts. The constraints say what can be."""

from django.db import models
from django.db.models import F, Q

from goodfor.gifts import states
from goodfor.gifts.held_models import Item as Item
from goodfor.gifts.held_models import Told as Told
from goodfor.gifts.held_models import Walk as Walk
from goodfor.kernel.ids import uuid7


class Gift(models.Model):
    """One held thing on its way to somebody else. Of the link only a hash is kept, and, until it is opened, itself
    sealed, so that its giver can see it again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    number = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=states.MADE)
    #: `buyer:<hex>` of an account, else the browser or the order that gave it.
    giver_ref = models.CharField(max_length=100)
    request_key = models.CharField(max_length=40)
    #: The order that its codes are of, the card, or the coupon; none of points.
    subject_id = models.UUIDField(null=True)
    units = models.IntegerField()
    #: Empty of points.
    title = models.CharField(max_length=250, blank=True)
    look = models.CharField(max_length=8)
    message_key_id = models.SmallIntegerField(null=True)
    message_blob = models.BinaryField(null=True)
    secret_hash = models.BinaryField()
    secret_key_id = models.SmallIntegerField(null=True)
    secret_blob = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: When its giver was told that it ends soon.
    warned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: Who opened it: `buyer:<hex>`, or a guest, who comes again with a key of their own.
    taker_ref = models.CharField(max_length=100, default="", blank=True)
    key_hash = models.BinaryField(null=True)

    class Meta:
        db_table = "gifts_gift"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="gifts_gift_number"),
            models.UniqueConstraint(fields=["shop_id", "secret_hash"], name="gifts_gift_secret"),
            models.UniqueConstraint(fields=["shop_id", "giver_ref", "request_key"], name="gifts_gift_request"),
            models.UniqueConstraint(
                fields=["shop_id", "kind", "subject_id"],
                name="gifts_gift_one",
                condition=Q(state=states.MADE, kind__in=[states.CARD, states.COUPON]),
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(states.GIFT.states)), name="gifts_gift_state"),
            models.CheckConstraint(condition=Q(look__in=states.LOOKS), name="gifts_gift_look"),
            models.CheckConstraint(condition=Q(units__gte=1), name="gifts_gift_units"),
            models.CheckConstraint(
                condition=Q(kind=states.POINTS, subject_id__isnull=True)
                | Q(kind__in=[states.CODES, states.CARD, states.COUPON], subject_id__isnull=False),
                name="gifts_gift_kind",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="gifts_gift_time"),
            # Once it was opened or is over nobody can see the link again.
            models.CheckConstraint(
                condition=Q(state=states.MADE, closed_at__isnull=True, secret_blob__isnull=False, taker_ref="")
                | Q(state=states.OPENED, closed_at__isnull=False, secret_blob__isnull=True) & ~Q(taker_ref="")
                | Q(
                    state__in=[states.RETURNED, states.ENDED], closed_at__isnull=False, secret_blob__isnull=True,
                    taker_ref="",
                ),
                name="gifts_gift_closed",
            ),
            models.CheckConstraint(condition=~Q(taker_ref=F("giver_ref")), name="gifts_gift_other"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["shop_id", "giver_ref", "-id"], name="gifts_gift_given"),
            models.Index(fields=["shop_id", "taker_ref", "-id"], name="gifts_gift_taken", condition=~Q(taker_ref="")),
            models.Index(fields=["shop_id", "subject_id"], name="gifts_gift_of", condition=Q(subject_id__isnull=False)),
            models.Index(fields=["ends_at"], name="gifts_gift_due", condition=Q(state=states.MADE)),
            models.Index(
                fields=["ends_at"], name="gifts_gift_warn", condition=Q(state=states.MADE, warned_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
