"""Indexes of a buyer's open orders and of failed refunds, built beside the sales; and the check of 0002 for old rows."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Not in a transaction: concurrent builds cannot be."""

    atomic = False
    dependencies = [("orders", "0002_refund_failed")]
    operations = [
        ValidateConstraint("order", "orders_order_refund_failed_state"),
        AddIndexConcurrently(
            "order",
            models.Index(
                condition=Q(("state", "placed")), fields=["shop_id", "buyer_ref"], name="orders_order_open_buyer"
            ),
        ),
        AddIndexConcurrently(
            "order",
            models.Index(
                condition=Q(("refund_failed_at__isnull", False)),
                fields=["shop_id", "refund_failed_at"],
                name="orders_order_refund_failed",
            ),
        ),
    ]
