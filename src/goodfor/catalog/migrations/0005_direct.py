"""A SKU may top an account up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_desk"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sku",
            name="delivery_kind",
            field=models.CharField(
                choices=[("code", "卡密自动发货"), ("direct", "直充到账号")], default="code", max_length=16
            ),
        ),
    ]
