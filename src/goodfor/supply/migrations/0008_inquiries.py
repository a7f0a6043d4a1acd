"""Which purchase a code came from, and what is asked of suppliers about what they sold."""

from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    """Two tables, empty: codes that came before have no origin."""

    dependencies = [
        ("supply", "0007_surprise"),
    ]

    operations = [
        migrations.CreateModel(
            name="BoughtCode",
            fields=[
                ("code_id", models.UUIDField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("attempt_id", models.UUIDField()),
                ("supplier_id", models.UUIDField()),
                ("code_ref", models.CharField(blank=True, default="", max_length=140)),
                ("voidable", models.BooleanField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "supply_code",
                "indexes": [models.Index(fields=["shop_id", "attempt_id"], name="supply_code_attempt")],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("subject", models.UUIDField()),
                ("code_id", models.UUIDField(null=True)),
                ("attempt_id", models.UUIDField()),
                ("supplier_id", models.UUIDField()),
                ("kind", models.CharField(max_length=8)),
                ("round", models.SmallIntegerField(default=1)),
                ("state", models.CharField(default="due", max_length=8)),
                ("tries", models.SmallIntegerField(default=0)),
                ("calls", models.SmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("said", models.CharField(blank=True, default="", max_length=8)),
                ("used_at", models.DateTimeField(null=True)),
                ("unused_at", models.DateTimeField(null=True)),
                ("text", models.CharField(blank=True, default="", max_length=500)),
                ("ticket", models.CharField(blank=True, default="", max_length=64)),
                ("reply", models.CharField(blank=True, default="", max_length=500)),
                ("closed_at", models.DateTimeField(null=True)),
                ("refunded_before", models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                ("amount", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("asked_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "supply_inquiry",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="supply_inquiry_due"
                    ),
                    models.Index(fields=["shop_id", "subject"], name="supply_inquiry_subject"),
                    models.Index(fields=["shop_id", "supplier_id", "-asked_at"], name="supply_inquiry_recent"),
                    models.Index(fields=["shop_id", "attempt_id"], name="supply_inquiry_attempt"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code_id__isnull", False)),
                        fields=("shop_id", "subject", "code_id", "kind", "round"),
                        name="supply_inquiry_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code_id__isnull", True)),
                        fields=("shop_id", "subject", "attempt_id", "kind", "round"),
                        name="supply_inquiry_once_purchase",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "void"), ("state", "sent")),
                        fields=("shop_id", "code_id"),
                        name="supply_inquiry_one_void_out",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "void"), ("said", "voided")),
                        fields=("shop_id", "code_id"),
                        name="supply_inquiry_voided_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "complain"), ("state", "sent")),
                        fields=("shop_id", "attempt_id"),
                        name="supply_inquiry_one_complaint",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("ask", "void", "complain")),
                            ("round__gte", 1),
                            ("state__in", ["done", "due", "failed", "sent"]),
                            models.Q(
                                ("said", ""),
                                (
                                    "said__in",
                                    (
                                        "unused",
                                        "locked",
                                        "used",
                                        "voided",
                                        "expired",
                                        "invalid",
                                        "silent",
                                        "refused",
                                        "upheld",
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="supply_inquiry_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code_id__isnull", True), ("kind", "complain")),
                            models.Q(
                                models.Q(("kind", "complain"), _negated=True),
                                ("amount_minor__isnull", True),
                                ("code_id__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="supply_inquiry_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("said", ""), ("state__in", ["due", "sent"])),
                            models.Q(
                                ("ended_at__gte", models.F("asked_at")),
                                ("state__in", ("done", "failed")),
                                models.Q(("said", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="supply_inquiry_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="supply_inquiry_sent",
                    ),
                ],
            },
        ),
    ]
