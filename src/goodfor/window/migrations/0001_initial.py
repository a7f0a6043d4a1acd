"""The blocks of a shop's first page."""

from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("version", models.CharField(max_length=12)),
                ("position", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("settings", models.JSONField()),
                ("visible_from", models.DateTimeField(null=True)),
                ("visible_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "window_block",
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "version", "position"), name="window_block_place"),
                    models.CheckConstraint(
                        condition=models.Q(("version__in", ["draft", "published"])), name="window_block_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["banner", "category", "flash", "grid", "scene", "text"])),
                        name="window_block_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 0), ("position__lt", 30)), name="window_block_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("visible_from__isnull", True),
                            ("visible_until__isnull", True),
                            ("visible_until__gt", models.F("visible_from")),
                            _connector="OR",
                        ),
                        name="window_block_time",
                    ),
                ],
            },
        ),
    ]
