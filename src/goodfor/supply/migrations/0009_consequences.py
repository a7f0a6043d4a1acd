"""What follows from too many bad codes of a supplier, by bounds of its contract."""

from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    """A table, and columns with their values for all suppliers, which are written to no row."""

    dependencies = [
        ("supply", "0008_inquiries"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Consequence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("supplier_id", models.UUIDField()),
                ("level", models.CharField(max_length=8)),
                ("factor", models.FloatField(default=1.0)),
                ("since", models.DateTimeField()),
                ("units", models.IntegerField()),
                ("bad", models.IntegerField()),
                ("rate_points", models.IntegerField()),
                ("bound_points", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, default="", max_length=100)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "db_table": "supply_consequence",
            },
        ),
        migrations.AddField(
            model_name="supplier",
            name="bad_hold_points",
            field=models.SmallIntegerField(db_default=300, default=300),
        ),
        migrations.AddField(
            model_name="supplier",
            name="bad_least_units",
            field=models.IntegerField(db_default=50, default=50),
        ),
        migrations.AddField(
            model_name="supplier",
            name="bad_suspend_points",
            field=models.SmallIntegerField(db_default=1000, default=1000),
        ),
        migrations.AddField(
            model_name="supplier",
            name="bad_weigh_points",
            field=models.SmallIntegerField(db_default=100, default=100),
        ),
        migrations.AddConstraint(
            model_name="supplier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bad_hold_points__gte", 0),
                    ("bad_least_units__gte", 1),
                    ("bad_suspend_points__gte", 0),
                    ("bad_weigh_points__gte", 0),
                ),
                name="supply_supplier_bad_codes",
            ),
        ),
        migrations.AddIndex(
            model_name="consequence",
            index=models.Index(fields=["shop_id", "supplier_id", "-at"], name="supply_consequence_recent"),
        ),
        migrations.AddConstraint(
            model_name="consequence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)), fields=("supplier_id",), name="supply_consequence_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="consequence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bad__gte", 1),
                    ("factor__gt", 0),
                    ("factor__lte", 1),
                    ("level__in", ("weigh", "hold", "suspend")),
                    ("units__gte", models.F("bad")),
                    ("bound_points__gte", 1),
                    ("rate_points__gte", models.F("bound_points")),
                ),
                name="supply_consequence_numbers",
            ),
        ),
        migrations.AddConstraint(
            model_name="consequence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_at__isnull", True), ("lifted_by", "")),
                    models.Q(("lifted_at__isnull", False), models.Q(("lifted_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="supply_consequence_lifted",
            ),
        ),
    ]
