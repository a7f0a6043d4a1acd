"""The room that keeps promises: what was promised, what became of it, and what it cost."""

from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.aftersales"
    label = "aftersales"
