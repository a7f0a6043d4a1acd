"""Orders wait for groups, too: holds that there are wait for none, so that no row changes."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0019_discounts_built")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("hold", "group_id", models.UUIDField(null=True)),
        migrations.AddField(
            "hold", "group_state", models.CharField(blank=True, db_default="", default="", max_length=8)
        ),
        migrations.AddField("hold", "cleared_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "hold", "cleared_by", models.CharField(blank=True, db_default="", default="", max_length=100)
        ),
        AddConstraintNotValid(
            "hold",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cleared_at__isnull", True), ("cleared_by", ""), ("group_id__isnull", True),
                        ("group_state", ""),
                    ),
                    models.Q(("group_id__isnull", False), ("group_state__in", ["waiting", "won", "lost"])),
                    _connector="OR",
                ),
                name="orders_hold_group",
            ),
        ),
        AddConstraintNotValid(
            "hold",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "released"), _negated=True), ("group_state__in", ["", "won"]), _connector="OR"
                ),
                name="orders_hold_formed",
            ),
        ),
    ]  # fmt: skip
