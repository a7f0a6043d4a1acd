"""Figures counted by a loop, and the two indexes that keep looking at refunds and at a client's open orders cheap."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Not in a transaction: concurrent builds cannot be."""

    atomic = False
    dependencies = [("orders", "0003_open_buyer")]
    operations = [
        migrations.CreateModel(
            name="Figures",
            fields=[
                ("shop_id", models.UUIDField(primary_key=True, serialize=False)),
                ("delivered", models.IntegerField()),
                ("delivered_p50_seconds", models.FloatField(null=True)),
                ("delivered_p95_seconds", models.FloatField(null=True)),
                ("refunded", models.IntegerField()),
                ("refund_p50_seconds", models.FloatField(null=True)),
                ("counted_at", models.DateTimeField()),
            ],
            options={"db_table": "orders_figures"},
        ),
        AddIndexConcurrently(
            "order",
            models.Index(condition=Q(("state", "refunded")), fields=["-refunded_at"], name="orders_order_refunded"),
        ),
        AddIndexConcurrently(
            "order",
            models.Index(
                condition=Q(("client_id__isnull", False), ("state", "placed")),
                fields=["shop_id", "client_id"],
                name="orders_order_open_client",
            ),
        ),
    ]
