"""Codes of delivered orders that their buyer gives to somebody else. Rows are written under their order's lock."""

from django.db import models
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.orders import given_states as states


class Given(models.Model):
    """One code of a gift, and where it is: held for it, with who opened it, back with the buyer, or gone.

    A row that is over changes no more, and one that was passed on never returns (sql/schema/given.sql).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shop_id = models.UUIDField()
    gift_id = models.UUIDField()
    order_id = models.UUIDField()
    line_id = models.UUIDField()
    code_id = models.UUIDField()
    state = models.CharField(max_length=8, default=states.HELD)
    #: Who alone may see it since it was passed on, as the audit trail names them.
    taker = models.CharField(max_length=80, default="", blank=True)
    #: Since when it is so.
    at = models.DateTimeField()

    class Meta:
        db_table = "orders_given"
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "line_id", "code_id"],
                name="orders_given_one",
                condition=Q(state__in=sorted(states.LIVE)),
            ),
            models.UniqueConstraint(fields=["shop_id", "gift_id", "code_id"], name="orders_given_once"),
            models.CheckConstraint(
                condition=Q(state__in=[states.HELD, states.BACK], taker="")
                | (Q(state=states.PASSED) & ~Q(taker=""))
                | Q(state=states.GONE),
                name="orders_given_taker",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop_id", "order_id"], name="orders_given_order", condition=Q(state__in=sorted(states.LIVE))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_id} {self.state}"
