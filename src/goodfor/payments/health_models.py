"""How the channels answer: calls of each minute, so that a silent account is not asked first."""

from django.db import models


class AccountHealth(models.Model):
    """Calls to an account in one minute that were answered, and that were not. Thrown away after an hour."""

    pk = models.CompositePrimaryKey("account_id", "minute")
    shop_id = models.UUIDField()
    account_id = models.UUIDField()
    #: Minutes since 1970.
    minute = models.IntegerField()
    answered = models.IntegerField(default=0, db_default=0)
    silent = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "payments_health"
        indexes = [models.Index(fields=["minute"], name="payments_health_minute")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.minute}"
