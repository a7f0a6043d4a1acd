"""Tables of what comes after a purchase: which purchase a code came from, and what was asked of its supplier."""

from django.db import models
from django.db.models import F, Q

from goodfor.kernel.ids import uuid7
from goodfor.supply import states

KINDS = ("ask", "void", "complain")
#: `locked`: not used, but not free either. `silent`: no answer in time, or nobody to ask. `refused`: they do not do it.
SAID = (
    "unused", "locked", "used", "voided", "expired", "invalid", "silent", "refused", "upheld",
)  # fmt: skip


class BoughtCode(models.Model):
    """A code in the vault, and the purchase that brought it. Codes that nobody bought at a supplier have no row."""

    code_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    attempt_id = models.UUIDField()
    supplier_id = models.UUIDField()
    #: The supplier's own number of the code, where it has one.
    code_ref = models.CharField(max_length=140, default="", blank=True)
    #: Whether they said that this one may be taken back; null: they say nothing of it.
    voidable = models.BooleanField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "supply_code"
        indexes = [models.Index(fields=["shop_id", "attempt_id"], name="supply_code_attempt")]

    def __str__(self) -> str:
        return str(self.code_id)


class Inquiry(models.Model):
    """Something asked of a supplier about a code (`ask`, `void`) or a purchase (`complain`), for a `subject` above.

    `said` is the end of it. A void or complaint is `sent` before it is called, so that nothing is called again blindly.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    #: Whoever wanted to know: an opaque id of the room above.
    subject = models.UUIDField()
    code_id = models.UUIDField(null=True)
    attempt_id = models.UUIDField()
    supplier_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    #: The same may be asked anew after it ended.
    round = models.SmallIntegerField(default=1)
    state = models.CharField(max_length=8, default=states.INQUIRY_DUE)
    #: Answers that were not the end; calls that may have changed something there.
    tries = models.SmallIntegerField(default=0)
    calls = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=8, default="", blank=True)
    used_at = models.DateTimeField(null=True)
    #: After a void was called: since when they have said that it is still unused.
    unused_at = models.DateTimeField(null=True)
    #: Of a complaint: our words, their number and answer, when they closed it.
    text = models.CharField(max_length=500, default="", blank=True)
    ticket = models.CharField(max_length=64, default="", blank=True)
    reply = models.CharField(max_length=500, default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    #: What had come back of the purchase for other reasons when it was sent; what came for it, in their currency.
    refunded_before = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    amount = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    #: The same in minor units of the shop's.
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "supply_inquiry"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "subject", "code_id", "kind", "round"], condition=Q(code_id__isnull=False),
                name="supply_inquiry_once",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "subject", "attempt_id", "kind", "round"], condition=Q(code_id__isnull=True),
                name="supply_inquiry_once_purchase",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "code_id"], condition=Q(kind="void", state=states.INQUIRY_SENT),
                name="supply_inquiry_one_void_out",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "code_id"], condition=Q(kind="void", said="voided"),
                name="supply_inquiry_voided_once",
            ),
            models.UniqueConstraint(
                fields=["shop_id", "attempt_id"], condition=Q(kind="complain", state=states.INQUIRY_SENT),
                name="supply_inquiry_one_complaint",
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS, state__in=sorted(states.INQUIRY.states), round__gte=1)
                                   & (Q(said="") | Q(said__in=SAID)), name="supply_inquiry_words"),
            models.CheckConstraint(
                condition=Q(kind="complain", code_id__isnull=True)
                | (~Q(kind="complain") & Q(code_id__isnull=False, amount_minor__isnull=True)),
                name="supply_inquiry_about",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(states.INQUIRY_LIVE), said="", ended_at__isnull=True)
                | (Q(state__in=("done", "failed"), ended_at__gte=F("asked_at")) & ~Q(said="")),
                name="supply_inquiry_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=states.INQUIRY_SENT) | Q(sent_at__isnull=False), name="supply_inquiry_sent"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["next_at"], name="supply_inquiry_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["shop_id", "subject"], name="supply_inquiry_subject"),
            models.Index(fields=["shop_id", "supplier_id", "-asked_at"], name="supply_inquiry_recent"),
            models.Index(fields=["shop_id", "attempt_id"], name="supply_inquiry_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
