"""Consents in the books of the built-in sandbox channel."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7


class SandboxConsent(models.Model):
    """Somebody's consent to be charged again; empty unless GOODFOR_SANDBOX_PROVIDER is on.

    `refuses`: the code by which its charges are refused for now, as a bank's mood.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    number = models.CharField(max_length=32)
    state = models.CharField(max_length=8, default="open")
    most_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    return_url = models.CharField(max_length=300, default="", blank=True)
    refuses = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        db_table = "payments_sandbox_consent"
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "number"], name="payments_sandbox_consent_number"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "signed", "ended")), name="payments_sandbox_consent_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
