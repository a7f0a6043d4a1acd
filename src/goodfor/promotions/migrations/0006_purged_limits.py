"""Counts of periods long over are purged: found by campaign and period; what comes back of them goes nowhere."""

from django.db import migrations, models

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("promotions", "0005_floor")]

    operations = [
        migrations.AddIndex(
            model_name="counter",
            index=models.Index(fields=["shop_id", "campaign_id", "bucket"], name="promotions_counter_of"),
        ),
        run_files("goodfor.promotions", forward=["purged.sql"]),
    ]
