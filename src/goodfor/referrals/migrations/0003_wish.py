"""Terms that give more wait for a second person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="ProgrammeWish",
            fields=[
                ("shop_id", models.UUIDField(primary_key=True, serialize=False)),
                ("terms", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "referrals_wish",
            },
        ),
    ]
