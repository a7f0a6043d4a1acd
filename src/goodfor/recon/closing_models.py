"""Table of days that somebody wants closed: it takes two."""

from django.db import models


class DayAsk(models.Model):
    """Somebody has looked at a day and wants it closed; another agrees. Taken back, it can be asked for again."""

    pk = models.CompositePrimaryKey("shop_id", "day")
    shop_id = models.UUIDField()
    day = models.DateField()
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    note = models.CharField(max_length=300, default="", blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recon_day_ask"

    def __str__(self) -> str:
        return str(self.day)
