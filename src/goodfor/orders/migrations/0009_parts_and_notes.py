"""Parts of prices that went back, what a claim gave back itself, codes that a line returned, and notes of the staff."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_claims")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Part",
            fields=[
                ("refund_id", models.UUIDField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("number", models.IntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("by_staff", models.BooleanField()),
                ("decided_at", models.DateTimeField()),
                ("back_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "orders_part",
                "indexes": [
                    models.Index(fields=["-back_at"], name="orders_part_back", condition=Q(back_at__isnull=False)),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["order_id", "number"], name="orders_part_number"),
                    models.CheckConstraint(condition=Q(amount_minor__gt=0, number__gt=0), name="orders_part_amount"),
                    models.CheckConstraint(
                        condition=Q(back_at__isnull=True) | Q(back_at__gte=F("decided_at")), name="orders_part_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("author", models.CharField(max_length=64)),
                ("key_id", models.SmallIntegerField()),
                ("blob", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "orders_note",
                "indexes": [models.Index(fields=["shop_id", "order_id", "id"], name="orders_note_order")],
            },
        ),
        migrations.AddField(
            model_name="orderline", name="returned", field=models.IntegerField(db_default=0, default=0)
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("quantity")), name="orders_line_returned"
            ),
        ),
        migrations.AddField(model_name="claim", name="refund_id", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="claim", name="refund_minor", field=models.BigIntegerField(null=True)),
        AddConstraintNotValid(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=Q(refund_id__isnull=True, refund_minor__isnull=True)
                | Q(state="refunded", refund_id__isnull=False, refund_minor__gt=0),
                name="orders_claim_refund",
            ),
        ),
    ]
