from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("aftersales", "0007_case_seen")]

    operations = [
        migrations.CreateModel(
            name="Snippet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("position", models.SmallIntegerField()),
                ("label", models.CharField(max_length=20)),
                ("text", models.CharField(max_length=500)),
            ],
            options={
                "db_table": "aftersales_snippet",
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "position"), name="aftersales_snippet_position")
                ],
            },
        ),
    ]
