"""Table of coupons that were given to many at once."""

from django.db import models


class Issued(models.Model):
    """Somebody has been given his coupon of a batch for a period: once."""

    pk = models.CompositePrimaryKey("shop_id", "batch_id", "period", "buyer_ref")
    shop_id = models.UUIDField()
    batch_id = models.UUIDField()
    period = models.CharField(max_length=20)
    buyer_ref = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        db_table = "promotions_issued"

    def __str__(self) -> str:
        return f"{self.batch_id} {self.period}"
