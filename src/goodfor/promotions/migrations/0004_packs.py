"""Packs of coupons: nothing of the sort exists yet."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import goodfor.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("promotions", "0003_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pack",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("name", models.CharField(max_length=80)),
                ("batches", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("newcomers", models.BooleanField(default=True)),
                ("by_device", models.BooleanField(default=True)),
                ("by_phone", models.BooleanField(default=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "promotions_pack",
                "indexes": [models.Index(fields=["shop_id", "-id"], name="promotions_pack_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("batches__len__gte", 1), ("batches__len__lte", 10), ("ends_at__gt", models.F("starts_at"))
                        ),
                        name="promotions_pack_sound",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PackClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("buyer_ref", models.CharField(max_length=100)),
                (
                    "coupons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("at", models.DateTimeField()),
                (
                    "pack",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="promotions.pack"
                    ),
                ),
            ],
            options={
                "db_table": "promotions_pack_claim",
            },
        ),
        migrations.CreateModel(
            name="PackName",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("name", models.CharField(max_length=32)),
                (
                    "claim",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promotions.packclaim",
                    ),
                ),
                (
                    "pack",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="promotions.pack"
                    ),
                ),
            ],
            options={
                "db_table": "promotions_pack_name",
            },
        ),
        migrations.AddIndex(
            model_name="packclaim",
            index=models.Index(fields=["shop_id", "buyer_ref"], name="promotions_pack_claim_of"),
        ),
        migrations.AddConstraint(
            model_name="packclaim",
            constraint=models.UniqueConstraint(
                fields=("shop_id", "pack", "buyer_ref"), name="promotions_pack_claim_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="packclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(("coupons__len__gte", 1)), name="promotions_pack_claim_whole"
            ),
        ),
        migrations.AddIndex(
            model_name="packname",
            index=models.Index(fields=["shop_id", "claim"], name="promotions_pack_name_of"),
        ),
        migrations.AddConstraint(
            model_name="packname",
            constraint=models.UniqueConstraint(fields=("shop_id", "pack", "name"), name="promotions_pack_name_once"),
        ),
    ]
