"""The room that says what each order really earned, and for whom."""

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.finance"
    label = "finance"
