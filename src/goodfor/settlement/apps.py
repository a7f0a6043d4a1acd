"""The room that pays parties what the books say."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.settlement"
    label = "settlement"
