"""The room that compares: what others say of our money, what we say, and what the books say."""

from django.apps import AppConfig


class ReconConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.recon"
    label = "recon"
    default_auto_field = "django.db.models.BigAutoField"
