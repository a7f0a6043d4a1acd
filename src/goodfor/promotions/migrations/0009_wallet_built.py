"""Indexes of what buyers hold and of what ends next, built while the shop goes on selling."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Not in a transaction: concurrent builds cannot be."""

    atomic = False
    dependencies = [("promotions", "0008_more_points")]

    operations = [
        AddIndexConcurrently(
            model_name="coupon",
            index=models.Index(
                fields=["shop_id", "buyer_ref", "expires_at"],
                name="promotions_coupon_wallet",
                condition=Q(state="claimed"),
            ),
        ),
        AddIndexConcurrently(
            model_name="coupon",
            index=models.Index(
                fields=["expires_at", "id"],
                name="promotions_coupon_ends",
                condition=Q(state="claimed", expires_at__isnull=False),
            ),
        ),
    ]
