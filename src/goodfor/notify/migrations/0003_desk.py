"""What the console's message pages need: orders of messages, reports of delivery, the staff's own wishes, retention."""

from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    """New columns are empty, so nothing is rewritten; messages about orders say so from now on, and of late."""

    dependencies = [("notify", "0002_guards")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("message", "about_id", models.UUIDField(null=True)),
        migrations.AddField("message", "delivered_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "report_due_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "report_asks", models.IntegerField(default=0)),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(("state", "sent"))
                | models.Q(("delivered_at__isnull", True), ("report_due_at__isnull", True)),
                name="notify_message_reported",
            ),
        ),
        migrations.CreateModel(
            name="StaffAlert",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("staff_id", models.UUIDField()),
                ("scene", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=16)),
                ("enabled", models.BooleanField()),
            ],
            options={
                "db_table": "notify_staff_alert",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop_id", "staff_id", "scene", "channel"), name="notify_staff_alert_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffAddress",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("staff_id", models.UUIDField()),
                ("channel", models.CharField(max_length=16)),
                ("key_id", models.IntegerField()),
                ("blob", models.BinaryField()),
                ("hint", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "notify_staff_address",
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "staff_id", "channel"), name="notify_staff_address_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("shop_id", models.UUIDField(primary_key=True, serialize=False)),
                ("keep_days", models.IntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "notify_setting",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("keep_days__gte", 7), ("keep_days__lte", 3650)),
                        name="notify_setting_keep_days",
                    )
                ],
            },
        ),
        run_files("goodfor.notify", forward=["desk.sql"], backward=["drop_desk.sql"]),
        migrations.RunSQL(
            "UPDATE notify_message SET about_id = substr(subject, 7)::uuid"
            " WHERE shop_id IS NOT NULL AND subject ~ '^order:[0-9a-f-]{36}$'",
            migrations.RunSQL.noop,
        ),
    ]
