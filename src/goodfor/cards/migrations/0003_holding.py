"""Cards that lie in somebody's account; no row of another table changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Holding",
            fields=[
                (
                    "card",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cards.card",
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("holder_ref", models.CharField(max_length=100)),
                ("gift_id", models.UUIDField(null=True)),
                ("kept_at", models.DateTimeField()),
            ],
            options={
                "db_table": "cards_holding",
                "indexes": [
                    models.Index(fields=["shop_id", "holder_ref", "card"], name="cards_holding_of"),
                    models.Index(
                        condition=models.Q(("gift_id__isnull", False)),
                        fields=["shop_id", "gift_id"],
                        name="cards_holding_gift",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("holder_ref", ""), _negated=True), name="cards_holding_holder"
                    )
                ],
            },
        ),
    ]
