"""Models made on request, looks at drift, why somebody labelled; what came to doors by the hour, who met bait."""

from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0009_backtests"),
    ]

    operations = [
        migrations.CreateModel(
            name="DoorHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id", "door", "hour", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("door", models.SmallIntegerField()),
                ("hour", models.DateTimeField()),
                ("right", models.IntegerField(default=0)),
                ("wrong", models.IntegerField(default=0)),
                ("refused", models.IntegerField(default=0)),
                ("asked", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "risk_door_hour",
            },
        ),
        migrations.CreateModel(
            name="DoorRefusal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("door", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("asked", models.BooleanField()),
            ],
            options={
                "db_table": "risk_door_refusal",
            },
        ),
        migrations.CreateModel(
            name="DriftRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("model_id", models.UUIDField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("acts", models.IntegerField()),
                ("score", models.FloatField()),
                ("features", models.JSONField()),
                ("by", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "risk_drift",
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("planted_id", models.UUIDField()),
                ("place", models.CharField(max_length=40)),
                ("buyer", models.BigIntegerField(default=0)),
                ("device", models.BigIntegerField(default=0)),
                ("address", models.BigIntegerField(default=0)),
                ("count", models.IntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "db_table": "risk_meeting",
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("scene_group", models.CharField(max_length=16)),
                ("until", models.DateTimeField()),
                ("delay_days", models.SmallIntegerField()),
                ("test_days", models.SmallIntegerField()),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("phase", models.CharField(blank=True, default="", max_length=8)),
                ("share", models.FloatField(default=0.0)),
                ("acts", models.IntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, default="", max_length=12)),
                ("tries", models.SmallIntegerField(default=0)),
                ("model_id", models.UUIDField(null=True)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "risk_training",
            },
        ),
        migrations.AddField(
            model_name="label",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="label",
            index=models.Index(fields=["shop_id", "-id"], name="risk_label_recent"),
        ),
        migrations.AddIndex(
            model_name="doorhour",
            index=models.Index(fields=["hour"], name="risk_door_hour_hour"),
        ),
        migrations.AddConstraint(
            model_name="doorhour",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked__gte", 0), ("refused__gte", 0), ("right__gte", 0), ("wrong__gte", 0)),
                name="risk_door_hour_counts",
            ),
        ),
        migrations.AddIndex(
            model_name="doorrefusal",
            index=models.Index(fields=["at"], name="risk_door_refusal_at"),
        ),
        migrations.AddIndex(
            model_name="driftrun",
            index=models.Index(fields=["shop_id", "model_id", "-until"], name="risk_drift_recent"),
        ),
        migrations.AddConstraint(
            model_name="driftrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("acts__gte", 0), ("until__gt", models.F("since"))), name="risk_drift_span"
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["shop_id", "-last_at"], name="risk_meeting_recent"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(
                fields=("shop_id", "planted_id", "place", "buyer", "device", "address"), name="risk_meeting_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gt", 0), ("first_at__lte", models.F("last_at"))), name="risk_meeting_times"
            ),
        ),
        migrations.AddIndex(
            model_name="training",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "running"))), fields=["made_at"], name="risk_training_open"
            ),
        ),
        migrations.AddIndex(
            model_name="training",
            index=models.Index(fields=["shop_id", "scene_group", "-made_at"], name="risk_training_recent"),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("waiting", "running"))),
                fields=("shop_id", "scene_group"),
                name="risk_training_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["broken", "done", "running", "waiting"])), name="risk_training_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state__in", ("waiting", "running"))),
                    models.Q(
                        models.Q(("state__in", ("waiting", "running")), _negated=True), ("ended_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="risk_training_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("model_id__isnull", False), ("problem", ""), ("state", "done")),
                    models.Q(
                        ("model_id__isnull", True),
                        ("problem__in", ("too_few", "no_library", "too_long", "too_large", "stopped", "failed")),
                        ("state", "broken"),
                    ),
                    models.Q(("model_id__isnull", True), ("problem", ""), ("state__in", ("waiting", "running"))),
                    _connector="OR",
                ),
                name="risk_training_came",
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("delay_days__range", (1, 180)), ("test_days__range", (1, 180)), ("until__lte", models.F("made_at"))
                ),
                name="risk_training_plan",
            ),
        ),
        run_files("goodfor.risk", forward=["trainings.sql", "refusals.sql"], backward=["drop_trainings.sql"]),
    ]
