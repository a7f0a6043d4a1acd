"""Claims on lines, invoice titles, and the figures that the trust page shows. All new: nothing waits."""

import django.contrib.postgres.fields
from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0007_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceTitle",
            fields=[
                ("order_id", models.UUIDField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("key_id", models.SmallIntegerField()),
                ("blob", models.BinaryField()),
            ],
            options={
                "db_table": "orders_invoice",
            },
        ),
        migrations.AddField(
            model_name="figures",
            name="codes",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="figures",
            name="codes_claimed",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="figures",
            name="refunded_alone",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="Claim",
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
                ("reason", models.CharField(max_length=16)),
                ("code_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("text_key_id", models.SmallIntegerField(null=True)),
                ("text_blob", models.BinaryField(null=True)),
                ("state", models.CharField(max_length=16)),
                ("opened_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "orders_claim",
                "indexes": [
                    models.Index(fields=["shop_id", "order_id"], name="orders_claim_order"),
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["shop_id", "answer_by"], name="orders_claim_due"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("shop_id", "line_id"),
                        name="orders_claim_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "refunded", "withdrawn"])), name="orders_claim_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["invalid", "used", "expired", "wrong", "not_received", "changed_mind"])
                        ),
                        name="orders_claim_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="orders_claim_closed",
                    ),
                ],
            },
        ),
    ]
