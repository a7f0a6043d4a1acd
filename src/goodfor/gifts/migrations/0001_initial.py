"""Gifts, and what somebody holds."""

import datetime

from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Told",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id",
                        "subject_id",
                        "holder_ref",
                        "what",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("holder_ref", models.CharField(max_length=100)),
                ("what", models.CharField(max_length=8)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "gifts_told",
            },
        ),
        migrations.CreateModel(
            name="Walk",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("after", models.UUIDField()),
            ],
            options={
                "db_table": "gifts_walk",
            },
        ),
        migrations.CreateModel(
            name="Gift",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("number", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=8)),
                ("state", models.CharField(default="made", max_length=8)),
                ("giver_ref", models.CharField(max_length=100)),
                ("request_key", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField(null=True)),
                ("units", models.IntegerField()),
                ("title", models.CharField(blank=True, max_length=250)),
                ("look", models.CharField(max_length=8)),
                ("message_key_id", models.SmallIntegerField(null=True)),
                ("message_blob", models.BinaryField(null=True)),
                ("secret_hash", models.BinaryField()),
                ("secret_key_id", models.SmallIntegerField(null=True)),
                ("secret_blob", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("warned_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("taker_ref", models.CharField(blank=True, default="", max_length=100)),
                ("key_hash", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "gifts_gift",
                "indexes": [
                    models.Index(fields=["shop_id", "giver_ref", "-id"], name="gifts_gift_given"),
                    models.Index(
                        condition=models.Q(("taker_ref", ""), _negated=True),
                        fields=["shop_id", "taker_ref", "-id"],
                        name="gifts_gift_taken",
                    ),
                    models.Index(
                        condition=models.Q(("subject_id__isnull", False)),
                        fields=["shop_id", "subject_id"],
                        name="gifts_gift_of",
                    ),
                    models.Index(condition=models.Q(("state", "made")), fields=["ends_at"], name="gifts_gift_due"),
                    models.Index(
                        condition=models.Q(("state", "made"), ("warned_at__isnull", True)),
                        fields=["ends_at"],
                        name="gifts_gift_warn",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "number"), name="gifts_gift_number"),
                    models.UniqueConstraint(fields=("shop_id", "secret_hash"), name="gifts_gift_secret"),
                    models.UniqueConstraint(fields=("shop_id", "giver_ref", "request_key"), name="gifts_gift_request"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["card", "coupon"]), ("state", "made")),
                        fields=("shop_id", "kind", "subject_id"),
                        name="gifts_gift_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["ended", "made", "opened", "returned"])),
                        name="gifts_gift_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("look__in", ("paper", "dusk", "leaf"))), name="gifts_gift_look"
                    ),
                    models.CheckConstraint(condition=models.Q(("units__gte", 1)), name="gifts_gift_units"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "points"), ("subject_id__isnull", True)),
                            models.Q(("kind__in", ["codes", "card", "coupon"]), ("subject_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="gifts_gift_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("made_at"))), name="gifts_gift_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("secret_blob__isnull", False),
                                ("state", "made"),
                                ("taker_ref", ""),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("secret_blob__isnull", True),
                                ("state", "opened"),
                                models.Q(("taker_ref", ""), _negated=True),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("secret_blob__isnull", True),
                                ("state__in", ["returned", "ended"]),
                                ("taker_ref", ""),
                            ),
                            _connector="OR",
                        ),
                        name="gifts_gift_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("taker_ref", models.F("giver_ref")), _negated=True), name="gifts_gift_other"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("holder_ref", models.CharField(max_length=100)),
                ("order_id", models.UUIDField()),
                ("gift_id", models.UUIDField(null=True)),
                ("number", models.CharField(max_length=32)),
                ("title", models.CharField(max_length=250)),
                ("units", models.IntegerField()),
                (
                    "ends_at",
                    models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                ),
                ("got_at", models.DateTimeField()),
                ("live", models.BooleanField(default=True)),
            ],
            options={
                "db_table": "gifts_item",
                "indexes": [
                    models.Index(
                        condition=models.Q(("live", True)),
                        fields=["shop_id", "holder_ref", "ends_at", "-id"],
                        name="gifts_item_held",
                    ),
                    models.Index(fields=["shop_id", "order_id"], name="gifts_item_order"),
                    models.Index(
                        condition=models.Q(
                            ("ends_at__lt", datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("live", True),
                        ),
                        fields=["ends_at", "id"],
                        name="gifts_item_ends",
                    ),
                    models.Index(condition=models.Q(("live", True)), fields=["got_at", "id"], name="gifts_item_got"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("live", False), ("units__gte", 1), _connector="OR"), name="gifts_item_units"
                    )
                ],
            },
        ),
        run_files("goodfor.gifts", forward=["guards.sql"], backward=["drop_guards.sql"]),
    ]
