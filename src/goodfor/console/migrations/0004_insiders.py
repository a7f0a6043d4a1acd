"""What the staff look at and take away: looks, and wishes that take two."""

import datetime

import django.db.models.expressions
from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0003_start"),
    ]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("staff_id", models.UUIDField()),
                ("kind", models.CharField(max_length=8)),
                ("at", models.DateTimeField()),
                ("done", models.BooleanField(default=False)),
                ("codes", models.IntegerField()),
                ("unsold", models.IntegerField()),
                ("code_id", models.UUIDField(null=True)),
                ("batch_id", models.UUIDField(null=True)),
                ("taken", models.UUIDField(null=True)),
                ("decision_id", models.UUIDField(null=True)),
                ("redeemed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "console_look",
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("kind", models.CharField(max_length=8)),
                ("subject_id", models.UUIDField()),
                ("staff_id", models.UUIDField()),
                ("reason", models.CharField(max_length=200)),
                ("rows", models.IntegerField()),
                ("state", models.CharField(default="asked", max_length=12)),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("alone", models.BooleanField(default=False)),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("open_from", models.DateTimeField(null=True)),
                ("open_until", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "console_wish",
            },
        ),
        migrations.RemoveConstraint(
            model_name="export",
            name="console_export_state",
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("state__in", ("asked", "waiting", "running"))),
                    models.Q(("finished_at__isnull", False), ("state__in", ("done", "failed", "gone", "refused"))),
                    _connector="OR",
                ),
                name="console_export_state",
            ),
        ),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(fields=["shop_id", "staff_id", "-at"], name="console_look_of_staff"),
        ),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(
                condition=models.Q(("redeemed_at__isnull", False)),
                fields=["shop_id", "staff_id"],
                name="console_look_redeemed",
            ),
        ),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(
                condition=models.Q(("batch_id__isnull", False), ("unsold__gt", 0)),
                fields=["shop_id", "batch_id"],
                name="console_look_batch",
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("code", "picture", "export"))), name="console_look_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(("codes__gte", models.F("unsold")), ("unsold__gte", 0)), name="console_look_counts"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(("done", False), ("decision_id__isnull", False), _connector="OR"),
                name="console_look_done",
            ),
        ),
        migrations.AddIndex(
            model_name="wish",
            index=models.Index(fields=["shop_id", "-asked_at"], name="console_wish_recent"),
        ),
        migrations.AddIndex(
            model_name="wish",
            index=models.Index(
                condition=models.Q(("state__in", ("asked", "approved"))),
                fields=["shop_id", "id"],
                name="console_wish_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("codes", "list")), ("rows__gt", 0)), name="console_wish_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("asked", "approved", "refused", "withdrawn", "lapsed", "used"))),
                name="console_wish_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(models.Q(("decided_by", models.F("staff_id")), _negated=True), ("alone", False)),
                    _connector="OR",
                ),
                name="console_wish_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("approved", "used")), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("open_from__isnull", False),
                        ("open_until__gt", models.F("open_from")),
                        models.Q(
                            ("decided_by__isnull", False),
                            models.Q(
                                ("alone", True),
                                (
                                    "open_from__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("asked_at"), "+", models.Value(datetime.timedelta(seconds=3600))
                                    ),
                                ),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="console_wish_opened",
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "used"), ("used_at__isnull", False)),
                    models.Q(models.Q(("state", "used"), _negated=True), ("used_at__isnull", True)),
                    _connector="OR",
                ),
                name="console_wish_used",
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("asked", "approved"))),
                fields=("shop_id", "kind", "subject_id", "staff_id"),
                name="console_wish_once",
            ),
        ),
    ]
