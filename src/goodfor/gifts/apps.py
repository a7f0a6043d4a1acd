"""The room of gifts, and of what somebody holds of all kinds."""

from django.apps import AppConfig


class GiftsConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.gifts"
    label = "gifts"
