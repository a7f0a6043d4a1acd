"""Top-ups: what a line's buyer filled in, sealed, and how much was done."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0012_list_by_currency"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="orderline",
            name="account",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="orderline",
            name="form_blob",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="orderline",
            name="form_key_id",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="orderline",
            name="kind",
            field=models.CharField(db_default="code", default="code", max_length=8),
        ),
        migrations.AddField(
            model_name="orderline",
            name="topped",
            field=models.IntegerField(null=True),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("form_blob__isnull", True),
                        ("form_key_id__isnull", True),
                        ("kind", "code"),
                        ("topped__isnull", True),
                    ),
                    models.Q(("form_blob__isnull", True), ("form_key_id__isnull", True), ("kind", "direct")),
                    models.Q(("form_blob__isnull", False), ("form_key_id__isnull", False), ("kind", "direct")),
                    _connector="OR",
                ),
                name="orders_line_form",
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("topped__isnull", True),
                    models.Q(("topped__gte", 1), ("topped__lte", models.F("quantity"))),
                    _connector="OR",
                ),
                name="orders_line_topped",
            ),
        ),
    ]
