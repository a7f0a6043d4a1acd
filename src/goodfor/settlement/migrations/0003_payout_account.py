"""The account at a provider that a payout goes by; the limit for two persons as it was before the last change."""

from django.db import migrations, models

from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """Two columns, a longer way, and a guard that knows them."""

    dependencies = [("settlement", "0002_guards")]
    operations = [
        migrations.AddField(model_name="payout", name="account_id", field=models.UUIDField(null=True)),
        migrations.AlterField(model_name="payout", name="way", field=models.CharField(max_length=64)),
        migrations.AddField(model_name="policy", name="two_from_before", field=models.BigIntegerField(null=True)),
        run_files("goodfor.settlement", forward=["payout_account.sql"], backward=["drop_payout_account.sql"]),
    ]
