"""Writes of the catalog, one use case a file."""

from goodfor.catalog.operations.add_image import add_image
from goodfor.catalog.operations.change_product import change_product
from goodfor.catalog.operations.change_sku import change_sku
from goodfor.catalog.operations.create_category import create_category
from goodfor.catalog.operations.create_product import create_product
from goodfor.catalog.operations.create_sku import create_sku
from goodfor.catalog.operations.set_on_sale import set_on_sale
from goodfor.catalog.operations.set_product_image import set_product_image

__all__ = [
    "add_image",
    "change_product",
    "change_sku",
    "create_category",
    "create_product",
    "create_sku",
    "set_on_sale",
    "set_product_image",
]
