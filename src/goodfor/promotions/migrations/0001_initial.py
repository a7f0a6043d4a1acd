"""Campaigns, limits and coupons; their guards, and the functions by which orders take limits."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("name", models.CharField(max_length=80)),
                ("play", models.CharField(max_length=16)),
                ("state", models.CharField(default="draft", max_length=12)),
                ("submitted_by", models.CharField(blank=True, default="", max_length=80)),
                ("latest", models.IntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("paused_why", models.CharField(blank=True, default="", max_length=8)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "promotions_campaign",
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("kind", models.CharField(max_length=8)),
                ("name", models.CharField(max_length=80)),
                ("state", models.CharField(default="making", max_length=8)),
                ("wanted", models.IntegerField()),
                ("made", models.IntegerField(default=0)),
                ("each", models.IntegerField(default=1)),
                ("days", models.IntegerField(null=True)),
                ("giftable", models.BooleanField(default=False)),
                ("listed", models.BooleanField(default=False)),
                ("claim_from", models.DateTimeField(null=True)),
                ("claim_until", models.DateTimeField(null=True)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("asked_by", models.CharField(blank=True, default="", max_length=80)),
                ("asked_at", models.DateTimeField(null=True)),
                ("allowed_by", models.CharField(blank=True, default="", max_length=80)),
                ("alone", models.BooleanField(default=False)),
                ("exported_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "promotions_batch",
                "indexes": [models.Index(fields=["shop_id", "campaign_id"], name="promotions_batch_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("public", "unique", "claim"))), name="promotions_batch_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["closed", "made", "making"])), name="promotions_batch_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("each__gte", 1),
                            ("made__gte", 0),
                            ("made__lte", models.F("wanted")),
                            ("wanted__range", (1, 10000000)),
                        ),
                        name="promotions_batch_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exported_at__isnull", True),
                            models.Q(
                                models.Q(("allowed_by", ""), _negated=True),
                                models.Q(("asked_by", ""), _negated=True),
                                models.Q(
                                    ("alone", True),
                                    models.Q(("allowed_by", models.F("asked_by")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="promotions_batch_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id",
                        "key",
                        "campaign_id",
                        "entity",
                        "counts",
                        "bucket",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("key", models.CharField(max_length=80)),
                ("campaign_id", models.UUIDField()),
                ("entity", models.CharField(max_length=8)),
                ("counts", models.CharField(max_length=8)),
                ("bucket", models.CharField(blank=True, max_length=12)),
                ("used", models.BigIntegerField()),
            ],
            options={
                "db_table": "promotions_counter",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("used__gte", 0)), name="promotions_counter_used")
                ],
            },
        ),
        migrations.CreateModel(
            name="Held",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("revision_id", models.UUIDField()),
                ("turn", models.SmallIntegerField(default=1)),
                ("buyer_ref", models.CharField(blank=True, max_length=100)),
                ("state", models.CharField(max_length=8)),
                ("uses", models.IntegerField()),
                ("wanted_minor", models.BigIntegerField()),
                ("minor", models.BigIntegerField()),
                ("loss_minor", models.BigIntegerField()),
                (
                    "coupons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("back_minor", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "promotions_held",
                "indexes": [models.Index(fields=["shop_id", "campaign_id", "at"], name="promotions_held_of")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop_id", "order_id", "campaign_id", "turn"), name="promotions_held_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["released", "reserved", "used"])),
                        name="promotions_held_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("loss_minor__gte", 0),
                            ("minor__gte", 0),
                            ("turn__gte", 1),
                            ("uses__gte", 1),
                            ("wanted_minor__gte", models.F("minor")),
                        ),
                        name="promotions_held_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("back_minor__gte", 0), ("back_minor__lte", models.F("minor"))),
                        name="promotions_held_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "reserved")),
                            models.Q(models.Q(("state", "reserved"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="promotions_held_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("shop_id", models.UUIDField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
                ("timezone", models.CharField(max_length=64)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "promotions_plan",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="promotions_plan_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Quota",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("entity", models.CharField(max_length=8)),
                ("counts", models.CharField(max_length=8)),
                ("key", models.CharField(blank=True, max_length=80)),
                ("bucket", models.CharField(blank=True, max_length=12)),
                ("total", models.BigIntegerField()),
            ],
            options={
                "db_table": "promotions_quota",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop_id", "campaign_id", "entity", "counts", "key", "bucket"),
                        name="promotions_quota_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("total__gte", 0)), name="promotions_quota_total"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("number", models.IntegerField()),
                ("name", models.CharField(max_length=80)),
                ("spec", models.JSONField()),
                ("hash", models.BinaryField()),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("approved_by", models.CharField(blank=True, default="", max_length=80)),
                ("approved_at", models.DateTimeField(null=True)),
                ("alone", models.BooleanField(default=False)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="promotions.campaign"
                    ),
                ),
            ],
            options={
                "db_table": "promotions_revision",
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="revision",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="promotions.revision"
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="submitted",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="promotions.revision"
            ),
        ),
        migrations.CreateModel(
            name="Shard",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id", "quota_id", "shard", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("quota_id", models.UUIDField()),
                ("shard", models.SmallIntegerField()),
                ("free", models.BigIntegerField()),
            ],
            options={
                "db_table": "promotions_shard",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("free__gte", 0)), name="promotions_shard_free")
                ],
            },
        ),
        migrations.CreateModel(
            name="Taking",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("turn", models.SmallIntegerField()),
                ("entity", models.CharField(max_length=8)),
                ("counts", models.CharField(max_length=8)),
                ("key", models.CharField(blank=True, max_length=80)),
                ("bucket", models.CharField(blank=True, max_length=12)),
                ("shared", models.BooleanField()),
                ("most", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("policy", models.CharField(max_length=8)),
                ("back", models.BigIntegerField(default=0)),
                ("state", models.CharField(max_length=8)),
            ],
            options={
                "db_table": "promotions_taking",
                "indexes": [
                    models.Index(
                        fields=["shop_id", "campaign_id", "entity", "counts", "key"], name="promotions_taken_of"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop_id", "order_id", "turn", "campaign_id", "entity", "counts", "key", "bucket"),
                        name="promotions_taking_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["released", "reserved", "used"])),
                        name="promotions_taking_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("policy__in", ["whole", "part", "never"])), name="promotions_taking_policy"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1), ("back__gte", 0), ("back__lte", models.F("amount"))),
                        name="promotions_taking_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "used"), ("back", 0), _connector="OR"),
                        name="promotions_taking_back",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coupon",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("state", models.CharField(max_length=8)),
                ("public", models.BooleanField(default=False)),
                ("code_index", models.BinaryField(null=True)),
                ("code_key_id", models.IntegerField(null=True)),
                ("code_blob", models.BinaryField(null=True)),
                ("buyer_ref", models.CharField(blank=True, default="", max_length=100)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("order_id", models.UUIDField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("gift_hash", models.BinaryField(null=True)),
                ("gift_until", models.DateTimeField(null=True)),
                ("given_by", models.CharField(blank=True, default="", max_length=100)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="promotions.batch"
                    ),
                ),
            ],
            options={
                "db_table": "promotions_coupon",
                "indexes": [
                    models.Index(
                        condition=models.Q(("buyer_ref", ""), _negated=True),
                        fields=["shop_id", "buyer_ref", "state"],
                        name="promotions_coupon_of",
                    ),
                    models.Index(
                        condition=models.Q(("order_id__isnull", False)),
                        fields=["shop_id", "order_id"],
                        name="promotions_coupon_held",
                    ),
                    models.Index(fields=["shop_id", "batch", "id"], name="promotions_coupon_batch"),
                    models.Index(
                        condition=models.Q(("gift_hash__isnull", False)),
                        fields=["shop_id", "gift_hash"],
                        name="promotions_coupon_gift",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code_index__isnull", False)),
                        fields=("shop_id", "code_index"),
                        name="promotions_coupon_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["claimed", "free", "reserved", "used", "void"])),
                        name="promotions_coupon_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order_id__isnull", False), ("state__in", ["reserved", "used"])),
                            models.Q(
                                models.Q(("state__in", ["reserved", "used"]), _negated=True), ("order_id__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="promotions_coupon_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("public", False),
                            models.Q(("buyer_ref", ""), ("state__in", ["free", "void"])),
                            _connector="OR",
                        ),
                        name="promotions_coupon_public",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "claimed"), _negated=True),
                            models.Q(("buyer_ref", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="promotions_coupon_claimed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("code_blob__isnull", True), ("code_index__isnull", True), ("code_key_id__isnull", True)
                            ),
                            models.Q(
                                ("code_blob__isnull", False),
                                ("code_index__isnull", False),
                                ("code_key_id__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="promotions_coupon_sealed",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                fields=("shop_id", "campaign", "number"), name="promotions_revision_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), models.Q(("name", ""), _negated=True)),
                name="promotions_revision_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("alone", False), ("approved_at__isnull", True), ("approved_by", "")),
                    models.Q(
                        models.Q(("approved_by", ""), _negated=True),
                        ("approved_at__isnull", False),
                        models.Q(
                            ("alone", True),
                            models.Q(("approved_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="promotions_revision_four_eyes",
            ),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["shop_id", "state", "starts_at"], name="promotions_by_state"),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(
                condition=models.Q(("state__in", ["scheduled", "running", "paused"])),
                fields=["ends_at"],
                name="promotions_to_tend",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["archived", "draft", "ended", "paused", "review", "running", "scheduled"])
                ),
                name="promotions_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "play__in",
                        [
                            "bargain",
                            "bundle",
                            "coupon",
                            "flash",
                            "full_percent",
                            "full_reduce",
                            "gift",
                            "group",
                            "limited_price",
                            "member_price",
                            "new_buyer",
                            "nth",
                        ],
                    )
                ),
                name="promotions_play",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), ("latest__gte", 1)),
                name="promotions_campaign_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="promotions_campaign_window"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revision__isnull", True), ("state__in", ["draft", "review"])),
                    models.Q(("revision__isnull", False), ("state__in", ["scheduled", "running", "paused", "ended"])),
                    ("state", "archived"),
                    _connector="OR",
                ),
                name="promotions_campaign_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "review"), _negated=True), ("submitted__isnull", False), _connector="OR"
                ),
                name="promotions_campaign_reviewed",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paused_why__in", ("hand", "budget", "loss", "floor")), ("state", "paused")),
                    models.Q(models.Q(("state", "paused"), _negated=True), ("paused_why", "")),
                    _connector="OR",
                ),
                name="promotions_campaign_paused",
            ),
        ),
        run_files(
            "goodfor.promotions",
            forward=["campaigns.sql", "limits.sql", "phases.sql", "coupons.sql"],
            backward=["drop.sql"],
        ),
    ]
