"""Files on their way into stock."""

from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    """Files on their way in, and who imported a batch."""

    dependencies = [
        ("vault", "0003_stock_watch"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="created_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.CreateModel(
            name="Intake",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("sku_id", models.UUIDField()),
                ("actor", models.CharField(max_length=80)),
                ("filename", models.CharField(max_length=255)),
                ("size_bytes", models.BigIntegerField()),
                ("file_sha256", models.BinaryField(max_length=32)),
                ("state", models.CharField(default="waiting", max_length=16)),
                ("options", models.JSONField(default=dict)),
                ("report", models.JSONField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=64)),
                ("checks", models.IntegerField(default=0)),
                ("bytes_done", models.BigIntegerField(default=0)),
                ("lines_done", models.BigIntegerField(default=0)),
                ("accepted", models.BigIntegerField(default=0)),
                ("batch_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "vault_intake",
                "indexes": [
                    models.Index(fields=["shop_id", "-created_at"], name="vault_intake_recent"),
                    models.Index(
                        condition=models.Q(("state__in", ("done", "dropped", "failed")), _negated=True),
                        fields=["id"],
                        name="vault_intake_live",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "cancelling",
                                    "checked",
                                    "confirmed",
                                    "done",
                                    "dropped",
                                    "failed",
                                    "refused",
                                    "waiting",
                                ),
                            )
                        ),
                        name="vault_intake_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("state__in", ("done", "dropped", "failed"))),
                            models.Q(
                                models.Q(("state__in", ("done", "dropped", "failed")), _negated=True),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="vault_intake_finished_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("batch_id__isnull", False), ("state", "done")),
                            models.Q(("state", "done"), _negated=True),
                            _connector="OR",
                        ),
                        name="vault_intake_batch",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("confirmed", "cancelling"))),
                        fields=("shop_id", "sku_id", "file_sha256"),
                        name="vault_intake_running_once",
                    ),
                ],
            },
        ),
    ]
