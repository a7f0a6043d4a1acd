"""Lines cost less than their list price: by which campaigns, in which bundle, and what is given on top."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("orders", "0017_holds")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("order", "discount_minor", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("orderline", "discount_minor", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("orderline", "gift", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("orderline", "bundle_id", models.UUIDField(null=True)),
        migrations.AddField("orderline", "bundle_revision_id", models.UUIDField(null=True)),
        migrations.AddField(
            "orderline", "bundle_title", models.CharField(blank=True, db_default="", default="", max_length=250)
        ),
        AddConstraintNotValid(
            "order",
            models.CheckConstraint(condition=models.Q(("discount_minor__gte", 0)), name="orders_order_discount"),
        ),
        AddConstraintNotValid(
            "orderline",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("discount_minor__gte", 0),
                        (
                            "discount_minor__lte",
                            models.F("quantity") * models.F("unit_price_minor") - models.F("quantity"),
                        ),
                        ("gift", False),
                    ),
                    models.Q(
                        ("bundle_id__isnull", True),
                        ("discount_minor", models.F("quantity") * models.F("unit_price_minor")),
                        ("gift", True),
                    ),
                    _connector="OR",
                ),
                name="orders_line_discount",
            ),
        ),
        AddConstraintNotValid(
            "orderline",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bundle_id__isnull", True), ("bundle_revision_id__isnull", True), ("bundle_title", "")),
                    models.Q(("bundle_id__isnull", False), ("bundle_revision_id__isnull", False)),
                    _connector="OR",
                ),
                name="orders_line_bundle",
            ),
        ),
        migrations.CreateModel(
            name="Discount",
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
                ("campaign_id", models.UUIDField()),
                ("revision_id", models.UUIDField()),
                ("coupon_id", models.UUIDField(null=True)),
                ("minor", models.BigIntegerField()),
                ("units", models.IntegerField(default=0)),
                ("loss", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "orders_discount",
                "indexes": [
                    models.Index(fields=["shop_id", "order_id"], name="orders_discount_order"),
                    models.Index(fields=["shop_id", "campaign_id", "order_id"], name="orders_discount_campaign"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line_id", "revision_id", "coupon_id"),
                        name="orders_discount_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("loss__gte", 0), ("minor__gt", 0), ("units__gte", 0)),
                        name="orders_discount_amounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Trace",
            fields=[
                ("order_id", models.UUIDField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("steps", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "orders_trace"},
        ),
    ]
