"""Triggers and checks of identity."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [run_files("goodfor.identity", forward=["guards.sql"], backward=["drop_guards.sql"])]
