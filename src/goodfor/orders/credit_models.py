"""What of an order's price is met by what is owed to its buyer already. Reached through `models`."""

from django.db import models
from django.db.models import F, Q


class CreditPart(models.Model):
    """Points, or welfare, took so much off the total; `back_minor` of it is not wanted for the order any more."""

    order_id = models.UUIDField(primary_key=True)
    shop_id = models.UUIDField()
    #: Of which kind of wallet: for the words on the bill.
    kind = models.TextField()
    minor = models.BigIntegerField()
    back_minor = models.BigIntegerField(default=0, db_default=0)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "orders_credit_part"
        constraints = [
            models.CheckConstraint(
                condition=Q(minor__gt=0, back_minor__gte=0, back_minor__lte=F("minor")), name="orders_credit_amounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.minor}"
