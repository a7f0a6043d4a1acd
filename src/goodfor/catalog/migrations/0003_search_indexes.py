"""The indexes behind search and scenes, built while the shop sells."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Not in a transaction: concurrent builds cannot be."""

    atomic = False
    dependencies = [("catalog", "0002_search")]
    operations = [
        AddIndexConcurrently(
            "product", GinIndex(fields=["search_grams"], name="catalog_product_grams", fastupdate=False)
        ),
        AddIndexConcurrently(
            "product",
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="catalog_product_like", fastupdate=False),
        ),
        AddIndexConcurrently(
            "product",
            models.Index(
                fields=["shop_id", "search_name"],
                opclasses=["uuid_ops", "text_pattern_ops"],
                name="catalog_product_named",
            ),
        ),
        AddIndexConcurrently("product", GinIndex(fields=["scenes"], name="catalog_product_scenes", fastupdate=False)),
    ]
