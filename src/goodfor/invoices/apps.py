"""The room that writes buyers' invoices."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.invoices"
    label = "invoices"
