"""Deliveries that wait on purpose: nothing of the sort exists yet, so that nobody waits for this but for a moment."""

import django.contrib.postgres.fields
from django.db import migrations, models

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0016_claim_units_built"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("order_id", models.UUIDField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("decision_id", models.UUIDField(null=True)),
                ("then", models.CharField(db_column="then_do", max_length=8)),
                ("review", models.BooleanField()),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
                ("for_seconds", models.IntegerField()),
                ("until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=100)),
                ("state", models.CharField(default="held", max_length=8)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=100)),
                ("cause", models.CharField(blank=True, default="", max_length=80)),
            ],
            options={
                "db_table": "orders_hold",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "held"), ("until__isnull", False)),
                        fields=["until"],
                        name="orders_hold_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "held"), ("until__isnull", False)),
                        fields=["shop_id", "until"],
                        name="orders_hold_live",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cause", ""), ("ended_at__isnull", True), ("ended_by", ""), ("state", "held")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["released", "refused", "lapsed"]),
                                models.Q(("ended_by", ""), _negated=True),
                                models.Q(("cause", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="orders_hold_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("then__in", ["release", "refuse"])), name="orders_hold_then"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("for_seconds__gte", 1), ("for_seconds__lte", 604800)),
                        name="orders_hold_for",
                    ),
                ],
            },
        ),
        run_files("goodfor.orders", forward=["holds.sql"], backward=["drop_holds.sql"]),
    ]
