"""What was given back on a day of a shop, and where each refund was counted; refunds of before are not."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_parts_built")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="RefundDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id", "day", "currency", "kind", "actor",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("day", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("kind", models.CharField(max_length=8)),
                ("actor", models.CharField(max_length=64)),
                ("minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "orders_refund_day",
                "constraints": [
                    models.CheckConstraint(condition=Q(minor__gte=0), name="orders_refund_day_minor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundCount",
            fields=[
                ("refund_id", models.UUIDField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("day", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("kind", models.CharField(max_length=8)),
                ("actor", models.CharField(max_length=64)),
                ("minor", models.BigIntegerField()),
                ("given_up_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "orders_refund_count",
                "constraints": [
                    models.CheckConstraint(condition=Q(minor__gt=0), name="orders_refund_count_minor"),
                    models.CheckConstraint(
                        condition=Q(kind__in=["staff", "client", "auto"]), name="orders_refund_count_kind"
                    ),
                ],
            },
        ),
    ]  # fmt: skip
