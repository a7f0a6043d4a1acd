"""One table: how often a visitor tried to prove that an order is theirs."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7


class Attempt(models.Model):
    """Tries of one kind by one subject inside one window of time; the subject is kept as a hash only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    scope = models.CharField(max_length=40)
    subject_hash = models.BinaryField(max_length=32)
    window_start = models.DateTimeField()
    tries = models.IntegerField(default=1)

    class Meta:
        db_table = "storefront_attempt"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "scope", "subject_hash", "window_start"], name="storefront_attempt_once"
            ),
            models.CheckConstraint(condition=Q(tries__gte=1), name="storefront_attempt_tries"),
        ]
        indexes = [models.Index(fields=["window_start"], name="storefront_attempt_window")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.tries}"
