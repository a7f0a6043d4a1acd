"""Bundles, and every revision of them kept."""

import django.db.models.deletion
from django.db import migrations, models

import goodfor.kernel.ids
from goodfor.kernel.schema import run_files


class Migration(migrations.Migration):
    dependencies = [("promotions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Bundle",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("slug", models.CharField(max_length=64)),
                ("state", models.CharField(max_length=12)),
                ("revision_id", models.UUIDField(null=True)),
                ("position", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "promotions_bundle",
                "indexes": [models.Index(fields=["shop_id", "position", "id"], name="promotions_bundle_shelf")],
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "slug"), name="promotions_bundle_slug"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["archived", "draft", "off_sale", "on_sale"])),
                        name="promotions_bundle_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "on_sale"), _negated=True),
                            ("revision_id__isnull", False),
                            _connector="OR",
                        ),
                        name="promotions_bundle_on_sale",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BundleRevision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=goodfor.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("number", models.IntegerField()),
                ("spec", models.JSONField()),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="promotions.bundle"
                    ),
                ),
            ],
            options={
                "db_table": "promotions_bundle_revision",
                "constraints": [
                    models.UniqueConstraint(fields=("shop_id", "bundle", "number"), name="promotions_bundle_number"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="promotions_bundle_number_from_1"
                    ),
                ],
            },
        ),
        run_files("goodfor.promotions", forward=["bundles.sql"], backward=["drop_bundles.sql"]),
    ]
