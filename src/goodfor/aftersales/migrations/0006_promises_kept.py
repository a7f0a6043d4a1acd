"""Versions of promises are kept, in SQL."""

from django.db import migrations

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """No row of a promise ever changes or goes."""

    dependencies = [("aftersales", "0002_money")]
    operations = [run_files("goodfor.aftersales", forward=["promises.sql"], backward=["drop_promises.sql"])]
