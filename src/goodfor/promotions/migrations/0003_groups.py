"""Groups that buy together, and bargains: nothing of the sort exists yet."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("promotions", "0002_bundles")]

    operations = [
        migrations.CreateModel(
            name="Bargain",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("revision_id", models.UUIDField()),
                ("sku_id", models.UUIDField()),
                ("owner_ref", models.CharField(max_length=64)),
                (
                    "owner_names",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None),
                ),
                ("start_minor", models.BigIntegerField()),
                ("floor_minor", models.BigIntegerField()),
                ("price_minor", models.BigIntegerField()),
                ("cuts", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("helped", models.SmallIntegerField(default=0)),
                ("help_most", models.SmallIntegerField()),
                ("state", models.CharField(default="open", max_length=8)),
                ("order_id", models.UUIDField(null=True)),
                (
                    "freed_orders",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("opened_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "promotions_bargain",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["expires_at"], name="promotions_bargain_due"
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["freed_orders"], name="promotions_bargain_freed"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["open", "taken"])),
                        fields=("shop_id", "campaign_id", "owner_ref"),
                        name="promotions_bargain_running",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("order_id__isnull", False)),
                        fields=("shop_id", "order_id"),
                        name="promotions_bargain_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("floor_minor__gte", 1),
                            ("help_most__gte", 1),
                            ("helped__gte", 0),
                            ("price_minor__gte", models.F("floor_minor")),
                            ("price_minor__lte", models.F("start_minor")),
                            ("start_minor__gt", models.F("floor_minor")),
                        ),
                        name="promotions_bargain_sound",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("order_id__isnull", True), ("state", "open")),
                            models.Q(("ended_at__isnull", True), ("order_id__isnull", False), ("state", "taken")),
                            models.Q(("ended_at__isnull", False), ("order_id__isnull", False), ("state", "used")),
                            models.Q(("ended_at__isnull", False), ("order_id__isnull", True), ("state", "expired")),
                            _connector="OR",
                        ),
                        name="promotions_bargain_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("revision_id", models.UUIDField()),
                ("sku_id", models.UUIDField()),
                ("price_minor", models.BigIntegerField()),
                ("size", models.SmallIntegerField()),
                ("hours", models.SmallIntegerField()),
                ("head_ref", models.CharField(max_length=64)),
                (
                    "head_names",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None),
                ),
                ("state", models.CharField(default="starting", max_length=8)),
                ("persons", models.SmallIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "promotions_group",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["expires_at"], name="promotions_group_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["shop_id", "campaign_id", "expires_at"],
                        name="promotions_group_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["starting", "open"])),
                        fields=("shop_id", "campaign_id", "head_ref"),
                        name="promotions_group_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hours__gte", 1), ("price_minor__gte", 1), ("size__gte", 2), ("size__lte", 100)
                        ),
                        name="promotions_group_sound",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True),
                                ("opened_at__isnull", True),
                                ("persons", 0),
                                ("state", "starting"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("opened_at__isnull", True),
                                ("persons", 0),
                                ("state", "void"),
                            ),
                            models.Q(
                                ("ended_at__isnull", True),
                                ("expires_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("persons__gte", 0),
                                ("persons__lt", models.F("size")),
                                ("state", "open"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("persons__gte", models.F("size")),
                                ("state", "formed"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("opened_at__isnull", False),
                                ("persons__lt", models.F("size")),
                                ("state", "failed"),
                            ),
                            _connector="OR",
                        ),
                        name="promotions_group_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Help",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("bargain_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("number", models.SmallIntegerField()),
                ("minor", models.BigIntegerField()),
                ("helper_ref", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "promotions_help",
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "bargain_id", "number"), name="promotions_help_number"),
                    models.CheckConstraint(
                        condition=models.Q(("minor__gte", 1), ("number__gte", 1)), name="promotions_help_sound"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpName",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("bargain_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("name", models.CharField(max_length=100)),
                ("owner", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "promotions_help_name",
                "indexes": [models.Index(fields=["shop_id", "campaign_id", "name"], name="promotions_help_name_most")],
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "bargain_id", "name"), name="promotions_help_name_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("order_id", models.UUIDField(primary_key=True, serialize=False)),
                ("shop_id", models.UUIDField()),
                ("group_id", models.UUIDField()),
                ("buyer_ref", models.CharField(max_length=64)),
                (
                    "names",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None),
                ),
                ("pieces", models.IntegerField()),
                ("head", models.BooleanField(default=False)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("made_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "promotions_place",
                "indexes": [models.Index(fields=["shop_id", "group_id"], name="promotions_place_group")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "joined", "won"])),
                        fields=("shop_id", "group_id", "buyer_ref"),
                        name="promotions_place_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paid_at__isnull", True), ("state__in", ["waiting", "gone"])),
                            models.Q(("ended_at__isnull", True), ("paid_at__isnull", False), ("state", "joined")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("paid_at__isnull", False),
                                ("state__in", ["won", "lost", "left", "turned"]),
                            ),
                            _connector="OR",
                        ),
                        name="promotions_place_state",
                    ),
                    models.CheckConstraint(condition=models.Q(("pieces__gte", 1)), name="promotions_place_pieces"),
                ],
            },
        ),
    ]
