"""The storefront room."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """Buyer pages, phone first."""

    name = "goodfor.storefront"
    label = "storefront"
    verbose_name = "storefront"
