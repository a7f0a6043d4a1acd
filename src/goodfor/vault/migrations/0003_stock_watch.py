"""Low-stock thresholds of SKUs, and the state of their bells."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="StockWatch",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id", "sku_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("sku_id", models.UUIDField()),
                ("threshold", models.BigIntegerField(null=True)),
                ("armed", models.BooleanField()),
                ("crossings", models.BigIntegerField(db_default=0, default=0)),
                ("crossed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "vault_stock_watch",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("threshold__isnull", True),
                            models.Q(("threshold__gte", 0), ("threshold__lte", 1000000000)),
                            _connector="OR",
                        ),
                        name="vault_stock_watch_threshold",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("crossed_at__isnull", True), ("crossings", 0)),
                            models.Q(("crossed_at__isnull", False), ("crossings__gt", 0)),
                            _connector="OR",
                        ),
                        name="vault_stock_watch_crossed",
                    ),
                ],
            },
        ),
    ]
