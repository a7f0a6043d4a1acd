"""The index itself, built while the shop goes on selling."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0005_contact_index")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["shop_id", "contact_index"],
                name="orders_order_contact",
                condition=models.Q(("contact_index__isnull", False)),
            ),
        ),
    ]
