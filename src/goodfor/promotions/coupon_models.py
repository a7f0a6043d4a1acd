"""Tables of coupons: batches of them, and each."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.promotions import states


class Batch(models.Model):
    """Coupons of a campaign made together. `kind`: one code for all, a code each, or to be claimed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    campaign_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default=states.MAKING)
    #: How many codes, or how many may be claimed.
    wanted = models.IntegerField()
    made = models.IntegerField(default=0)
    #: Claims a buyer.
    each = models.IntegerField(default=1)
    #: To be used within so many days of the claim; null: as long as the campaign.
    days = models.IntegerField(null=True)
    #: May be passed on to a friend.
    giftable = models.BooleanField(default=False)
    #: Shown in the claim centre.
    listed = models.BooleanField(default=False)
    claim_from = models.DateTimeField(null=True)
    claim_until = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    #: The codes leave once; who asked, and who let them.
    asked_by = models.CharField(max_length=80, default="", blank=True)
    asked_at = models.DateTimeField(null=True)
    allowed_by = models.CharField(max_length=80, default="", blank=True)
    alone = models.BooleanField(default=False)
    exported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "promotions_batch"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=states.BATCH_KINDS), name="promotions_batch_kind"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.BATCH.states)), name="promotions_batch_state"),
            models.CheckConstraint(
                condition=Q(wanted__range=(1, 10_000_000), made__gte=0, made__lte=F("wanted"), each__gte=1),
                name="promotions_batch_size",
            ),
            models.CheckConstraint(
                condition=Q(exported_at__isnull=True)
                | ~Q(allowed_by="") & ~Q(asked_by="") & (Q(alone=True) | ~Q(allowed_by=F("asked_by"))),
                name="promotions_batch_two_people",
            ),
        ]
        indexes = [models.Index(fields=["shop_id", "campaign_id"], name="promotions_batch_of")]

    def __str__(self) -> str:
        return f"{self.name} {self.kind}"


class Coupon(models.Model):
    """One coupon. A unique code lies sealed and is found by its blind index; a public one is used by many."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    campaign_id = models.UUIDField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8)
    public = models.BooleanField(default=False)
    code_index = models.BinaryField(null=True)
    code_key_id = models.IntegerField(null=True)
    code_blob = models.BinaryField(null=True)
    #: Whose it is; empty: whoever brings the code.
    buyer_ref = models.CharField(max_length=100, default="", blank=True)
    claimed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    #: Holds it or has used it.
    order_id = models.UUIDField(null=True)
    used_at = models.DateTimeField(null=True)
    #: A friend who brings what hashes to this gets it.
    gift_hash = models.BinaryField(null=True)
    gift_until = models.DateTimeField(null=True)
    given_by = models.CharField(max_length=100, default="", blank=True)

    class Meta:
        db_table = "promotions_coupon"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "code_index"], name="promotions_coupon_code", condition=Q(code_index__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.COUPON_STATES.states)), name="promotions_coupon_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[states.RESERVED, states.USED], order_id__isnull=False)
                | ~Q(state__in=[states.RESERVED, states.USED]) & Q(order_id__isnull=True),
                name="promotions_coupon_order",
            ),
            models.CheckConstraint(
                condition=Q(public=False) | Q(state__in=[states.FREE, states.VOID], buyer_ref=""),
                name="promotions_coupon_public",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.CLAIMED) | ~Q(buyer_ref=""), name="promotions_coupon_claimed"
            ),
            models.CheckConstraint(
                condition=Q(code_index__isnull=True, code_blob__isnull=True, code_key_id__isnull=True)
                | Q(code_index__isnull=False, code_blob__isnull=False, code_key_id__isnull=False),
                name="promotions_coupon_sealed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "buyer_ref", "state"], name="promotions_coupon_of", condition=~Q(buyer_ref="")
            ),
            models.Index(
                fields=["shop_id", "order_id"], name="promotions_coupon_held", condition=Q(order_id__isnull=False)
            ),
            models.Index(fields=["shop_id", "batch", "id"], name="promotions_coupon_batch"),
            # A wallet reads what has not ended; reminders what ends next.
            models.Index(
                fields=["shop_id", "buyer_ref", "expires_at"],
                name="promotions_coupon_wallet",
                condition=Q(state=states.CLAIMED),
            ),
            models.Index(
                fields=["expires_at", "id"],
                name="promotions_coupon_ends",
                condition=Q(state=states.CLAIMED, expires_at__isnull=False),
            ),
            models.Index(
                fields=["shop_id", "gift_hash"], name="promotions_coupon_gift", condition=Q(gift_hash__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"
