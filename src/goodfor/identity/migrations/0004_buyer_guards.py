"""Triggers and checks of buyers' accounts."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_buyers")]

    operations = [run_files("goodfor.identity", forward=["buyer_guards.sql"], backward=["drop_buyer_guards.sql"])]
