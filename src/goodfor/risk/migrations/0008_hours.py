from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0007_one_batch_a_knock"),
    ]

    operations = [
        migrations.CreateModel(
            name="HourFold",
            fields=[
                ("shop_id", models.UUIDField(primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
            options={
                "db_table": "risk_hour_fold",
            },
        ),
        migrations.CreateModel(
            name="Hour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id",
                        "hour",
                        "scene",
                        "outcome",
                        "cause",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("hour", models.DateTimeField()),
                ("scene", models.SmallIntegerField()),
                ("outcome", models.CharField(max_length=9)),
                ("cause", models.CharField(blank=True, default="", max_length=16)),
                ("count", models.IntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("failing", models.IntegerField()),
                ("sampled", models.IntegerField()),
            ],
            options={
                "db_table": "risk_hour",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("count__gt", 0),
                            ("outcome__in", ["allow", "challenge", "review", "hold", "deny"]),
                            ("scene__range", (1, 13)),
                        ),
                        name="risk_hour_sound",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("failing__gte", 0),
                            ("failing__lte", models.F("count")),
                            ("sampled__gte", 0),
                            ("sampled__lte", models.F("count")),
                        ),
                        name="risk_hour_parts",
                    ),
                ],
            },
        ),
    ]
