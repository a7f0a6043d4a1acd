import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("aftersales", "0008_snippets"),
    ]

    operations = [
        migrations.CreateModel(
            name="BatchWatch",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id", "batch_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("batch_id", models.UUIDField()),
                ("sku_id", models.UUIDField()),
                ("bad", models.IntegerField()),
                ("sold", models.IntegerField()),
                ("seen_at", models.DateTimeField()),
                ("pulled_at", models.DateTimeField(null=True)),
                ("pulled_by", models.CharField(blank=True, default="", max_length=80)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, default="", max_length=80)),
                ("lifted_bad", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "aftersales_batch_watch",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("bad__gte", 0), ("lifted_bad__gte", 0), ("sold__gte", 0)),
                        name="aftersales_watch_counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pulled_at__isnull", True), ("pulled_by", "")),
                            models.Q(("pulled_at__isnull", False), models.Q(("pulled_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="aftersales_watch_pulled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("batch_id", models.UUIDField()),
                ("started_by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("orders", models.IntegerField()),
                ("codes", models.IntegerField()),
            ],
            options={
                "db_table": "aftersales_recall",
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "batch_id"), name="aftersales_recall_once"),
                    models.CheckConstraint(
                        condition=models.Q(("codes__gte", models.F("orders")), ("orders__gte", 0)),
                        name="aftersales_recall_counts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecallItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("line_id", models.UUIDField()),
                ("code_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("state", models.CharField(default="due", max_length=8)),
                ("told_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("tries", models.SmallIntegerField(default=0)),
                (
                    "recall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aftersales.recall"
                    ),
                ),
            ],
            options={
                "db_table": "aftersales_recall_item",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="aftersales_recall_due"
                    ),
                    models.Index(fields=["shop_id", "line_id"], name="aftersales_recall_line"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("recall", "line_id"), name="aftersales_recall_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["claimed", "due", "offered", "over"])),
                        name="aftersales_recall_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_at__isnull", False), ("state", "due")),
                            models.Q(models.Q(("state", "due"), _negated=True), ("next_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="aftersales_recall_next",
                    ),
                ],
            },
        ),
    ]
