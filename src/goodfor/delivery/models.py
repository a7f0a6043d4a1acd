"""What was shown of codes, to whom and when, and how accounts were topped up. The codes stay in the vault."""

from django.db import models

from goodfor.kernel.ids import uuid7


class Reveal(models.Model):
    """One showing of one code. `ip_hash` is a keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    holder_id = models.UUIDField()
    code_id = models.UUIDField()
    actor = models.CharField(max_length=80)
    ip_hash = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "delivery_reveal"
        indexes = [models.Index(fields=["shop_id", "holder_id", "code_id"], name="delivery_reveal_holder")]

    def __str__(self) -> str:
        return str(self.code_id)


class TopUp(models.Model):
    """The proof of a top-up: who did it, under which numbers (ours and theirs), how much and when. No account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    holder_id = models.UUIDField()
    number = models.CharField(max_length=18)
    supplier = models.CharField(max_length=100)
    ref = models.CharField(max_length=64, blank=True)
    units = models.IntegerField()
    #: What the supplier says about it, for the buyer.
    message = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "delivery_top_up"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="delivery_top_up_once"),
            models.CheckConstraint(condition=models.Q(units__gte=1), name="delivery_top_up_units"),
        ]
        indexes = [models.Index(fields=["shop_id", "holder_id"], name="delivery_top_up_holder")]

    def __str__(self) -> str:
        return self.number
