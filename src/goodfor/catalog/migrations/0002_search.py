"""Scenes of products, and the words they are found by, kept by triggers."""

import django.contrib.postgres.fields
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        TrigramExtension(),
        migrations.AddField(
            "product",
            "scenes",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=24), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField("product", "search_name", models.TextField(default="", editable=False)),
        migrations.AddField("product", "search_text", models.TextField(default="", editable=False)),
        migrations.AddField(
            "product",
            "search_grams",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, editable=False, size=None
            ),
        ),
        run_files("goodfor.catalog", forward=["search.sql"], backward=["drop_search.sql"]),
    ]
