import django.contrib.postgres.fields
from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


def _texts() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Cut by month, which Django cannot say: tables, indexes and guards are made by SQL.
            database_operations=[
                run_files("goodfor.risk", forward=["events.sql", "partitions.sql"], backward=["drop_events.sql"]),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "shop_id", "at", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("id", models.BigIntegerField()),
                        ("at", models.DateTimeField()),
                        ("amount_minor", models.BigIntegerField()),
                        ("buyer", models.BigIntegerField(null=True)),
                        ("device", models.BigIntegerField(null=True)),
                        ("network", models.BigIntegerField(null=True)),
                        ("address", models.BigIntegerField(null=True)),
                        ("phone", models.BigIntegerField(null=True)),
                        ("mail", models.BigIntegerField(null=True)),
                        ("instrument", models.BigIntegerField(null=True)),
                        ("batch", models.BigIntegerField(null=True)),
                        ("referrer", models.BigIntegerField(null=True)),
                        ("shop_id", models.UUIDField()),
                        ("subject_id", models.UUIDField(null=True)),
                        ("decision_id", models.UUIDField(null=True)),
                        ("scene", models.SmallIntegerField()),
                        ("result", models.SmallIntegerField()),
                    ],
                    options={"db_table": "risk_event"},
                ),
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "shop_id", "at", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("event_id", models.BigIntegerField()),
                        ("hold_until", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField()),
                        ("score", models.FloatField(null=True)),
                        ("latency_us", models.IntegerField()),
                        ("rules_version", models.IntegerField()),
                        ("id", models.UUIDField()),
                        ("shop_id", models.UUIDField()),
                        ("subject_id", models.UUIDField(null=True)),
                        ("model_id", models.UUIDField(null=True)),
                        ("scene", models.SmallIntegerField()),
                        ("set_version", models.SmallIntegerField()),
                        ("cost", models.SmallIntegerField()),
                        ("sampled", models.BooleanField()),
                        ("outcome", models.CharField(db_collation="C", max_length=9)),
                        ("subject_kind", models.CharField(db_collation="C", max_length=24)),
                        ("reasons", _texts()),
                        ("failed", _texts()),
                        ("absent", _texts()),
                        ("silent", _texts()),
                        ("features", models.JSONField()),
                        ("hits", models.JSONField()),
                        ("challengers", models.JSONField()),
                        ("why", models.JSONField()),
                    ],
                    options={"db_table": "risk_decision"},
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("kind", models.SmallIntegerField()),
                ("key", models.BigIntegerField()),
                ("label", models.CharField(max_length=80)),
                ("value_key_id", models.SmallIntegerField(null=True)),
                ("value_blob", models.BinaryField(null=True)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "db_table": "risk_entity",
                "indexes": [models.Index(fields=["last_at"], name="risk_entity_last")],
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "kind", "key"), name="risk_entity_key"),
                    models.CheckConstraint(
                        condition=models.Q(("key__gt", 0), ("kind__range", (1, 9))), name="risk_entity_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("value_blob__isnull", True), ("value_key_id__isnull", True)),
                            models.Q(("value_blob__isnull", False), ("value_key_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="risk_entity_value",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Take",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("name", models.CharField(db_collation="C", max_length=40)),
                ("key", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("subject_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "risk_take",
                "indexes": [
                    models.Index(fields=["shop_id", "name", "key", "at"], name="risk_take_key"),
                    models.Index(fields=["until"], name="risk_take_until"),
                ],
            },
        ),
    ]
