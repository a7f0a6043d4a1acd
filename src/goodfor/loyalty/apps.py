"""The room of wallets and points."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.loyalty"
    label = "loyalty"
