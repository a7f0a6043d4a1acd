"""Checks are made valid, and indexes built, while the shop goes on selling."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Not in a transaction: concurrent builds cannot be."""

    atomic = False
    dependencies = [("orders", "0009_parts_and_notes")]

    operations = [
        ValidateConstraint(model_name="orderline", name="orders_line_returned"),
        ValidateConstraint(model_name="claim", name="orders_claim_refund"),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                fields=["refund_id"], name="orders_claim_refund_once", condition=Q(refund_id__isnull=False)
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["shop_id", "placed_at"],
                include=["refunded_minor"],
                name="orders_order_parts",
                condition=Q(state="delivered", refunded_minor__gt=0),
            ),
        ),
    ]
