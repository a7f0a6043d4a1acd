"""Codes that their buyer gives to somebody else; no row of another table changes."""

from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0023_more_points"),
    ]

    operations = [
        migrations.CreateModel(
            name="Given",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("gift_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("line_id", models.UUIDField()),
                ("code_id", models.UUIDField()),
                ("state", models.CharField(default="held", max_length=8)),
                ("taker", models.CharField(blank=True, default="", max_length=80)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "orders_given",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["held", "passed"])),
                        fields=["shop_id", "order_id"],
                        name="orders_given_order",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["held", "passed"])),
                        fields=("shop_id", "line_id", "code_id"),
                        name="orders_given_one",
                    ),
                    models.UniqueConstraint(fields=("shop_id", "gift_id", "code_id"), name="orders_given_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["held", "back"]), ("taker", "")),
                            models.Q(("state", "passed"), models.Q(("taker", ""), _negated=True)),
                            ("state", "gone"),
                            _connector="OR",
                        ),
                        name="orders_given_taker",
                    ),
                ],
            },
        ),
        run_files("goodfor.orders", forward=["given.sql"], backward=["drop_given.sql"]),
    ]
