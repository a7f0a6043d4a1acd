"""Triggers that guard the money of payments."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [run_files("goodfor.payments", forward=["guards.sql"], backward=["guards_drop.sql"])]
