"""Tables of what somebody holds: codes by the line or the gift, in the order in which they end, and what was told."""

from datetime import UTC, datetime
from typing import Final

from django.db import models
from django.db.models import Q

#: The end of what has none, so that one index has all in the order in which they end.
FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Item(models.Model):
    """Codes in somebody's hands: those of an order's line, or of a gift that was opened. Written anew from the truth,
    which is in orders, whenever something of it changes (`note_held`)."""

    #: The line, or the gift.
    id = models.UUIDField(primary_key=True, editable=False)
    shop_id = models.UUIDField()
    holder_ref = models.CharField(max_length=100)
    order_id = models.UUIDField()
    gift_id = models.UUIDField(null=True)
    number = models.CharField(max_length=32)
    title = models.CharField(max_length=250)
    units = models.IntegerField()
    #: Of the code that ends first.
    ends_at = models.DateTimeField(default=FOREVER)
    got_at = models.DateTimeField()
    #: Some of them are there still.
    live = models.BooleanField(default=True)

    class Meta:
        db_table = "gifts_item"
        constraints = [models.CheckConstraint(condition=Q(live=False) | Q(units__gte=1), name="gifts_item_units")]
        indexes = [
            models.Index(
                fields=["shop_id", "holder_ref", "ends_at", "-id"], name="gifts_item_held", condition=Q(live=True)
            ),
            models.Index(fields=["shop_id", "order_id"], name="gifts_item_order"),
            models.Index(fields=["ends_at", "id"], name="gifts_item_ends", condition=Q(live=True, ends_at__lt=FOREVER)),
            models.Index(fields=["got_at", "id"], name="gifts_item_got", condition=Q(live=True)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.units}"


class Told(models.Model):
    """A holder was reminded of something, once."""

    pk = models.CompositePrimaryKey("shop_id", "subject_id", "holder_ref", "what")
    shop_id = models.UUIDField()
    subject_id = models.UUIDField()
    holder_ref = models.CharField(max_length=100)
    what = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        db_table = "gifts_told"

    def __str__(self) -> str:
        return f"{self.subject_id} {self.what}"


class Walk(models.Model):
    """How far the loop of a kind of reminder has come: all that ends before was looked at."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
    after = models.UUIDField()

    class Meta:
        db_table = "gifts_walk"

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
