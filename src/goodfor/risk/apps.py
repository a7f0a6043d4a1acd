"""The room that looks before it gives: what happened, how often, who is behind it, and what to do about it."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.risk"
    label = "risk"
