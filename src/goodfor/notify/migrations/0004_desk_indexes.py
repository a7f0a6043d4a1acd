"""Indexes of the send log, built while messages go out."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notify", "0003_desk")]

    operations = [
        AddIndexConcurrently(
            "message", models.Index(fields=["shop_id", "state", "id"], name="notify_message_state_log")
        ),
        AddIndexConcurrently("message", models.Index(fields=["shop_id", "created_at"], name="notify_message_age")),
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["shop_id", "about_id"],
                name="notify_message_about",
                condition=models.Q(("about_id__isnull", False)),
            ),
        ),
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["report_due_at"],
                name="notify_message_reports",
                condition=models.Q(("report_due_at__isnull", False)),
            ),
        ),
    ]
