from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("aftersales", "0010_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("case_id", models.UUIDField()),
                ("position", models.SmallIntegerField()),
                ("width", models.IntegerField()),
                ("height", models.IntegerField()),
                ("key_id", models.SmallIntegerField()),
                ("blob", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "aftersales_picture",
                "indexes": [models.Index(fields=["at"], name="aftersales_picture_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "case_id", "position"), name="aftersales_picture_place"),
                    models.CheckConstraint(
                        condition=models.Q(("height__gte", 1), ("position__range", (1, 3)), ("width__gte", 1)),
                        name="aftersales_picture_numbers",
                    ),
                ],
            },
        ),
    ]
