"""Postings say more of what they belong to, months are closed softly first, and balances are kept by day."""

from django.db import migrations, models
from django.db.models import Q

import goodfor.ledger.fields
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """New columns without a default to write or with one that PostgreSQL keeps aside: no table is written anew."""

    dependencies = [("ledger", "0005_compensation")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("tx", "rule_version", models.SmallIntegerField(db_default=1)),
        migrations.AddField("tx", "adjustment", models.BooleanField(db_default=False)),
        migrations.AddField("posting", "supplier_id", models.UUIDField(null=True)),
        migrations.AddField("posting", "party_id", models.UUIDField(null=True)),
        migrations.AddField("posting", "brand_id", models.UUIDField(null=True)),
        migrations.AddField("posting", "campaign_id", models.UUIDField(null=True)),
        migrations.AddField("posting", "channel", models.CharField(max_length=48, null=True)),
        migrations.AddField("period", "soft_xid", goodfor.ledger.fields.Xid8Field(null=True)),
        migrations.RemoveConstraint("period", "ledger_period_state"),
        migrations.AddConstraint(
            "period",
            models.CheckConstraint(name="ledger_period_state", condition=Q(state__in=("soft", "closing", "closed"))),
        ),
        migrations.CreateModel(
            name="DailyBalance",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id", "account_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("account_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("debit_minor", models.BigIntegerField()),
                ("credit_minor", models.BigIntegerField()),
                ("closing_minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "ledger_daily",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("debit_minor__gte", 0), ("credit_minor__gte", 0)), name="ledger_daily_amounts"
                    )
                ],
            },
        ),
        run_files(
            "goodfor.ledger",
            forward=["chart.sql", "post_before.sql", "post.sql", "soft_close.sql", "seal_digest.sql"],
            backward=[],
        ),
    ]
