"""The catalog app: categories, products, SKUs, images."""

from django.apps import AppConfig


class CatalogApp(AppConfig):
    """What is for sale."""

    name = "goodfor.catalog"
    label = "catalog"
