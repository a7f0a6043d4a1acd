"""Tables of packs: coupons of several batches in one tap, once for each person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7


class Pack(models.Model):
    """A pack is a list of batches; which names of a person count, and when it can be taken."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    name = models.CharField(max_length=80)
    batches = ArrayField(models.UUIDField())
    #: Only for who has paid for nothing yet.
    newcomers = models.BooleanField(default=True)
    #: Beside the buyer: once a browser; once a telephone or mailbox, which then has to be known.
    by_device = models.BooleanField(default=True)
    by_phone = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "promotions_pack"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), batches__len__gte=1, batches__len__lte=10),
                name="promotions_pack_sound",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "-id"], name="promotions_pack_of")]

    def __str__(self) -> str:
        return self.name


class PackClaim(models.Model):
    """Somebody has taken a pack: the coupons are his."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    buyer_ref = models.CharField(max_length=100)
    coupons = ArrayField(models.UUIDField(), default=list)
    at = models.DateTimeField()

    class Meta:
        db_table = "promotions_pack_claim"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "pack", "buyer_ref"], name="promotions_pack_claim_once"),
            models.CheckConstraint(condition=Q(coupons__len__gte=1), name="promotions_pack_claim_whole"),
        ]
        indexes = [models.Index(fields=["shop_id", "buyer_ref"], name="promotions_pack_claim_of")]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.id}"


class PackName(models.Model):
    """A name under which a pack was taken, as a digest: nobody takes it again by any of his names."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=32)
    claim = models.ForeignKey(PackClaim, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        db_table = "promotions_pack_name"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "pack", "name"], name="promotions_pack_name_once"),
        ]
        indexes = [models.Index(fields=["shop_id", "claim"], name="promotions_pack_name_of")]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.name}"
