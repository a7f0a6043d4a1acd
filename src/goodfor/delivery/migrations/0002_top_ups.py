"""The proof of a top-up."""

from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TopUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("holder_id", models.UUIDField()),
                ("number", models.CharField(max_length=18)),
                ("supplier", models.CharField(max_length=100)),
                ("ref", models.CharField(blank=True, max_length=64)),
                ("units", models.IntegerField()),
                ("message", models.CharField(blank=True, max_length=200)),
                ("done_at", models.DateTimeField()),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "delivery_top_up",
                "indexes": [models.Index(fields=["shop_id", "holder_id"], name="delivery_top_up_holder")],
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "number"), name="delivery_top_up_once"),
                    models.CheckConstraint(condition=models.Q(("units__gte", 1)), name="delivery_top_up_units"),
                ],
            },
        ),
    ]
