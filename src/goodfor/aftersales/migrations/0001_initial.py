from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("line_id", models.UUIDField()),
                ("sku_id", models.UUIDField()),
                ("number", models.CharField(max_length=32)),
                ("buyer", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=16)),
                ("units", models.IntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("state", models.CharField(default="checking", max_length=16)),
                ("terms", models.JSONField()),
                ("promise_id", models.UUIDField(null=True)),
                ("promise_version", models.IntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("decide_by", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("tries", models.SmallIntegerField(default=0)),
                ("action", models.CharField(blank=True, default="", max_length=16)),
                ("rule", models.CharField(blank=True, default="", max_length=40)),
                ("why", models.CharField(blank=True, default="", max_length=40)),
                ("by", models.CharField(blank=True, default="", max_length=80)),
                ("proven", models.BooleanField(default=False)),
                ("escalated", models.SmallIntegerField(default=0)),
                ("answer_missed_at", models.DateTimeField(null=True)),
                ("decision_missed_at", models.DateTimeField(null=True)),
                ("rating", models.SmallIntegerField(null=True)),
                ("supplier_id", models.UUIDField(null=True)),
                ("batch_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "aftersales_case",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="aftersales_case_due"
                    ),
                    models.Index(
                        condition=models.Q(
                            ("answer_missed_at__isnull", True),
                            ("answered_at__isnull", True),
                            ("paused_at__isnull", True),
                        ),
                        fields=["answer_by"],
                        name="aftersales_case_answer",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("decided_at__isnull", True),
                            ("decision_missed_at__isnull", True),
                            ("paused_at__isnull", True),
                        ),
                        fields=["decide_by"],
                        name="aftersales_case_decide",
                    ),
                    models.Index(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=["shop_id", "decide_by", "id"],
                        name="aftersales_case_queue",
                    ),
                    models.Index(fields=["shop_id", "-id"], name="aftersales_case_recent"),
                    models.Index(fields=["shop_id", "buyer", "-id"], name="aftersales_case_buyer"),
                    models.Index(
                        condition=models.Q(("batch_id__isnull", False)),
                        fields=["shop_id", "batch_id"],
                        name="aftersales_case_batch",
                    ),
                    models.Index(fields=["shop_id", "order_id"], name="aftersales_case_order"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asking", "carrying", "checking", "closed", "person"])),
                        name="aftersales_case_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("state", "closed")),
                            models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="aftersales_case_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paused_at__isnull", False), ("state", "asking")),
                            models.Q(models.Q(("state", "asking"), _negated=True), ("paused_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="aftersales_case_paused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", ""), ("by", ""), ("decided_at__isnull", True)),
                            models.Q(("decided_at__isnull", False), models.Q(("by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="aftersales_case_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gte", 0),
                            ("units__gte", 1),
                            models.Q(("rating__isnull", True), ("rating__range", (1, 5)), _connector="OR"),
                        ),
                        name="aftersales_case_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("case_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("action", models.CharField(max_length=16)),
                ("rule", models.CharField(max_length=40)),
                ("why", models.CharField(max_length=40)),
                ("policy_version", models.IntegerField()),
                ("facts", models.JSONField()),
                ("note_key_id", models.SmallIntegerField(null=True)),
                ("note_blob", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "aftersales_decision",
                "indexes": [models.Index(fields=["shop_id", "case_id", "id"], name="aftersales_decision_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "action__in",
                                ["refund", "replace", "reject", "void_refund", "ask_supplier", "ask_buyer", "person"],
                            )
                        ),
                        name="aftersales_decision_action",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("note_blob__isnull", True), ("note_key_id__isnull", True)),
                            models.Q(("note_blob__isnull", False), ("note_key_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="aftersales_decision_note",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("case_id", models.UUIDField()),
                ("kind", models.CharField(max_length=24)),
                ("value", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "aftersales_finding",
                "indexes": [models.Index(fields=["shop_id", "case_id", "id"], name="aftersales_finding_case")],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id", "version", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("version", models.IntegerField()),
                ("rules", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "aftersales_policy",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="aftersales_policy_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("scope", models.CharField(max_length=8)),
                ("scope_id", models.UUIDField(null=True)),
                ("version", models.IntegerField()),
                ("terms", models.JSONField(null=True)),
                ("from_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "aftersales_promise",
                "indexes": [
                    models.Index(fields=["shop_id", "scope", "scope_id", "-from_at"], name="aftersales_promise_at")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop_id", "scope", "scope_id", "version"),
                        name="aftersales_promise_version",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope", "shop"), ("scope_id__isnull", True)),
                            models.Q(("scope__in", ("supplier", "category", "sku")), ("scope_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="aftersales_promise_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_at__gte", models.F("made_at")), ("version__gte", 1)),
                        name="aftersales_promise_from",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("case_id", models.UUIDField()),
                ("author", models.CharField(max_length=80)),
                ("key_id", models.SmallIntegerField()),
                ("blob", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "aftersales_reply",
                "indexes": [models.Index(fields=["shop_id", "case_id", "id"], name="aftersales_reply_case")],
            },
        ),
    ]
