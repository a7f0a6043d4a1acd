from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insights", "0002_source")]

    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id",
                        "day",
                        "step",
                        "product_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("day", models.DateField()),
                ("step", models.CharField(db_collation="C", max_length=12)),
                ("product_id", models.UUIDField()),
                ("visitors", models.BigIntegerField()),
                ("views", models.BigIntegerField()),
            ],
            options={
                "db_table": "insights_visit",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("views__gte", 0), ("visitors__gte", 0)), name="insights_visit_counts"
                    )
                ],
            },
        ),
    ]
