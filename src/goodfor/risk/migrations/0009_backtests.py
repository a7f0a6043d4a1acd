"""Rules tried before they are saved; switching off by one person; exports that two agree on."""

from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("risk", "0008_hours")]

    operations = [
        migrations.CreateModel(
            name="Backtest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("rule_id", models.UUIDField(null=True)),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("latest", models.IntegerField(default=0)),
                ("says", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("as_of", models.DateTimeField()),
                ("edges", models.JSONField(default=list)),
                ("done", models.SmallIntegerField(default=0)),
                ("sums", models.JSONField(default=list)),
                ("spots", models.JSONField(default=list)),
                ("examples", models.JSONField(default=list)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("problem", models.CharField(blank=True, default="", max_length=40)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "risk_backtest",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "running"))),
                        fields=["made_at"],
                        name="risk_backtest_open",
                    ),
                    models.Index(fields=["shop_id", "-made_at"], name="risk_backtest_recent"),
                    models.Index(fields=["shop_id", "digest", "-made_at"], name="risk_backtest_digest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["broken", "done", "running", "waiting"])),
                        name="risk_backtest_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", ("waiting", "running"))),
                            models.Q(
                                models.Q(("state__in", ("waiting", "running")), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="risk_backtest_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("as_of__gte", models.F("until")),
                            ("done__gte", 0),
                            ("latest__gte", 0),
                            ("until__gt", models.F("since")),
                        ),
                        name="risk_backtest_span",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="proposal", name="risk_proposal_kind"),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("rule", "list_add", "list_remove", "rule_off", "list_export")),
                    ("state__in", ["approved", "open", "refused", "withdrawn"]),
                ),
                name="risk_proposal_kind",
            ),
        ),
        run_files("goodfor.risk", forward=["backtests.sql", "rule_off.sql"]),
    ]
