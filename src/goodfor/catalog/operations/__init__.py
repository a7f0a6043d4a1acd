"""Writes of the catalog, one use case a file."""

from goodfor.catalog.operations.add_image import add_image
from goodfor.catalog.operations.add_product_image import add_product_image
from goodfor.catalog.operations.arrange_images import arrange_images
from goodfor.catalog.operations.change_category import change_category
from goodfor.catalog.operations.change_price import change_price
from goodfor.catalog.operations.change_product import change_product
from goodfor.catalog.operations.change_sku import change_sku
from goodfor.catalog.operations.create_category import create_category
from goodfor.catalog.operations.create_product import create_product
from goodfor.catalog.operations.create_sku import create_sku
from goodfor.catalog.operations.edit_sku import edit_sku
from goodfor.catalog.operations.offer_product import offer_product
from goodfor.catalog.operations.set_on_sale import set_on_sale
from goodfor.catalog.operations.set_product_image import set_product_image

__all__ = [
    "add_image",
    "add_product_image",
    "arrange_images",
    "change_category",
    "change_price",
    "change_product",
    "change_sku",
    "create_category",
    "create_product",
    "create_sku",
    "edit_sku",
    "offer_product",
    "set_on_sale",
    "set_product_image",
]
