from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("risk", "0003_rules")]

    operations = [
        migrations.CreateModel(
            name="RiskModel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("scene_group", models.CharField(max_length=16)),
                ("number", models.IntegerField()),
                ("state", models.CharField(default="candidate", max_length=16)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=80)),
                ("promoted_at", models.DateTimeField(null=True)),
                ("promoted_by", models.CharField(blank=True, default="", max_length=80)),
                ("retired_at", models.DateTimeField(null=True)),
                ("retired_by", models.CharField(blank=True, default="", max_length=80)),
                ("encoding", models.JSONField()),
                ("set_version", models.IntegerField()),
                ("file", models.BinaryField()),
                ("file_sha256", models.BinaryField()),
                ("calibration", models.JSONField()),
                ("bands", models.JSONField()),
                ("report", models.JSONField()),
            ],
            options={
                "db_table": "risk_model",
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "scene_group", "number"), name="risk_model_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "champion")),
                        fields=("shop_id", "scene_group"),
                        name="risk_model_one_champion",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "shadow")),
                        fields=("shop_id", "scene_group"),
                        name="risk_model_one_challenger",
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="risk_model_counts"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["candidate", "champion", "retired", "shadow"])),
                        name="risk_model_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("promoted_by", ""),
                            models.Q(("promoted_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="risk_model_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "champion"), _negated=True),
                            models.Q(("promoted_at__isnull", False), models.Q(("promoted_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="risk_model_promoted",
                    ),
                ],
            },
        ),
        run_files("goodfor.risk", forward=["models.sql"], backward=["drop_models.sql"]),
    ]
