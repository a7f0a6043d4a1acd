"""Disputes, bills, and what channels say of both. The longer list of kinds of facts is checked in 0005."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("account_id", models.UUIDField()),
                ("provider", models.CharField(max_length=32)),
                ("account_code", models.CharField(max_length=32)),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=8)),
                ("state", models.CharField(default="wanted", max_length=8)),
                ("sha256", models.CharField(default="", max_length=64)),
                ("size_bytes", models.BigIntegerField(default=0)),
                ("rows", models.IntegerField(default=0)),
                ("came_minor", models.BigIntegerField(default=0)),
                ("went_minor", models.BigIntegerField(default=0)),
                ("fee", models.DecimalField(decimal_places=6, default=0, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("problem", models.CharField(default="", max_length=64)),
                ("problem_line", models.IntegerField(default=0)),
                ("attempts", models.IntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("imported_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "payments_bill",
            },
        ),
        migrations.CreateModel(
            name="BillLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bill_id", "line", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("bill_id", models.UUIDField()),
                ("line", models.IntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("happened_at", models.DateTimeField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("fee", models.DecimalField(decimal_places=6, max_digits=20)),
                ("our_ref", models.CharField(default="", max_length=64)),
                ("channel_ref", models.CharField(default="", max_length=64)),
                ("refund_ref", models.CharField(default="", max_length=64)),
                ("channel_refund_ref", models.CharField(default="", max_length=64)),
                ("balance_minor", models.BigIntegerField(null=True)),
                ("state", models.CharField(default="", max_length=32)),
                ("note", models.CharField(default="", max_length=200)),
            ],
            options={
                "db_table": "payments_bill_line",
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("account_id", models.UUIDField()),
                ("provider", models.CharField(max_length=32)),
                ("payment_id", models.UUIDField(null=True)),
                ("channel_ref", models.CharField(max_length=64)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("state", models.CharField(default="open", max_length=8)),
                ("evidence_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "payments_dispute",
            },
        ),
        migrations.RemoveConstraint(
            model_name="factrow",
            name="payments_fact_kind",
        ),
        migrations.AddField(
            model_name="factrow",
            name="parent_ref",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
        AddConstraintNotValid(
            model_name="factrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["paid", "closed", "refunded", "refund_failed", "disputed", "dispute_won", "dispute_lost"],
                    )
                ),
                name="payments_fact_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="billfile",
            index=models.Index(
                condition=models.Q(("next_try_at__isnull", False)), fields=["next_try_at"], name="payments_bill_due"
            ),
        ),
        migrations.AddIndex(
            model_name="billfile",
            index=models.Index(fields=["shop_id", "-day"], name="payments_bill_days"),
        ),
        migrations.AddConstraint(
            model_name="billfile",
            constraint=models.UniqueConstraint(
                fields=("shop_id", "provider", "account_code", "day", "kind"), name="payments_bill_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="billfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("trade", "fund"))), name="payments_bill_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="billfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["empty", "imported", "refused", "wanted"])),
                name="payments_bill_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="billfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("came_minor__gte", 0), ("rows__gte", 0), ("went_minor__gte", 0)),
                name="payments_bill_sums",
            ),
        ),
        migrations.AddConstraint(
            model_name="billfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("imported", "empty")), ("imported_at__isnull", False)),
                    models.Q(
                        models.Q(("state__in", ("imported", "empty")), _negated=True),
                        ("imported_at__isnull", True),
                        ("rows", 0),
                    ),
                    _connector="OR",
                ),
                name="payments_bill_imported",
            ),
        ),
        migrations.AddIndex(
            model_name="billline",
            index=models.Index(fields=["shop_id", "our_ref"], name="payments_bill_line_ours"),
        ),
        migrations.AddIndex(
            model_name="billline",
            index=models.Index(fields=["shop_id", "channel_ref"], name="payments_bill_line_theirs"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(fields=["shop_id", "payment_id"], name="payments_dispute_payment"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                fields=("shop_id", "account_id", "channel_ref"), name="payments_dispute_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="payments_dispute_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["lost", "open", "won"])), name="payments_dispute_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="payments_dispute_closed",
            ),
        ),
    ]
