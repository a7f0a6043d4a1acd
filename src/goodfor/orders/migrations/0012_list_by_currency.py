"""The index of the staff's list, with the currency: figures of a day are of one."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The new one first, so that the list is never without."""

    atomic = False
    dependencies = [("orders", "0011_refund_days")]
    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["shop_id", "state", "placed_at", "id"],
                include=["total_minor", "channel", "currency"],
                name="orders_order_list",
            ),
        ),
        RemoveIndexConcurrently(model_name="order", name="orders_order_desk"),
    ]
